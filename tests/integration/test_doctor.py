"""airlift doctor: each stage, on devices with and without the extension; nothing is ever installed."""
import json
import os
import re
import subprocess

import pytest

import fake_device
from fake_device import FakeDevice
from fault_proxy import DEVICE, UPLOADER, FaultProxy, PortFault

PASSWORD = "open sesame"
PLAIN = {"PATH": os.environ["PATH"]}


@pytest.fixture
def doctor(binaries):
    def call(device, *arguments, host="127.0.0.1", **environment):
        port = device if isinstance(device, int) else device.port
        done = subprocess.run([binaries / "airlift", "doctor", f"{host}:{port}", "--json", *map(str, arguments)],
                              capture_output=True, text=True, env=PLAIN | environment, timeout=40)
        return json.loads(done.stdout), done.returncode

    return call


def results(found):
    return {step["step"]: step["result"] for step in found["steps"]}


def test_a_healthy_device(start_device, doctor):
    device = start_device()
    found, code = doctor(device)
    assert (code, found["result"], found["protocol"]) == (0, "ok", "extension")
    assert list(results(found).items()) == [("resolve", "ok"), ("route", "ok"), ("invite", "ok"), ("connect", "ok"),
                                            ("authenticate", "ok"), ("connect_back", "ok"), ("verify", "not tried")]
    assert "127.0.0.1 (lo)" in found["steps"][1]["note"]


def test_the_table(start_device, binaries):
    device = start_device()
    done = subprocess.run([binaries / "airlift", "doctor", f"127.0.0.1:{device.port}"], capture_output=True, text=True,
                          env=PLAIN, timeout=40)
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0].split()) == (0, ["STAGE", "RESULT", "TIME", "SEEN"])
    assert [line.split()[0] for line in lines[1:4]] == ["resolve", "route", "invite"]


def test_the_image_is_judged_but_not_installed(start_device, doctor, binaries):
    device = start_device()
    before = device.status()
    found, code = doctor(device, "-f", binaries / "airlift-demo-app-2")
    assert (code, results(found)["verify"]) == (0, "ok")
    assert device.status() == before


def test_an_image_that_does_not_fit(start_device, doctor, tmp_path):
    device = start_device(slot_size=4 << 20)
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(1 << 20) * 5)
    found, code = doctor(device, "-f", large)
    assert (code, found["code"], found["stage"]) == (1, "no_space", "verify")
    assert re.search(r"5242880 bytes, the slot holds 4\d{6}$", found["message"])
    assert any("5242880" in cause for cause in found["causes"])


@pytest.mark.parametrize(("board", "code"), [("other", "wrong_board"), ("airlift-linux", "ok")])
def test_the_board_of_the_manifest(start_device, doctor, binaries, tmp_path, board, code):
    device = start_device()
    key, image = tmp_path / "key.pem", tmp_path / "image.signed"
    for words in (["keygen", "-o", key],
                  ["sign", "--key", key, "--version", "1", "--board", board, "-o", image, binaries / "airlift-demo-app-2"]):
        assert subprocess.run([binaries / "airlift", *words], capture_output=True).returncode == 0
    found, exit_code = doctor(device, "-f", image)
    assert (exit_code, found["code"]) == (0 if code == "ok" else 1, code)
    assert results(found)["verify"] == ("ok" if code == "ok" else "failed")


def test_a_wrong_password(start_device, doctor):
    device = start_device(ota={"passwd": PASSWORD})
    found, code = doctor(device, "-a", "wrong")
    assert (code, found["code"], found["stage"]) == (5, "wrong_password", "authenticate")
    assert results(found)["authenticate"] == "failed" and results(found)["connect"] == "ok"


def test_a_device_that_cannot_connect_back_can_be_updated_even_so(start_device, doctor):
    device = start_device()
    with FaultProxy(device.address, [PortFault(UPLOADER, "closed")]) as proxy:
        found, code = doctor(device, "-I", "127.0.0.1", host=proxy.host)
    assert (code, found["result"]) == (0, "ok")
    assert results(found)["connect"] == "ok" and results(found)["connect_back"] == "failed"
    assert "espota does not" in next(step["note"] for step in found["steps"] if step["step"] == "connect_back")


def test_a_device_that_cannot_be_connected_to_either(start_device, doctor):
    device = start_device()
    with FaultProxy(device.address, [PortFault(DEVICE, "closed"), PortFault(UPLOADER, "closed")]) as proxy:
        found, code = doctor(device, "-I", "127.0.0.1", host=proxy.host)
    assert (code, found["code"], found["stage"]) == (7, "no_connection", "connect")


def test_a_device_in_safe_mode(start_device, doctor):
    device = start_device(device={"safemode": "true"})
    found, code = doctor(device)
    assert (code, found["code"]) == (6, "safe_mode")
    assert results(found) == {"resolve": "ok", "route": "ok", "invite": "failed", "authenticate": "not tried",
                              "connect": "not tried", "verify": "not tried"}


def test_an_old_device_is_invited_and_left_as_it_is(start_arduino, doctor, profile):
    device = start_arduino(profile.name, password=PASSWORD)
    found, code = doctor(device, "-a", PASSWORD)
    assert (code, found["protocol"]) == (0, "old")
    assert list(results(found).items()) == [("resolve", "ok"), ("route", "ok"), ("invite", "ok"),
                                            ("authenticate", "ok"), ("connect", "ok"), ("verify", "not tried")]
    assert device.installed() is None


def test_an_old_device_that_is_not_to_be_invited(start_arduino, doctor):
    device = start_arduino("esp8266")
    found, code = doctor(device, "--no-invite")
    assert (code, results(found)["invite"]) == (0, "not tried")
    assert "invited" not in device.log.text()


def test_an_old_device_that_does_not_connect_back(doctor):
    with FakeDevice(fake_device.without_extension(fake_device.says_ok_and_never_connects)) as device:
        found, code = doctor(device)
    assert (code, found["code"], found["stage"]) == (7, "no_connect_back", "connect")
    assert results(found)["invite"] == "ok" and results(found)["connect"] == "failed"


def test_nobody_is_there(doctor, free_port):
    found, code = doctor(free_port(), "-t", "2")
    assert (code, found["code"], results(found)["invite"]) == (4, "no_answer", "failed")
    assert found["causes"]


def test_a_file_that_cannot_be_read(doctor, free_port, tmp_path):
    found, code = doctor(free_port(), "-f", tmp_path / "none")
    assert (code, found["code"], found["steps"][0]["step"]) == (8, "file_unreadable", "file")
