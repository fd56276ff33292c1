"""Uploads that must not work: the tool shows why, and what ran before still runs, undisturbed."""
import contextlib
import socket

import pytest

from device_process import wait_until
from espota_client import AUTHENTICATE, ESP32_NEW, FILESYSTEM, FIRMWARE, GENERATIONS, Espota, md5_hex
from raw_uploader import RawUploader, answer, ask, post

PASSWORD = "open sesame"
NEWEST_IGNORES_ERRORS = "the newest espota exits 0 even when the device reports an error"


@contextlib.contextmanager
def undisturbed(device):
    """The same process of version 1 runs before and after."""
    pid = device.wait_app_pid()
    yield
    assert device.app_pid() == pid
    assert device.ask_version() == "version 1"


@pytest.mark.parametrize("command", [FIRMWARE, FILESYSTEM], ids=["firmware", "filesystem"])
def test_wrong_password(start_device, espota, version_2, command):
    device = start_device(ota={"passwd": PASSWORD})
    with undisturbed(device):
        tool = espota(device, "not this", command=command)
        assert tool.upload(version_2) == 1
        assert tool.said.endswith("Authentication Failed\n")


def test_no_password_given(start_device, espota, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    with undisturbed(device):
        tool = espota(device, "")
        assert tool.upload(version_2) == 1
        assert tool.said.endswith("Authentication Failed\n")


def test_wrong_password_in_the_sha256_scheme(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD, "auth": "sha256"})
    with undisturbed(device):
        tool = Espota(ESP32_NEW, device.address, "not this")
        assert tool.upload(version_2) == 1
        # It tries twice, and the second try must not run into the delay after failed tries.
        assert tool.said.endswith("Retrying with MD5 password...FAIL\nAuthentication Failed: Authentication Failed\n")


@pytest.mark.parametrize("name", ["esp8266", "esp32-middle"])
def test_old_tool_against_the_sha256_scheme(start_device, version_2, name):
    device = start_device(ota={"passwd": PASSWORD, "auth": "sha256"})
    with undisturbed(device):
        tool = Espota(GENERATIONS[name], device.address, PASSWORD)
        assert tool.upload(version_2) == 1
        assert tool.said.endswith("Authentication Failed\n")


@pytest.mark.parametrize("command", [FIRMWARE, FILESYSTEM], ids=["firmware", "filesystem"])
def test_too_large(start_device, espota, command, binaries):
    slot_size = (binaries / "airlift-demo-app-1").stat().st_size // 4096 * 4096 + 65536
    device = start_device(slot_size=slot_size)
    with undisturbed(device):
        tool = espota(device, command=command)
        assert tool.upload(bytes(slot_size + 4096)) == 1  # slots have a sector more, with the header
        assert "Bad Answer: ERR: not enough space" in tool.said


@pytest.mark.parametrize("command", [FIRMWARE, FILESYSTEM], ids=["firmware", "filesystem"])
def test_corrupt_file(start_device, espota, generation, version_2, command):
    device = start_device()
    corrupt = bytearray(version_2)
    corrupt[len(corrupt) // 2] ^= 1
    with undisturbed(device):
        tool = espota(device, command=command)
        code = tool.upload(version_2, bytes(corrupt))
        assert code == (0 if generation is ESP32_NEW else 1), NEWEST_IGNORES_ERRORS
        shown = {"esp8266": "ERROR[7]: ", "esp32-middle": "Error", "esp32-new": "ERROR[7]: MD5 check failed"}
        assert shown[generation.name] in tool.said
    device.restart()
    device.wait_version(1)


def test_bytes_beyond_the_announced_ones_are_thrown_away(start_device, version_2):
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.connection.sendall(version_2 + b"more" * 5000)
        assert b"OK" in uploader.read_until(b"\n", b"OK")
    device.wait_version(2)


def test_a_second_upload_during_the_first(start_device, version_2):
    device = start_device()
    with RawUploader(device, version_2) as first, RawUploader(device, b"other" * 1000) as second:
        first.begin()
        first.send(0, 5000)
        assert second.invite() == "ERR: another upload is running"
        first.send(5000, len(version_2))
        assert b"OK" in first.read_until(b"OK")
    device.wait_version(2)


def test_a_second_upload_is_told_so_before_it_must_prove_a_password(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    with RawUploader(device, version_2) as first, RawUploader(device, b"other" * 1000) as second:
        assert first.prove(first.invite(), PASSWORD) == "OK"
        first.accept()
        assert second.invite() == "ERR: another upload is running"


def test_an_uploader_that_cannot_be_reached_blocks_nobody(start_device, espota, version_2):
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        uploader.listener.close()  # connection refused
        closed_port = ask(device.address, f"0 9 {len(version_2)} {md5_hex('')}\n")
        assert closed_port == "OK"
    wait_until(lambda: espota(device).upload(version_2) == 0, "the device takes another upload")
    device.wait_version(2)


GARBAGE = [
    b"", b"\n", b"\0" * 40, b"\xff" * 2000, b"0", b"0 ", b"0 1234\n", b"hello\n", b"OK", b"GET / HTTP/1.1\r\n\r\n",
    b"0 0 100 d41d8cd98f00b204e9800998ecf8427e\n", b"0 1234 0 d41d8cd98f00b204e9800998ecf8427e\n",
    b"0 99999 100 d41d8cd98f00b204e9800998ecf8427e\n", b"0 1234 99999999999999 d41d8cd98f00b204e9800998ecf8427e\n",
    b"-1 1234 100 d41d8cd98f00b204e9800998ecf8427e\n", b"7 1234 100 d41d8cd98f00b204e9800998ecf8427e\n",
    b"0 1234 100 nothexnothexnothexnothexnothexno\n", b"0 1234 100 d41d8cd98f00b204e9800998ecf8427e77\n",
    b"200 d41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427e\n", b"200 x\n", b"200\n", b"%n%s%s%s%n",
]


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_garbage_is_ignored_or_refused(start_device, password):
    device = start_device(ota={"passwd": password})
    with undisturbed(device), RawUploader(device, b"z" * 100) as uploader:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            for datagram in GARBAGE:
                udp.sendto(datagram, device.address)
            # The device answers in order, so the answer to this last one ends the wait.
            udp.sendto(uploader.invitation().encode(), device.address)
            udp.settimeout(10)
            answers = [udp.recv(2048).decode()]
            while not answers[-1].startswith(("OK", "AUTH")):
                answers.append(udp.recv(2048).decode())
        assert all(answer.startswith("ERR: ") for answer in answers[:-1]), answers


def test_a_proof_needs_a_challenge_and_counts_once(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    with RawUploader(device, version_2) as uploader:
        unasked = uploader.ask(f"{AUTHENTICATE} {md5_hex('a')} {md5_hex('b')}\n")
        assert unasked is None or unasked.startswith("ERR: "), unasked
        challenge = uploader.invite()
        assert uploader.prove(challenge, "not this") == "Authentication Failed"
        assert uploader.prove(challenge, PASSWORD) != "OK", "a failed challenge was open for a second try"


def test_nonces_differ(start_device):
    device = start_device(ota={"passwd": PASSWORD})
    challenges = set()
    for i in range(8):
        with RawUploader(device, b"content %d" % i) as uploader:
            challenges.add(uploader.invite())
    assert len(challenges) == 8


def guess(device, uploader):
    """Fails to prove the password; returns what the device answers to an invitation that comes right behind."""
    proof = uploader.proof(uploader.invite(), "guess")
    with device.standing_still():
        sockets = [post(device.address, text, uploader.host) for text in (proof, uploader.invitation())]
    failed, invited = map(answer, sockets)
    assert failed == "Authentication Failed"
    return invited


def test_delay_grows_for_the_source_that_fails(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    with RawUploader(device, version_2) as guesser, RawUploader(device, version_2, host="127.0.0.2") as owner:
        for _ in range(2):
            assert guess(device, guesser).startswith("AUTH ")
        assert guess(device, guesser) == "ERR: too many wrong passwords: wait 1 s"
        assert owner.invite().startswith("AUTH "), "another source must not pay for it"
        wait_until(lambda: guesser.invite().startswith("AUTH "), "it may try again")
        assert guess(device, guesser) == "ERR: too many wrong passwords: wait 2 s"
        assert owner.prove(owner.invite(), PASSWORD) == "OK"
        owner.accept()
        owner.connection.sendall(version_2)
        assert b"OK" in owner.read_until(b"OK")
    device.wait_version(2)
