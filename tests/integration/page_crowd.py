"""Clients of the page that mean no good, many of them in one thread."""
import errno
import resource
import selectors
import socket
import struct
import threading

from device_process import wait_until


def allow_descriptors(count):
    """Raises this process's limit as far as it may. Returns whether that is enough."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = hard >= count or hard == resource.RLIM_INFINITY
    if enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(count, resource.getrlimit(resource.RLIMIT_NOFILE)[0]), hard))
    return enough


class Crowd:
    """Keeps `size` connections to the page, each of which says `greeting` and then, as often as it is asked to, one more
    byte of `drip`. One that the device closes comes back, `comes_back`, or is done."""

    def __init__(self, page, size, greeting=b"", drip=b"", comes_back=False):
        self.page, self.greeting, self.drip, self.comes_back = page, greeting, drip, comes_back
        self.connected = self.closed = 0
        self._selector = selectors.DefaultSelector()
        self._ends = threading.Event()
        self._dripped = {}
        for _ in range(size):
            self._connect()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def wait_connected(self, count):
        wait_until(lambda: self.connected >= count, f"{count} strangers are connected")

    def _connect(self):
        connection = socket.socket()
        connection.setblocking(False)
        code = connection.connect_ex(("127.0.0.1", self.page.port))
        assert code in (0, errno.EINPROGRESS), errno.errorcode[code]
        self._selector.register(connection, selectors.EVENT_WRITE)

    def _run(self):
        while not self._ends.is_set():
            for key, events in self._selector.select(0.05):
                self._serve(key.fileobj, events)
            self._drip()

    def _serve(self, connection, events):
        try:
            if events & selectors.EVENT_WRITE:
                if self.greeting:
                    connection.send(self.greeting)
                self.connected += 1
                self._dripped[connection] = 0
                self._selector.modify(connection, selectors.EVENT_READ)
            elif not connection.recv(65536):
                self._lose(connection)
        except OSError:
            self._lose(connection)

    def _drip(self):
        for connection, sent in list(self._dripped.items()) if self.drip else ():
            try:
                connection.send(self.drip[sent % len(self.drip):][:1])
                self._dripped[connection] = sent + 1
            except BlockingIOError:
                pass
            except OSError:
                self._lose(connection)

    def _lose(self, connection):
        self.closed += 1
        self._dripped.pop(connection, None)
        self._selector.unregister(connection)
        connection.close()
        if self.comes_back:
            self._connect()


def reset(connection):
    """Ends a connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
