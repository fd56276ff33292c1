"""`airlift discovery`, driven as arduino-cli drives it, with real mDNS and real devices."""
import itertools
import json
import os
import signal
import subprocess
import threading

import pytest

from device_process import wait_until

DEADLINE_S = 30
numbers = itertools.count(1)
HELLO = 'HELLO 1 "arduino-cli 1.2.3"'


class Client:
    """Writes commands, and takes messages of any layout as arduino-cli's decoder does."""

    def __init__(self, binaries):
        self.process = subprocess.Popen([binaries / "airlift", "discovery"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.answers, self.events = [], []
        self._changed = threading.Condition()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        decoder, text = json.JSONDecoder(), ""
        for piece in iter(lambda: os.read(self.process.stdout.fileno(), 7).decode(errors="surrogateescape"), ""):
            text = (text + piece).lstrip()
            while text:
                try:
                    message, end = decoder.raw_decode(text)
                except json.JSONDecodeError:
                    break
                text = text[end:].lstrip()
                with self._changed:
                    (self.events if message["eventType"] in ("add", "remove") else self.answers).append(message)
                    self._changed.notify_all()

    def say(self, line):
        """Returns the answer."""
        with self._changed:
            known = len(self.answers)
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
            assert self._changed.wait_for(lambda: len(self.answers) > known, DEADLINE_S), f"no answer to {line}"
            return self.answers[-1]

    def ok(self, line):
        answer = self.say(line)
        assert answer["message"] == "OK" and "error" not in answer
        assert answer["eventType"] == line.split()[0].lower()

    def wait_event(self, kind, condition, what):
        def find():
            return next((e["port"] for e in self.events if e["eventType"] == kind and condition(e["port"])), None)

        with self._changed:
            assert self._changed.wait_for(find, DEADLINE_S), f"no {kind} of {what} in {self.events}"
            return find()


@pytest.fixture
def client(binaries):
    client = Client(binaries)
    yield client
    client.process.kill()
    client.process.wait(DEADLINE_S)


@pytest.fixture
def own_address():
    """A loopback address that no other test uses: a port is known by its address."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return f"127.77.{worker}.{next(numbers)}"


def is_at(address):
    return lambda port: port["address"] == address


def expected_port(device):
    return {
        "address": device.bind,
        "label": f"{device.name} at {device.bind}",
        "protocol": "network",
        "protocolLabel": "Network Port",
        "hardwareId": f"{device.name}.local:{device.port}",
        "properties": {"hostname": f"{device.name}.local", "port": str(device.port), "board": "esp12",
                       "tcp_check": "no", "ssh_upload": "no", "auth_upload": "yes", "airlift": "1"},
    }


def start_shown(start_device, address):
    device = start_device(bind=address, device={"sd": "true"}, ota={"passwd": "123"}, options=["--board-id", "esp12"])
    device.log.wait(rf"advertised as {device.name}$")
    return device


def test_a_port_comes_and_goes_in_events_mode(client, start_device, own_address):
    client.ok(HELLO)
    client.ok("START_SYNC")
    device = start_shown(start_device, own_address)
    assert client.wait_event("add", is_at(own_address), device.name) == expected_port(device)
    device.stop()
    assert client.wait_event("remove", is_at(own_address), device.name) == {
        "address": own_address, "protocol": "network"}
    client.ok("STOP")
    client.ok("QUIT")
    assert client.process.wait(DEADLINE_S) == 0


def test_events_mode_begins_with_what_is_there(client, start_device, own_address):
    client.ok(HELLO)
    device = start_shown(start_device, own_address)
    client.ok("START_SYNC")
    client.wait_event("add", is_at(own_address), device.name)
    client.ok("STOP")
    client.events.clear()
    client.ok("START_SYNC")
    assert client.wait_event("add", is_at(own_address), device.name) == expected_port(device)


def test_a_list_on_demand(client, start_device, own_address):
    client.ok(HELLO)
    client.ok("START")
    device = start_shown(start_device, own_address)

    def listed():
        answer = client.say("LIST")
        assert answer["eventType"] == "list"
        return next(filter(is_at(own_address), answer["ports"]), None)

    assert wait_until(listed, "the device is listed") == expected_port(device)
    client.ok("STOP")
    assert client.say("LIST")["error"] is True


def test_it_ends_with_its_client(client):
    client.ok(HELLO)
    client.process.stdin.close()
    assert client.process.wait(DEADLINE_S) == 0


def test_it_ends_when_nobody_reads(binaries):
    reading, writing = os.pipe()
    process = subprocess.Popen([binaries / "airlift", "discovery"], stdin=subprocess.PIPE, stdout=writing)
    os.close(writing)
    os.close(reading)
    process.stdin.write(f"{HELLO}\n".encode())
    process.stdin.flush()
    assert process.wait(DEADLINE_S) in (0, -signal.SIGPIPE)
    process.stdin.close()


def test_it_can_be_interrupted(client):
    client.ok(HELLO)
    client.process.send_signal(signal.SIGINT)
    assert client.process.wait(DEADLINE_S) == -signal.SIGINT
