"""Network namespaces for tests: one with its own D-Bus and avahi-daemon, two joined by a slow, lossy link, two joined by a plain one.

They need root, and their addresses exist inside them only."""
import os
import pathlib
import shutil
import signal
import subprocess

from device_process import Log, wait_until

DBUS_CONFIGURATION = """<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
<auth>EXTERNAL</auth><policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
<allow user="*"/></policy></busconfig>"""

AVAHI_CONFIGURATION = """[server]
host-name=daemonhost
use-ipv6=no
[publish]
publish-workstation=no
[rlimits]
"""

# A veth pair whose other end is in the same namespace: an ordinary multicast interface with nobody on it.
SCRIPT = """set -e
mount -t tmpfs none /run
mkdir -p /run/dbus /run/avahi-daemon
ip link set lo up
ip link add veth0 type veth peer name veth1
ip address add {address}/24 dev veth0
ip link set veth0 up
ip link set veth1 up
dbus-daemon --config-file={directory}/dbus.conf --nofork --nopidfile &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.02; done
exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f {directory}/avahi.conf
"""


def why_no_namespace(*programs):
    """The reason why such a namespace cannot be made here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    tried = subprocess.run(["unshare", "-n", "-m", "ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1"], capture_output=True)
    return None if tried.returncode == 0 else f"no namespace or veth here: {tried.stderr.decode().strip()}"


class MdnsDaemonNamespace:
    address = "10.77.0.1"

    def __init__(self, directory):
        directory.mkdir()
        (directory / "dbus.conf").write_text(DBUS_CONFIGURATION)
        (directory / "avahi.conf").write_text(AVAHI_CONFIGURATION)
        script = SCRIPT.format(address=self.address, directory=directory)
        # In a process namespace too, so that everything in it ends with its first process.
        self._process = subprocess.Popen(
            ["unshare", "-n", "-m", "-p", "--fork", "--kill-child", "sh", "-c", script],
            stderr=subprocess.PIPE, start_new_session=True)
        self._log = Log(self._process.stderr)

    def __enter__(self):
        try:
            self._log.wait("Server startup complete")
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    @property
    def wrapper(self):
        inside = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()[0]
        return ["nsenter", "-t", inside, "-n", "-m"]

    def browse(self, name, service="_arduino._tcp"):
        """The line in which avahi-browse, asking the daemon, shows the resolved service; or None."""
        done = subprocess.run([*self.wrapper, "avahi-browse", "-rpt", service], capture_output=True, text=True)
        return next((line for line in done.stdout.splitlines() if line.startswith("=") and f";{name};" in line), None)

    def daemon_renames(self):
        return self._log.text().count("conflict")


class SlowLink:
    """Two network namespaces joined by bench/link/slow_link.cpp; they are gone when their last process has ended."""

    def __init__(self, program, delay_ms, drop_percent=0, rate_mbit=0, seed=1):
        """rate_mbit 0: as fast as the program is."""
        self.name = f"{2 * delay_ms} ms round trip"
        options = {"--delay-ms": delay_ms, "--drop-percent": drop_percent, "--rate-mbit": rate_mbit, "--seed": seed}
        command = [program, *(str(word) for option in options.items() for word in option)]
        self._relay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        words = self._relay.stdout.readline().split()
        if words[:1] != ["ready"]:
            raise RuntimeError("the slow link could not be made")
        _, host_namespace, self.host, device_namespace, self.device = words
        self.on_host = ["nsenter", f"--net={host_namespace}"]
        self.on_device = ["nsenter", f"--net={device_namespace}"]

    def close(self):
        self._relay.kill()
        self._relay.wait()


class VethLink:
    """Two network namespaces joined by a pair of interfaces called veth0, with an address at each end; not even loopback has another."""

    ipv4, ipv6 = ("10.98.0.1/24", "10.98.0.2/24"), ("fd00:77::1/64", "fd00:77::2/64")

    def __init__(self, addresses):
        self.host, self.device = (address.split("/")[0] for address in addresses)
        self._holders = [subprocess.Popen(["unshare", "-n", "sleep", "infinity"]) for _ in range(2)]
        self.on_host, self.on_device = (["nsenter", "-t", str(holder.pid), "-n"] for holder in self._holders)
        own = os.stat("/proc/self/ns/net").st_ino
        for holder in self._holders:
            wait_until(lambda: os.stat(f"/proc/{holder.pid}/ns/net").st_ino != own, "a network namespace is there")
        self._run(self.on_host, f"ip link add veth0 type veth peer name veth0 netns {self._holders[1].pid}")
        for inside, address in zip((self.on_host, self.on_device), addresses):
            self._run(inside, f"ip address add {address} dev veth0" + (" nodad" if ":" in address else ""))
            self._run(inside, "ip link set veth0 up")

    @staticmethod
    def _run(inside, command):
        subprocess.run([*inside, *command.split()], check=True)

    def close(self):
        for holder in self._holders:
            holder.kill()
            holder.wait()
