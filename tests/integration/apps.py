"""Applications for the device to run: shell scripts that leave traces in a directory of the test."""
from device_process import wait_until

RECORDER = """#!/bin/sh
env > '{traces}/env.new' && mv '{traces}/env.new' '{traces}/env.txt'
exec sleep 1000
"""


def script(directory, name, text):
    path = directory / name
    path.write_text(text.replace("{traces}", str(directory)))
    path.chmod(0o755)
    return path


def recorder(directory):
    """Writes down its environment, then does nothing."""
    return script(directory, "recorder", RECORDER)


def recorded(directory):
    path = directory / "env.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines)


def wait_recorded(directory, having="AIRLIFT_RUN_DIR"):
    return wait_until(lambda: having in recorded(directory) and recorded(directory), f"{having} in the environment")
