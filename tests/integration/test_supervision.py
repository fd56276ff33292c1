"""How the device runs its application: environment, signals, crashes."""
import hashlib
import os
import signal
import subprocess

import pytest

from apps import recorded, recorder, script, wait_recorded
from device_process import wait_until
from espota_client import ESP8266, Espota

TERM_CATCHER = """#!/bin/sh
trap 'echo caught > "{traces}/term"; kill $!; exit 0' TERM
sleep 1000 &
env > '{traces}/env.new' && mv '{traces}/env.new' '{traces}/env.txt'
wait
"""
STUBBORN = """#!/bin/sh
trap '' TERM
env > '{traces}/env.new' && mv '{traces}/env.new' '{traces}/env.txt'
while true; do sleep 1000; done
"""
CRASHER = """#!/bin/sh
cut -d ' ' -f 1 /proc/uptime >> '{traces}/starts'
exit 3
"""
SECRET = "known to the device only"


def test_the_environment_is_clean(start_device, tmp_path):
    foreign = str(tmp_path / "systemd's")
    start = {"PATH": os.environ["PATH"], "HOME": "/root", "LD_PRELOAD": "", "AIRLIFT_PASSWORD": SECRET, "TOKEN": SECRET,
             "NOTIFY_SOCKET": foreign, "WATCHDOG_USEC": "1000"}
    device = start_device(ota={"passwd": SECRET}, firmware=recorder(tmp_path), options=["--board-id", "b1"], env=start)
    environment = wait_recorded(tmp_path)
    added_by_sh = {"PWD", "OLDPWD", "SHLVL", "_"}
    expected = {"PATH", "AIRLIFT_DEVICE_NAME", "AIRLIFT_BOARD_ID", "AIRLIFT_SLOT", "AIRLIFT_IMAGE_SHA256", "AIRLIFT_RUN_DIR",
                "NOTIFY_SOCKET"}
    assert set(environment) - added_by_sh == expected
    assert environment["AIRLIFT_DEVICE_NAME"] == device.name
    assert environment["AIRLIFT_BOARD_ID"] == "b1"
    assert environment["AIRLIFT_SLOT"] == "A"
    assert environment["AIRLIFT_RUN_DIR"] == str(device.state / "run")
    assert environment["NOTIFY_SOCKET"] != foreign
    assert SECRET not in str(environment)


def test_an_update_moves_to_the_other_slot(start_device, tmp_path):
    firmware = recorder(tmp_path)
    device = start_device(firmware=firmware)
    assert wait_recorded(tmp_path)["AIRLIFT_SLOT"] == "A"
    image = firmware.read_bytes() + b"# version 2\n"
    assert Espota(ESP8266, device.address).upload(image) == 0
    wait_until(lambda: recorded(tmp_path).get("AIRLIFT_SLOT") == "B", "slot B runs")
    assert recorded(tmp_path)["AIRLIFT_IMAGE_SHA256"] == hashlib.sha256(image).hexdigest()


def test_no_files_are_left_open_for_the_application(start_device, tmp_path):
    device = start_device(firmware=recorder(tmp_path))
    wait_recorded(tmp_path)
    descriptors = f"/proc/{device.wait_app_pid()}/fd"
    # Eventually, because the shell itself has one more until it becomes `sleep`.
    wait_until(lambda: sorted(os.listdir(descriptors)) == ["0", "1", "2"], "only standard descriptors are open")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_sigterm_is_passed_on(start_device, tmp_path, number):
    device = start_device(firmware=script(tmp_path, "catcher", TERM_CATCHER))
    wait_recorded(tmp_path)
    device.process.send_signal(number)
    assert device.process.wait(30) == 0
    assert (tmp_path / "term").read_text() == "caught\n"


@pytest.mark.long_wait
def test_an_application_that_ignores_sigterm_is_ended(start_device, tmp_path):
    device = start_device(firmware=script(tmp_path, "stubborn", STUBBORN))
    wait_recorded(tmp_path)
    pid = device.wait_app_pid()
    assert device.stop() == 0
    assert not os.path.exists(f"/proc/{pid}")


def test_the_application_ends_with_a_killed_device(start_device):
    device = start_device()
    pid = device.wait_app_pid()
    device.kill()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the application has ended")


def starts(directory):
    path = directory / "starts"
    return [float(line) for line in path.read_text().split()] if path.exists() else []


@pytest.mark.long_wait
def test_a_crashing_application_is_restarted_ever_more_slowly_and_can_be_updated(start_device, tmp_path, version_2):
    device = start_device(firmware=script(tmp_path, "crasher", CRASHER))
    wait_until(lambda: len(starts(tmp_path)) >= 3, "three starts")
    first, second, third = starts(tmp_path)[:3]
    assert second - first >= 0.9 and third - second >= 1.9  # 1 s, then 2 s; a busy machine may add to both
    assert Espota(ESP8266, device.address).upload(version_2) == 0
    device.wait_version(2)


def test_a_killed_application_is_restarted(start_device):
    device = start_device()
    pid = device.wait_app_pid()
    os.kill(pid, signal.SIGKILL)  # a signal that no sanitizer in the application can take
    wait_until(lambda: device.app_pid() not in (pid, None), "another process")
    device.wait_version(1)
    device.log.wait(r"ended by signal Killed")


def test_firmware_that_is_no_program_leaves_the_device_updatable(start_device, tmp_path, version_2):
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x7fELF but not really" * 100)
    device = start_device(firmware=garbage)
    device.log.wait(r"\[(warning|error)\].*")
    assert Espota(ESP8266, device.address).upload(version_2) == 0
    device.wait_version(2)


def test_usage_errors_exit_with_2_and_failures_with_1(make_device, binaries, tmp_path):
    def run(*arguments):
        done = subprocess.run([binaries / "airlift-device", *arguments], capture_output=True, text=True, timeout=30)
        return done.returncode, done.stderr

    assert run("--no-such-option")[0] == 2
    assert run()[0] == 2
    code, said = run("--config", tmp_path, "--state", tmp_path / "nothing here")
    assert code == 1 and "airlift-device init" in said, said  # the next step
    code, said = run("init", "--state", tmp_path / "state", "--firmware", tmp_path / "no such file")
    assert code == 1 and "no such file" in said, said


def test_a_second_device_on_the_same_state_is_refused(start_device):
    first = start_device()
    second = type(first)(first.binaries, first.root / "second", first.port)
    second.config, second.state = first.config, first.state
    second.start(ready=False)
    try:
        second.log.wait("(?i)another|in use|locked")
        assert second.process.wait(30) == 1
    finally:
        second.process.kill()
    assert first.ask_version() == "version 1"
