"""Simulated Arduino devices (arduino_device.py) as processes, watched through what they say."""
import pathlib
import subprocess
import sys

from device_process import DEADLINE_S, Log

PROGRAM = pathlib.Path(__file__).parent / "arduino_device.py"


class Arduino:
    def __init__(self, profile, folder, host="127.0.0.1", wrapper=(), **options):
        """`options` are those of arduino_device.py, with _ for - and True for those without a value."""
        self.profile, self.folder, self.host = profile, folder, host
        words = [*wrapper, sys.executable, PROGRAM, profile, "--folder", folder, "--host", host]
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [value])]
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.log = Log(self.process.stdout)
        self.port = int(self.log.wait(r"ready: UDP port (\d+)")[1])

    @property
    def address(self):
        return self.host, self.port

    def installed(self, name="firmware"):
        """The image it took last, or None."""
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def close(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)
