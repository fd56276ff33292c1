"""Resets in a row, on a real device: what counts as one, the mode that follows, and what each mode refuses."""
import errno
import os
import signal
import socket
import subprocess

import pytest

from device_process import wait_until
from espota_client import ESP8266, Espota
from mdns import Browser
from push_events import outcome
from raw_uploader import RawUploader

PASSWORD = "open sesame"
NORMAL, UNSAFE, BARE = "normal", "unsafe", "bare"
LOCKED = {"safemode": "true", "sd": "true"}


def started(device):
    """Mode and resets in a row of the running device."""
    status = device.status()
    return status["mode"], status["resets_in_a_row"]


def reset(device, times=1):
    """What a power cut does to it."""
    for _ in range(times):
        device.kill()
        device.start()
    return device


@pytest.fixture
def push(binaries):
    """airlift push: its result and exit code."""

    def call(device, image):
        command = ["push", "-i", "127.0.0.1", "-p", device.port, "-f", image, "--json", "--no-wait"]
        done = subprocess.run([binaries / "airlift", *map(str, command)], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "AIRLIFT_PASSWORD": PASSWORD})
        return outcome(done.stdout), done.returncode

    return call


def assert_refused(device, push, binaries):
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "ERR: safe mode"
    result, code = push(device, binaries / "airlift-demo-app-2")
    assert (result["code"], result["stage"]) == ("safe_mode", "invite") and code != 0, result
    with socket.socket() as tcp:
        assert tcp.connect_ex(device.address) == errno.ECONNREFUSED, "it listens for the extension"
    assert "advertised as" not in device.log.text()


def assert_takes_uploads(device, version_2):
    """Without keeping one: the mode stays, because nothing restarts."""
    tool = Espota(ESP8266, device.address, "wrong")
    assert tool.upload(version_2) == 1 and "Authentication Failed" in tool.said, tool.said
    with Browser() as browser:
        browser.wait("added", device.name)


def test_three_kills_within_a_minute_lead_through_the_modes(start_device, push, binaries, version_2):
    device = start_device(device=LOCKED, ota={"passwd": PASSWORD})
    (device.config / "config.json").write_text('{"lamp": {"0": {}, "1": {"color": "red"}}}')
    assert started(device) == (NORMAL, 1)
    assert_refused(device, push, binaries)

    reset(device)
    assert started(device) == (UNSAFE, 2)
    device.log.wait(r"\[warning\] board: 2 starts without 60 s of good running: safe mode is off")
    device.log.wait("lamp/1: unknown element type")
    assert_takes_uploads(device, version_2)

    for resets in (3, 4, 5):
        reset(device)
        assert started(device) == (BARE, resets)
        device.log.wait(rf"\[warning\] board: {resets} starts without 60 s of good running: bare mode")
        assert "lamp" not in device.log.text()
        assert_takes_uploads(device, version_2)
        device.wait_version(1)  # the application runs in every mode

    result, code = push(device, binaries / "airlift-demo-app-2")
    assert code == 0, result
    device.wait_version(2)
    assert started(device) == (NORMAL, 1), "a restart for an update forgives all"


def test_espota_repairs_a_bare_device(start_device, version_2):
    device = reset(start_device(device=LOCKED, ota={"passwd": PASSWORD}), times=2)
    tool = Espota(ESP8266, device.address, PASSWORD)
    assert tool.upload(version_2) == 0, tool.said
    device.wait_version(2)
    assert started(device) == (NORMAL, 1)


def test_a_bare_device_without_a_password_stays_as_its_owner_left_it(start_device, push, binaries):
    locked, unlocked = (start_device(device={"safemode": safe, "sd": "true"}) for safe in ("true", "false"))
    assert_refused(reset(locked, times=2), push, binaries)
    with RawUploader(reset(unlocked, times=2), b"x" * 100) as uploader:
        assert uploader.invite() == "OK"
    assert started(locked) == started(unlocked) == (BARE, 3)


def test_a_bare_device_that_no_readable_file_configures_stays_in_safe_mode(start_device):
    """Whatever the resets: the password may stand in the broken file."""
    device = start_device(ota={"passwd": PASSWORD})
    (device.config / "env.json").write_text('{"ota": {')
    device.bind, device.port = "127.0.0.67", 8266  # it uses the default port
    for resets in (2, 3):
        reset(device)
        assert started(device) == (BARE, resets)
        with RawUploader(device, b"x" * 100) as uploader:
            assert uploader.invite() == "ERR: safe mode"


def test_a_clean_stop_forgives_all(start_device):
    device = reset(start_device(), times=2)
    assert started(device) == (BARE, 3)
    assert device.stop() == 0
    assert started(device) == (None, 0)
    assert started(device.start()) == (NORMAL, 1)


def test_what_becomes_of_the_application_does_not_count(start_device):
    device = start_device()
    old = device.wait_app_pid()
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: device.app_pid() not in (old, None), "the application was restarted")
    assert started(device) == (NORMAL, 1)


def test_the_end_of_a_trial_does_not_count(start_device, tmp_path):
    device = start_device(ota={"attempts": 2})
    ends = tmp_path / "ends"
    ends.write_text("#!/bin/sh\nexit 1\n")
    assert Espota(ESP8266, device.address).upload(ends.read_bytes()) == 0
    device.log.wait("rolled back: ")
    device.wait_version(1)
    assert started(device) == (NORMAL, 1)


def test_the_device_restarts_itself_after_its_reboot_time(start_device):
    device = start_device(device={"reboottime": "2s", "homepage": "/update", "title": "t", "room": "r"})
    mark = device.log.mark()
    device.log.wait("restarting, as reboottime says", since=mark)
    device.log.wait(": ready: ", since=mark)
    # It restarts again and again, and while it does it has not been counted yet.
    wait_until(lambda: started(device) == (NORMAL, 1), "it has started well")
    assert "unknown property" not in device.log.text()


def test_resets_that_cannot_be_counted_are_said_and_no_more(start_device):
    device = start_device()
    device.stop()
    resets = device.state / "resets"
    resets.unlink()
    resets.mkdir()
    device.start()
    device.log.wait(r"\[warning\] board: resets cannot be counted")
    device.wait_version(1)


def test_status_tells_people_how_the_device_has_started(start_device):
    device = reset(start_device())
    text = device.command("status").stdout
    assert "unsafe mode, starts in a row without 60 s of good running: 2\n" in text, text
