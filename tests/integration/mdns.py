"""An independent mDNS stack (python3-zeroconf) that listens on loopback only."""
import threading

from zeroconf import IPVersion, ServiceBrowser, Zeroconf

SERVICE = "_arduino._tcp.local."
DEADLINE_S = 30


class Browser:
    """Remembers what it saw; names are instance names without the service type."""

    def __init__(self, interface="127.0.0.1", service=SERVICE):
        self._service = service
        self._zeroconf = Zeroconf(interfaces=[interface], ip_version=IPVersion.V4Only)
        self._events = []
        self._changed = threading.Condition()
        self._browser = ServiceBrowser(self._zeroconf, service, self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zeroconf.close()

    def _remember(self, kind, name):
        with self._changed:
            self._events.append((kind, name.removesuffix("." + self._service)))
            self._changed.notify_all()

    # What ServiceBrowser calls
    def add_service(self, _zeroconf, _service_type, name):
        self._remember("added", name)

    def remove_service(self, _zeroconf, _service_type, name):
        self._remember("removed", name)

    def update_service(self, _zeroconf, _service_type, name):
        self._remember("updated", name)

    @property
    def seen(self):
        with self._changed:
            return {name for _, name in self._events}

    def wait(self, kind, name):
        with self._changed:
            if not self._changed.wait_for(lambda: (kind, name) in self._events, DEADLINE_S):
                raise AssertionError(f"no {kind} {name} in {self._events}")

    def resolve(self, name):
        info = self._zeroconf.get_service_info(self._service, f"{name}.{self._service}", timeout=DEADLINE_S * 1000)
        assert info, f"{name} cannot be resolved"
        return info
