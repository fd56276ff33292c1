"""The device's side of Airlift's extension, spoken to by a client that shares no code with it."""
import contextlib
import hmac
import random
import re
import socket
import struct
import subprocess
import threading

import pytest

import apps
from device_process import wait_until
from extension_client import (COMPRESSED, DATA, ENCRYPTION_REQUIRED, FILESYSTEM, FROM_THE_START, NO_CHALLENGE, NONE, OFFER,
                              RESULT, SECURE, SHA256_MISMATCH, SIGNATURE_MISSING, WRONG_PASSWORD, ExtensionClient,
                              Refused, ask_status, frame, gzip, sha256)
from raw_uploader import RawUploader

PASSWORD = "open sesame"


@contextlib.contextmanager
def connected(device, content, password="", **how):
    """A client that has been invited and stands connected."""
    with ExtensionClient(device.address, content, password, **how) as client:
        client.invite()
        client.connect()
        yield client


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
@pytest.mark.parametrize("connects", ["host", "device"])
def test_upload(start_device, version_2, compressed, password, connects):
    device = start_device(ota={"passwd": password})
    mark = device.log.mark()
    with ExtensionClient(device.address, version_2, password) as client:
        answer = client.invite(port=client.listen() if connects == "device" else 0)
        assert ("p" in answer.features) == bool(password) and "z" in answer.features and "t" in answer.features
        client.accept() if connects == "device" else client.connect()
        result = client.upload(compressed)
        assert result.error == NONE and result.proven and result.starts_next
        assert result.image == sha256(version_2)
    device.log.wait(r"\d+ bytes installed, restarting", since=mark)
    device.wait_restarted(mark)
    device.wait_version(2)
    status = ask_status(device.address, password)
    assert status["firmware.running"] == "B"
    assert status["firmware.B"].split()[2] == sha256(version_2).hex()


@pytest.mark.parametrize("connects", ["host", "device"])
def test_upload_over_ipv6(start_device, version_2, connects):
    device = start_device(bind="::1", ota={"passwd": PASSWORD})
    with ExtensionClient(device.address, version_2, PASSWORD, family=socket.AF_INET6) as client:
        client.invite(port=client.listen() if connects == "device" else 0)
        client.accept() if connects == "device" else client.connect()
        assert client.upload().error == NONE
    device.wait_version(2)


def test_a_filesystem_image(start_device):
    device = start_device()
    mark = device.log.mark()
    with connected(device, b"content" * 10000, command=FILESYSTEM) as client:
        assert client.upload().error == NONE
    device.wait_restarted(mark)
    device.wait_version(1)
    assert ask_status(device.address)["filesystem.running"] == "A"


# Broken connections


def break_off(client, count, compressed=False):
    """Sends what stands for about `count` more bytes of the content, then resets the connection."""
    answer = client.offer(flags=COMPRESSED if compressed else 0)
    assert answer.error == NONE and answer.prefix == sha256(client.content[:answer.offset])
    rest = client.content[answer.offset:]
    packed = gzip(rest) if compressed else rest
    client.send(packed[:count * len(packed) // len(client.content)])
    client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.hang_up()
    return answer.offset


def paused_at(device, mark):
    return int(device.log.wait(r"upload paused after (\d+) of", since=mark)[1])


def history_since_init(device):
    return device.status()["history"][:-1]


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_resume_after_cuts_at_random_places(start_device, version_2, compressed):
    device = start_device(ota={"passwd": PASSWORD})
    chance = random.Random(7)
    offset = 0
    for _ in range(5):
        mark = device.log.mark()
        with connected(device, version_2, PASSWORD) as client:
            assert break_off(client, chance.randrange(len(version_2) // 5), compressed) == offset
        offset = paused_at(device, mark)
    mark = device.log.mark()
    with connected(device, version_2, PASSWORD) as client:
        result = client.upload(compressed)
        assert result.error == NONE and result.image == sha256(version_2)
    assert int(device.log.wait(r"going on with the upload from 127.0.0.1 at byte (\d+)", since=mark)[1]) == offset
    device.log.wait("trial: confirmed", since=mark)
    assert [entry["result"] for entry in history_since_init(device)] == ["confirmed"]


def test_resume_in_the_tail_that_is_kept_back(start_device, version_2):
    device = start_device()
    mark = device.log.mark()
    with connected(device, version_2) as client:
        assert client.offer().error == NONE
        client.send(version_2[:-300])
        client.end_sending()
    assert paused_at(device, mark) == len(version_2) - 300
    with connected(device, version_2) as client:
        assert client.upload().error == NONE
    device.wait_version(2)


def test_a_file_that_changed_meanwhile_is_noticed_by_both(start_device, version_2):
    device = start_device()
    mark = device.log.mark()
    changed = version_2[:1000] + bytes(100) + version_2[1100:]
    with connected(device, changed) as client:
        # It claims to be the right file, as when somebody else has swapped bytes on the way.
        assert client.offer(sha=sha256(version_2)).error == NONE
        client.send(changed[:100000])
        client.end_sending()
    paused_at(device, mark)
    with connected(device, version_2) as client:
        answer = client.offer()
        assert answer.offset == 100000 and answer.prefix != sha256(version_2[:100000])
        client.hang_up()
    with connected(device, version_2) as client:
        answer = client.offer(flags=FROM_THE_START)
        assert answer.offset == 0
        client.send(version_2)
        assert client.read(RESULT).error == NONE
    device.wait_version(2)


def test_a_paused_upload_gives_way_to_an_old_uploader(start_device, version_2):
    device = start_device()
    mark = device.log.mark()
    with connected(device, bytes(500000)) as client:
        client.offer()
        client.send(bytes(100000))
        client.end_sending()
    paused_at(device, mark)
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, len(version_2))
        assert b"OK" in uploader.read_until(b"OK")
    device.wait_version(2)
    results = [(entry["result"], (entry["cause"] or {}).get("name")) for entry in history_since_init(device)]
    assert results == [("confirmed", None), ("failed", "connection_lost")]


def test_nobody_is_let_in_during_an_upload(start_device, version_2):
    device = start_device()
    with connected(device, version_2) as client, ExtensionClient(device.address, b"other") as second:
        client.offer()
        client.send(version_2[:5000])
        wait_until(lambda: client.read(17), "it is under way")
        for request in (second.invitation(), second.line("status").encode()):
            with pytest.raises(Refused, match="ERR: another upload is running"):
                second.ask(request)
        client.send(version_2[5000:])
        assert client.read(RESULT).error == NONE
    device.wait_version(2)


# Attackers


def guess_until_refused(guess):
    """Each wrong password from the third on has to be waited for twice as long: 1, 2, 4, 8 s. A machine that stands still for as long
    meets the next one."""
    with pytest.raises(Refused, match=r"ERR: too many wrong passwords: wait \d s"):
        for count in range(7):
            guess()
    assert count >= 3, "no wait before the third"


def test_a_wrong_password_costs_more_and_more_time(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})

    def guess():
        with connected(device, version_2, "guess") as client:
            answer = client.offer()
            assert answer.error == WRONG_PASSWORD and not answer.proven

    guess_until_refused(guess)
    with ExtensionClient(device.address, version_2, PASSWORD) as client:
        wait_until(lambda: accepted(client), "it may try again")
        client.connect()
        assert client.upload().error == NONE
    device.wait_version(2)


def accepted(client):
    with contextlib.suppress(Refused):
        return client.invite()
    return None


def test_a_recording_played_again_opens_nothing(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    with connected(device, version_2, PASSWORD) as client:
        recording = client.signed(OFFER, client.offer_body()) + frame(DATA, version_2[:1000])
        client.connection.sendall(recording)
        assert client.read(16).error == NONE
    for invited in (False, True):
        with ExtensionClient(device.address, version_2, PASSWORD) as client:
            if invited:
                client.invite()
            client.adopt(socket.create_connection(device.address))
            client.connection.sendall(recording)
            assert client.read(16).error == NO_CHALLENGE


@pytest.mark.parametrize("swap", ["request size", "request md5", "answer features", "answer port"])
def test_datagrams_changed_on_the_way_are_a_wrong_password(start_device, version_2, swap):
    device = start_device(ota={"passwd": PASSWORD})
    with ExtensionClient(device.address, version_2, PASSWORD) as client:
        sent, received = client.invitation(), lambda reply: reply
        seen = sent
        if swap == "request size":
            seen = sent.replace(str(len(version_2)).encode(), b"9", 1)
        elif swap == "request md5":
            seen = re.sub(rb"[0-9a-f]{32}", b"0" * 32, sent, count=1)
        elif swap == "answer features":
            received = lambda reply: reply.replace(b" pz", b" p", 1)
        else:
            received = lambda reply: reply.replace(b"AIRLIFT 1 ", b"AIRLIFT 1 1", 1)
        client.ask(seen)
        client.derive(sent, received(client.answer.datagram))
        client.connect()
        assert client.offer().error == WRONG_PASSWORD


def test_bytes_swapped_on_the_way_are_not_installed(start_device, version_2):
    device = start_device(ota={"passwd": PASSWORD})
    swapped = bytearray(version_2)
    swapped[len(swapped) // 2] ^= 1
    with connected(device, version_2, PASSWORD) as client:
        assert client.offer().error == NONE
        client.send(bytes(swapped))
        result = client.read(RESULT)
        assert result.error == SHA256_MISMATCH and result.proven
    wait_until(lambda: last_update(device, PASSWORD) == ["failed", "39"], "it is noted")
    device.restart()
    device.wait_version(1)


def last_update(device, password):
    with contextlib.suppress(Refused):  # until the device has seen that the uploader is gone
        return ask_status(device.address, password)["update"].split()[1:3]
    return None


@pytest.mark.long_wait
def test_strangers_hold_the_connection_for_five_seconds_each(start_device, version_2):
    device = start_device()
    with socket.create_connection(device.address) as silent, ExtensionClient(device.address, version_2) as client:
        client.invite()
        client.connect()
        silent.settimeout(20)
        assert client.upload().error == NONE
        assert silent.recv(1) == b"", "the device has closed it"
    device.wait_version(2)


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 1000, b"\xff" * 1000,
                                     frame(DATA, b"x"), frame(99, b""), frame(OFFER, b"x" * 20)])
def test_garbage_ends_its_connection(start_device, garbage):
    device = start_device()
    with socket.create_connection(device.address) as connection:
        connection.sendall(garbage)
        connection.settimeout(4)  # less than a silent stranger has
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    assert ask_status(device.address)["firmware.running"] == "A"


# Policy


def test_what_the_policy_forbids_is_refused_before_the_first_byte(start_device, version_2):
    device = start_device(ota={"signature": "required"})
    before = device.status()
    with connected(device, version_2) as client:
        answer = client.offer(trailer=version_2[-768:])
        assert answer.error in (SIGNATURE_MISSING, 86) and answer.proven  # 86: no key is there at all
    assert device.status()["history"] == before["history"]


@pytest.mark.parametrize("ota", [{"extension": "required"}, {"encryption": "required"}, {"extension": "misspelt"}],
                         ids=lambda ota: "-".join(*ota.items()))
def test_old_uploaders_are_told_that_they_are_not_wanted(start_device, espota, version_2, ota):
    device = start_device(ota=ota)
    tool = espota(device)
    assert tool.upload(version_2) == 1
    assert "ERR: only Airlift's uploader is acc" in tool.said  # the oldest reads no further
    assert device.ask_version() == "version 1"


def test_without_the_extension_the_device_is_an_old_one(start_device, version_2, espota):
    device = start_device(ota={"extension": "off"})
    with ExtensionClient(device.address, version_2) as client:
        with pytest.raises(Refused, match="^OK$"):
            client.invite()
    with pytest.raises(OSError):
        socket.create_connection(device.address)
    wait_until(lambda: espota(device).upload(version_2) == 0, "the device has given the first one up")
    device.wait_version(2)


def test_where_encryption_is_required_nothing_goes_without_it(start_device, version_2):
    device = start_device(ota={"encryption": "required", "passwd": PASSWORD})
    assert ask_status(device.address, PASSWORD) == ENCRYPTION_REQUIRED
    with connected(device, version_2, PASSWORD) as client:
        assert "T" in client.answer.features
        answer = client.offer()
        assert answer.error == ENCRYPTION_REQUIRED and answer.proven


# Encryption, by OpenSSL's own client


@contextlib.contextmanager
def inside_tls(client, password_key):
    """Says SECURE, then lets `openssl s_client` do the handshake: it is connected to a relay in front of the device."""
    key = hmac.digest(password_key, b"tls", "sha256")
    client.connection.sendall(frame(SECURE, client.answer.nonce))
    outside = client.connection
    with socket.create_server(("127.0.0.1", 0)) as server:
        tool = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.getsockname()[1], "-quiet",
                                 "-tls1_2", "-cipher", "ECDHE-PSK-CHACHA20-POLY1305", "-psk_identity", "airlift",
                                 "-psk", key.hex()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        inner, _ = server.accept()
    for source, sink in ((inner, outside), (outside, inner)):
        threading.Thread(target=relay, args=(source, sink), daemon=True).start()
    client.connection = PipeSocket(tool)
    try:
        yield
    finally:
        tool.kill()
        tool.wait()
        inner.close()
        outside.close()


class PipeSocket:
    """The two pipes of a process, used like a socket."""

    def __init__(self, process):
        self.process = process

    def sendall(self, data):
        with contextlib.suppress(BrokenPipeError):  # a process that has ended: recv() tells
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def recv(self, size):
        return self.process.stdout.read1(size)

    def close(self):
        with contextlib.suppress(BrokenPipeError):  # what is left to write
            self.process.stdin.close()


def relay(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_upload_inside_tls(start_device, version_2, compressed):
    device = start_device(ota={"encryption": "required", "passwd": PASSWORD})
    with connected(device, version_2, PASSWORD) as client, inside_tls(client, client.password_key):
        result = client.upload(compressed)
        assert result.error == NONE and result.image == sha256(version_2)
        client.hang_up()
    device.wait_version(2)


def test_a_handshake_with_the_wrong_key_is_a_wrong_password(start_device, version_2):
    device = start_device(ota={"encryption": "required", "passwd": PASSWORD})

    def guess():
        with connected(device, version_2, "guess") as client, inside_tls(client, client.password_key):
            assert client.offer() is None, "the device has closed the connection"

    guess_until_refused(guess)


# Status


def test_status_before_during_and_after_a_trial(start_device, tmp_path):
    first, second = apps.recorder(tmp_path, "first").read_bytes(), apps.silent(tmp_path).read_bytes()
    device = start_device(firmware=tmp_path / "first", ota={"confirm": "600", "attempts": "2"})
    device.log.wait("application: ready")
    before = ask_status(device.address)
    assert (before["name"], before["trial"], before["firmware.running"]) == (device.name, "none", "A")
    assert before["firmware.A"].split()[:3] == ["good", "0", sha256(first).hex()]
    assert (before["trial.period_s"], before["trial.attempts"]) == ("600", "2")
    with connected(device, second) as client:
        assert client.upload().error == NONE
    wait_until(lambda: apps.runs(tmp_path) == ["first", "silent"], "the application on trial runs")
    during = ask_status(device.address)
    assert (during["trial"], during["trial.used"], during["firmware.running"]) == ("running", "1", "B")
    assert during["firmware.B"].split()[:3] == ["trying", "0", sha256(second).hex()]
    assert during["boot"] != before["boot"]
    with ExtensionClient(device.address, second) as client:
        with pytest.raises(Refused, match="ERR: the running image is on trial"):
            client.invite()
    device.kill()
    device.start()
    device.kill()
    device.start()
    device.log.wait("application: ready")
    after = ask_status(device.address)
    assert (after["trial"], after["firmware.running"]) == ("none", "A")
    assert after["firmware.B"].split()[:2] == ["bad", "76"]
    assert after["update"].split()[1:] == ["rolled_back", "76", sha256(second).hex()[:16]]


def test_a_status_needs_the_password(start_device):
    device = start_device(ota={"passwd": PASSWORD})
    assert ask_status(device.address, "guess") == WRONG_PASSWORD
    assert ask_status(device.address, PASSWORD)["name"] == device.name
