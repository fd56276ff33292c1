"""The Linux side of the device's page: ports, HTTPS, configuration files, mDNS; with curl and Python's own client."""
import contextlib
import gzip
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from device_process import wait_until
from mdns import Browser
from net_namespace import MdnsDaemonNamespace, why_no_namespace

PASSWORD = "open sesame"
MASK = "********"
TIMEOUT_S = 20


class Page:
    """The page of a device as a tool with the password sees it."""

    def __init__(self, device, port, tls_port=None):
        self.device, self.port, self.tls_port = device, port, tls_port

    def ask(self, path, method="GET", body=None, tls=None):
        """Returns status and text; `tls` is the context of an HTTPS request."""
        scheme, port = ("https", self.tls_port) if tls else ("http", self.port)
        request = urllib.request.Request(f"{scheme}://{self.device.bind}:{port}{path}", body, method=method)
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, request.full_url, "admin", PASSWORD)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls),
                                             urllib.request.HTTPBasicAuthHandler(passwords))
        try:
            with opener.open(request, timeout=TIMEOUT_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def pinned(self):
        """Trusts the device's own certificate and nothing else."""
        return ssl.create_default_context(cafile=self.device.state / "web-certificate.pem")


@pytest.fixture
def start_page(make_device, binaries, free_port):
    """A function that starts a device with a page; returns it as a Page."""

    def start(web=None, device=None, ready=True, **how):
        made = make_device(**how)
        page = Page(made, free_port(), free_port())
        settings = {"port": page.port, "tls_port": page.tls_port} | (web or {})
        made.configure(device, {"passwd": PASSWORD}, web={"0": {key: value for key, value in settings.items() if value}})
        made.init(binaries / "airlift-demo-app-1")
        made.start()
        if ready:
            made.log.wait(r"web/0: http: listening")
        return page

    return start


def test_curl_gets_the_state_with_the_password_only(start_page):
    page = start_page()
    address = f"http://127.0.0.1:{page.port}/api/state/ota/0"
    for options, expected in (["-u", f"admin:{PASSWORD}"], "200"), (["-u", "admin:wrong"], "401"), ([], "401"):
        done = subprocess.run(["curl", "-s", "--noproxy", "*", "-w", "\n%{http_code}", *options, address], capture_output=True,
                              text=True, timeout=TIMEOUT_S)
        text, status = done.stdout.rsplit("\n", 1)
        assert status == expected
        assert ("ota/0" in json.loads(text)) == (expected == "200")


def test_page_itself_needs_no_password(start_page):
    page = start_page()
    request = urllib.request.Request(f"http://127.0.0.1:{page.port}/index.html", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Content-Type"].startswith("text/html")
        assert b"<html" in gzip.decompress(answer.read())


def test_sysinfo_tells_about_this_device(start_page):
    page = start_page()
    status, text = page.ask("/api/sysinfo")
    info = json.loads(text)
    assert status == 200
    assert info["name"] == page.device.name
    assert info["addresses"] == "127.0.0.1"
    assert int(info["free"]) > 0 and int(info["uptime"]) >= 0 and info["version"]
    assert info["fingerprint"] == ""


def test_https_with_a_certificate_of_its_own_that_a_client_pins(start_page):
    page = start_page({"tls": "on"})
    fingerprint = page.device.log.wait(r"HTTPS certificate, SHA-256 (\S+)")[1]
    page.device.log.wait("web/0: https: listening")
    status, text = page.ask("/api/sysinfo", tls=page.pinned())
    assert status == 200 and json.loads(text)["fingerprint"] == fingerprint
    with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
        page.ask("/api/sysinfo", tls=ssl.create_default_context())
    assert page.ask("/api/sysinfo")[0] == 200  # HTTP goes on
    page.device.restart()
    assert page.device.log.wait(r"HTTPS certificate, SHA-256 (\S+)")[1] == fingerprint


def test_https_only_leads_there(start_page):
    page = start_page({"tls": "only"})
    done = subprocess.run(["curl", "-s", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}",
                           f"http://127.0.0.1:{page.port}/update"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.stdout == f"308 https://127.0.0.1:{page.tls_port}/update"


def test_expired_certificate_is_named_and_http_goes_on(make_device, binaries, start_page, tmp_path):
    for command in ("ecparam -genkey -name prime256v1 -out key.pem", "req -new -key key.pem -subj /CN=lamp -out request",
                    "x509 -req -in request -signkey key.pem -days -1 -out expired.pem"):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    page = start_page({"tls": "on", "cert": tmp_path / "expired.pem", "key": tmp_path / "key.pem"})
    page.device.log.wait(r"\[error\] tls: .*expired\.pem: the certificate has expired")
    page.device.log.wait(r"\[error\] web/0: no HTTPS")
    assert page.ask("/api/sysinfo")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", page.tls_port), TIMEOUT_S)


def test_without_rights_the_page_is_on_8080_and_says_so(make_device, binaries, tmp_path):
    reason = why_no_namespace("unshare", "nsenter", "ip", "dbus-daemon", "avahi-daemon", "avahi-browse", "setpriv", "curl")
    if reason:
        pytest.skip(f"ports without rights: {reason}")
    with MdnsDaemonNamespace(tmp_path / "namespace") as network:
        without_rights = ["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"]
        device = make_device(bind=network.address, wrapper=[*network.wrapper, *without_rights])
        device.configure({"sd": "true"}, {"passwd": PASSWORD}, web={"0": {"tls": "on"}})
        device.init(binaries / "airlift-demo-app-1")
        device.start()
        device.log.wait(r"\[warning\] web/0: http: cannot listen on TCP port 80, listening on port 8080")
        device.log.wait(r"\[warning\] web/0: https: cannot listen on TCP port 443, listening on port 8443")
        done = subprocess.run([*network.wrapper, "curl", "-sk", "-u", f"x:{PASSWORD}", f"http://{network.address}:8080/api/sysinfo",
                               f"https://{network.address}:8443/api/sysinfo"], capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.stdout.count(f'"name":"{device.name}"') == 2
        device.log.wait(f"advertised as {device.name}")
        found = wait_until(lambda: network.browse(device.name, "_http._tcp"), "the page is advertised")
        assert ";8080;" in found


def test_application_gets_neither_the_ports_capability_nor_the_raised_limit(make_device, binaries):
    given = ["setpriv", "--inh-caps", "+net_bind_service", "--ambient-caps", "+net_bind_service"]
    if subprocess.run([*given, "true"], capture_output=True).returncode != 0:
        pytest.skip("giving a capability needs root and setpriv")
    device = make_device(wrapper=["prlimit", "--nofile=100:200", *given])
    device.configure()
    device.init(binaries / "airlift-demo-app-1")
    device.start()
    device.wait_version(1)  # a child that is not the application yet still has what the device has
    application = pathlib.Path(f"/proc/{device.wait_app_pid()}")

    def seen(process, file, pattern):
        return re.search(pattern, (process / file).read_text(), re.MULTILINE)[1]

    own = pathlib.Path(f"/proc/{device.process.pid}")
    capabilities, limit = r"^CapAmb:\s+(\w+)$", r"^Max open files\s+(\d+)"
    assert int(seen(own, "status", capabilities), 16) != 0 and int(seen(own, "limits", limit)) == 200
    assert int(seen(application, "status", capabilities), 16) == 0 and int(seen(application, "limits", limit)) == 100


def test_page_comes_when_its_port_gets_free(start_page, free_port):
    port = free_port()
    with contextlib.closing(socket.create_server(("127.0.0.1", port))):
        page = start_page({"port": port}, ready=False)
        page.device.log.wait(rf"\[warning\] web/0: http: cannot listen on TCP port {port}, trying again")
    page.device.log.wait(rf"\[info\] web/0: http: listening on TCP port {port}")
    page.port = port
    assert page.ask("/api/sysinfo")[0] == 200


def test_configuration_is_replaced_for_the_next_start_and_keeps_the_password(start_page):
    page = start_page()
    device = page.device
    before = (device.config / "env.json").read_text()
    status, shown = page.ask("/env.json")
    assert status == 200 and MASK in shown and PASSWORD not in shown
    changed = json.loads(shown)
    changed["device"]["0"]["title"] = "the new title"
    assert page.ask("/env.json", "PUT", json.dumps(changed).encode())[0] == 200
    assert (device.config / "env.json.previous").read_text() == before
    device.restart()
    device.log.wait("web/0: http: listening")
    written = json.loads((device.config / "env.json").read_text())
    assert written["device"]["0"]["title"] == "the new title" and written["ota"]["0"]["passwd"] == PASSWORD
    assert page.ask("/api/sysinfo")[0] == 200  # by that password


def test_wrong_configuration_changes_nothing(start_page):
    page = start_page()
    before = (page.device.config / "config.json").read_text()
    for text in "{", '{"ota": []}', '{"lamp": {"0": {"passwd": "********"}}}':
        status, answer = page.ask("/config.json", "PUT", text.encode())
        assert status == 422 and json.loads(answer)["error"] == "bad_configuration"
        assert "config.json" in json.loads(answer)["message"] + json.loads(answer)["advice"]
    assert (page.device.config / "config.json").read_text() == before
    assert not (page.device.config / "config.json.previous").exists()


def test_configuration_on_a_read_only_file_system_is_refused_by_name(start_page, tmp_path):
    make_read_only = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    wrapper = ["unshare", "-m", "sh", "-c", make_read_only, tmp_path / "device0" / "config"]
    if os.geteuid() != 0:
        pytest.skip("a read-only file system needs root")
    page = start_page(wrapper=wrapper)
    before = (page.device.config / "config.json").read_text()
    status, answer = page.ask("/config.json", "PUT", b"{}")
    assert status == 500 and json.loads(answer)["error"] == "storage_failed"
    page.device.log.wait(r"\[error\] config: .*/config: Read-only file system")
    assert (page.device.config / "config.json").read_text() == before


def test_configuration_comes_back_when_the_device_dies_with_the_new_one(start_page):
    page = start_page()
    device = page.device
    before = (device.config / "config.json").read_text()
    assert page.ask("/config.json", "PUT", b'{"device": {"0": {"room": "attic"}}}')[0] == 200
    device.restart()
    device.log.wait("web/0: http: listening")
    assert "attic" in (device.config / "config.json").read_text()
    device.kill()
    device.start()
    device.log.wait(r"\[error\] config: config\.json: the device did not run well with the new one; the one before is back")
    assert (device.config / "config.json").read_text() == before
    assert not (device.config / "config.json.previous").exists()


def test_device_is_found_as_three_services_of_one_name(start_page):
    with contextlib.ExitStack() as stack:
        browsers = {service: stack.enter_context(Browser(service=f"{service}._tcp.local."))
                    for service in ("_arduino", "_http", "_homeding")}
        page = start_page(device={"title": "Lamp", "room": "hall", "sd": "true"})
        name = page.device.log.wait(r"advertised as (\S+)$")[1]
        found = {}
        for service, browser in browsers.items():
            browser.wait("added", name)
            found[service] = browser.resolve(name)
    assert {service: info.port for service, info in found.items()} == {
        "_arduino": page.device.port, "_http": page.port, "_homeding": page.port}
    assert {info.server for info in found.values()} == {f"{name}.local."}
    assert found["_http"].properties == {b"path": b"/"}
    assert found["_homeding"].properties == {b"path": b"/", b"title": b"Lamp", b"room": b"hall"}
