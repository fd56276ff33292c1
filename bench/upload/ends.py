"""What the bench measures between: links, devices at their far ends, and the plain TCP copy beside them."""
import pathlib
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))
from arduino_device import PROFILES  # noqa: E402, F401
from arduino_process import Arduino  # noqa: E402
from crowd import Crowd  # noqa: E402, F401
from device_process import Device, wait_until  # noqa: E402
from espota_client import GENERATIONS  # noqa: E402, F401
from net_namespace import SlowLink  # noqa: E402, F401
from push_events import outcome  # noqa: E402, F401

PYTHON = "/usr/bin/python3"
CLIENT = REPOSITORY / "tests" / "integration" / "espota_client.py"
TCP_COPY = REPOSITORY / "bench" / "upload" / "tcp_copy.py"
MIB = 1024 * 1024
PORT = 28266


class Loopback:
    name = "loopback"
    host = device = "127.0.0.1"
    on_host = on_device = ()


def make_image(binaries, path, size):
    """Firmware that does nothing: a script, and behind it, as a sketch has it, machine code that packs so well as code does."""
    code = (binaries / "airlift-demo-app-1").read_bytes()
    script = b"#!/bin/sh\nexec sleep 100000\n"
    path.write_bytes((script + code * (size // len(code) + 1))[:size])
    path.chmod(0o755)
    return path


def run(command, report=lambda: ""):
    """Seconds from the program's start to its end, both included, and its standard output."""
    begin = time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}\n{report()}")
    return seconds, done.stdout


class PlainCopy:
    """The same bytes over a TCP connection, with nothing else."""

    def __init__(self, link):
        self._link = link
        self._receiver = subprocess.Popen([*link.on_device, PYTHON, TCP_COPY, "receive", link.device],
                                          stdout=subprocess.PIPE, text=True)
        self._port = self._receiver.stdout.readline().split()[1]

    def close(self):
        self._receiver.kill()
        self._receiver.wait()

    def copy(self, image):
        """Seconds of one round trip and of the copy."""
        command = [*self._link.on_host, PYTHON, TCP_COPY, "send", self._link.device, self._port, image]
        return [float(word) for word in run(command)[1].split()]


class AirliftEnd:
    """airlift-device behind a link."""

    def __init__(self, binaries, link, folder, image):
        self.link, self._binaries, self.image = link, binaries, image
        slot_bytes = max(16 * MIB, 2 * image.stat().st_size)
        self.device = Device(binaries, folder, PORT, bind=link.device, wrapper=link.on_device)
        self.device.configure(ota={"confirm": "alive 1"})
        self.device.init(image, slot_bytes)
        self.device.start(level="info")

    def close(self):
        self.device.close()

    def push(self, *options):
        """Until the device has said OK, as the other tools do."""
        return self._upload(self._binaries / "airlift", "push", "--no-wait", "--json", *options)

    def lock_step(self, generation):
        return self._upload(PYTHON, CLIENT, generation)[0]

    def _upload(self, *command):
        mark, pid = self.device.log.mark(), self.device.app_pid()
        result = run([*self.link.on_host, *command, "-i", self.link.device, "-I", self.link.host, "-p", PORT, "-f", self.image],
                     self.device.report)
        self.device.log.wait("ready: ", since=mark)
        wait_until(lambda: self.device.app_pid() not in (pid, None), "the new application runs")
        wait_until(lambda: not self.device.status()["on_trial"], "it is confirmed")
        return result


class ArduinoEnd:
    """A simulated Arduino device behind a link."""

    def __init__(self, binaries, link, folder, profile, image, **options):
        self.link, self._binaries, self.image = link, binaries, folder.parent / f"{folder.name}.bin"
        self.image.write_bytes(b"\xe9" + image.read_bytes()[1:])
        self.device = Arduino(profile, folder, host=link.device, wrapper=link.on_device, away_ms=0, **options)

    def close(self):
        self.device.close()

    def push(self):
        return self._upload(self._binaries / "airlift", "push", "--no-wait")

    def lock_step(self, generation):
        return self._upload(PYTHON, CLIENT, generation)

    def _upload(self, *command):
        mark = self.device.log.mark()
        seconds, _ = run([*self.link.on_host, *command, "-i", self.link.device, "-I", self.link.host, "-p", self.device.port,
                          "-f", self.image], self.device.log.text)
        self.device.log.wait("ready: ", since=mark)
        return seconds
