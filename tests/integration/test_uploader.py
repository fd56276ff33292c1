"""airlift push and espota against real and fake devices: what they do, say, and exit with."""
import json
import os
import subprocess

import pytest

import fake_device
from apps import recorder, wait_recorded
from device_process import Log, wait_until
from fake_device import FakeDevice
from push_events import outcome

PASSWORD = "open sesame"
PLAIN = {"PATH": os.environ["PATH"]}


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.bin"
    path.write_bytes(bytes(range(256)) * 1200)  # 300 KiB
    return path


@pytest.fixture
def run(binaries):
    """Runs a program to its end."""

    def call(program, *arguments, **environment):
        return subprocess.run([binaries / program, *map(str, arguments)], capture_output=True, text=True,
                              env=PLAIN | environment, timeout=40)

    return call


@pytest.fixture
def push(run):
    """airlift push --json to a port of 127.0.0.1: the result and the exit code."""

    def call(port, image, *options, **environment):
        done = run("airlift", "push", "-i", "127.0.0.1", "-p", port, "-f", image, "--json", *options, **environment)
        return outcome(done.stdout), done.returncode

    return call


def updates_to_version_2(device, done):
    assert done.returncode == 0, done.stdout + done.stderr
    device.wait_version(2)


@pytest.mark.parametrize("auth", ["md5", "sha256"])
@pytest.mark.parametrize("how", ["option", "file", "environment"])
def test_push_with_a_password(start_device, run, binaries, tmp_path, auth, how):
    device = start_device(ota={"passwd": PASSWORD, "auth": auth})
    (tmp_path / "password").write_text(PASSWORD + "\n")
    options = {"option": ["-a", PASSWORD], "file": ["--password-file", tmp_path / "password"], "environment": []}[how]
    environment = {"AIRLIFT_PASSWORD": PASSWORD} if how == "environment" else {}
    common = ["push", "-i", "127.0.0.1", "-p", device.port, "-f", binaries / "airlift-demo-app-2"]
    updates_to_version_2(device, run("airlift", *common, *options, **environment))


def test_push_by_name(start_device, run, binaries):
    device = start_device(device={"sd": "true"})
    device.log.wait("advertised as")
    updates_to_version_2(device, run("airlift", "push", device.name, "-f", binaries / "airlift-demo-app-2"))


def test_push_of_a_filesystem_image(start_device, push, image, tmp_path):
    device = start_device(firmware=recorder(tmp_path))
    result, code = push(device.port, image, "-s")
    assert (code, result["result"], result["size_bytes"]) == (0, "ok", 307200)
    assert result["sent_bytes"] < 307200  # compressed
    path = wait_recorded(tmp_path, having="AIRLIFT_FILESYSTEM")["AIRLIFT_FILESYSTEM"]
    with open(path, "rb") as file:
        assert file.read() == image.read_bytes()


def test_push_shows_progress(start_device, run, image):
    device = start_device()
    done = run("airlift", "push", "-r", "-i", "127.0.0.1", "-p", device.port, "-s", "-f", image)
    assert done.returncode == 0 and "100" in done.stderr + done.stdout


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_espota_by_its_own_name(start_device, run, binaries, password):
    device = start_device(ota={"passwd": password})
    options = ["-i", "127.0.0.1", "-I", "0.0.0.0", "-p", device.port, "-a", password, "-r", "-d"]
    updates_to_version_2(device, run("espota", *options, "-f", binaries / "airlift-demo-app-2"))


def test_espota_exits_with_1_and_shows_why(start_device, run, image):
    device = start_device(ota={"passwd": PASSWORD})
    done = run("espota", "-i", "127.0.0.1", "-p", device.port, "-a", "wrong", "-f", image)
    assert done.returncode == 1 and "Authentication Failed" in done.stderr


def test_the_signed_file_beside_it_is_taken(start_device, run, image, binaries):
    device = start_device()
    (image.parent / "image.bin.signed").write_bytes((binaries / "airlift-demo-app-2").read_bytes())
    updates_to_version_2(device, run("espota", "-i", "127.0.0.1", "-p", device.port, "-f", image))


# Each failure has its own code, exit code and words.


def assert_failed(outcome, code, exit_code, *words):
    result, exited_with = outcome
    assert (result["result"], result["code"], exited_with) == ("error", code, exit_code), result
    said = result["message"] + " " + result["advice"] + " " + result.get("device_says", "")
    for word in words:
        assert str(word) in said, said


def test_no_answer(push, image):
    with FakeDevice(fake_device.silent) as device:
        assert_failed(push(device.port, image, "-t", 1), "no_answer", 4, device.port)


def test_nobody_there(push, image, free_port):
    assert_failed(push(free_port(), image, "-t", 1), "no_answer", 4)


def test_unknown_name(run, image):
    done = run("airlift", "push", "no-such-device", "-f", image, "--json")
    assert_failed((outcome(done.stdout), done.returncode), "name_not_found", 3, "no-such-device")


def test_wrong_password(start_device, push, image):
    device = start_device(ota={"passwd": PASSWORD})
    assert_failed(push(device.port, image, "-a", "wrong"), "wrong_password", 5)


def test_wrong_password_in_the_sha256_scheme(start_device, push, image):
    device = start_device(ota={"passwd": PASSWORD, "auth": "sha256"})
    assert_failed(push(device.port, image, "-a", "wrong"), "wrong_password", 5)


def test_password_needed(start_device, push, image):
    device = start_device(ota={"passwd": PASSWORD})
    assert_failed(push(device.port, image), "password_needed", 5)


def test_no_space(start_device, push, image):
    device = start_device()
    image.write_bytes(bytes(9_000_000))
    assert_failed(push(device.port, image), "no_space", 6, "9000000 bytes, the slot holds 8391680")


def test_safe_mode(start_device, push, image):
    device = start_device(device={"safemode": "true"})
    assert_failed(push(device.port, image), "safe_mode", 6, "safe mode", "safemode")


def test_refused_in_words_of_another_device(push, image):
    with FakeDevice(fake_device.refuses("ERR: Flash config wrong")) as device:
        assert_failed(push(device.port, image), "refused", 6, "Flash config wrong")


@pytest.mark.long_wait
def test_accepted_but_never_connected_back(push, image, free_port):
    host_port = free_port()
    with FakeDevice(fake_device.says_ok_and_never_connects) as device:
        assert_failed(push(device.port, image, "-P", host_port), "no_connect_back", 7, host_port, "irewall")


@pytest.mark.long_wait
def test_stalled(push, image):
    image.write_bytes(bytes(16 * 1024 * 1024))  # more than all buffers on the way
    with FakeDevice(fake_device.connects_and_reads_nothing) as device:
        assert_failed(push(device.port, image), "stalled", 1)


def test_broken(push, image):
    with FakeDevice(fake_device.takes_half_and_breaks) as device:
        assert_failed(push(device.port, image), "connection_lost", 1)


def test_rejected_at_the_end(push, image):
    words = b"ERROR[7]: MD5 Failed: expected:aa, calculated:bb\n"
    with FakeDevice(fake_device.ends_with(words)) as device:
        assert_failed(push(device.port, image), "rejected", 1, "MD5 Failed: expected:aa, calculated:bb")


def test_closed_without_a_result(push, image):
    def course(device):
        device.take_invitation()
        device.answer("OK")
        with device.connect() as connection:
            device.receive(connection)

    with FakeDevice(course) as device:
        assert_failed(push(device.port, image), "no_result", 1)


def test_not_this_protocol(push, image):
    with FakeDevice(fake_device.refuses("HTTP/1.1 400 Bad Request")) as device:
        assert_failed(push(device.port, image), "bad_answer", 4, "HTTP/1.1 400")


def test_file_that_cannot_be_read(push, tmp_path):
    assert_failed(push(8266, tmp_path / "nothing"), "file_unreadable", 8, tmp_path / "nothing")


def test_address_that_is_not_ours_to_listen_on(push, image):
    assert_failed(push(8266, image, "-I", "192.0.2.1"), "listen_failed", 8, "192.0.2.1")


# Devices that are not ours


def test_a_lost_invitation_is_sent_again(push, image):
    with FakeDevice(fake_device.ignores_the_first_invitations(2)) as device:
        result, code = push(device.port, image)
        assert code == 0, result
        assert device.datagrams[0] == device.datagrams[1] == device.datagrams[2]


def test_a_device_that_answers_per_sector(push, image):
    with FakeDevice(fake_device.answers_per_sector_only) as device:
        result, code = push(device.port, image)
        assert code == 0, result
        assert device.received == image.read_bytes()


# Discovery


@pytest.fixture
def discover(run):
    """airlift discover: waits until what it prints shows something, and returns that. Two seconds can be too short: a device does not
    repeat an answer within a second of the last one (RFC 6762, 6), and a busy machine has other things to do."""

    def call(find, *options):
        return wait_until(lambda: find(run("airlift", "discover", "--timeout", "2", *options).stdout), "it is discovered")

    return call


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_discover_as_json(start_device, discover, password):
    device = start_device(device={"sd": "true"}, ota={"passwd": password}, options=["--board-id", "b1"])
    device.log.wait("advertised as")
    (found,) = discover(lambda said: [each for each in json.loads(said) if each["name"] == device.name], "--json")
    assert (found["address"], found["port"]) == device.address
    assert (found["board"], found["password"]) == ("b1", bool(password))


def test_discover_as_a_table(start_device, discover):
    device = start_device(device={"sd": "true"}, options=["--board-id", "b1"])
    device.log.wait("advertised as")
    (line,) = discover(lambda said: [line for line in said.splitlines() if line.split()[0] == device.name])
    assert line.split() == [device.name, "127.0.0.1", str(device.port), "b1", "no"]


def test_discover_follows_changes(start_device, binaries):
    watch = subprocess.Popen([binaries / "airlift", "discover", "--watch", "--json"], stdout=subprocess.PIPE, env=PLAIN)
    try:
        seen = Log(watch.stdout)
        device = start_device(device={"sd": "true"})
        seen.wait(rf'"event":"found","name":"{device.name}"')
        device.stop()
        seen.wait(rf'"event":"lost","name":"{device.name}"')
    finally:
        watch.terminate()
        watch.wait(15)
