"""Unmodified ArduinoOTA devices, simulated: that the simulators do what the real ones do, and that airlift push gets along."""
import hashlib
import os
import socket
import struct
import subprocess

import pytest

from arduino_device import ESP32_OLD
from arduino_device import ESP8266 as ESP8266_CORE
from device_process import wait_until
from espota_client import ESP8266, ESP32_MIDDLE, ESP32_NEW, Espota
from push_events import outcome
from raw_uploader import RawUploader, answer, ask, post

PASSWORD = "open sesame"
TCP_INFO_SEND_WINDOW = 228  # offset of tcpi_snd_wnd, linux/tcp.h


def firmware(size=60_000):
    return b"\xe9" + bytes(range(255)) * (size // 255)


# The simulators


def begin(device):
    uploader = RawUploader(device, firmware())
    assert uploader.invite() == "OK"
    return uploader


@pytest.fixture
def tool(profile):
    """The espota that comes with a core of this profile."""
    return {"esp8266": ESP8266, "esp32-old": ESP32_MIDDLE, "esp32-new": ESP32_NEW}[profile.name]


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_takes_the_upload_of_its_own_tool(start_arduino, profile, tool, password):
    device = start_arduino(profile.name, password=password)
    run = Espota(tool, device.address, password)
    assert run.upload(firmware()) == 0, run.said
    assert device.installed() == firmware()
    device.log.wait("restarting")
    device.log.wait("ready", since=2)


def test_advertises_the_window_of_the_real_one(start_arduino, profile):
    device = start_arduino(profile.name)
    uploader = RawUploader(device, firmware(1_000_000))
    with uploader:
        assert uploader.invite() == "OK"
        connection, windows = uploader.accept(), []
        for start in range(0, 1_000_000, 10_000):
            uploader.send(start, start + 10_000)
            windows += struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), TCP_INFO_SEND_WINDOW)
        # Linux lets a larger one slip in before it knows how long segments are, and at times announces one segment of four less.
        assert profile.window_bytes * 0.7 < max(windows[20:]) <= profile.window_bytes
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= profile.segment_bytes


def test_does_not_see_a_second_line(start_arduino, profile):
    device = start_arduino(profile.name, password=PASSWORD)
    with RawUploader(device, firmware()) as uploader:
        answer = uploader.ask(uploader.invitation() + f"AIRLIFT 1 upload 0 {'0' * 32}\n")
    assert answer.startswith("AUTH ") and len(answer) == 5 + profile.nonce_chars


def test_says_nothing_to_what_is_no_invitation(start_arduino, profile):
    device = start_arduino(profile.name)
    for text in (f"AIRLIFT 1 status 0 {'0' * 32}\n", "hello", "", f"7 1 1 {'0' * 32}\n", f"0 1 1 {'0' * 31}\n"):
        assert ask(device.address, text, deadline_s=0.1) is None
    with begin(device):
        pass


def test_forgets_a_challenge_by_any_datagram(start_arduino, profile):
    device = start_arduino(profile.name, password=PASSWORD)
    with RawUploader(device, firmware()) as uploader:
        assert uploader.invite().startswith("AUTH")
        assert uploader.ask(uploader.invitation(), deadline_s=0.2) is None
        assert uploader.invite().startswith("AUTH")


def test_refuses_a_wrong_password(start_arduino, profile, tool):
    device = start_arduino(profile.name, password=PASSWORD)
    assert Espota(tool, device.address, "wrong").upload(firmware()) == 1
    assert Espota(tool, device.address, PASSWORD).upload(firmware()) == 0


@pytest.mark.parametrize("profile", [ESP8266_CORE, ESP32_OLD], ids=lambda profile: profile.name)
def test_answers_a_proof_where_the_real_one_does(start_arduino, profile):
    """An ESP8266 to the port of the invitation, so a proof from another socket is never answered there."""
    device = start_arduino(profile.name, password=PASSWORD)
    with RawUploader(device, firmware()) as uploader:
        proof = post(device.address, uploader.proof(uploader.invite(), PASSWORD))
        uploader.accept()  # it has answered before it connects
        assert answer(proof, deadline_s=0) == (None if profile.is_esp8266 else "OK")


def test_says_that_an_image_is_too_large_or_does_not(start_arduino, profile):
    device = start_arduino(profile.name, space=1000)
    with RawUploader(device, firmware()) as uploader:
        assert uploader.invite() == ("ERR: ERROR[4]: Not Enough Space\n" if profile.is_esp8266 else "OK")
    device.log.wait("refused")


@pytest.mark.parametrize("profile", [ESP8266_CORE, ESP32_OLD], ids=lambda profile: profile.name)  # esp32-new: same code
def test_silence_of_the_uploader(start_arduino, profile):
    device = start_arduino(profile.name)
    with begin(device) as uploader:
        uploader.accept()
        uploader.send(0, 100)
        assert uploader.read_until(b"100") == b"100"
        if profile.is_esp8266:  # its timeout never fires
            uploader.connection.settimeout(2)
            with pytest.raises(TimeoutError):
                uploader.connection.recv(10)
        else:
            assert uploader.read_until(b"never") == b"100100100"


# airlift push


@pytest.fixture
def push(binaries, tmp_path):
    def call(device, content, *options):
        path = tmp_path / "image.bin"
        path.write_bytes(content)
        command = [binaries / "airlift", "push", "-i", device.host, "-p", device.port, "-f", path, "--json",
                   "--no-wait", *options]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"]})
        return outcome(done.stdout), done.returncode

    return call


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
@pytest.mark.parametrize("name", ["firmware", "filesystem"])
def test_push(start_arduino, profile, push, password, name):
    device = start_arduino(profile.name, password=password)
    options = ["-s"] if name == "filesystem" else []
    result, code = push(device, firmware(), "-a", password, *options)
    assert code == 0, result
    assert device.installed(name) == firmware()


def test_push_to_a_device_that_stored_an_old_hash(start_arduino, push):
    device = start_arduino("esp32-new", password=PASSWORD, stored_md5=True)
    result, code = push(device, firmware(), "-a", PASSWORD)
    assert code == 0, result


def test_push_with_a_wrong_password(start_arduino, profile, push):
    device = start_arduino(profile.name, password=PASSWORD)
    result, code = push(device, firmware(), "-a", "wrong")
    assert (result["code"], code) == ("wrong_password", 5)


def test_push_after_a_challenge_that_was_never_answered(start_arduino, profile, push):
    device = start_arduino(profile.name, password=PASSWORD)
    with RawUploader(device, firmware()) as uploader:
        assert uploader.invite().startswith("AUTH")
    result, code = push(device, firmware(), "-a", PASSWORD)
    assert code == 0, result


def test_push_of_an_image_that_is_too_large(start_arduino, push):
    """To an ESP8266, which says so; the silence of an ESP32 is in the table of upload faults."""
    device = start_arduino("esp8266", space=1000)
    result, code = push(device, firmware())
    assert (result["code"], code) == ("no_space", 6) and "Not Enough Space" in result["device_says"]


def test_push_of_what_is_no_firmware(start_arduino, profile, push):
    device = start_arduino(profile.name)
    result, code = push(device, bytes(60_000))
    # An ESP32 says so after its first sector and resets the connection, for it leaves bytes unread.
    assert (result["code"], code) == ("rejected", 1), result
    assert "agic" in result["device_says"]
    assert device.installed() is None


def test_push_finds_it_by_name(start_arduino, profile, push, binaries, tmp_path):
    name = f"sim-{profile.name}-{hashlib.md5(str(tmp_path).encode()).hexdigest()[:8]}"
    device = start_arduino(profile.name, announce=name)
    device.log.wait("announced")
    (tmp_path / "image.bin").write_bytes(firmware())
    done = subprocess.run([binaries / "airlift", "push", name, "--wait", "30s", "--no-wait", "-f", tmp_path / "image.bin"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    wait_until(lambda: device.installed() == firmware(), "it is installed")
