"""airlift status: what devices tell, what those say that do not, and how it exits."""
import hashlib
import json
import os
import socket
import subprocess

import pytest

import apps
from device_process import wait_until
from espota_client import ESP8266, Espota
from fake_device import FakeDevice

PASSWORD = "open sesame"
PLAIN = {"PATH": os.environ["PATH"]}


@pytest.fixture
def status(binaries):
    """airlift status with options: the run, and the parsed JSON with --json."""

    def call(*arguments, **environment):
        done = subprocess.run([binaries / "airlift", "status", *map(str, arguments)], capture_output=True, text=True,
                              env=PLAIN | environment, timeout=40)
        return done, json.loads(done.stdout) if "--json" in arguments and done.stdout else None

    return call


def refuses_to_tell(device):
    device.next_datagram()
    device.answer("ERR: safe mode")


def at(device):
    return f"127.0.0.1:{device.port}"


def test_the_table(start_device, status):
    device = start_device()
    done, _ = status(at(device))
    head, row = done.stdout.splitlines()
    assert (done.returncode, head.split()[:3], done.stderr) == (0, ["NAME", "BOARD", "RUNS"], "")
    assert "airlift-linux" in row and "A good" in row and "B empty" in row


def test_the_json(start_device, status, binaries):
    device = start_device()
    done, (told,) = status(at(device), "--json")
    image = hashlib.sha256((binaries / "airlift-demo-app-1").read_bytes()).hexdigest()
    assert done.returncode == 0
    assert (told["result"], told["code"], told["port"], told["encrypted"]) == ("ok", "ok", device.port, False)
    assert (told["firmware"]["running"], told["firmware"]["slots"]["A"]["sha256"]) == ("A", image)
    assert told["firmware"]["slots"]["A"]["state"] == "good"
    assert told["trial"] == {"running": False, "period_s": 60, "attempts": 3, "used": 0}
    assert told["filesystem"]["running"] is None
    assert told["update"] == {"number": 1, "result": "confirmed", "cause": None, "image": image[:16]}
    assert len(told["boot"]) == 16


def test_a_restart_changes_the_boot_id(start_device, status):
    device = start_device()
    _, (before,) = status(at(device), "--json")
    device.restart()
    _, (after,) = status(at(device), "--json")
    assert before["boot"] != after["boot"]


def test_a_trial_is_told(start_device, status, tmp_path):
    device = start_device(ota={"confirm": "600"}, firmware=apps.recorder(tmp_path, "first"))
    device.log.wait("application: ready")
    assert Espota(ESP8266, device.address).upload(apps.silent(tmp_path).read_bytes()) == 0
    wait_until(lambda: apps.runs(tmp_path) == ["first", "silent"], "the application on trial runs")
    _, (told,) = status(at(device), "--json")
    assert told["trial"] == {"running": True, "period_s": 600, "attempts": 3, "used": 1}
    assert (told["firmware"]["running"], told["firmware"]["slots"]["B"]["state"]) == ("B", "trying")
    assert (told["update"]["result"], told["update"]["cause"]) == ("installed", None)
    done, _ = status(at(device))
    assert "start 1 of 3, 600 s each" in done.stdout


def test_many_at_once_in_their_order(start_device, status, tmp_path):
    devices = [start_device(firmware=apps.recorder(tmp_path, f"app{i}")) for i in range(3)]
    with FakeDevice(refuses_to_tell) as refusing:
        done, told = status(*map(at, devices), at(refusing), "--json")
    assert [entry.get("port") for entry in told] == [device.port for device in [*devices, refusing]]
    assert [entry["result"] for entry in told] == ["ok", "ok", "ok", "error"]
    assert (done.returncode, told[3]["code"]) == (1, "safe_mode")


def test_the_password(start_device, status):
    device = start_device(ota={"passwd": PASSWORD})
    done, (told,) = status(at(device), "--json", "-a", PASSWORD)
    assert (done.returncode, told["result"]) == (0, "ok")
    done, (told,) = status(at(device), "--json", "-a", "wrong")
    assert (done.returncode, told["code"], told["stage"]) == (5, "wrong_password", "authenticate")
    assert any("passwd" in cause for cause in told["causes"])
    done, (told,) = status(at(device), "--json")
    assert (done.returncode, told["code"]) == (5, "password_needed")


def pretends_to_know_the_password(device):
    """Answers as a device with the extension does, up to the proof."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        device.next_datagram()
        device.answer(f"AIRLIFT 1 {listener.getsockname()[1]} p {'5a' * 16} {'6b' * 32}")
        connection, _ = listener.accept()
        with connection:
            connection.recv(4 + 64, socket.MSG_WAITALL)
            payload = b"board=esp12\n" + bytes(32)
            connection.sendall(bytes([19]) + len(payload).to_bytes(3, "little") + payload)
            connection.recv(1)


def test_an_impostor_is_not_believed(status):
    with FakeDevice(pretends_to_know_the_password) as device:
        done, (told,) = status(at(device), "--json", "-a", PASSWORD)
    assert (done.returncode, told["code"], told["stage"]) == (5, "device_not_proven", "authenticate")
    assert "board" not in told


def test_encrypted(start_device, status):
    device = start_device(ota={"passwd": PASSWORD})
    done, (told,) = status(at(device), "--json", "--encrypt", AIRLIFT_PASSWORD=PASSWORD)
    assert (done.returncode, told["result"], told["encrypted"]) == (0, "ok", True)


def test_an_old_device_does_not_tell(start_arduino, status):
    device = start_arduino("esp8266")
    done, (told,) = status(at(device), "--json", "-t", "2")
    assert (done.returncode, told["code"]) == (6, "extension_missing")
    assert "does not speak Airlift's extension" in done.stderr


def test_nobody_is_there(status, free_port):
    done, (told,) = status(f"127.0.0.1:{free_port()}", "--json", "-t", "2")
    assert (done.returncode, told["code"], told["stage"]) == (4, "no_answer", "invite")
    assert any("may not be its OTA port" in cause for cause in told["causes"])
