"""A board in QEMU, watched through its console."""
import pathlib
import subprocess

from device_process import DEADLINE_S, Log

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

# The command for each board; {flash} and {boot} are files. docs/design/firmware.md.
MACHINES = {
    "mps2": ["qemu-system-arm", "-M", "mps2-an385,memory-backend=flash",
             "-object", "memory-backend-file,id=flash,size=16M,mem-path={flash},share=on", "-kernel", "{boot}"],
    "lx106": ["qemu-system-xtensa", "-M", "lx60-nommu", "-cpu", "lx106", "-m", "32",
              "-drive", "if=pflash,format=raw,file={flash}"],
}


class Board:
    def __init__(self, name, images, flash, *, boot, binaries):
        self.name, self.images, self.flash, self.boot, self.binaries = name, images, flash, boot, binaries
        self.process, self.console = None, None

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
        command = [part.format(flash=self.flash, boot=self.images / f"{self.boot}.elf") for part in MACHINES[self.name]]
        command += ["-display", "none", "-monitor", "none", "-serial", "stdio", *network, *options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.console = Log(self.process.stdout)
        return self

    def kill(self):
        """Power off, at any instant."""
        if self.process:
            self.process.kill()
            self.process.wait(DEADLINE_S)

    def text(self):
        return self.console.text() if self.console else ""
