"""Makes every fault of failures.toml happen on a real device, and compares what is shown and what is left."""
import pathlib
import tomllib

import pytest

from device_process import Device, wait_until
from espota_client import ESP8266, Espota
from failure_faults import FAULTS, Scene
from signing_tools import keys, manifest, sign_by_openssl  # noqa: F401

TABLE = tomllib.loads((pathlib.Path(__file__).parent / "failures.toml").read_text())
PASSWORD = "open sesame"


def rows():
    for row in TABLE["fault"]:
        yield pytest.param(row, id=row["name"], marks=[pytest.mark.long_wait] if row.get("slow") else [])


class Workshop:
    """Makes devices and keys of the table's names. Devices that are shared are made once."""

    def __init__(self, binaries, free_port, make_key, folder):
        self.binaries, self.free_port, self.make_key, self.folder = binaries, free_port, make_key, folder
        self.devices, self.shared = [], {}

    def key(self, name):
        return self.make_key("rsa2048" if "rsa" in name else "ed25519", f"-{name}")

    def signed(self, program, **described):
        content = (self.binaries / program).read_bytes()
        return sign_by_openssl(self.key("trusted"), content, manifest(content, **described), self.folder)

    def device(self, name):
        if name in self.shared:
            return self.shared[name]
        how = TABLE["device"][name]
        device = Device(self.binaries, self.folder / f"device{len(self.devices)}", self.free_port(),
                        wrapper=how.get("wrapper", ()))
        self.devices.append(device)
        ota = dict(how.get("ota", {}))
        if "keys" in ota:
            ota["keys"] = ",".join(str(self.key(key).public) if key != "lost" else "lost.pem" for key in ota["keys"])
        device.configure(how.get("device"), ota)
        (self.folder / "first").write_bytes(self.signed("airlift-demo-app-1", version="1.0"))
        device.init(self.folder / "first", (self.binaries / "airlift-demo-app-2").stat().st_size + 100_000)
        device.start()
        device.wait_version(1)
        if "confirmed" in how:
            described = how["confirmed"]
            retired = [self.key(key).id for key in described.get("retired", [])]
            self.upload(device, self.signed("airlift-demo-app-2", **described | {"retired": retired}))
        if how.get("shared"):
            self.shared[name] = device
        return device

    def upload(self, device, file):
        tool = Espota(ESP8266, device.address, PASSWORD)
        device.wait_no_upload()
        wait_until(lambda: tool.upload(file) == 0 or "wait" not in tool.said, "the device takes a password again")
        device.wait_status(lambda now: now["history"][0]["result"] == "confirmed", "it is confirmed")
        device.wait_version(2)


@pytest.fixture(scope="module")
def workshop(binaries, free_port, keys, tmp_path_factory):  # noqa: F811
    made = Workshop(binaries, free_port, keys, tmp_path_factory.mktemp("faults"))
    yield made
    for device in made.devices:
        device.close()


def named(error):
    return error and [error["name"], error["number"]]


def other_slot(status):
    firmware = status["firmware"]
    return firmware["slots"]["B" if firmware["active"] == "A" else "A"]


def check_running(scene, status, runs):
    firmware, device = status["firmware"], scene.device
    if runs == "same":
        assert firmware["active"] == scene.before["firmware"]["active"]
        assert device.app_pid() == scene.pid, "the application was disturbed"
    elif runs == "none":
        device.log.wait("nothing to start")
        assert device.app_pid() is None
    else:
        assert firmware["slots"][firmware["active"]]["version"] == runs
        wait_until(lambda: device.ask_version() == f"version {runs[0]}", f"{runs} answers")


def check_afterwards(scene):
    row, after, before = scene.row, TABLE["after"][scene.row["after"]], scene.before
    history = after["history"]
    if history != "same":
        status = scene.device.wait_status(lambda now: now["history"][0]["result"] == history, f"history: {history}")
        assert status["history"][0]["number"] > before["history"][0]["number"]
        assert named(status["history"][0]["cause"]) == (None if history == "confirmed" else row["error"])
    else:
        status = scene.device.wait_status(
            lambda now: not now["firmware"]["candidate"] or before["on_trial"], "nothing new is on trial")
        assert status["history"] == before["history"]
    check_running(scene, status, after["runs"])
    other = other_slot(status)
    assert other == other_slot(before) if after["other"] == "same" else other["state"] == after["other"]
    assert named(other["reason"]) == (row["error"] if other["state"] == "bad" else None)
    if "log" in row:
        scene.device.log.wait(row["log"])


@pytest.mark.parametrize("row", rows())
def test_fault(workshop, row, tmp_path):
    device = workshop.device(row.get("device", "open"))
    try:
        scene = Scene(row, device, workshop.key, tmp_path)
        FAULTS[row.get("how", "upload")](scene)
        check_afterwards(scene)
        if device not in workshop.shared.values():
            device.command("confirm")  # where the fault was an upload during a trial
            workshop.upload(device, workshop.signed("airlift-demo-app-2", version="4.0"))
            device.close()
    finally:
        print(device.report())


@pytest.mark.parametrize("name", [name for name, how in TABLE["device"].items() if name in ("open", "keyed")])
def test_without_a_fault_the_file_is_taken(workshop, name, tmp_path):
    """Else the faults above might be found for another reason than theirs."""
    device = Workshop(workshop.binaries, workshop.free_port, workshop.make_key, tmp_path).device(name)
    try:
        scene = Scene({"file": {}, "answer": "OK", "push": [0, "ok"]}, device, workshop.key, tmp_path)
        scene.upload()
        status = device.wait_status(lambda now: not now["firmware"]["candidate"], "it is confirmed")
        assert status["firmware"]["slots"][status["firmware"]["active"]]["version"] == "3.0"
    finally:
        device.close()
