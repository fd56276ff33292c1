"""Applications for the device to run: shell scripts that leave traces in a directory of the test."""
from device_process import wait_until

# Each start adds the application's name to `runs`, then its environment is written down.
START = """#!/bin/sh
notify() {
  [ -z "$NOTIFY_SOCKET" ] || /usr/bin/python3 -ISc '
import os, socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[1].encode(), os.environ["NOTIFY_SOCKET"])' "$1"
}
echo '{name}' >> '{traces}/runs'
env > '{traces}/env.new' && mv '{traces}/env.new' '{traces}/env.txt'
"""


def script(directory, name, text):
    path = directory / name
    path.write_text(text.replace("{traces}", str(directory)).replace("{name}", name))
    path.chmod(0o755)
    return path


def recorder(directory, name="recorder"):
    """Confirms, then does nothing."""
    return script(directory, name, START + "notify READY=1\nexec sleep 1000\n")


def steady(directory, name="steady"):
    """Confirms, and need not say that it is alive, whatever the device's `watchdog` is."""
    return script(directory, name, START + "notify 'READY=1\nWATCHDOG_USEC=3600000000'\nexec sleep 1000\n")


def watched(directory, name="watched"):
    """Confirms, and says ten times a second that it is alive."""
    return script(directory, name, START + "notify READY=1\nwhile notify WATCHDOG=1; do sleep 0.1; done\n")


def silent(directory, name="silent"):
    """Works, but never confirms."""
    return script(directory, name, START + "exec sleep 1000\n")


def exiting(directory, name="exiting"):
    return script(directory, name, START + "exit 3\n")


def crashing(directory, name="crashing"):
    return script(directory, name, START + "kill -KILL $$\n")


def hanging(directory, name="hanging"):
    """Is alive once, then says nothing more, and never confirms."""
    return script(directory, name, START + "notify WATCHDOG=1\nexec sleep 1000\n")


def no_program(directory, name="no_program"):
    """Begins as a program does, but cannot be executed."""
    path = directory / name
    path.write_bytes(b"\x7fELF but not really" * 100)
    return path


def runs(directory):
    """The names of the applications that were started so far, in their order."""
    path = directory / "runs"
    return path.read_text().split() if path.exists() else []


def recorded(directory):
    path = directory / "env.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines)


def wait_recorded(directory, having="AIRLIFT_RUN_DIR"):
    return wait_until(lambda: having in recorded(directory) and recorded(directory), f"{having} in the environment")
