"""A sketch on a look-alike ESP32 (tests/arduino/lookalike/esp32): the process is the chip, its folder flash and NVS."""
import itertools
import json
import os
import secrets
import subprocess

from device_process import DEADLINE_S, Log, wait_until

# chip.hpp
APP_BYTES = 0x40000
APPS = {"app0": 0x10000, "app1": 0x10000 + APP_BYTES}
FILESYSTEM = APPS["app1"] + APP_BYTES
FLASH_BYTES = FILESYSTEM + 0x20000
PORT = 3232  # ArduinoOTA's

# Every chip has an address of its own, so that each can have that port.
_numbers = itertools.count(1)
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])


def image(version, size=40_000, **says):
    """What the chip's loader takes for an image; `does` and `network` tell the look-alikes how it behaves."""
    words = "".join(f"{name}={value};" for name, value in {"version": version, **says}.items())
    head = b"\xe9\x01\x02\x20" + words.encode()
    # The look-alike measures an image by the erased flash behind it.
    return head + secrets.token_bytes(size - len(head) - 1) + b"."


class Sketch:
    def __init__(self, program, folder, firmware, files=None, env=None):
        self.program, self.folder, self.env = program, folder, env or {}
        self.host = f"127.{101 + _worker}.{os.getpid() % 254 + 1}.{next(_numbers)}"
        self.folder.mkdir()
        flash = bytearray(b"\xff" * FLASH_BYTES)
        flash[APPS["app0"]:APPS["app0"] + len(firmware)] = firmware
        (folder / "flash.bin").write_bytes(flash)
        for name, content in (files or {}).items():
            (folder / name).write_text(json.dumps(content))
        self.process = None

    def start(self):
        """Power on; waits until the sketch listens."""
        environment = {**os.environ, **self.env, "AIRLIFT_CHIP": str(self.folder), "AIRLIFT_CHIP_ADDRESS": self.host}
        self.process = subprocess.Popen([self.program], env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.log = Log(self.process.stdout)
        self.log.wait("chip: runs")
        return self

    @property
    def address(self):
        return self.host, PORT

    def cut_power(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def wait_version(self, version, where, since=0):
        self.log.wait(f"chip: starts {where} version {version}$", since=since)
        self.log.wait("chip: runs", since=since)

    def holds(self, content, where):
        at = {**APPS, "filesystem": FILESYSTEM}[where]
        return (self.folder / "flash.bin").read_bytes()[at:at + len(content)] == content

    def press_button(self):
        """Of the example PullHttps; ends when the sketch has seen it."""
        button = self.folder / "button"
        button.touch()
        wait_until(lambda: not button.exists(), "the sketch looks at its button")

    def close(self):
        if self.process and self.process.poll() is None:
            self.cut_power()
