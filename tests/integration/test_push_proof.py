"""What airlift push takes for success: the new image runs and is confirmed, or an old device is reachable again."""
import os
import subprocess

import pytest

import apps
from device_process import wait_until
from push_events import events, outcome

PLAIN = {"PATH": os.environ["PATH"]}


class Push:
    """airlift push --json, to be looked at while it runs."""

    def __init__(self, binaries, folder, device, image, options):
        self._said = folder / "said.json"
        command = [binaries / "airlift", "push", f"127.0.0.1:{device.port}", "-f", image, "--json", *options]
        with open(self._said, "w") as said:
            self.process = subprocess.Popen(list(map(str, command)), stdout=said, stderr=subprocess.DEVNULL, env=PLAIN)

    def stages(self):
        whole_lines = self._said.read_text().rpartition("\n")[0]
        return [event["stage"] for event in events(whole_lines) if event["event"] == "stage"]

    def wait_stage(self, stage):
        wait_until(lambda: stage in self.stages(), f"it is at {stage}")

    def ended(self):
        """What it said in the end, and its exit code."""
        code = self.process.wait(60)
        return outcome(self._said.read_text()), code


@pytest.fixture
def begin(binaries, tmp_path):
    begun = []

    def call(device, image, *options):
        begun.append(Push(binaries, tmp_path, device, image, options))
        return begun[-1]

    yield call
    for push in begun:
        push.process.kill()
        push.process.wait()


@pytest.fixture
def first(start_device, tmp_path):
    """A function that starts a device with an application that confirms itself."""

    def start(**ota):
        device = start_device(ota=ota, firmware=apps.recorder(tmp_path, "first"))
        device.log.wait("application: ready")
        return device

    return start


def test_confirmed(first, begin, tmp_path):
    device = first()
    push = begin(device, apps.recorder(tmp_path, "second"))
    result, code = push.ended()
    assert (code, result["result"], result["proof"], result["protocol"]) == (0, "ok", "confirmed", "extension")
    status = device.status()
    assert (status["firmware"]["active"], status["on_trial"]) == ("B", False)
    assert result["image_sha256"] == status["firmware"]["slots"]["B"]["sha256"]
    assert push.stages()[-3:] == ["verify", "reboot", "confirm"]


def test_the_same_image_again_is_confirmed_as_well(first, begin, tmp_path):
    device = first()
    result, code = begin(device, tmp_path / "first").ended()
    assert (code, result["proof"]) == (0, "confirmed")
    assert device.status()["firmware"]["active"] == "B"


@pytest.mark.parametrize(("application", "code"), [
    (apps.crashing, "application_crashed"), (apps.exiting, "application_exited"),
    (apps.no_program, "application_missing"), (apps.silent, "not_confirmed")])
def test_rolled_back_fails_with_the_reason(first, begin, tmp_path, application, code):
    device = first(attempts="1", confirm="1")
    result, exit_code = begin(device, application(tmp_path)).ended()
    assert (exit_code, result["code"], result["stage"], result["proof"]) == (1, code, "confirm", "taken")
    assert "rolled back" in result["message"]
    assert device.status()["firmware"]["active"] == "A"


def test_it_waits_while_the_image_is_on_trial(first, begin, tmp_path):
    device = first(confirm="600")
    push = begin(device, apps.silent(tmp_path))
    push.wait_stage("confirm")
    assert push.process.poll() is None
    assert device.command("confirm").returncode == 0
    result, code = push.ended()
    assert (code, result["proof"]) == (0, "confirmed")


def test_a_trial_may_need_several_starts(first, begin, tmp_path):
    device = first(attempts="2", confirm="1")
    result, code = begin(device, apps.silent(tmp_path)).ended()
    assert (code, result["code"]) == (1, "not_confirmed")
    assert apps.runs(tmp_path).count("silent") == 2


def test_a_device_that_does_not_come_back(first, begin, tmp_path):
    device = first(confirm="600")
    push = begin(device, apps.silent(tmp_path), "--return-timeout", "5s")
    push.wait_stage("confirm")
    device.kill()
    result, code = push.ended()
    assert (code, result["code"], result["stage"]) == (1, "not_back", "confirm")
    assert any("airlift discover" in cause for cause in result["causes"])


def test_a_device_that_is_slow_to_come_back(first, begin, tmp_path):
    device = first(confirm="600")
    push = begin(device, apps.silent(tmp_path))
    push.wait_stage("confirm")
    device.kill()
    device.start()
    assert device.command("confirm").returncode == 0
    result, code = push.ended()
    assert (code, result["proof"]) == (0, "confirmed")


def test_without_waiting_it_is_only_taken(first, begin, tmp_path):
    result, code = begin(first(), apps.silent(tmp_path), "--no-wait").ended()
    assert (code, result["result"], result["proof"]) == (0, "ok", "taken")


def test_an_old_device_is_reachable_again(start_arduino, begin, tmp_path, esp_image):
    device = start_arduino("esp32-old")
    push = begin(device, esp_image)
    result, code = push.ended()
    assert (code, result["proof"], result["protocol"]) == (0, "reachable", "old")
    assert push.stages()[-2:] == ["verify", "reboot"]


def test_an_old_device_that_does_not_come_back(start_arduino, begin, esp_image):
    device = start_arduino("esp32-old", away_ms=-1)
    result, code = begin(device, esp_image, "--return-timeout", "4s").ended()
    assert (code, result["code"], result["stage"]) == (1, "not_back", "reboot")
    assert "nobody listens on its OTA port" in result["message"]


@pytest.fixture
def esp_image(tmp_path):
    path = tmp_path / "sketch.bin"
    path.write_bytes(b"\xe9" + os.urandom(20000))
    return path
