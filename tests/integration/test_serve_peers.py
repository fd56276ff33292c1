"""airlift serve and the clients of the Arduino cores: their requests byte for byte, as ESP8266HTTPClient (esp8266/Arduino 3.x), ESP32's
HTTPClient and the update libraries above them put them together, and what those look at in the answer."""
import base64
import gzip
import hashlib
import secrets
import subprocess

import pytest

from device_process import DEADLINE_S
from signing_tools import keys  # noqa: F401 (a fixture)
from test_serve import start_server  # noqa: F401 (a fixture)

SKETCH = b"\xe9" + secrets.token_bytes(99_999)
FILESYSTEM = secrets.token_bytes(50_000)


def esp32_image():
    """As its tool chain ends an image: with the digest of what is before it, and a mark in the header that it does."""
    image = bytearray(SKETCH)
    image[23] = 1
    return bytes(image) + hashlib.sha256(image).digest()


def md5(data):
    return hashlib.md5(data).hexdigest()


def request(server, path, agent, own, keep_alive=False, user=None):
    """Request line, headers that the HTTP client sets, those that were added, in that order. It asks as HTTP/1.0 and closes; a sketch that
    uses the client itself leaves it at 1.1."""
    lines = [f"GET {path} HTTP/1.{1 if keep_alive else 0}", f"Host: 127.0.0.1:{server.port}", f"User-Agent: {agent}"]
    if keep_alive:
        lines.append("Accept-Encoding: identity;q=1,chunked;q=0.1,*;q=0")
    if user:
        lines.append("Authorization: Basic " + base64.b64encode(user.encode()).decode())
    lines.append("Connection: " + ("keep-alive" if keep_alive else "close"))
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in own), "", ""]).encode()


def esp8266(server, running=b"old", mode="sketch", version=None, free=2_097_152, path="/d1_mini/stable", **how):
    own = [("x-ESP8266-Chip-ID", 1458400), ("x-ESP8266-STA-MAC", "5C:CF:7F:16:40:E0"), ("x-ESP8266-AP-MAC", "5E:CF:7F:16:40:E0"),
           ("x-ESP8266-free-space", free), ("x-ESP8266-sketch-size", len(running)), ("x-ESP8266-sketch-md5", md5(running)),
           ("x-ESP8266-chip-size", 4_194_304), ("x-ESP8266-sdk-version", "2.2.2-dev(38a443e)"), ("x-ESP8266-mode", mode)]
    if version:
        own.append(("x-ESP8266-version", version))
    return request(server, path, "ESP8266-http-Update", own, **how)


def esp32(server, running=None, mode="sketch", version=None, free=1_310_720, path="/esp32/stable", **how):
    own = [("Cache-Control", "no-cache"), ("x-ESP32-STA-MAC", "24:0A:C4:12:34:56"), ("x-ESP32-AP-MAC", "24:0A:C4:12:34:57"),
           ("x-ESP32-free-space", free), ("x-ESP32-sketch-size", 900_000), ("x-ESP32-sketch-md5", md5(b"whatever"))]
    if running:
        own.append(("x-ESP32-sketch-sha256", running.hex().upper()))
    own += [("x-ESP32-chip-size", 4_194_304), ("x-ESP32-sdk-version", "v4.4.7-dirty"), ("x-ESP32-mode", mode)]
    if version:
        own.append(("x-ESP32-version", version))
    return request(server, path, "ESP32-http-Update", own, **how)


@pytest.fixture
def server(start_server):  # noqa: F811
    server = start_server(image=None)
    server.write(SKETCH, "d1_mini/stable/firmware.bin")
    server.write(FILESYSTEM, "d1_mini/stable/filesystem.bin")
    server.write(gzip.compress(SKETCH), "packed/stable/firmware.bin")
    server.write(esp32_image(), "esp32/stable/firmware.bin")
    for path in ("/d1_mini/stable/filesystem.bin", "/packed/stable", "/esp32/stable", "/d1_mini/stable"):
        server.wait_status(200, path=path)
    return server


def installs(answer):
    """What the libraries do with an answer: the image they flash, None for "no update", or a number for an error."""
    if answer.status == 304:
        return None
    if answer.status != 200:
        return answer.status
    length = int(answer.headers.get("content-length", 0))
    assert length > 0, "HTTP_UE_SERVER_NOT_REPORT_SIZE"
    assert "transfer-encoding" not in answer.headers and "content-encoding" not in answer.headers
    assert len(answer.body) == length
    assert answer.headers["x-md5"] == md5(answer.body) and len(answer.headers["x-md5"]) == 32
    return answer.body


CASES = {
    "an ESP8266 that is new": (esp8266, {}, SKETCH),
    "one that runs it": (esp8266, {"running": SKETCH}, None),
    "one that runs what is packed here": (esp8266, {"running": SKETCH, "path": "/packed/stable/"}, None),
    "one that runs something else in the same version": (esp8266, {"version": "1.0"}, SKETCH),
    "its filesystem": (esp8266, {"mode": "spiffs", "running": SKETCH, "free": 10}, FILESYSTEM),
    "its filesystem by path": (esp8266, {"path": "/d1_mini/stable/filesystem.bin"}, FILESYSTEM),
    "one without room": (esp8266, {"free": len(SKETCH) - 1}, None),
    "one with just enough room": (esp8266, {"free": len(SKETCH)}, SKETCH),
    "one by HTTP/1.1": (esp8266, {"keep_alive": True}, SKETCH),
    "one with a password that nobody wants": (esp8266, {"user": "user:word"}, SKETCH),
    "another board": (esp8266, {"path": "/nodemcu/stable"}, 404),
    "an ESP32 that is new": (esp32, {}, esp32_image()),
    "an ESP32 that runs something else": (esp32, {"running": bytes(32)}, esp32_image()),
    "an ESP32 that runs it": (esp32, {"running": esp32_image()[-32:]}, None),
    "an ESP32 by HTTP/1.1": (esp32, {"keep_alive": True}, esp32_image()),
    "its filesystem, of which there is none": (esp32, {"mode": "spiffs"}, 404),
}


def test_clients_of_the_arduino_cores(server):
    outcomes = {name: installs(server.exchange(client(server, **how))) for name, (client, how, _) in CASES.items()}
    wrong = [name for name, (_, _, expected) in CASES.items() if outcomes[name] != expected]
    assert not wrong
    server.log.wait(r"5C:CF:7F:16:40:E0 .*304.*, runs it")
    server.log.wait(r"5C:CF:7F:16:40:E0 .*304.*, no room for it")
    server.log.wait(r"24:0A:C4:12:34:56 .*200")


def test_version_mode_tells_the_version_only(server, binaries, tmp_path, keys):  # noqa: F811
    (tmp_path / "app.bin").write_bytes(SKETCH)
    signed = tmp_path / "signed.bin"
    subprocess.run([binaries / "airlift", "sign", tmp_path / "app.bin", "--key", keys("ed25519").path, "--version", "1.2.3", "-o", signed],
                   check=True, timeout=DEADLINE_S, capture_output=True)
    server.write(signed.read_bytes(), "signed/stable/firmware.bin")
    server.wait_status(200, path="/signed/stable")
    for client, path in ((esp8266, "/d1_mini/stable"), (esp32, "/esp32/stable")):
        answer = server.exchange(client(server, mode="version", path=path))
        assert answer.status == 200 and answer.body == b"" and answer.headers["content-length"] == "0"
    answer = server.exchange(esp8266(server, mode="version", path="/signed/stable"))
    assert answer.headers["x-version"] == "1.2.3"
    same = request(server, "/signed/stable", "ESP8266-http-Update", [("x-ESP8266-mode", "sketch"), ("x-ESP8266-version", "1.2.3")])
    assert server.exchange(same).status == 304
    older = request(server, "/signed/stable", "ESP8266-http-Update", [("x-ESP8266-mode", "sketch"), ("x-ESP8266-version", "1.2.2")])
    assert server.exchange(older).headers["x-version"] == "1.2.3"


def test_a_login_that_is_wanted(start_server, tmp_path):  # noqa: F811
    (tmp_path / "tokens").write_text(f"lamp {hashlib.sha256(b'secret').hexdigest()}\n")
    server = start_server("--tokens", tmp_path / "tokens", image=None)
    server.write(SKETCH, "d1_mini/stable/firmware.bin")
    assert installs(server.exchange(esp8266(server))) == 401
    assert installs(server.exchange(esp8266(server, user="lamp:wrong"))) == 401
    server.wait_status(200, path="/d1_mini/stable", headers={"Authorization": "Bearer secret"})
    assert installs(server.exchange(esp8266(server, user="lamp:secret"))) == SKETCH
