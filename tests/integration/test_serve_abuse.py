"""Strangers at airlift serve, and a folder that somebody has laid traps in: nothing else is given, and honest devices are served."""
import contextlib
import hashlib
import os
import secrets
import selectors
import socket
import time

import pytest

from device_process import DEADLINE_S, wait_until
from page_crowd import Crowd, allow_descriptors, reset
from test_serve import IMAGE, LARGE, slow_client, slow_download, start_server  # noqa: F401 (fixtures)
from update_server import read_answer

SECRET = b"what nobody may have " * 10


def unharmed(server):
    assert server.process.poll() is None, server.said.text()
    assert server.ask().body == IMAGE
    assert server.stop() == 0
    assert "ERROR: " not in server.said.text() and "runtime error" not in server.said.text()


PATHS = ["/../secret.bin", "/..%2fsecret.bin", "/%2e%2e/secret.bin", "/%2e%2e%2fsecret.bin", "/lamp/../../secret.bin",
         "/lamp/stable/../../../secret.bin", "/lamp/stable/..%5c..%5c..%5csecret.bin", "/lamp/stable\\..\\secret.bin",
         "/lamp%2fstable/firmware.bin", "/lamp/stable/%2e/firmware.bin", "//lamp/stable/firmware.bin", "/lamp/stable/firmware.bin%00.txt",
         "/lamp/stable/firmware.bin/../../../../secret.bin", "/lamp/stable/images/../../../secret.bin", "/lamp/stable/.firmware.bin.tmp",
         "/lamp/stable/%c0%ae%c0%ae/secret.bin", "/lamp/stable/notes.txt", "/lamp/.git/config", "/%", "/lamp/stable/firmware.bin;x", "/" + "a/" * 400,
         "/~root", "/lamp/stable/firmware.bin.gz", "/lamp/stable/firmware.bi"]


def test_no_path_leads_elsewhere(start_server, tmp_path):  # noqa: F811
    server = start_server()
    (tmp_path / "secret.bin").write_bytes(SECRET)
    for path in ("lamp/stable/.firmware.bin.tmp", "lamp/stable/notes.txt", "lamp/.git/config"):
        server.write(SECRET, path)
    for path in PATHS:
        answer = server.exchange(b"GET " + path.encode() + b" HTTP/1.0\r\n\r\n")
        assert answer.status in (400, 404) and SECRET not in answer.body and IMAGE not in answer.body, path
    unharmed(server)


def test_gives_nothing_but_regular_files_of_the_folder(start_server, tmp_path):  # noqa: F811
    server = start_server()
    (tmp_path / "elsewhere/stable").mkdir(parents=True)
    (tmp_path / "elsewhere/stable/firmware.bin").write_bytes(SECRET)
    traps = {"out": tmp_path / "elsewhere/stable/firmware.bin", "in": "../../lamp/stable/firmware.bin", "zero": "/dev/zero", "self": "firmware.bin"}
    for board, target in traps.items():
        (server.folder / board / "stable").mkdir(parents=True)
        (server.folder / board / "stable/firmware.bin").symlink_to(target)
    (server.folder / "board").symlink_to(tmp_path / "elsewhere")
    (server.folder / "channel").mkdir()
    (server.folder / "channel/stable").symlink_to(tmp_path / "elsewhere/stable")
    (server.folder / "pipe/stable").mkdir(parents=True)
    os.mkfifo(server.folder / "pipe/stable/firmware.bin")
    (server.folder / "deep/stable/firmware.bin").mkdir(parents=True)
    with contextlib.suppress(PermissionError):
        (server.folder / "node/stable").mkdir(parents=True)
        os.mknod(server.folder / "node/stable/firmware.bin", 0o600 | 0o020000, os.makedev(1, 5))
    server.write(b"", "empty/stable/firmware.bin")
    with open(server.write(b"x", "huge/stable/firmware.bin"), "r+b") as huge:
        huge.truncate((256 << 20) + 1)
    server.write(b"good", "good/stable/firmware.bin")
    server.wait_status(200, path="/good/stable")
    for board in (*traps, "board", "channel", "pipe", "deep", "node", "empty", "huge"):
        assert server.ask(f"/{board}/stable").status == 404, board
    server.said.wait("huge/stable/firmware.bin is not offered: it is larger than 256 MiB")
    unharmed(server)


REFUSED = {
    "endless line": (b"GET /" + b"a" * 9000, 431),
    "endless head": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 3000, 431),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "chunked": (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    "two lengths": (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "a body": (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, 413),
    "an upload": (b"POST /lamp/stable HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, 405),
    "two ranges' headers": (b"GET /lamp/stable HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nRange: bytes=1-2\r\n\r\n", 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n" * 10, 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
}


def test_refuses_what_cannot_be_read_and_closes(start_server):  # noqa: F811
    server = start_server()
    for name, (request, status) in REFUSED.items():
        with server.connect() as connection:
            with contextlib.suppress(OSError):  # it may close before it has read all
                connection.sendall(request)
            answer = read_answer(connection)
            assert answer.status in (status, 400), name
            assert answer.headers["connection"] == "close", name
    unharmed(server)


CROWDS = {
    "idle": {"size": 1000},
    "half a request": {"size": 100, "greeting": b"GET / HT", "comes_back": True},
    "head byte by byte": {"size": 100, "drip": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 40, "comes_back": True},
    "one request after the other": {"size": 100, "greeting": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                    "drip": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "comes_back": True},
    "no TLS": {"size": 100, "greeting": b"\x16\x03\x01\x00", "comes_back": True},
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_crowds_keep_nobody_out(start_server, crowd):  # noqa: F811
    if not allow_descriptors(CROWDS[crowd]["size"] + 100):
        pytest.skip("1,000 connections need a higher limit of open files")
    server = start_server(tls=True)
    with Crowd(server, **CROWDS[crowd]) as strangers:
        strangers.wait_connected(CROWDS[crowd]["size"])
        assert server.ask().body == IMAGE
        assert server.ask(connection=server.connect_tls()).body == IMAGE
    unharmed(server)


def test_whoever_has_waited_longest_gives_way(start_server):  # noqa: F811
    server = start_server(descriptors=128)  # of which 64 are for other things
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(64)]
        for connection in connections:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert read_answer(connection).status == 200
        assert server.ask().body == IMAGE
        assert connections[0].recv(1) == b""
        connections[63].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert read_answer(connections[63]).status == 200
    unharmed(server)


def test_clients_that_read_nothing_hold_up_nobody(start_server):  # noqa: F811
    server = start_server(image=LARGE)
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            slow_download(server, stack.enter_context(socket.socket()))
        greedy = stack.enter_context(server.connect())
        greedy.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while greedy.send(b"GET /lamp/stable HTTP/1.1\r\nHost: a\r\n\r\n" * 1000):
                pass
        assert server.ask().body == LARGE
        assert server.ask(headers={"If-None-Match": "*"}).status == 304
        # One image in memory for all of them, whatever they do.
        assert resident_kib(server) < 100 * 1024
    server.log.wait("bytes, cut")
    assert server.stop() == 0


def resident_kib(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def test_connections_that_are_reset_harm_nothing(start_server):  # noqa: F811
    server = start_server(image=LARGE)
    for _ in range(30):
        with socket.socket() as client:
            client.settimeout(DEADLINE_S)
            slow_download(server, client)
            reset(client)
    assert server.ask().body == LARGE
    assert server.stop() == 0


@pytest.mark.long_wait
def test_ends_whoever_takes_too_long(start_server):  # noqa: F811
    server = start_server(tls=True)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        def connected(port, greeting):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 4 * DEADLINE_S))
            connection.sendall(greeting)
            return connection

        slow = [connected(server.port, b""), connected(server.port, b"GET / HTTP/1.1\r\nHost"), connected(server.https_port, b""),
                connected(server.https_port, b"\x16\x03\x01\x02\x00")]
        for connection in slow:
            assert connection.recv(1) == b""
        assert time.monotonic() - began > 5  # not at once: they are real devices on a bad link
    unharmed(server)


class Downloads:
    """Many clients that download at the same time, in one thread. They have begun when this is made; with `digests` they go on."""

    def __init__(self, server, count):
        self._clients = [socket.socket() for _ in range(count)]
        for client in self._clients:
            client.settimeout(DEADLINE_S)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # the rest of the image stays with the server
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET /lamp/stable HTTP/1.0\r\n\r\n")

    def wait_answered(self):
        """Until each has the beginning of its answer."""
        for client in self._clients:
            assert client.recv(1, socket.MSG_PEEK)

    def digests(self):
        """Of what they got, each once."""
        selector, heads, hashes = selectors.DefaultSelector(), {}, {}
        for client in self._clients:
            selector.register(client, selectors.EVENT_READ)
        deadline = time.monotonic() + 4 * DEADLINE_S
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(1):
                client, piece = key.fileobj, key.fileobj.recv(1 << 20)
                if not piece:
                    selector.unregister(client)
                    client.close()
                elif client in hashes:
                    hashes[client].update(piece)
                else:
                    heads[client] = heads.get(client, b"") + piece
                    _, end, body = heads[client].partition(b"\r\n\r\n")
                    if end:
                        hashes[client] = hashlib.sha256(body)
        assert not selector.get_map(), f"{len(selector.get_map())} have not ended"
        assert len(hashes) == len(self._clients)
        return {each.digest() for each in hashes.values()}


CROWD_SIZES = [100, pytest.param(1000, marks=pytest.mark.skipif("AIRLIFT_LONG" not in os.environ, reason="takes long: set AIRLIFT_LONG"))]


@pytest.mark.parametrize("count", CROWD_SIZES)
def test_a_crowd_gets_whole_versions_of_an_image_that_is_replaced(start_server, count):  # noqa: F811
    old, new = (secrets.token_bytes(1 << 20) for _ in range(2))
    if not allow_descriptors(count + 100):
        pytest.skip(f"{count} connections need a higher limit of open files")
    server = start_server(image=old)
    early = Downloads(server, count // 2)
    early.wait_answered()
    server.write(new, "lamp/stable/.new").rename(server.folder / "lamp/stable/firmware.bin")
    server.wait_content(new)
    late = Downloads(server, count // 2)
    late.wait_answered()
    assert early.digests() == {hashlib.sha256(old).digest()}
    assert late.digests() == {hashlib.sha256(new).digest()}
    assert server.stop() == 0


def test_a_thousand_clients_at_the_same_time(start_server):  # noqa: F811
    if not allow_descriptors(1100):
        pytest.skip("1,000 connections need a higher limit of open files")
    image = secrets.token_bytes(100_000)
    server = start_server(image=image)
    assert Downloads(server, 1000).digests() == {hashlib.sha256(image).digest()}
    assert server.stop() == 0


def test_guessing_is_slowed_down(start_server, tmp_path):  # noqa: F811
    (tmp_path / "password").write_text("user:word\n")
    server = start_server("--password-file", tmp_path / "password")
    right = {"Authorization": "Basic dXNlcjp3b3Jk"}
    server.wait_status(200, headers=right)
    began = time.monotonic()
    for _ in range(8):
        assert server.ask(headers={"Authorization": "Bearer wrong"}).status == 401
    assert time.monotonic() - began > 0.5 + 1 + 2  # of the sixth, seventh, eighth
    guess = b"GET / HTTP/1.0\r\nAuthorization: Bearer wrong\r\n\r\n"
    with Crowd(server, size=80, greeting=guess, comes_back=True):
        wait_until(lambda: server.exchange(guess).status == 429, "too many wait")
        assert server.ask(headers=right).status == 200
    assert server.stop() == 0
