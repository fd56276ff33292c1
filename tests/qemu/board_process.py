"""A board in QEMU, watched through its console."""
import json
import os
import pathlib
import re
import subprocess

from device_process import DEADLINE_S, Log
from page_client import PageClient

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MINUTES = 180  # in seconds; what takes a board two on an idle machine
OTA_PORT = 8266  # here as on the board, which tells uploaders this number
CONFIRMED = r"trial: application (\S+) confirmed$"

# What emulates each board; scripts/emulate has the rest of the command.
MACHINES = {"mps2": "qemu-system-arm", "lx106": "qemu-system-xtensa"}


class Board:
    """`host` is the address of this computer at which the board can be reached when it is online."""

    def __init__(self, name, images, flash, *, boot, binaries, host="127.0.0.1"):
        self.name, self.images, self.flash, self.boot, self.binaries = name, images, flash, boot, binaries
        self.host, self.web_port = host, 8080
        self.process, self.console, self.runs = None, None, []

    @property
    def id(self):
        return f"airlift-{self.name}"

    @property
    def address(self):
        return self.host, OTA_PORT

    def image(self, firmware):
        """The file of an application: "1", "2", "3", "crash", ..."""
        return self.images / f"app-{firmware}.bin"

    def install(self, firmware, *options):
        """By cable: everything that was in the flash is gone."""
        # mps2 has its boot loader in the ROM.
        boot = ["--boot-loader", self.images / f"{self.boot}.bin"] if self.name == "lx106" else []
        command = [self.binaries / "airlift", "flash-image", "--layout", REPOSITORY / f"firmware/boards/{self.name}/layout.ini",
                   "--firmware", firmware, *boot, *options, "-o", self.flash]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)
        assert done.returncode == 0, done.stderr

    def start(self, *options, network=("-nic", "none")):
        """Power on."""
        command = [REPOSITORY / "scripts/emulate", self.name, self.flash, *network, *options]
        environment = os.environ | {"AIRLIFT_BOOT": str(self.images / f"{self.boot}.elf")}
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=environment)
        self.console = Log(self.process.stdout)
        self.runs.append(self.console)
        return self

    def power_on(self):
        """On a network that only this computer is in besides."""
        forwards = [f"{protocol}:{self.host}:{here}-:{there}"
                    for protocol, here, there in (("udp", OTA_PORT, OTA_PORT), ("tcp", OTA_PORT, OTA_PORT), ("tcp", self.web_port, 80))]
        return self.start(network=("-nic", ",".join(["user", *(f"hostfwd={forward}" for forward in forwards)])))

    def online(self):
        """Powered on, and ready for updates."""
        self.power_on()
        self.wait_ready()
        return self

    def wait_ready(self, since=0):
        """Returns the name it calls itself."""
        return self.console.wait(r"device: ready: (\S+) at ", MINUTES, since=since)[1]

    def wait_line(self, pattern, since=0):
        """Returns its number, for `since`."""
        self.console.wait(pattern, MINUTES, since=since)
        lines = self.console.text().split("\n")
        return next(number for number in range(since, len(lines)) if re.search(pattern, lines[number]))

    def kill(self):
        """Power off, at any instant."""
        if self.process:
            self.process.kill()
            self.process.wait(DEADLINE_S)

    def text(self):
        return "\n--- power off ---\n".join(run.text() for run in self.runs)

    # What it is updated with

    def airlift(self, *command, exits=0):
        done = subprocess.run([self.binaries / "airlift", *map(str, command)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=2 * MINUTES)
        assert done.returncode == exits, (done.returncode, done.stdout, done.stderr)
        return done

    def push(self, file, *options, exits=0):
        """By Airlift's extension, until the new image is confirmed."""
        return self.airlift("push", "-i", self.host, "-f", file, *options, exits=exits)

    def status(self):
        done = self.airlift("status", "--json", self.host)
        return json.loads(done.stdout)

    @property
    def page(self):
        return PageClient(self, self.web_port, host=self.host)

    def wait_confirmed(self, version, since):
        confirmed = self.console.wait(CONFIRMED, MINUTES, since=since)[1]
        assert confirmed == str(version)
