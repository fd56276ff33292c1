"""airlift push by Airlift's extension, against the real device: either side connects, compressed, encrypted, cut and gone on with."""
import os
import subprocess

import pytest

from fault_proxy import DEVICE, UPLOADER, FaultProxy, PortFault, StreamFault
from push_events import outcome

PASSWORD = "open sesame"
DATA = 4  # the type of a frame


@pytest.fixture
def app(binaries):
    return binaries / "airlift-demo-app-2"


@pytest.fixture
def push(binaries):
    """airlift push --json, with its trace: the result, the exit code and standard error."""

    def call(device, image, *options, address="127.0.0.1", password=""):
        command = ["push", "-i", address, "-p", device.port, "-f", image, "--json", "-d", "--no-wait", *options]
        done = subprocess.run([binaries / "airlift", *map(str, command)], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "AIRLIFT_PASSWORD": password})
        return outcome(done.stdout), done.returncode, done.stderr

    return call


def assert_updated(device, ended):
    result, code, trace = ended
    assert code == 0 and result["result"] == "ok", (result, trace)
    device.wait_version(2)
    return trace


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
def test_the_host_connects(start_device, push, app, password):
    device = start_device(ota={"passwd": password})
    trace = assert_updated(device, push(device, app, password=password))
    assert "received: \"AIRLIFT 1 " in trace and "connecting to 127.0.0.1" in trace and "connection from" not in trace


def test_uncompressed(start_device, push, app):
    device = start_device()
    assert_updated(device, push(device, app, "--no-compress"))


def test_encrypted(start_device, push, app):
    device = start_device(ota={"passwd": PASSWORD, "encryption": "required"})
    assert_updated(device, push(device, app, "--encrypt", password=PASSWORD))


def test_encrypted_because_the_device_requires_it(start_device, push, app):
    device = start_device(ota={"passwd": PASSWORD, "encryption": "required"})
    assert_updated(device, push(device, app, password=PASSWORD))


def test_encrypted_with_a_wrong_password(start_device, push, app):
    device = start_device(ota={"passwd": PASSWORD})
    result, code, _ = push(device, app, "--encrypt", password="wrong")
    assert code != 0 and result["code"] == "tls_failed", result


def test_wrong_password(start_device, push, app):
    device = start_device(ota={"passwd": PASSWORD})
    result, code, _ = push(device, app, password="wrong")
    assert (code, result["code"], result["stage"]) == (5, "wrong_password", "authenticate"), result


def test_no_space_is_said_before_the_first_byte(start_device, push, tmp_path):
    device = start_device()
    (tmp_path / "large").write_bytes(bytes(9_000_000))
    result, code, _ = push(device, tmp_path / "large")
    assert (code, result["code"]) == (6, "no_space") and "9000000" in result["message"], result


def test_required_is_not_for_devices_without_it(start_device, push, app):
    device = start_device(ota={"extension": "off"})
    result, _, _ = push(device, app, "--extension", "required")
    assert (result["code"], result["stage"]) == ("extension_missing", "invite"), result


def test_the_device_connects_when_the_host_cannot(start_device, push, app):
    device = start_device()
    with FaultProxy(device.address, [PortFault(DEVICE, "closed")]) as proxy:
        trace = assert_updated(device, push(device, app, "-I", "127.0.0.1", address=proxy.host))
    assert "connection from 127.0.0.2" in trace


def test_neither_can_connect(start_device, push, app):
    device = start_device()
    with FaultProxy(device.address, [PortFault(DEVICE, "closed"), PortFault(UPLOADER, "closed")]) as proxy:
        result, _, _ = push(device, app, "-I", "127.0.0.1", address=proxy.host)
    assert (result["code"], result["stage"]) == ("no_connection", "connect"), result
    assert "Connection refused" in result["message"] and "did not connect" in result["message"]


@pytest.mark.parametrize("how", ["reset", "half_open"])
@pytest.mark.parametrize("compress", [(), ("--no-compress",)], ids=["compressed", "raw"])
def test_a_cut_transfer_goes_on(start_device, push, app, how, compress):
    device = start_device(ota={"passwd": PASSWORD})
    fault = StreamFault(DEVICE, how, at=100_000, frame=DATA)
    with FaultProxy(device.address, [fault]) as proxy:
        trace = assert_updated(device, push(device, app, "-I", "127.0.0.1", *compress, address=proxy.host,
                                            password=PASSWORD))
    assert "trying again in" in trace
    device.log.wait("going on with the upload")


def test_espota_by_the_extension_shows_the_devices_words(start_device, binaries, tmp_path):
    device = start_device()
    (tmp_path / "damaged.gz").write_bytes(bytes.fromhex("1f8b0800000000000003") + bytes(range(256)) * 8)
    done = subprocess.run([binaries / "espota", "-i", "127.0.0.1", "-p", str(device.port), "-d", "-f",
                           tmp_path / "damaged.gz"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "ERROR[92]: compressed data damaged" in done.stderr, done.stderr
    assert "AIRLIFT 1" in done.stderr
