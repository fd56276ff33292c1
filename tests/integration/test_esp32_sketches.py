"""The library's examples on a look-alike ESP32, updated by real uploaders: core/examples, core/extras/HomeDing."""
import os
import subprocess

import pytest

from device_process import DEADLINE_S
from espota_client import GENERATIONS, Espota
from pull_server import Certificate, PullServer, file_answer
from push_events import outcome
from raw_uploader import RawUploader, ask
from sketch_process import PORT, Sketch, image
from signing_tools import openssl

PASSWORD = "change me"  # of the examples
# RFC 8410 10.3: the example's public key belongs to it.
EXAMPLE_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
"""


@pytest.fixture
def start_sketch(binaries, tmp_path, request):
    """A function that starts a sketch with version 1; all end with the test, and a failed test shows their logs."""
    sketches = []

    def start(name, **how):
        sketch = Sketch(binaries / f"airlift-sketch-{name}", tmp_path / f"chip{len(sketches)}", image(1), **how)
        sketches.append(sketch)
        return sketch.start()

    yield start
    for sketch in sketches:
        sketch.close()
    report = getattr(request.node, "report_call", None)
    if report is None or report.failed:
        for sketch in sketches:
            print(f"--- {sketch.host} ---\n{sketch.log.text()}")


@pytest.fixture
def push(binaries, tmp_path):
    """A function that runs `airlift push --json` and returns its exit code and how it ended."""

    def run(sketch, content, *options, password=PASSWORD):
        file = tmp_path / "sketch.bin"
        file.write_bytes(content)
        done = subprocess.run([binaries / "airlift", "push", sketch.host, "-p", str(PORT), "-f", file, "--json", *options],
                              env={**os.environ, "AIRLIFT_PASSWORD": password}, capture_output=True, timeout=120, check=False)
        return done.returncode, outcome(done.stdout)

    return run


@pytest.fixture
def sign(binaries, tmp_path):
    """A function that signs an image with the key of the example Signed."""
    key = tmp_path / "rfc8410.pem"
    key.write_text(EXAMPLE_KEY)
    key.chmod(0o600)

    def run(content, *options):
        file = tmp_path / "unsigned.bin"
        file.write_bytes(content)
        subprocess.run([binaries / "airlift", "sign", "--key", key, "--board", "esp32", *options, file], check=True,
                       capture_output=True, timeout=DEADLINE_S)
        return (tmp_path / "unsigned.bin.signed").read_bytes()

    return run


@pytest.mark.parametrize("tool", GENERATIONS.values(), ids=GENERATIONS)
def test_the_minimal_sketch_takes_uploads_of_every_espota(start_sketch, tool):
    sketch = start_sketch("minimal")
    run = Espota(tool, sketch.address, PASSWORD)
    second = image(2)
    assert run.upload(second) == 0, run.said
    sketch.wait_version(2, "app1")
    assert sketch.holds(second, "app1")


def test_the_minimal_sketch_takes_uploads_of_our_espota(start_sketch, binaries, tmp_path):
    sketch = start_sketch("minimal")
    (tmp_path / "sketch.bin").write_bytes(image(2))
    done = subprocess.run([binaries / "espota", "-i", sketch.host, "-p", str(PORT), "-a", PASSWORD, "-f", tmp_path / "sketch.bin"],
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    sketch.wait_version(2, "app1")


def test_the_minimal_sketch_is_protected_and_advertised(start_sketch):
    sketch = start_sketch("minimal")
    sketch.log.wait(r"mdns: _arduino\._tcp 3232 board=esp32 tcp_check=no ssh_upload=no auth_upload=yes")
    sketch.log.wait("mdns: host esp32-a1b2c3d4e5f6")
    run = Espota(GENERATIONS["esp32-middle"], sketch.address, "guessed")
    assert run.upload(image(2)) == 1


def test_a_new_filesystem_is_there_after_the_restart(start_sketch, push):
    sketch = start_sketch("minimal")
    files, mark = b"files" * 4000, sketch.log.mark()
    assert push(sketch, files, "-s", "--no-wait")[0] == 0
    sketch.wait_version(1, "app0", since=mark)
    assert sketch.holds(files, "filesystem")


def test_the_signed_sketch_takes_what_is_signed_and_confirms_it(start_sketch, push, sign):
    sketch = start_sketch("signed")
    assert push(sketch, image(2), "--no-wait")[1]["code"] == "signature_missing"
    second = image(2)
    code, how = push(sketch, sign(second, "--version", "2.0.0"))
    assert code == 0, how
    sketch.wait_version(2, "app1")
    sketch.log.wait("this image stays")
    assert sketch.holds(second, "app1")
    # The slot of version 1 is free for the next one.
    assert push(sketch, sign(image(3), "--version", "3.0.0"))[0] == 0
    sketch.wait_version(3, "app0")


@pytest.mark.parametrize("does", ["crash-early", "crash-late"])
def test_what_crashes_is_rolled_back_and_the_uploader_told(start_sketch, push, sign, does):
    sketch = start_sketch("signed")
    code, how = push(sketch, sign(image(2, does=does, network="none"), "--version", "2.0.0"))
    assert code != 0, how
    sketch.log.wait(f"chip: restarts: crashed {does[6:]}")
    assert sketch.log.text().rpartition("chip: starts ")[2].startswith("app0 version 1\n")
    assert push(sketch, sign(image(3), "--version", "3.0.0"))[0] == 0


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_power_cut_during_an_upload_costs_nothing(start_sketch, share):
    sketch = start_sketch("minimal")
    second = image(2)
    with RawUploader(sketch, second) as uploader:
        assert uploader.prove(uploader.invite(), PASSWORD) == "OK"
        uploader.accept()
        sent = int(len(second) * share)
        uploader.send(0, sent)
        if sent:
            uploader.read_until(*([b"OK"] if share == 1 else [b"%d" % digit for digit in range(1, 10)]))
        sketch.cut_power()
    sketch.start()
    assert Espota(GENERATIONS["esp32-middle"], sketch.address, PASSWORD).upload(image(3)) == (1 if share == 1 else 0)
    if share < 1:
        sketch.wait_version(3, "app1")
    else:  # it was installed: what is on trial keeps others out
        sketch.log.wait("chip: starts app1 version 2")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Certificate.make(tmp_path_factory.mktemp("authority"), "authority", names=None)


@pytest.fixture
def update_server(tmp_path, authority):
    """A function that starts the server of the example PullHttps, and gives it with the chip's environment."""
    servers = []

    def start(answer, issuer=authority):
        certificate = Certificate.make(tmp_path, "server", names="DNS:updates.example.org", issuer=issuer)
        servers.append(PullServer(answer, certificate))
        return servers[-1], {"AIRLIFT_CHIP_CONNECT_TO": f"updates.example.org:443:127.0.0.1:{servers[-1].port}",
                             "AIRLIFT_CHIP_AUTHORITY": authority.file}

    yield start
    for server in servers:
        server.close()


def test_the_pulling_sketch_installs_what_its_server_has(start_sketch, sign, update_server):
    second = image(2)
    content = sign(second, "--version", "2.0.0")
    server, env = update_server(lambda asked: file_answer(asked, content))
    sketch = start_sketch("pullhttps", env=env)
    sketch.press_button()
    sketch.wait_version(2, "app1")
    assert sketch.holds(second, "app1")
    asked = server.asked[0]
    assert (asked.path, asked.header("User-Agent")) == ("/esp32/stable", "ESP32-http-Update")
    assert asked.header("x-ESP32-STA-MAC") == "A1:B2:C3:D4:E5:F6"


def test_the_pulling_sketch_goes_on_where_the_server_broke_off(start_sketch, sign, update_server):
    content = sign(image(2), "--version", "2.0.0")

    def answer(asked):
        given = file_answer(asked, content)
        given.cut_after = 20_000 if asked.number == 0 else None
        return given

    server, env = update_server(answer)
    sketch = start_sketch("pullhttps", env=env)
    sketch.press_button()
    sketch.wait_version(2, "app1")
    assert any((asked.header("Range") or "").startswith("bytes=") for asked in server.asked)


def test_the_pulling_sketch_takes_nothing_that_is_not_signed(start_sketch, update_server):
    server, env = update_server(lambda asked: file_answer(asked, image(2)))
    sketch = start_sketch("pullhttps", env=env)
    sketch.press_button()
    sketch.log.wait("update/0: .*signature missing")
    assert server.asked and "chip: restarts" not in sketch.log.text()


def test_the_pulling_sketch_trusts_its_authority_only(start_sketch, sign, update_server):
    server, env = update_server(lambda asked: file_answer(asked, sign(image(2))), issuer=None)
    sketch = start_sketch("pullhttps", env=env)
    sketch.press_button()
    sketch.log.wait("update/0: .*(TLS|encrypt)")
    assert not server.asked


def env(**ota):
    return {"env.json": {"device": {"0": {"name": "devding", "safemode": "false"}}, "ota": {"0": ota}}}


def test_homeding_is_updated_as_ever(start_sketch):
    sketch = start_sketch("homeding", files=env(port=3232, passwd="homeding", loglevel=2, description="Listen for updates"))
    sketch.log.wait("mdns: host devding")
    sketch.log.wait("homeding: active=true running=false trial=false error=ok")
    run = Espota(GENERATIONS["esp32-middle"], sketch.address, "homeding")
    assert run.upload(image(2)) == 0, run.said
    sketch.log.wait("homeding: an update begins")
    sketch.log.wait("homeding: active=true running=true")
    sketch.log.wait("homeding: done")
    sketch.wait_version(2, "app1")
    sketch.log.wait("homeding: active=true running=false trial=true")
    assert "does not take" not in sketch.log.text()


def test_homeding_has_airlifts_properties(start_sketch, push, sign, tmp_path):
    (tmp_path / "key.pem").write_text(EXAMPLE_KEY)
    public = openssl("pkey", "-in", tmp_path / "key.pem", "-pubout").stdout.decode().splitlines()
    sketch = start_sketch("homeding", files=env(port=3232, passwd="homeding", keys="".join(public[1:-1]), extension="required",
                                               confirm="alive 1", attempts=2, nosuch=1))
    sketch.log.wait("homeding: ota/0 does not take nosuch=1")
    assert Espota(GENERATIONS["esp32-middle"], sketch.address, "homeding").upload(image(2)) == 1
    assert push(sketch, image(2), "--no-wait", password="homeding")[1]["code"] == "signature_missing"
    sketch.log.wait("homeding: active=true running=false trial=false error=signature missing")
    code, how = push(sketch, sign(image(2), "--version", "2.0.0"), password="homeding")
    assert code == 0, how
    sketch.wait_version(2, "app1")


def test_a_key_that_cannot_be_read_does_not_open_homeding(start_sketch, push):
    sketch = start_sketch("homeding", files=env(port=3232, keys="MCowBQYDK2VwAyEA"))
    assert push(sketch, image(2), "--no-wait", password="")[1]["code"] == "no_trusted_key"


def test_homeding_in_safe_mode_takes_nothing(start_sketch):
    files = env(port=3232)
    files["env.json"]["device"]["0"]["safemode"] = "true"
    sketch = start_sketch("homeding", files=files)
    sketch.log.wait("homeding: active=false")
    assert ask(sketch.address, f"0 1 1 {'0' * 32}\n", deadline_s=0.3) is None
