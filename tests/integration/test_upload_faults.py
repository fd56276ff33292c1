"""Makes every fault of upload_faults.toml happen between a real airlift push and a device, and compares how it ends."""
import json
import os
import pathlib
import subprocess
import tomllib

import pytest

from device_process import wait_until
from fault_proxy import FaultProxy, faults_of

TABLE = tomllib.loads((pathlib.Path(__file__).parent / "upload_faults.toml").read_text())
PASSWORD = "open sesame"


def rows():
    for row in TABLE["fault"]:
        yield pytest.param(row, id=row["name"], marks=[pytest.mark.long_wait] if row.get("wait") else [])


class ArduinoEnd:
    """A simulated Arduino device; what it runs is what it has installed."""

    image = b"\xe9" + bytes(range(255)) * 1200  # 300 KiB

    def __init__(self, how, start_arduino, free_port):
        options = {"password": PASSWORD} | {key: how[key] for key in ("password", "space") if key in how}
        self._device = start_arduino(how["arduino"], port=free_port(), **options)
        self.address = self._device.address

    def runs(self):
        installed = self._device.installed()
        assert installed in (None, self.image)
        return "new" if installed else "old"


@pytest.fixture
def end(start_arduino, free_port):
    def make(name):
        return ArduinoEnd(TABLE["device"][name], start_arduino, free_port)

    return make


def push(binaries, row, proxy, image):
    command = [binaries / "airlift", "push", "--json", "-i", proxy.host, "-p", proxy.port, "-I", "127.0.0.1", "-f", image,
               "-a", row.get("password", PASSWORD), *row.get("options", [])]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=100,
                          env={"PATH": os.environ["PATH"]})
    return json.loads(done.stdout.splitlines()[-1]), done.returncode


@pytest.mark.parametrize("row", rows())
def test_fault(row, end, binaries, tmp_path):
    device = end(row["device"])
    (tmp_path / "image.bin").write_bytes(device.image)
    with FaultProxy(device.address, faults_of(row)) as proxy:
        result, code = push(binaries, row, proxy, tmp_path / "image.bin")
        ended = [code, result["code"], *([result["stage"]] if code else [])]
        said = " ".join(str(result.get(key, "")) for key in ("message", "advice", "device_says"))
        assert ended == row["ends"] and row.get("says", "") in said, result
        if row["runs"] == "new":
            wait_until(lambda: device.runs() == "new", "the new image runs")
        else:
            assert device.runs() == "old"


def test_the_proxy_alone_does_no_harm(end, binaries, tmp_path):
    """Else the faults above might be found for another reason than theirs."""
    for name in TABLE["device"]:
        if name != "small":
            test_fault({"device": name, "ends": [0, "ok"], "runs": "new"}, end, binaries, tmp_path)
