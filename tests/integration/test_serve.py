"""airlift serve as devices, tools and people see it."""
import hashlib
import json
import os
import re
import secrets
import signal
import socket
import ssl
import stat
import subprocess

import pytest

from device_process import DEADLINE_S, wait_until
from update_server import UpdateServer, next_answer, read_answer

IMAGE = secrets.token_bytes(300_000)


@pytest.fixture
def start_server(binaries, free_port, tmp_path, request):
    """A function that starts servers, on the same folder; all end with the test, and a failed test shows what they said."""
    servers = []

    def start(*options, tls=False, image=IMAGE, **how):
        server = UpdateServer(binaries, tmp_path, free_port(), free_port() if tls else 0, options, **how)
        if image:
            server.write(image)
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.close()
    report = getattr(request.node, "report_call", None)
    if report is None or report.failed:
        for server in servers:
            print(f"--- airlift serve ---\n{server.said.text()}")


# What it says


def test_tells_what_to_write_into_the_devices_configuration(start_server):
    server = start_server(tls=True)
    update = json.loads(server.log.wait(r'"update": (.*)$')[1])["0"]
    assert update["url"] == f"https://127.0.0.1:{server.https_port}"
    shown = ssl.get_server_certificate(("127.0.0.1", server.https_port))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest().upper()
    assert update["fingerprint"].replace(":", "") == digest
    server.log.wait("lamp/stable: firmware lamp/stable/firmware.bin")
    server.log.wait(f"http://127.0.0.1:{server.port}")
    assert stat.S_IMODE(server.state.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in server.state.iterdir())
    assert server.stop() == 0
    again = start_server(tls=True)
    assert again.log.wait('"fingerprint": "([^"]*)"')[1] == update["fingerprint"]


def test_warns_of_an_empty_folder(start_server):
    server = start_server(image=None)
    assert "airlift publish" in server.log.wait("warning: there is no image .*")[0]
    assert server.ask().status == 404
    server.write(IMAGE)
    server.wait_status(200)


@pytest.mark.parametrize("options, problem", [
    (["--http-port", "70000"], (2, "--http-port")),
    (["--bind", "nowhere"], (2, "nowhere is no IP address")),
    (["--tokens", "/nonexistent"], (8, "/nonexistent: No such file")),
    (["--password-file", "/dev/null"], (8, "/dev/null: its first line is not")),
])
def test_says_what_is_wrong_with_its_options(binaries, tmp_path, options, problem):
    done = subprocess.run([binaries / "airlift", "serve", tmp_path, "--https-port", "0", *options], capture_output=True,
                          text=True, timeout=DEADLINE_S)
    assert done.returncode == problem[0] and problem[1] in done.stderr, done.stderr


def test_says_that_its_port_is_taken_and_its_folder_is_missing(binaries, tmp_path, start_server):
    server = start_server()
    for folder, port, problem in ((tmp_path, server.port, "Address already in use"), (tmp_path / "no", 1, "No such file")):
        done = subprocess.run([binaries / "airlift", "serve", folder, "--bind", "127.0.0.1", "--https-port", "0",
                               "--http-port", str(port)], capture_output=True, text=True, timeout=DEADLINE_S)
        assert done.returncode == 8 and problem in done.stderr, done.stderr


# What it gives


def test_gives_an_image_in_whole_and_in_part(start_server):
    server = start_server()
    whole = server.ask()
    assert whole.status == 200 and whole.body == IMAGE
    assert whole.headers["x-md5"] == hashlib.md5(IMAGE).hexdigest()
    assert whole.headers["x-sha256"] == hashlib.sha256(IMAGE).hexdigest()
    end = server.ask(headers={"Range": "bytes=-768"})
    assert end.status == 206 and end.body == IMAGE[-768:]
    assert end.headers["content-range"] == f"bytes 299232-299999/{len(IMAGE)}"
    rest = server.ask(headers={"Range": "bytes=100000-", "If-Range": whole.headers["etag"]})
    assert rest.status == 206 and rest.body == IMAGE[100000:]
    assert server.ask(headers={"If-None-Match": whole.headers["etag"]}).status == 304
    assert server.ask(headers={"If-Match": '"other"'}).status == 412
    assert server.ask(headers={"Range": "bytes=300000-"}).status == 416
    assert server.ask(method="HEAD").headers["content-length"] == str(len(IMAGE))
    assert server.ask(method="DELETE").status == 405
    assert server.ask("/lamp/beta/firmware.bin").status == 404


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_gives_it_inside_tls(start_server, version):
    server = start_server(tls=True)
    answer = server.ask(connection=server.connect_tls(version))
    assert answer.status == 200 and answer.body == IMAGE
    end = server.ask(headers={"Range": "bytes=-768"}, connection=server.connect_tls(version))
    assert end.body == IMAGE[-768:]


def test_keeps_connections_for_requests_one_after_the_other(start_server):
    server = start_server(tls=True)
    request = b"GET /lamp/stable HTTP/1.1\r\nHost: a\r\n\r\n"
    for connect in (server.connect, server.connect_tls):
        with connect() as connection:
            connection.sendall(request * 3)
            with connection.makefile("rb") as file:
                for _ in range(3):
                    assert next_answer(file).body == IMAGE
            connection.sendall(request[:-2] + b"Connection: close\r\n\r\n")
            assert read_answer(connection).body == IMAGE
            assert connection.recv(1) == b""


def test_refuses_old_tls(start_server):
    server = start_server(tls=True)
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.https_port}", "-tls1_1", "-cipher", "ALL@SECLEVEL=0"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode != 0 and "BEGIN CERTIFICATE" not in done.stdout
    with pytest.raises((OSError, IndexError)):
        with socket.create_connection(("127.0.0.1", server.https_port), DEADLINE_S) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            read_answer(plain)
    assert server.ask(connection=server.connect_tls()).status == 200


# Changes


def slow_download(server, connection, headers=b""):
    """Begins a download that the server cannot end before more of it is read. Returns its beginning."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(b"GET /lamp/stable HTTP/1.0\r\n" + headers + b"\r\n")
    return connection.recv(4096)


def rest_of(connection, begun):
    pieces = [begun]
    while piece := connection.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces).split(b"\r\n\r\n", 1)[1]


LARGE = secrets.token_bytes(8 << 20)  # more than the 4 MiB that the kernel lets a socket's sender keep, and its reader


@pytest.fixture
def slow_client():
    with socket.socket() as client:
        client.settimeout(DEADLINE_S)
        yield client


@pytest.mark.parametrize("way", ["renamed over", "written over", "cut short", "removed"])
def test_each_client_gets_one_whole_version(start_server, slow_client, way):
    server = start_server(image=LARGE)
    begun = slow_download(server, slow_client)
    path = server.folder / "lamp/stable/firmware.bin"
    new = secrets.token_bytes(len(LARGE))
    if way == "renamed over":
        server.write(new, "lamp/stable/.new").rename(path)
    elif way == "written over":
        path.write_bytes(new)
    elif way == "cut short":
        new = LARGE[:5]
        os.truncate(path, 5)
    else:
        path.unlink()
    if way == "removed":
        server.wait_status(404)
    else:
        server.wait_content(new)
    assert rest_of(slow_client, begun) == LARGE


def test_reloads_without_losing_a_download(start_server, slow_client, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"lamp {hashlib.sha256(b'old').hexdigest()}\n")
    server = start_server("--tokens", tokens, image=LARGE, tls=True)
    begun = slow_download(server, slow_client, b"Authorization: Bearer old\r\n")
    old_certificate = ssl.get_server_certificate(("127.0.0.1", server.https_port))
    for path in server.state.iterdir():
        path.unlink()
    tokens.write_text(f"lamp {hashlib.sha256(b'new').hexdigest()}\n")
    server.process.send_signal(signal.SIGHUP)
    server.said.wait("read certificate, tokens and folder anew")
    assert server.ask(headers={"Authorization": "Bearer old"}).status == 401
    assert server.ask(headers={"Authorization": "Bearer new", "Range": "bytes=0-0"}).status == 206
    assert ssl.get_server_certificate(("127.0.0.1", server.https_port)) != old_certificate
    tokens.write_text("nonsense\n")
    server.process.send_signal(signal.SIGHUP)
    server.said.wait(r"tokens, line 1: not ")
    assert server.ask(headers={"Authorization": "Bearer new", "Range": "bytes=0-0"}).status == 206
    assert rest_of(slow_client, begun) == LARGE


def test_ends_when_downloads_have_ended(start_server, slow_client):
    server = start_server(image=LARGE)
    begun = slow_download(server, slow_client)
    with server.connect() as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert read_answer(idle).status == 200  # the server has it, not only the kernel
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""
    server.said.wait("ending, when downloads have ended")
    with pytest.raises(OSError):
        server.connect()
    assert rest_of(slow_client, begun) == LARGE
    assert server.process.wait(DEADLINE_S) == 0
    server.log.wait(f"{len(LARGE)} bytes, whole")


def test_ends_at_once_when_told_twice(start_server, slow_client):
    server = start_server(image=LARGE)
    slow_download(server, slow_client)
    server.process.send_signal(signal.SIGTERM)
    server.said.wait("ending, when downloads have ended")
    assert server.stop() == 0


# Who may


def test_wants_a_token_or_the_password(start_server, tmp_path):
    (tmp_path / "tokens").write_text(f"# mine\nlamp {hashlib.sha256(b'secret').hexdigest()}\n")
    (tmp_path / "password").write_text("user:word\n")
    server = start_server("--json", "--tokens", tmp_path / "tokens", "--password-file", tmp_path / "password")
    assert server.ask().status == 401
    assert "Basic" in server.ask().headers["www-authenticate"]
    for right in ("Bearer secret", "Basic eDpzZWNyZXQ=", "Basic dXNlcjp3b3Jk"):  # x:secret, user:word
        assert server.ask(headers={"Authorization": right}).status == 200
    for wrong in ("Bearer Secret", "Basic dXNlcjpzZWNyZXR4"):
        assert server.ask(headers={"Authorization": wrong}).status == 401
    entry = json.loads(server.log.wait(r'.*"status":200.*')[0])
    assert entry["token"] == "lamp" and entry["device"] == "lamp"
    assert "secret" not in server.log.text() and "word" not in server.log.text().replace("password", "")


# The log


def test_logs_what_each_device_runs_and_got(start_server, slow_client):
    server = start_server("--json", image=LARGE)
    server.ask(headers={"x-Airlift-Name": "lamp", "x-ESP8266-STA-MAC": "5C:CF:7F:00:00:01", "x-ESP8266-version": "1.0"})
    entry = json.loads(server.log.wait(r".*5C:CF.*")[0])
    assert entry["device"] == "lamp" and entry["runs"] == "1.0" and entry["ending"] == "whole"
    assert entry["bytes"] == len(LARGE) and entry["sha256"] == hashlib.sha256(LARGE).hexdigest() and entry["status"] == 200
    slow_download(server, slow_client)
    slow_client.close()
    cut = json.loads(server.log.wait(r'.*"ending":"cut".*')[0])
    assert cut["bytes"] < len(LARGE)


@pytest.mark.parametrize("output", ["full disk", "closed pipe", "pipe that nobody reads"])
def test_a_log_that_cannot_be_written_stops_nothing(start_server, output):
    read_end, write_end = os.pipe()
    if output == "full disk":
        os.close(write_end)
        write_end = os.open("/dev/full", os.O_WRONLY)
    elif output == "closed pipe":
        os.close(read_end)
    server = start_server("--json", stdout=write_end)
    os.close(write_end)
    request = b"GET /lamp/stable HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n"
    with server.connect() as connection, connection.makefile("rb") as file:
        for _ in range(20):
            connection.sendall(request * 50)  # 1,000 lines are more than a pipe holds
            for _ in range(50):
                assert next_answer(file).status == 304
    assert server.stop() == 0
    if output != "closed pipe":
        os.close(read_end)


def test_help_shows_examples(binaries):
    done = subprocess.run([binaries / "airlift", "serve", "--help"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and re.search("Examples:.*airlift serve", done.stdout, re.DOTALL)
