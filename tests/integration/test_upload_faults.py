"""Makes every fault of upload_faults.toml happen between a real airlift push and a device, and compares how it ends."""
import contextlib
import os
import pathlib
import subprocess
import tomllib

import pytest

import apps
from device_process import wait_until
from fault_proxy import FaultProxy, faults_of
from net_namespace import VethLink, why_no_namespace
from push_events import outcome

TABLE = tomllib.loads((pathlib.Path(__file__).parent / "upload_faults.toml").read_text())
PASSWORD = "open sesame"


def rows():
    for row in TABLE["fault"]:
        yield pytest.param(row, id=row["name"], marks=[pytest.mark.long_wait] if row.get("wait") else [])


class ArduinoEnd:
    """A simulated Arduino device; what it runs is what it has installed. With `away_ms` it is in a network of its own, for an
    address of loopback never goes away."""

    image = b"\xe9" + bytes(range(255)) * 1200  # 300 KiB

    def __init__(self, how, start_arduino, free_port, veth):
        options = {"password": PASSWORD} | {key: how[key] for key in ("password", "space", "away_ms") if key in how}
        self.link = veth() if "away_ms" in how else None
        if self.link:
            options |= {"host": self.link.device, "wrapper": self.link.on_device, "link": "veth0"}
        self._device = start_arduino(how["arduino"], port=free_port(), **options)
        self.address = self._device.address

    def runs(self):
        installed = self._device.installed()
        return {None: "old", self.image: "new"}.get(installed, "forged")


class AirliftEnd:
    """airlift-device with version 1 of the demo application, to be updated to version 2 unless the row says otherwise."""

    link = None

    def __init__(self, how, start_device, image):
        self._device = start_device(ota={"passwd": PASSWORD} | how["ota"])
        self.address, self.image = self._device.address, image

    def runs(self):
        return {"version 1": "old", "version 2": "new"}.get(self._device.ask_version())


@pytest.fixture
def veth():
    """A function that makes links."""
    with contextlib.ExitStack() as cleanup:

        def make():
            reason = why_no_namespace("unshare", "nsenter", "ip")
            if reason:
                pytest.skip(f"a device that is away: {reason}")
            return cleanup.enter_context(contextlib.closing(VethLink(VethLink.ipv4)))

        yield make


@pytest.fixture
def end(start_arduino, start_device, free_port, veth, version_2, tmp_path):
    def make(name, application=None):
        how = TABLE["device"][name]
        if "arduino" in how:
            return ArduinoEnd(how, start_arduino, free_port, veth)
        image = getattr(apps, application)(tmp_path).read_bytes() if application else version_2
        return AirliftEnd(how, start_device, image)

    return make


@contextlib.contextmanager
def way_to(device, row):
    """Where the uploader finds the device, and what options and wrapper it needs to come there."""
    if device.link:
        yield device.address, device.link.host, device.link.on_host
        return
    with FaultProxy(device.address, faults_of(row), image=device.image) as proxy:
        yield (proxy.host, proxy.port), "127.0.0.1", []


def push(binaries, row, address, host, wrapper, image):
    command = [*wrapper, binaries / "airlift", "push", "--json", "-i", address[0], "-p", address[1], "-I", host, "-f", image,
               "-a", row.get("password", PASSWORD), *TABLE["device"][row["device"]].get("options", []), *row.get("options", [])]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=100,
                          env={"PATH": os.environ["PATH"]})
    print(done.stdout, done.stderr)  # for a failure
    return outcome(done.stdout), done.returncode


@pytest.mark.parametrize("row", rows())
def test_fault(row, end, binaries, sanitized, tmp_path):
    if row.get("wait") and sanitized:
        pytest.skip("waits for a timeout: release build only")
    device = end(row["device"], row.get("application"))
    (tmp_path / "image.bin").write_bytes(device.image)
    with way_to(device, row) as way:
        result, code = push(binaries, row, *way, tmp_path / "image.bin")
        ended = [code, result["code"], result.get("stage")][:len(row["ends"])]
        said = " ".join(str(result.get(key, "")) for key in ("message", "advice", "device_says"))
        assert ended == row["ends"] and row.get("says", "") in said, result
        wait_until(lambda: device.runs() == row["runs"], f"the {row['runs']} image runs")


@pytest.mark.parametrize("name", [name for name, how in TABLE["device"].items() if how.get("takes", True)])
def test_the_proxy_alone_does_no_harm(name, end, binaries, sanitized, tmp_path):
    """Else the faults above might be found for another reason than theirs."""
    test_fault({"device": name, "ends": [0, "ok"], "runs": "new"}, end, binaries, sanitized, tmp_path)
