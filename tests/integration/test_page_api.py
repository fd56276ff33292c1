"""The routes of docs/design/device-page.md on a real device: who may use them, and what they do to it."""
import contextlib
import gzip
import json

import pytest

import apps
from device_process import wait_until
from page_client import BROWSER, form_data, multipart, read_answer
from page_device import PASSWORD, start_page  # noqa: F401 (a fixture)
from raw_uploader import RawUploader

OPEN = "/", "/index.html", "/update", "/api/login"
READING = "/api/sysinfo", "/api/elements", "/api/state", "/api/state/ota/0", "/api/list", "/env.json", "/config.json"
# Each as far as its head goes: who may is judged before the body.
CHANGES = (
    ("POST", "/update", multipart(b"x" * 100), form_data()),
    ("POST", "/api/offer", b"kind=firmware&size=100&trailer=", {}),
    ("GET", "/api/state/ota/0?value=1", None, {}),
    ("GET", "/api/reboot", None, {}),
    ("POST", "/api/reboot", b"", {}),
    ("PUT", "/config.json", b'{"device": {"0": {"room": "attic"}}}', {}),
    ("DELETE", "/config.json", None, {}),
)
GZIP = {"Accept-Encoding": "gzip"}
JSON = {"Accept": "application/json"}


def try_all_changes(page, headers=None, **how):
    """The answers, by method and path."""
    return {f"{method} {path}": page.ask(method, path, body, headers=more | (headers or {}), **how)
            for method, path, body, more in CHANGES}


@contextlib.contextmanager
def nothing_changes(page):
    """Neither the configuration nor the slots nor the run of the application."""
    device = page.device

    def seen():
        return {path.name: path.read_bytes() for path in device.config.iterdir()}, device.status()["history"], device.app_pid()

    before = seen()
    yield
    assert seen() == before
    assert device.log.text().count("ready: ") == 1, "it has restarted"


def test_routes_without_a_password(start_page):
    page = start_page(password=None)
    for path in OPEN + READING:
        assert page.get(path, headers=GZIP).status == 200, path
        head = page.ask("HEAD", path, headers=GZIP)
        assert head.status == 200 and head.body == b"", path
    html = page.get("/", headers=GZIP)
    assert html.headers["content-encoding"] == "gzip" and "frame-ancestors 'none'" in html.headers["content-security-policy"]
    assert gzip.decompress(html.body).lower().startswith(b"<!doctype html>")
    assert page.get("/update", headers=GZIP | {"If-None-Match": html.headers["etag"]}).status == 304
    assert page.get("/api/elements").json == ["device", "ota", "web", "update"]
    assert {file["name"] for file in page.get("/api/list").json} == {"/env.json", "/config.json"}
    assert page.get("/api/login").json == {"password": "false", "session": "false", "csrf": "", "safemode": "false"}
    values = page.ota()
    assert values["version"] == "" and values["phase"] == "idle" and values["active"] == "true"


def test_everything_else_is_not_there(start_page):
    page = start_page(password=None)
    assert page.get("/favicon.ico").error == (404, "not_found")
    assert page.get("/api/state/lamp/0").error == (404, "not_found")
    assert page.post("/api/state").error == (405, "method_not_allowed")
    options = page.ask("OPTIONS", "/update")
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert not any(name.startswith("access-control") for name in options.headers)


def test_routes_with_a_password(start_page):
    page = start_page()
    for path in OPEN:
        assert page.get(path, headers=GZIP, password="").status == 200, path
    for path in READING:
        refused = page.get(path, password="")
        assert refused.error == (401, "password_needed") and refused.headers["www-authenticate"].startswith("Basic "), path
        assert page.get(path).status == 200, path
    with nothing_changes(page):
        for what, answer in try_all_changes(page, password="").items():
            assert answer.error == (401, "password_needed"), what
    assert page.get("/api/login", password="").json["password"] == "true"


def test_wrong_passwords_take_longer_and_longer_for_who_sends_them(start_page):
    page = start_page()
    statuses = []

    def waits_long():
        answer = page.get("/api/sysinfo", password="wrong", source="127.0.0.2")
        statuses.append(answer.status)
        assert statuses.count(401) < 20 and answer.status in (401, 429), statuses
        return answer.status == 429 and int(answer.headers["retry-after"]) >= 4

    wait_until(waits_long, "it has to wait long enough for what follows, on a busy machine, too")
    assert page.get("/api/sysinfo", source="127.0.0.2").status == 429, "the right one counts while it has to wait"
    assert page.get("/api/sysinfo").status == 200, "somebody else has to wait"


def test_session(start_page):
    page = start_page()
    assert page.post("/api/login", b"password=wrong", headers={"Authorization": None}).status == 401
    cookie, session = page.log_in()
    assert page.get("/api/sysinfo", headers=cookie).status == 200
    state = page.get("/api/login", headers=cookie).json
    assert state["session"] == "true" and state["csrf"] == session["X-CSRF-Token"]
    with nothing_changes(page):
        for token in None, "", "0" * 64, session["X-CSRF-Token"][:-1]:
            for what, answer in try_all_changes(page, cookie | {"X-CSRF-Token": token}).items():
                assert answer.error == (403, "cross_site"), (what, token)
    put = page.ask("PUT", "/config.json", b'{"device": {"0": {"room": "attic"}}}', headers=session)
    assert put.json == {"restart": "needed"}
    assert page.get("/config.json", headers=cookie).json == {"device": {"0": {"room": "attic"}}}
    assert page.post("/api/logout", headers=session).status == 200
    assert page.get("/api/sysinfo", headers=cookie).status == 401


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["password", "no password"])
def test_cross_site_requests_change_nothing(start_page, password):
    page = start_page(password=password)
    foreign = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": f"https://{page.host}"},
               {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
               {"User-Agent": BROWSER}, {"Origin": f"http://{page.host}", "Sec-Fetch-Site": "cross-site"}]
    with nothing_changes(page):
        for headers in foreign:
            for what, answer in try_all_changes(page, headers).items():
                assert answer.error == (403, "cross_site"), (what, headers)
            assert page.post("/api/login", b"password=x", headers=headers).error == (403, "cross_site"), headers
    own = {"User-Agent": BROWSER, "Origin": f"http://{page.host}", "Sec-Fetch-Site": "same-origin"}
    assert page.post("/api/offer", b"kind=firmware&size=100&trailer=", headers=own).json == {"accepted": "true"}


def test_other_hosts_get_nothing(start_page):
    page = start_page(password=None)
    name, port = page.device.name, page.port
    with nothing_changes(page):
        for host in ("evil.example", f"evil.example:{port}", f"{name}.evil.example", f"x{name}", f"127.0.0.1.evil.example:{port}",
                     "localhost.evil.example", "[::1", "0x7f000001", "2130706433", "127.1", "", "127.0.0.1:x", "127.0.0.1@evil.example"):
            assert page.get("/api/sysinfo", headers={"Host": host}).error == (421, "wrong_host"), host
            for what, answer in try_all_changes(page, {"Host": host}).items():
                assert answer.error == (421, "wrong_host"), (what, host)
    for host in (name, f"{name}.local", f"{name}.local.:{port}", name.upper(), "localhost", "[::1]", f"127.0.0.1:{port}"):
        assert page.get("/api/sysinfo", headers={"Host": host}).status == 200, host


def test_safe_mode_refuses_every_change_by_name(start_page):
    page = start_page(device={"safemode": "true"})
    for path in READING:
        assert page.get(path).status == 200, path
    assert page.ota()["active"] == "false" and page.get("/api/login").json["safemode"] == "true"
    cookie, session = page.log_in()
    with nothing_changes(page):
        for who in {}, session:
            for what, answer in try_all_changes(page, who).items():
                assert answer.error == (403, "safe_mode") and answer.json["message"] == "safe mode", what
        with RawUploader(page.device, b"x" * 100) as uploader:
            assert uploader.invite() == "ERR: safe mode"


def test_reboot(start_page):
    page = start_page()
    for method in "GET", "POST":
        mark, pid = page.device.log.mark(), page.device.app_pid()
        assert page.ask(method, "/api/reboot").json == {"reboot": "true"}
        page.device.log.wait("application: ready", since=mark)
        assert page.device.wait_app_pid() != pid


# Uploads


def test_curl_uploads_firmware_as_to_an_esp8266(start_page, binaries):
    page = start_page()
    image = binaries / "airlift-demo-app-2"
    assert "Unauthorized" in page.curl("-o", "/dev/null", "-w", "%{http_code} Unauthorized", "-F", f"firmware=@{image}")
    said = page.curl("-u", f"admin:{PASSWORD}", "-F", f"firmware=@{image}")
    assert said == "Update Success! Rebooting..."
    page.device.wait_version(2)
    values = page.ota()
    assert (values["slot"], values["trial"], values["last"]) == ("B", "none", "confirmed ok")
    assert values["history.0"].endswith(" 127.0.0.1") and " firmware confirmed ok " in values["history.0"]


def test_curl_uploads_a_filesystem(start_page, tmp_path):
    page = start_page(password=None)
    (tmp_path / "fs.bin").write_bytes(bytes(range(256)) * 1000)
    mark = page.device.log.mark()
    assert page.curl("-F", f"filesystem=@{tmp_path / 'fs.bin'}") == "Update Success! Rebooting..."
    page.device.wait_restarted(mark)
    assert " filesystem " in page.ota()["history.0"]
    page.device.wait_version(1)


def test_upload_that_fails_its_trial_is_rolled_back_and_the_page_tells(start_page, tmp_path):
    page = start_page(password=None)
    mark = page.device.log.mark()
    assert page.upload(apps.crashing(tmp_path).read_bytes(), headers=JSON).json == {"result": "installed"}
    page.device.log.wait("rolled back", since=mark)
    page.device.wait_version(1)
    values = page.ota()
    assert values["last"] == "rolled_back application_crashed" and values["slot"] == "A"


def test_refused_uploads_change_nothing(start_page):
    page = start_page(password=None)
    with nothing_changes(page):
        assert page.upload(b"x" * 100, "sketch", headers=JSON).error == (422, "wrong_kind")
        assert page.upload(b"x" * 100, "sketch").text.startswith("Update error: ERROR[")
        assert page.post("/update", multipart(b"x" * 100)).error == (415, "wrong_content_type")


def test_too_large_upload_is_refused_before_it_is_sent(start_page):
    page = start_page(password=None, slot_size=2 * 1024 * 1024)
    large = b"x" * 5 * 1024 * 1024
    assert page.post("/api/offer", f"kind=firmware&size={len(large)}&trailer=".encode()).error == (413, "no_space")
    with nothing_changes(page), page.connect() as connection:
        head = page.head("POST", "/update", form_data() | JSON | {"Content-Length": len(multipart(large))})
        connection.sendall(head + multipart(large)[:1000])
        assert read_answer(connection).error == (413, "no_space")
    assert page.upload(large).text == "Update error: ERROR[4]: not enough space"


def begin_upload(page, connection, content, sent):
    """Head and `sent` bytes of a file; returns when the device has some of them."""
    body = multipart(content)
    connection.sendall(page.head("POST", "/update", form_data() | JSON | {"Content-Length": len(body)}) + body[:sent])
    wait_until(lambda: int(page.ota().get("progress", 0)) > 0, "the upload is on")
    return body[sent:]


def test_truncated_upload_is_forgotten(start_page, version_2):
    page = start_page(password=None)
    with page.connect() as connection:
        begin_upload(page, connection, version_2, 100_000)
    wait_until(lambda: page.ota()["phase"] == "idle", "the upload has ended")
    assert page.ota()["last"] == "failed connection_lost" and page.device.ask_version() == "version 1"
    assert page.upload(version_2, headers=JSON).json == {"result": "installed"}
    page.device.wait_version(2)


@pytest.mark.long_wait
def test_stalled_upload_ends_and_says_why(start_page, version_2):
    page = start_page(password=None)
    with page.connect() as connection:
        begin_upload(page, connection, version_2, 100_000)
        assert read_answer(connection).error == (408, "stalled")
    assert page.ota()["last"] == "failed stalled"


def test_one_upload_at_a_time_whoever_brings_it(start_page, version_2):
    page = start_page(password=None)
    with RawUploader(page.device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, 50_000)
        wait_until(lambda: page.ota()["phase"] == "receiving", "espota uploads")
        assert page.ota()["size"] == str(len(version_2))
        assert page.upload(version_2, headers=JSON).error == (409, "busy")
        assert page.upload(version_2).text == "Update error: ERROR[22]: another upload is running"
        uploader.send(50_000, len(version_2))
        assert b"OK" in uploader.read_until(b"OK")
    page.device.wait_version(2)
    with page.connect() as connection:
        rest = begin_upload(page, connection, version_2, 100_000)
        with RawUploader(page.device, version_2) as uploader:
            assert uploader.invite() == "ERR: another upload is running"
        connection.sendall(rest)
        assert read_answer(connection).json == {"result": "installed"}


# Events


def open_stream(page, stack):
    connection = stack.enter_context(page.connect())
    connection.sendall(page.head("GET", "/api/events").replace(b"HTTP/1.1", b"HTTP/1.0"))  # without chunks
    return connection.makefile("rb")


def read_events(stream):
    """The ota element's values in one event after the other."""
    for line in stream:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])["ota/0"]


def test_events_follow_an_upload(start_page, version_2):
    page = start_page()
    with contextlib.ExitStack() as stack:
        events = read_events(open_stream(page, stack))
        assert next(events)["phase"] == "idle"
        others = read_events(open_stream(page, stack))
        assert next(others)["phase"] == "idle"
        assert page.get("/api/events").error == (503, "too_many_streams")
        with page.connect() as connection:
            rest = begin_upload(page, connection, version_2, 100_000)
            for stream in events, others:  # before the rest is sent: four times a second they look what is new
                during = next(event for event in stream if "progress" in event)
                assert during["phase"] == "receiving" and during["source"] == "browser 127.0.0.1"
            connection.sendall(rest)
            assert read_answer(connection).json == {"result": "installed"}
    page.device.wait_version(2)
    with contextlib.ExitStack() as stack:
        assert next(read_events(open_stream(page, stack)))["last"] == "confirmed ok"


# Configuration files


def test_configuration_file_that_is_removed_comes_back_when_the_device_dies_without_it(start_page):
    page = start_page()
    assert page.ask("PUT", "/config.json", b'{"device": {"0": {"room": "attic"}}}').status == 200
    assert page.ask("DELETE", "/config.json").json == {"restart": "needed"}
    assert [file["name"] for file in page.get("/api/list").json] == ["/env.json"]
    assert page.get("/config.json").error == (404, "file_unreadable")
    assert page.ask("DELETE", "/config.json").error == (404, "file_unreadable")
    page.device.restart()
    page.device.kill()
    page.device.start()
    assert (page.device.config / "config.json").read_text() == "{}"


def test_configuration_file_has_a_limit_and_other_files_are_not_there(start_page):
    page = start_page()
    fill = b'{"device": {"0": {"description": "' + b"x" * 16384 + b'"}}}'
    with nothing_changes(page):
        assert page.ask("PUT", "/config.json", fill).error == (413, "too_large")
        for path in "/other.json", "/env.json.previous", "/config.json/", "/ENV.JSON", "/state/record":
            assert page.ask("PUT", path, b"{}").status == 404, path
            assert page.get(path).status == 404, path
