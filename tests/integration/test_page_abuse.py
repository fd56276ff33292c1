"""Strangers at the device's page: whatever they send, and however many they are, nothing is written, the application runs
on, memory stays bounded, and honest people are served."""
import contextlib
import socket
import time

import pytest

from device_process import wait_until
from espota_client import ESP8266, Espota
from page_client import BOUNDARY, form_data, multipart, read_answer
from page_crowd import Crowd, allow_descriptors, reset
from page_device import PASSWORD, start_page  # noqa: F401 (a fixture)

MEMORY_LIMIT_KIB = 16 * 1024  # more than half of it are pages of libraries: test_memory.py
LONGEST_LOOP_S = 1  # on a machine that does other things, too; bench/page measures it
PATIENCE_S = 15

HOST = b"Host: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@contextlib.contextmanager
def unharmed(page, sanitized):
    """What runs and what is stored are the same afterwards, and the device has had no hard time."""
    device = page.device

    def stored():
        files = [*device.config.iterdir(), *(path for path in device.state.iterdir() if path.is_file())]
        return {path.name: path.read_bytes() for path in files if path.suffix != ".lock" and path.name != "lock"}

    before, application = stored(), device.app_pid()
    yield
    assert device.process.poll() is None, "the device has ended"
    assert device.app_pid() == application and device.ask_version() == "version 1"
    assert page.get("/api/login", password="").status == 200
    assert stored() == before
    peak = device.peak_rss_kib()
    assert device.stop() == 0
    assert sanitized or peak < MEMORY_LIMIT_KIB, f"{peak} KiB"
    longest_us = int(device.log.wait(r"longest loop\(\) call: (\d+) us")[1])
    assert longest_us < LONGEST_LOOP_S * 1e6, f"loop() took {longest_us} us"
    assert "ERROR: " not in device.log.text() and "runtime error" not in device.log.text()


# Many of them


def drips(method_and_path, headers, body):
    return f"{method_and_path} HTTP/1.1\r\n".encode() + HOST + headers + b"\r\n", body


LOGIN = drips("POST /api/login", FORM + b"Content-Length: 2000\r\n", b"x")
CROWDS = {
    "idle": {"size": 1000},
    "idle, coming back": {"size": 30, "comes_back": True},
    "half a request": {"size": 30, "greeting": b"GET / HT", "comes_back": True},
    "head byte by byte": {"size": 30, "drip": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 40, "comes_back": True},
    "body byte by byte": {"size": 30, "greeting": LOGIN[0], "drip": LOGIN[1], "comes_back": True},
    "after a refusal": {"size": 30, "greeting": b"GET /\n\n", "drip": b"x", "comes_back": True},
    "one request after the other": {"size": 30, "greeting": b"GET /api/login HTTP/1.1\r\n" + HOST + b"\r\n",
                                    "drip": b"GET /api/login HTTP/1.1\r\n" + HOST + b"\r\n", "comes_back": True},
}


def ask_patiently(page):
    """As a browser does: tries again when nothing answers. Returns how long it took."""
    began = time.monotonic()

    def answered():
        try:
            answer = page.get("/api/sysinfo", deadline_s=5)
        except OSError:
            return False
        return answer is not None and answer.status == 200

    wait_until(answered, "the page answers", PATIENCE_S)
    return time.monotonic() - began


@pytest.mark.parametrize("crowd", CROWDS)
def test_crowd_keeps_nobody_out(start_page, sanitized, version_2, crowd):
    if not allow_descriptors(CROWDS[crowd]["size"] + 100):
        pytest.skip("1,000 connections need a higher limit of open files")
    page = start_page()
    device = page.device
    with unharmed(page, sanitized), Crowd(page, **CROWDS[crowd]) as strangers:
        strangers.wait_connected(20)
        ask_patiently(page)
        ask_patiently(page)
        wrong = Espota(ESP8266, device.address, "wrong")
        assert wrong.upload(version_2) == 1 and "Authentication Failed" in wrong.said, wrong.said
    device.start()
    with Crowd(page, **CROWDS[crowd]) as strangers:
        strangers.wait_connected(20)
        tool = Espota(ESP8266, device.address, PASSWORD)
        assert tool.upload(version_2) == 0, tool.said
        device.wait_version(2)
        ask_patiently(page)


def test_clients_of_events_that_never_read_end(start_page, sanitized):
    page = start_page(password=None)
    with unharmed(page, sanitized), contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(page.connect()).sendall(page.head("GET", "/api/events"))
        ask_patiently(page)


def test_answers_that_nobody_reads_keep_nobody_out(start_page, sanitized):
    page = start_page(password=None)
    request = page.head("GET", "/env.json", {"Connection": None})
    with unharmed(page, sanitized), contextlib.ExitStack() as stack:
        for _ in range(16):
            connection = stack.enter_context(page.connect())
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                while connection.send(request * 1000):
                    pass
        ask_patiently(page)


def test_connections_that_are_reset(start_page, sanitized):
    page = start_page(password=None)
    beginnings = b"", b"GET", page.head("GET", "/api/state"), page.head("GET", "/api/events"), LOGIN[0], b"GET /\n\n"
    with unharmed(page, sanitized):
        for beginning in beginnings:
            for _ in range(20):
                with contextlib.suppress(ConnectionError):
                    connection = page.connect()
                    connection.sendall(beginning)
                    reset(connection)
        ask_patiently(page)


# What one of them sends


def lines(*lines):
    return "\r\n".join((*lines, "", "")).encode()


OWN = "Host: 127.0.0.1"
AMBIGUOUS = {
    "two lengths": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length: 0", "Content-Length: 5"),
    "list of lengths": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length: 0, 0"),
    "signed length": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length: +0"),
    "huge length": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length: 99999999999999999999"),
    "chunked": lines("POST /api/reboot HTTP/1.1", OWN, "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunked and length": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length: 0", "Transfer-Encoding: chunked"),
    "hidden chunked": lines("POST /api/reboot HTTP/1.1", OWN, "Transfer-Encoding : chunked", "Content-Length: 0"),
    "folded": lines("POST /api/reboot HTTP/1.1", OWN, "Content-Length:", " 0"),
    "bare line feeds": b"POST /api/reboot HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 0\n\n",
    "bare carriage return": b"POST /api/reboot HTTP/1.1\rHost: 127.0.0.1\r\n\r\n",
    "NUL": b"POST /api/reboot HTTP/1.1\r\nHost: 127.0.0.1\0\r\n\r\n",
    "no host": lines("POST /api/reboot HTTP/1.1", "Connection: close"),
    "two hosts": lines("POST /api/reboot HTTP/1.1", OWN, "Host: evil.example"),
    "host in the target": lines("POST http://evil.example/api/reboot HTTP/1.1", OWN),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /api/reboot\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + bytes(range(156)),
    "endless line": b"GET /" + b"a" * 100_000,
    "endless header": lines("GET / HTTP/1.1", OWN)[:-2] + b"X: " + b"a" * 100_000,
    "endless headers": lines("GET / HTTP/1.1", OWN)[:-2] + b"X: y\r\n" * 100_000,
    "huge password": lines("GET /api/reboot HTTP/1.1", OWN, "Authorization: Basic " + "QUFB" * 50_000),
}


@pytest.mark.parametrize("others", range(3))
def test_ambiguous_and_endless_requests_are_refused_and_close(start_page, sanitized, others):
    page = start_page(password=None)
    with unharmed(page, sanitized):
        for name, request in list(AMBIGUOUS.items())[others::3]:
            with page.connect() as connection:
                with contextlib.suppress(OSError):
                    connection.sendall(request)
                    connection.sendall(page.head("GET", "/api/reboot"))  # smuggled behind it
                    connection.shutdown(socket.SHUT_WR)
                answer = read_answer(connection)
                assert answer is None or 400 <= answer.status < 600, (name, answer.status)
                with contextlib.suppress(ConnectionError):
                    assert connection.recv(1000) == b"", f"{name}: a second answer"


def test_bodies_that_are_too_long_are_not_waited_for(start_page, sanitized):
    page = start_page(password=None)
    with unharmed(page, sanitized):
        for method, path in ("POST", "/api/login"), ("POST", "/api/offer"), ("PUT", "/config.json"), ("GET", "/api/state"):
            for length in 1 << 20, 1 << 40, (1 << 64) - 1:
                answer = page.exchange(page.head(method, path, {"Content-Length": length}) + b"x" * 200_000)
                assert answer is None or answer.status in (400, 413), (path, length, answer.status)


def spelt(path):
    """A path in the ways that servers have been fooled with."""
    return [path, path.replace("/", "%2f"), path.replace("/", "%2F"), path.replace(".", "%2e"), path.replace("..", "%252e%252e"),
            path.replace("/", "\\"), path.replace("/", "%5c"), path.replace("..", "%c0%ae%c0%ae"), path.replace("/", "%c0%af"),
            path.replace("..", "..;"), path.replace("..", "...."), path + "%00.json", path + "?x=.json", "/." + path, "//" + path]


def test_no_path_is_a_file(start_page, sanitized):
    page = start_page(password=None)
    (page.device.root / "secret.json").write_text("[]")
    targets = ("/../secret.json", "/../../etc/passwd", "/env.json/../../secret.json", "/api/state/../../../secret.json",
               f"/..{page.device.root}/secret.json", "/config.json/../env.json", "/./env.json", "/env.json.previous")
    with unharmed(page, sanitized):
        for target in (spelling for path in targets for spelling in spelt("/" + path.lstrip("/"))):
            with page.connect() as connection:  # one for all: each is answered
                for method, body in ("GET", b""), ("PUT", b"{}"), ("DELETE", b""):
                    connection.sendall(page.head(method, target, {"Content-Length": len(body), "Connection": None}) + body)
                    answer = read_answer(connection)
                    assert answer.status in (400, 404, 405), (method, target, answer.status)
                    if answer.headers["connection"] == "close":
                        break
    assert (page.device.root / "secret.json").read_text() == "[]"


def damaged(image):
    """Multipart bodies around an image that is good."""
    whole = multipart(image)
    begin = whole.index(b"\r\n\r\n") + 4
    boundary = BOUNDARY.encode()
    return {
        "no boundary": whole[begin:],
        "boundary of another": whole.replace(boundary, boundary[::-1]),
        "no field": whole.replace(b'name="firmware"; ', b""),
        "no blank line": whole.replace(b"\r\n\r\n", b"\r\n", 1),
        "line feeds": whole[:begin].replace(b"\r\n", b"\n") + whole[begin:],
        "endless part head": whole[:begin - 2] + b"X: y\r\n" * 10_000 + whole[begin - 2:],
        "no end": whole[:-4],
        "end cut": whole[:-1],
        "more after the end": whole + b"more",
        "another part": whole[:-4] + b'\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n--' + boundary + b"--\r\n",
        "another part before": b"--" + boundary + b'\r\nContent-Disposition: form-data; name="firmware"\r\n\r\ny\r\n' + whole,
        "field of another name": whole.replace(b'"firmware"', b'"sketch"'),
        "long name": whole.replace(b'"firmware"', b'"firmware' + b"e" * 900 + b'"'),
        "nothing": b"",
    }


def test_damaged_uploads_install_nothing(start_page, sanitized, version_2):
    page = start_page(password=None)
    device = page.device
    pid = device.app_pid()
    for name, body in damaged(version_2).items():
        answer = page.exchange(page.head("POST", "/update", form_data() | {"Content-Length": len(body)}) + body)
        assert answer is None or answer.text.startswith("Update error: ERROR["), (name, answer.text)
    for wrong in "multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'b' * 71}", "text/plain":
        answer = page.post("/update", multipart(version_2), headers={"Content-Type": wrong})
        assert answer.status == 415, wrong
    assert page.ota()["slot"] == "A" and device.app_pid() == pid and device.ask_version() == "version 1"
    assert page.upload(version_2).text == "Update Success! Rebooting..."
    device.wait_version(2)
