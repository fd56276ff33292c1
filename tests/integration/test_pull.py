"""A device that updates itself from a web server, and `airlift-device check`, which lets it ask at once."""
import hashlib
import json
import stat
import threading

import pytest

import apps
from device_process import wait_until
from pull_server import Answer, Certificate, PullServer, file_answer
from terminal import Terminal


@pytest.fixture
def image(binaries):
    """The bytes of the demo application's version."""
    return lambda version: (binaries / f"airlift-demo-app-{version}").read_bytes()


@pytest.fixture
def puller(start_device):
    """A function that starts a device that asks `url`, only when it is told to."""

    def start(url, device=None, **properties):
        update = {"url": f"{url}/f", "interval": "0"} | properties
        return start_device(device, elements={"update": {"0": update}})

    return start


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return [Certificate.make(folder, name) for name in ("server", "other")]


def check(device, exits=0):
    """What `airlift-device check --json` tells."""
    done = device.command("check", "--json", "--timeout", "50s")
    assert done.returncode == exits, (done.stdout, done.stderr)
    return json.loads(done.stdout)


def running_answer(content):
    """A server that knows by the digest in the request that the device has its image."""
    def answer(asked):
        known = asked.header("x-Airlift-SHA256") == hashlib.sha256(content).hexdigest()
        return Answer(304) if known else file_answer(asked, content)

    return answer


def test_up_to_date(puller, image):
    with PullServer(running_answer(image(1))) as server:
        device = puller(server.url, auth="lamp:se:cret")
        done = device.command("check")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("up to date")
        (asked,) = server.asked
    assert asked.path == "/f"
    assert asked.header("User-Agent") == "ESP8266-http-Update"
    assert asked.header("Range") == "bytes=-768"
    assert asked.header("Authorization") == "Basic bGFtcDpzZTpjcmV0"
    assert asked.header("x-ESP8266-STA-MAC").count(":") == 5
    assert "cret" not in device.log.text()
    status = device.status()["update"]
    assert (status["last"], status["state"], status["next_time"]) == ("up_to_date ok", "waiting", None)
    assert status["last_time"] and status["channel"] == "stable"
    assert "last check" in device.command("status").stdout


def test_installs_restarts_and_confirms(puller, image, certificates):
    content = image(2)
    with PullServer(lambda asked: file_answer(asked, content), certificates[0]) as server:
        device = puller(server.url, fingerprint=certificates[0].key_pin)
        done = device.command("check")
        assert (done.returncode, done.stdout, done.stderr) == (0, "installed, the device restarts\n", "")
        device.wait_version(2)
        assert check(device)["result"] == "up_to_date"  # by the ETag that it has remembered
        assert server.asked[-1].header("If-None-Match") == '"1"'
    entry = device.status()["history"][0]
    assert (entry["source"], entry["result"]) == ("pull 127.0.0.1", "confirmed")
    for name in ("offer", "run/update"):
        assert stat.S_IMODE((device.state / name).stat().st_mode) == 0o600


def test_goes_on_after_a_cut(puller, image):
    content = image(2)

    def answer(asked):
        whole = file_answer(asked, content)
        if len(whole.body) == len(content):
            whole.cut_after = 1000000
        return whole

    with PullServer(answer) as server:
        device = puller(server.url)
        assert check(device)["result"] == "installed"
        device.wait_version(2)
        rest = server.asked[-1]
    assert rest.header("If-Range") == '"1"'
    assert 0 < int(rest.header("Range").removeprefix("bytes=").removesuffix("-")) <= 1000000


FAULTS = {
    "nothing there": (Answer(404), "not_offered", "failed"),
    "in trouble": (Answer(500), "server_failed", "failed"),
    "no login": (Answer(401), "login_refused", "failed"),
    "a redirect": (Answer(302, {"Location": "/elsewhere"}), "redirect_refused", "failed"),
    "no HTTP": (Answer(raw=b"SSH-2.0-server\r\n\r\n"), "bad_response", "failed"),
    "too large": (Answer(206, {"Content-Range": "bytes 99999232-99999999/100000000"}, b"x" * 768), "no_space", "ruled_out"),
}


def test_faults_are_told_by_name(puller):
    answers = []
    with PullServer(lambda _: answers[-1]) as server:
        device = puller(server.url)
        for what, (answer, error, result) in FAULTS.items():
            answers.append(answer)
            told = check(device, exits=1)
            assert (told["error"]["name"], told["result"]) == (error, result), what
        done = device.command("check")
        assert (done.returncode, done.stdout) == (1, "")
        assert "127.0.0.1: " in done.stderr and done.stderr.count(". ") >= 1
    assert check(device, exits=1)["error"]["name"] == "no_connection"
    assert device.ask_version() == "version 1"


def test_the_server_has_to_be_the_right_one(puller, certificates):
    with PullServer(lambda _: Answer(404), certificates[0]) as server:
        pinned = puller(server.url, fingerprint=certificates[1].pin)
        assert check(pinned, exits=1)["error"]["name"] == "certificate_not_pinned"
        by_file = puller(server.url, ca="roots.pem")
        assert check(by_file, exits=1)["error"]["name"] == "key_unreadable"
        (by_file.config / "roots.pem").write_text(open(certificates[1].file).read())
        assert check(by_file, exits=1)["error"]["name"] == "certificate_untrusted"
        assert not server.asked
        (by_file.config / "roots.pem").write_text(open(certificates[0].file).read())
        assert check(by_file, exits=1)["error"]["name"] == "not_offered"


def test_progress_on_a_terminal(puller, image):
    content, answers = image(2), []

    def answer(asked):
        answers.append(file_answer(asked, content))
        if len(answers[-1].body) == len(content):
            answers[-1].hold_at, answers[-1].go_on = len(content) // 2, held
        return answers[-1]

    held = threading.Event()
    with PullServer(answer) as server:
        device = puller(server.url)
        terminal = Terminal([device.binaries / "airlift-device", "check", "--state", device.state])
        terminal.wait(r"receiving 127\.0\.0\.1, [1-9]\d? % of \d+ bytes")
        held.set()
        code, text = terminal.end()
        terminal.close()
        assert code == 0 and "installed, the device restarts" in text
        device.wait_version(2)


def test_without_somebody_who_could_ask(start_device, puller, tmp_path):
    plain = start_device(firmware=apps.silent(tmp_path))
    done = plain.command("check")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no update element" in done.stderr
    plain.stop()
    done = plain.command("check")
    assert done.returncode == 1 and "does not run" in done.stderr
    assert plain.command("check", "--timeout", "soon").returncode == 2
    locked = puller("http://127.0.0.1:9", device={"safemode": "true"})
    done = locked.command("check")
    assert done.returncode == 1 and "safe mode" in done.stderr
    assert "Exit status" in locked.command("check", "--help").stdout


def test_the_time_to_wait_is_bounded(puller, image):
    held = threading.Event()
    with PullServer(lambda _: Answer(200, {}, image(2), hold_at=1000, go_on=held)) as server:
        device = puller(server.url)
        done = device.command("check", "--timeout", "1s")
        assert done.returncode == 1 and "in time" in done.stderr
        held.set()
        wait_until(lambda: device.status()["update"]["last"] == "installed ok", "the check goes on")
