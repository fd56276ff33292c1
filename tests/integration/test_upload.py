"""Uploads that must work, with each generation of espota and with streaming uploaders."""
import socket
import time

import pytest

from apps import recorder, wait_recorded
from device_process import wait_until
from espota_client import ESP32_NEW, ESP8266, FILESYSTEM, Espota
from raw_uploader import RawUploader

PASSWORD = "open sesame"


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_firmware_of_version_2_runs_after_the_upload(start_device, espota, version_2, password):
    device = start_device(ota={"passwd": password})
    tool = espota(device, password)
    assert tool.upload(version_2) == 0, tool.said
    device.wait_version(2)


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_filesystem_image_is_handed_to_the_application(start_device, espota, tmp_path, password):
    device = start_device(ota={"passwd": password}, firmware=recorder(tmp_path))
    assert "AIRLIFT_FILESYSTEM" not in wait_recorded(tmp_path)
    image = bytes(range(256)) * 40 + b"end"
    tool = espota(device, password, command=FILESYSTEM)
    assert tool.upload(image) == 0, tool.said
    path = wait_recorded(tmp_path, having="AIRLIFT_FILESYSTEM")["AIRLIFT_FILESYSTEM"]
    with open(path, "rb") as file:
        assert file.read() == image


def test_filesystem_upload_leaves_the_application_as_it_is(start_device, espota):
    device = start_device()
    old = device.wait_app_pid()
    assert espota(device, command=FILESYSTEM).upload(b"\xff" * 5000) == 0
    wait_until(lambda: device.app_pid() not in (old, None), "the application was restarted")
    device.wait_version(1)


def test_newest_espota_uses_the_sha256_scheme(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD, "auth": "sha256"})
    tool = Espota(ESP32_NEW, device.address, PASSWORD)
    assert tool.upload(version_2) == 0, tool.said
    assert "Retrying" not in tool.said and "MD5" not in tool.said
    device.wait_version(2)


def test_versions_alternate_over_both_slots(start_device, binaries, version_2):
    device = start_device()
    version_1 = (binaries / "airlift-demo-app-1").read_bytes()
    for version, image in ((2, version_2), (1, version_1), (2, version_2)):
        assert Espota(ESP8266, device.address).upload(image) == 0
        device.wait_version(version)
    device.restart()
    device.wait_version(2)


@pytest.mark.parametrize("size", [1, 1459, 1460, 1461, 4096, 2 * 1460, 8 * 1460])
def test_the_old_espota_cannot_miss_the_ok(start_device, record_property, size):
    """It throws away an OK that comes with the last count, then waits 60 s, or spins when the device closes."""
    device = start_device()
    begin = time.monotonic()
    tool = Espota(ESP8266, device.address, command=FILESYSTEM)
    assert tool.upload(b"\x5a" * size) == 0, tool.said
    record_property("seconds", round(time.monotonic() - begin, 3))


def test_the_ok_is_said_until_the_uploader_closes(start_device):
    device = start_device()
    with RawUploader(device, b"x" * 100, FILESYSTEM) as uploader:
        uploader.begin()
        uploader.send(0, 100)
        assert uploader.read_until(b"OKOKOK").startswith(b"100OKOK")


def test_lost_answer_same_invitation_from_a_new_socket(start_device, version_2):
    """The device has connected meanwhile: the connection waits in the uploader's backlog and is the one it takes."""
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        assert [uploader.invite() for _ in range(3)] == ["OK"] * 3
        uploader.accept()
        uploader.connection.sendall(version_2)
        assert uploader.read_until(b"OK").endswith(b"OK")
    device.wait_version(2)


def test_lost_challenge_same_invitation_from_a_new_socket(start_device):
    device = start_device(ota={"passwd": PASSWORD})
    with RawUploader(device, b"y" * 2000, FILESYSTEM) as uploader:
        uploader.invite()
        challenge = uploader.invite()
        assert challenge.startswith("AUTH ") and len(challenge) == 5 + 32
        assert uploader.prove(challenge, PASSWORD) == "OK"  # from another source port than the invitation
        uploader.accept()
        uploader.send(0, 2000)
        assert uploader.read_until(b"OK").endswith(b"OK")


def test_every_chunk_is_answered_with_its_length(start_device):
    device = start_device()
    with RawUploader(device, bytes(5000), FILESYSTEM) as uploader:
        uploader.begin()
        uploader.send(0, 1000)
        assert uploader.connection.recv(32) == b"1000"
        uploader.send(1000, 1001)
        assert uploader.connection.recv(32) == b"1"
        uploader.send(1001, 3000)
        assert uploader.connection.recv(32) == b"1999"


def test_an_uploader_that_never_reads_answers(start_device):
    """Its receive buffer is tiny, so the device cannot get rid of its answers while the image streams in."""
    device = start_device()
    image = bytes(range(251)) * 16384  # 4 MiB
    with RawUploader(device, image, FILESYSTEM) as uploader:
        uploader.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        uploader.begin()
        uploader.connection.sendall(image)
        answers = uploader.read_until(b"OK")
    assert answers.rstrip(b"OK").isdigit() and b"OK" in answers, answers[-200:]
