"""airlift push to many devices, and to those that have to be waited for: real devices, found by mDNS on loopback."""
import os
import secrets
import shutil
import signal
import subprocess
import time

import pytest

import fake_device
from device_process import DEADLINE_S, Log
from fake_device import FakeDevice
from push_events import events, outcome
from terminal import Terminal

PASSWORD = "open sesame"
PLAIN = {"PATH": os.environ["PATH"], "TERM": "xterm"}
# Without it names are looked for 3 s long: on a busy machine answers can take longer, and they are not what these tests are about.
NAMES_TAKE_TIME = ["--wait", "30s"]
ALL_ANSWER = ["--wait", "12s"]  # it listens as long for more devices of a pattern


@pytest.fixture
def start_fleet(make_device, binaries):
    """A function that starts devices of a board of their own, all at once."""

    def start(count, ota=None):
        token = secrets.token_hex(4)
        fleet = [make_device(name=f"many-{token}-{i}") for i in range(count)]
        for made in fleet:
            made.board = f"board-{token}"
            made.configure({"sd": "true"}, ota)
            made.init(binaries / "airlift-demo-app-1")
            made.start("--board-id", made.board, ready=False)
        for made in fleet:
            made.log.wait("advertised as")
            made.wait_version(1)
        return fleet

    return start


@pytest.fixture
def push(binaries):
    """Runs airlift push to its end."""

    def call(*arguments, **options):
        command = [binaries / "airlift", "push", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=PLAIN, timeout=120, **options)

    return call


@pytest.fixture
def on_terminal(binaries):
    """airlift push on a terminal of its own."""
    terminals = []

    def start(*arguments, **options):
        terminals.append(Terminal([binaries / "airlift", "push", *map(str, arguments)], env=PLAIN, **options))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def version_2_file(binaries):
    return binaries / "airlift-demo-app-2"


def address_of(device):
    return f"127.0.0.1:{device.port}"


def ended(done):
    """The event `finished` of each device, by its name."""
    return {event["device"]["name"]: event for event in events(done.stdout) if event["event"] == "finished"}


# Many


@pytest.mark.long_wait
def test_all_of_a_board_as_events(start_fleet, push, version_2_file):
    fleet = start_fleet(6)
    done = push("--board", fleet[0].board, "-f", version_2_file, "--jobs", 3, "--json", *ALL_ANSWER)
    assert done.returncode == 0, done.stdout + done.stderr
    said = events(done.stdout)
    for device in fleet:
        own = [event["event"] for event in said if event.get("device", {}).get("name") == device.name]
        assert own[0] == "found" and own[-1] == "finished" and {"stage", "progress"} <= set(own), own
        result = ended(done)[device.name]
        assert (result["result"], result["device"]["port"], result["tries"]) == ("ok", device.port, 1)
        assert result["size_bytes"] == version_2_file.stat().st_size
        device.wait_version(2)
    assert said[-1] | {"duration_ms": 0} == {
        "event": "summary", "result": "ok", "code": "ok", "devices": 6, "succeeded": 6, "failed": 0, "not_tried": 0,
        "duration_ms": 0, "exit_code": 0}


@pytest.mark.long_wait
def test_by_pattern_the_others_are_left_alone(start_fleet, push, version_2_file):
    fleet = start_fleet(3)
    done = push("--match", f"{fleet[0].name[:-1]}[12]", "--board", fleet[0].board, "-f", version_2_file, "--no-wait", *ALL_ANSWER)
    assert done.returncode == 0, done.stdout + done.stderr
    for device in fleet[1:]:
        device.wait_version(2)
    assert fleet[0].ask_version() == "version 1"


def test_names_and_a_file_of_names_and_addresses(start_fleet, push, version_2_file, tmp_path):
    fleet = start_fleet(4)
    (tmp_path / "list").write_text(f"# upstairs\n{address_of(fleet[1])}\n{fleet[2].name}.local # by name\n")
    done = push(fleet[0].name, fleet[3].name, "--devices", tmp_path / "list", "-f", version_2_file, *NAMES_TAKE_TIME)
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.splitlines()
    assert table[0].split() == ["DEVICE", "ADDRESS", "PROTOCOL", "RESULT", "IMAGE", "TIME", "ERROR"]
    assert table[-1].startswith("4 of 4 done, ")
    for device, name in zip(fleet, [fleet[0].name, address_of(fleet[1]), fleet[2].name, fleet[3].name]):
        assert any(line.split()[:2] == [name, address_of(device)] for line in table), done.stdout
        device.wait_version(2)


def test_devices_from_standard_input(start_fleet, push, version_2_file):
    (device,) = start_fleet(1)
    done = push("--devices", "-", "-f", version_2_file, "--no-wait", input=address_of(device) + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    device.wait_version(2)


def test_plain_lines_without_a_terminal(start_fleet, push, version_2_file):
    fleet = start_fleet(2)
    done = push(*map(address_of, fleet), "-f", version_2_file)
    assert done.returncode == 0, done.stderr
    for device in fleet:
        assert f"{address_of(device)}: 100 % sent" in done.stderr and f"{address_of(device)}: sending" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


def test_live_lines_on_a_terminal(start_fleet, on_terminal, version_2_file):
    fleet = start_fleet(3)
    terminal = on_terminal(*[device.name for device in fleet], "-f", version_2_file, *NAMES_TAKE_TIME)
    code, drawn = terminal.end()
    assert code == 0, drawn
    assert "running" in drawn and "\x1b[J" in drawn
    assert "3 of 3 done, " in drawn.splitlines()[-1]
    for device in fleet:
        device.wait_version(2)


def test_one_wrong_password_among_many(start_fleet, push, version_2_file, tmp_path):
    fleet, (other,) = start_fleet(2, ota={"passwd": PASSWORD}), start_fleet(1, ota={"passwd": "another one"})
    (tmp_path / "password").write_text(PASSWORD)
    names = [device.name for device in (*fleet, other)]
    done = push(*names, "--password-file", tmp_path / "password", "-f", version_2_file, "--json", *NAMES_TAKE_TIME)
    assert done.returncode == 1, done.stderr
    assert (ended(done)[other.name]["code"], ended(done)[other.name]["tries"]) == ("wrong_password", 1)
    summary = events(done.stdout)[-1]
    assert (summary["succeeded"], summary["failed"], summary["code"]) == (2, 1, "wrong_password")
    for device in fleet:
        device.wait_version(2)
    assert other.ask_version() == "version 1"


def test_a_failed_canary_spares_the_rest(start_fleet, push, version_2_file):
    (canary,), rest = start_fleet(1, ota={"passwd": PASSWORD}), start_fleet(3)
    devices = [address_of(device) for device in (canary, *rest)]
    done = push(*devices, "--canary", 1, "-f", version_2_file, "--json", stdin=subprocess.DEVNULL)
    assert done.returncode == 5, done.stderr
    results = ended(done)
    assert results[devices[0]]["code"] == "password_needed"
    for device in rest:
        assert results[address_of(device)]["result"] == "not_tried"
        assert device.ask_version() == "version 1"
    assert events(done.stdout)[-1]["not_tried"] == 3


def test_a_good_canary_comes_before_the_rest(start_fleet, push, version_2_file):
    fleet = start_fleet(3)
    done = push(*map(address_of, fleet), "--canary", 1, "-f", version_2_file, "--json", "--jobs", 0)
    assert done.returncode == 0, done.stderr
    said = [(event["event"], event.get("device", {}).get("name")) for event in events(done.stdout)]
    canary_ended = said.index(("finished", address_of(fleet[0])))
    for device in fleet[1:]:
        assert said.index(("stage", address_of(device))) > canary_ended


def test_what_passes_is_tried_again(push, version_2_file):
    def busy_at_first(device):
        for _ in range(2):
            device.take_invitation()
            device.answer("ERR: another upload is running")
        fake_device.ends_with(b"OK")(device)

    with FakeDevice(busy_at_first) as device:
        done = push(f"127.0.0.1:{device.port}", "-f", version_2_file, "--retries", 2, "--no-wait", "--json")
        assert outcome(done.stdout)["tries"] == 3, done.stdout
        assert done.returncode == 0
    retries = [event for event in events(done.stdout) if event["event"] == "retry"]
    assert [(event["code"], event["rest_ms"]) for event in retries] == [("busy", 2000), ("busy", 4000)]


# Waiting


def test_a_device_that_comes_later_is_waited_for(binaries, make_device, version_2_file):
    device = make_device(name=f"late{secrets.token_hex(4)}")
    device.configure({"sd": "true"})
    device.init(binaries / "airlift-demo-app-1")
    process = subprocess.Popen([binaries / "airlift", "push", device.name, "--wait", "2m", "-f", version_2_file],
                               env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        time.sleep(4)  # longer than a name is looked for without --wait
        assert process.poll() is None
        device.start()
        assert process.wait(DEADLINE_S) == 0, process.stderr.read()
    finally:
        process.kill()
        process.wait()
    device.wait_version(2)


def test_the_wait_ends(push, version_2_file):
    begin = time.monotonic()
    done = push("no-such-device", "--wait", "5s", "-f", version_2_file, "--json")
    assert outcome(done.stdout)["code"] == "name_not_found" and done.returncode == 3
    assert 5 <= time.monotonic() - begin < 30


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_all(binaries, version_2_file, sent):
    with FakeDevice(fake_device.silent) as first, FakeDevice(fake_device.silent) as second:
        devices = [f"127.0.0.1:{first.port}", f"127.0.0.1:{second.port}", "no-such-device"]
        command = [binaries / "airlift", "push", *devices, "--jobs", "1", "--wait", "1h", "-f", version_2_file, "--json"]
        process = subprocess.Popen(command, env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        log = Log(process.stdout)
        log.wait('"stage":"invite"')
        process.send_signal(sent)
        assert process.wait(DEADLINE_S) == 130
        log.wait('"event":"summary","result":"error","code":"cancelled","devices":3,.*"exit_code":130')


# Passwords


@pytest.mark.parametrize("count", [1, 3])
def test_the_password_is_asked_for_once(start_fleet, on_terminal, version_2_file, count):
    fleet = start_fleet(count, ota={"passwd": PASSWORD})
    terminal = on_terminal(*[device.name for device in fleet], "-f", version_2_file, *NAMES_TAKE_TIME)
    terminal.wait(r"Password of many-\S+: ")
    terminal.type(PASSWORD + "\n")
    code, drawn = terminal.end()
    assert code == 0, drawn
    assert drawn.count("Password of") == 1 and PASSWORD not in drawn
    for device in fleet:
        device.wait_version(2)


def test_a_device_that_mdns_says_nothing_of_asks_itself(start_fleet, on_terminal, version_2_file):
    (device,) = start_fleet(1, ota={"passwd": PASSWORD})
    terminal = on_terminal(address_of(device), "-f", version_2_file)
    after_first = terminal.wait("Password of ")
    terminal.type("wrong\n")
    terminal.wait("that password is wrong", since=after_first)
    terminal.wait("Password of ", since=after_first)
    terminal.type(PASSWORD + "\n")
    code, drawn = terminal.end()
    assert code == 0, drawn
    device.wait_version(2)


def test_three_wrong_passwords_are_enough(start_fleet, on_terminal, version_2_file):
    (device,) = start_fleet(1, ota={"passwd": PASSWORD})
    terminal = on_terminal(device.name, "-f", version_2_file, *NAMES_TAKE_TIME)
    place = 0
    for _ in range(3):
        place = terminal.wait("Password of .*: ", since=place)
        terminal.type("wrong\n")
    code, drawn = terminal.end()
    assert code in (5, 6), drawn  # the device may make us wait before the third
    assert drawn.count("Password of") <= 3


def test_the_prompt_can_be_interrupted(start_fleet, on_terminal, version_2_file):
    (device,) = start_fleet(1, ota={"passwd": PASSWORD})
    terminal = on_terminal(device.name, "-f", version_2_file, *NAMES_TAKE_TIME)
    terminal.wait("Password of ")
    assert not terminal.echoes()
    terminal.type("\x03")
    code, drawn = terminal.end()
    assert code == 130 and terminal.echoes(), drawn


def test_without_a_terminal_nobody_is_asked(start_fleet, push, version_2_file):
    (device,) = start_fleet(1, ota={"passwd": PASSWORD})
    done = push(device.name, "-f", version_2_file, *NAMES_TAKE_TIME, stdin=subprocess.DEVNULL)
    assert done.returncode == 5 and "Password of" not in done.stderr


def test_a_password_on_the_command_line_is_warned_of(push, version_2_file):
    done = push("127.0.0.1:9", "-t", 1, "-a", PASSWORD, "-f", version_2_file)
    assert "warning: " in done.stderr and "-a" in done.stderr and PASSWORD not in done.stderr
    assert "warning: " not in push("127.0.0.1:9", "-t", 1, "--auth=", "-f", version_2_file).stderr


# The image


def test_the_newest_sketch_under_build_is_taken(start_device, push, binaries, tmp_path):
    device = start_device()
    folder = tmp_path / "build" / "esp8266.esp8266.d1_mini"
    folder.mkdir(parents=True)
    shutil.copy(binaries / "airlift-demo-app-1", folder / "old.ino.bin")
    os.utime(folder / "old.ino.bin", (1, 1))
    shutil.copy(binaries / "airlift-demo-app-2", folder / "new.ino.bin")
    done = push(address_of(device), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "build/esp8266.esp8266.d1_mini/new.ino.bin is the newest image" in done.stderr
    device.wait_version(2)


def test_without_an_image_nothing_is_done(push, tmp_path):
    done = push("127.0.0.1", cwd=tmp_path)
    assert done.returncode == 2 and "-f FILE" in done.stderr
