"""New images on trial: what confirms them, what rolls them back, and what the device tells of it."""
import datetime
import hashlib
import os
import signal

import pytest

import apps
from device_process import wait_until
from espota_client import ESP8266, FILESYSTEM, FIRMWARE, Espota
from raw_uploader import RawUploader

LONG = "600"  # seconds that no test waits


def upload(device, content, command=FIRMWARE):
    tool = Espota(ESP8266, device.address, command=command)
    assert tool.upload(content) == 0, tool.said


def slot(status, name, kind="firmware"):
    return status[kind]["slots"][name]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def running(start_device, tmp_path):
    """A function that starts a device with an application that confirms itself, in slot A."""

    def start(**ota):
        device = start_device(ota=ota, firmware=apps.steady(tmp_path, "first"))
        device.log.wait("application: ready")
        return device

    return start


@pytest.fixture
def on_trial(running, tmp_path):
    """A function that starts such a device and puts an application that never confirms on trial, in slot B."""

    def start(**ota):
        device = running(**{"confirm": LONG} | ota)
        upload(device, apps.silent(tmp_path).read_bytes())
        wait_until(lambda: apps.runs(tmp_path) == ["first", "silent"], "the application on trial runs")
        return device

    return start


def assert_second_confirmed(device):
    # The history is written after the record.
    status = device.wait_status(lambda now: now["history"][0]["result"] == "confirmed", "it is confirmed")
    assert (status["firmware"]["active"], status["on_trial"], status["attempts"]) == ("B", False, 0)
    assert [slot(status, name)["state"] for name in "AB"] == ["good", "good"]
    assert status["history"][0]["cause"] is None
    device.log.wait(r"trial: confirmed$")


# Confirmed


def test_confirmed_by_ready(running, tmp_path):
    device = running(confirm=LONG)
    upload(device, apps.recorder(tmp_path, "second").read_bytes())
    device.log.wait("trying the firmware in slot B, attempt 1 of 3")
    device.log.wait(f"on trial: waiting up to {LONG} s for READY=1")
    assert_second_confirmed(device)


def test_confirmed_from_outside(on_trial):
    device = on_trial()
    assert device.status()["on_trial"]
    done = device.command("confirm")
    assert (done.returncode, done.stdout) == (0, "confirmed\n"), done.stderr
    assert_second_confirmed(device)
    done = device.command("confirm")
    assert (done.returncode, done.stdout) == (0, "nothing is on trial\n")


def test_confirm_needs_a_running_device(on_trial):
    device = on_trial()
    device.stop()
    done = device.command("confirm")
    assert done.returncode == 1 and "does not run" in done.stderr and "Start it" in done.stderr


def test_confirmed_by_staying_alive(on_trial):
    device = on_trial(confirm="alive 1")
    device.log.wait("on trial: confirmed when it has run for 1 s")
    assert_second_confirmed(device)


@pytest.mark.long_wait
def test_only_time_confirms_what_must_stay_alive(running, tmp_path):
    device = running(confirm=f"alive {LONG}")
    mark = device.log.mark()
    upload(device, apps.recorder(tmp_path, "second").read_bytes())
    device.log.wait("application: ready", since=mark)
    done = device.command("confirm")  # says READY=1 for 5 s
    assert done.returncode == 1 and '"alive"' in done.stderr
    assert device.status()["on_trial"]


# Rolled back

FAILURES = {
    "never confirms": (apps.silent, {"confirm": "1"}, "not_confirmed"),
    "exits": (apps.exiting, {}, "application_exited"),
    "exits where it must stay alive": (apps.exiting, {"confirm": "alive"}, "application_exited"),
    "crashes": (apps.crashing, {}, "application_crashed"),
    "hangs": (apps.hanging, {"watchdog": 1}, "watchdog_missed"),
    "hangs where it must stay alive": (apps.silent, {"watchdog": 1, "confirm": f"alive {LONG}"}, "watchdog_missed"),
    "cannot be executed": (apps.no_program, {}, "application_missing"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_an_application_that(running, tmp_path, version_2, failure):
    make, ota, reason = FAILURES[failure]
    device = running(**{"confirm": LONG, "attempts": 2} | ota)
    image = make(tmp_path).read_bytes()
    upload(device, image)
    status = device.wait_status(lambda now: slot(now, "B")["state"] == "bad", "the image is given up")
    assert (status["firmware"]["active"], status["firmware"]["candidate"]) == ("A", None)
    assert slot(status, "B")["reason"]["name"] == reason
    assert slot(status, "B")["sha256"] == sha256(image)
    tries = [] if make is apps.no_program else [make.__name__] * 2
    wait_until(lambda: apps.runs(tmp_path) == ["first", *tries, "first"], "the first application runs again")
    said = slot(status, "B")["reason"]
    device.log.wait(f"rolled back: {said['text']}")
    assert device.log.text().count(f"trial failed: {said['text']}. {said['advice']}") == 2
    wait_until(lambda: device.status()["history"][0]["result"] == "rolled back", "the history tells it")
    assert device.status()["history"][0]["cause"]["name"] == reason
    if "alive" not in ota.get("confirm", ""):
        upload(device, version_2)
        device.wait_version(2)


def test_a_filesystem_image_is_on_trial_too(start_device, tmp_path):
    """The application cannot live with it."""
    text = apps.START + '[ -z "$AIRLIFT_FILESYSTEM" ] || exit 3\nnotify READY=1\nexec sleep 1000\n'
    device = start_device(ota={"attempts": 2}, firmware=apps.script(tmp_path, "picky", text))
    apps.wait_recorded(tmp_path)
    upload(device, b"files" * 1000, FILESYSTEM)
    status = device.wait_status(lambda now: slot(now, "A", "filesystem")["state"] == "bad", "it is given up")
    assert slot(status, "A", "filesystem")["reason"]["name"] == "application_exited"
    assert (status["filesystem"]["active"], status["firmware"]["active"]) == (None, "A")
    wait_until(lambda: apps.runs(tmp_path) == ["picky"] * 4, "the application runs without")
    assert not (device.state / "run" / "filesystem.img").exists()


# What counts as an attempt


def test_sigkill_counts(on_trial, tmp_path):
    device = on_trial()
    for attempt in (1, 2, 3):
        wait_until(lambda: apps.runs(tmp_path).count("silent") == attempt, f"try {attempt} runs")
        status = device.status()
        assert (status["on_trial"], status["attempts"]) == (True, attempt)
        device.kill()
        device.start()
    device.log.wait("rolled back: the device restarted while on trial")
    assert slot(device.status(), "B")["reason"]["name"] == "trial_interrupted"
    wait_until(lambda: apps.runs(tmp_path) == ["first", "silent", "silent", "silent", "first"], "three tries")


def test_sigterm_does_not_count(on_trial):
    device = on_trial()
    for _ in range(4):
        assert device.stop() == 0
        status = device.status()
        assert (status["on_trial"], status["attempts"], slot(status, "B")["reason"]) == (True, 0, None)
        device.start()
        device.log.wait("attempt 1 of 3")


def test_sigterm_to_device_and_application_at_once_does_not_count(on_trial):
    device = on_trial()
    application = device.wait_app_pid()
    device.process.send_signal(signal.SIGSTOP)
    os.kill(application, signal.SIGTERM)
    device.process.send_signal(signal.SIGTERM)
    device.process.send_signal(signal.SIGCONT)
    assert device.process.wait(30) == 0
    status = device.status()
    assert (status["on_trial"], status["attempts"], slot(status, "B")["reason"]) == (True, 0, None)


# Meanwhile, and afterwards


@pytest.mark.parametrize("command", [FIRMWARE, FILESYSTEM], ids=["firmware", "filesystem"])
def test_no_upload_during_a_trial(on_trial, command):
    device = on_trial()
    with RawUploader(device, b"x" * 100, command) as uploader:
        assert uploader.invite().startswith("ERR: the running image is on trial")
    assert device.command("confirm").returncode == 0
    with RawUploader(device, b"x" * 100, command) as uploader:
        assert uploader.invite() == "OK"


@pytest.mark.long_wait
def test_a_watchdog_that_is_missed_after_the_confirmation_restarts_only(running, tmp_path):
    device = running(confirm=LONG)
    device.stop()
    device.configure(ota={"confirm": LONG, "watchdog": 1})
    device.start()
    upload(device, apps.recorder(tmp_path, "mute").read_bytes())
    wait_until(lambda: apps.runs(tmp_path).count("mute") >= 2, "it is started again")
    device.log.wait("hangs: no WATCHDOG=1 for 1000 ms")
    assert_second_confirmed(device)


def test_an_application_that_keeps_its_watchdog_stays(running, tmp_path):
    device = running(confirm="alive 6")
    device.stop()
    device.configure(ota={"confirm": "alive 6", "watchdog": 5})
    device.start()
    upload(device, apps.watched(tmp_path).read_bytes())
    assert_second_confirmed(device)
    assert apps.runs(tmp_path).count("watched") == 1


# Status and history


def test_the_history_of_updates(running, tmp_path, version_2):
    device = running(confirm=1, attempts=1)
    first = (tmp_path / "first").read_bytes()
    silent = apps.silent(tmp_path).read_bytes()
    upload(device, silent)
    device.wait_status(lambda now: now["history"][0]["result"] == "rolled back", "it is rolled back")
    wait_until(lambda: apps.runs(tmp_path)[-1] == "first", "the first application runs again")
    assert Espota(ESP8266, device.address).upload(version_2, version_2[:-1] + b"?") == 1
    device.log.wait("upload failed after")
    upload(device, version_2)
    device.wait_version(2)
    device.wait_status(lambda now: now["history"][0]["result"] == "confirmed", "version 2 is confirmed")
    history = device.status()["history"]
    assert [(entry["result"], entry["cause"] and entry["cause"]["name"]) for entry in history] == [
        ("confirmed", None), ("failed", "digest_mismatch"), ("rolled back", "not_confirmed"), ("confirmed", None)]
    assert [entry["to"] and entry["to"]["sha256_start"] for entry in history] == [
        sha256(version_2)[:16], None, sha256(silent)[:16], sha256(first)[:16]]
    assert [entry["from"] and entry["from"]["sha256_start"] for entry in history] == [sha256(first)[:16]] * 3 + [None]
    assert [entry["source"] for entry in history] == ["upload 127.0.0.1"] * 3 + ["init"]
    assert [entry["number"] for entry in history] == [4, 3, 2, 1]
    assert {entry["kind"] for entry in history} == {"firmware"}
    now = datetime.datetime.now(datetime.timezone.utc)
    for entry in history:
        age = now - datetime.datetime.strptime(entry["time"], "%Y-%m-%dT%H:%M:%S%z")
        assert datetime.timedelta(seconds=-1) <= age < datetime.timedelta(minutes=10)


def test_the_last_16_updates_are_kept(running):
    device = running(confirm=LONG)
    for number in range(2, 20):
        upload(device, b"files of %d" % number, FILESYSTEM)
        device.wait_status(lambda now: now["history"][0]["number"] == number and not now["on_trial"]
                           and now["history"][0]["result"] == "confirmed", f"update {number} is confirmed")
    history = device.status()["history"]
    assert [entry["number"] for entry in history] == list(range(19, 3, -1))
    assert {(entry["kind"], entry["result"]) for entry in history} == {("filesystem", "confirmed")}


def test_status_for_people(running, tmp_path):
    device = running(confirm=1, attempts=1)
    upload(device, apps.silent(tmp_path).read_bytes())
    device.wait_status(lambda now: now["history"][0]["result"] == "rolled back", "it is rolled back")
    said = device.command("status").stdout
    lines = {line.split("  ")[0]: line for line in said.splitlines()}
    assert lines["device"].endswith("running") and lines["trial"].endswith("nothing is on trial")
    assert lines["firmware A"].split()[2:4] == ["good", "active"]
    assert lines["firmware B"].split()[2] == "bad"
    assert "firmware B was given up: not confirmed in time. " in said
    assert "rolled back  upload 127.0.0.1  not confirmed in time\n" in said
    assert "\x1b" not in said
    device.stop()
    assert device.command("status").stdout.splitlines()[0].endswith("not running")


def test_status_of_what_is_no_device(make_device):
    done = make_device().command("status")
    assert done.returncode == 1 and "airlift-device init" in done.stderr
