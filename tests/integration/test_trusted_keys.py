"""A device with keys: whose images it takes, and what a confirmed one changes. Signed by openssl, not by airlift."""
import gzip

import pytest

import apps
from device_process import wait_until
from espota_client import ESP8266, FILESYSTEM, FIRMWARE, Espota
from signing_tools import keys, manifest, sign_by_openssl  # noqa: F401

BUNDLE = 0x1234


@pytest.fixture
def signed(tmp_path):
    """A function that signs a payload with a manifest of its own."""

    def sign(key, payload, **described):
        return sign_by_openssl(key, payload, manifest(payload, **described), tmp_path)

    return sign


def refusal(device, content, command=FIRMWARE):
    """Uploads what must not be taken; returns what the tool shows."""
    before, mark = device.status(), device.log.mark()
    tool = Espota(ESP8266, device.address, command=command)
    assert tool.upload(content) == 1, tool.said
    device.log.wait("upload failed after|refused ", since=mark)
    now = device.status()
    assert [now[kind]["active"] for kind in ("firmware", "filesystem")] == [
        before[kind]["active"] for kind in ("firmware", "filesystem")]
    assert not now["on_trial"] and now["security_floor"] == before["security_floor"]
    return tool.said


def test_only_what_a_trusted_key_has_signed_is_taken(start_device, keys, signed, version_2):
    ours, foreign = keys("ed25519"), keys("ed25519", "-foreign")
    device = start_device(ota={"keys": ours.public})
    device.log.wait(f"signatures are required, trusted keys: {ours.id.hex()}")
    assert "ERROR[82]: signature missing" in refusal(device, version_2)
    assert "ERROR[84]: signed with an unknown key" in refusal(device, signed(foreign, version_2))
    tampered = bytearray(signed(ours, version_2))
    tampered[1000] ^= 1
    assert "ERROR[81]: " in refusal(device, bytes(tampered))
    assert device.ask_version() == "version 1"
    assert Espota(ESP8266, device.address).upload(signed(ours, version_2, version="2.0", counter=7)) == 0
    device.wait_version(2)
    status = device.status()
    assert status["security_floor"] == 7
    assert status["firmware"]["slots"]["B"]["version"] == "2.0"
    assert status["firmware"]["slots"]["B"]["size_bytes"] == len(version_2)  # without manifest and signature
    assert status["history"][0]["to"]["version"] == "2.0"
    assert "ERROR[91]: security counter too low" in refusal(device, signed(ours, version_2, version="3.0", counter=6))


def test_keys_are_files_beside_the_configuration(make_device, binaries, keys, signed, version_2):
    one, other = keys("ed25519"), keys("p256")
    device = make_device()
    for name, key in (("one.pem", one), ("other.pem", other)):
        (device.config / name).write_bytes(key.public.read_bytes())
    device.configure(ota={"keys": "one.pem, other.pem"})
    device.init(binaries / "airlift-demo-app-1")
    device.start()
    device.log.wait(f"trusted keys: {one.id.hex()} {other.id.hex()}$")
    assert Espota(ESP8266, device.address).upload(signed(one, version_2)) == 0
    device.wait_version(2)


UNREADABLE = {
    "no file": (None, "No such file"),
    "no key": (b"-----BEGIN NONSENSE-----\n", "no public key"),
    "a private key": ("private", "no public key"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_key_that_cannot_be_read_opens_nothing(make_device, binaries, keys, signed, version_2, case):
    content, reason = UNREADABLE[case]
    key = keys("ed25519")
    device = make_device()
    if content:
        (device.config / "release.pem").write_bytes(key.path.read_bytes() if content == "private" else content)
    device.configure(ota={"keys": "release.pem"})
    device.init(binaries / "airlift-demo-app-1")
    device.start()
    device.wait_version(1)
    device.log.wait(rf"\[error\] keys: .*/release\.pem: {reason}")
    device.log.wait("every upload will be refused")
    assert "no trusted key" in refusal(device, signed(key, version_2))
    assert "no trusted key" in refusal(device, version_2)


def test_a_compressed_image_is_unpacked(start_device, keys, version_2, tmp_path):
    key = keys("ed25519")
    device = start_device(ota={"keys": key.public})
    payload = gzip.compress(version_2)
    content = sign_by_openssl(key, payload, manifest(payload, image=version_2, version="2"), tmp_path)
    assert Espota(ESP8266, device.address).upload(content) == 0
    device.wait_version(2)
    assert device.status()["firmware"]["slots"]["B"]["size_bytes"] == len(version_2)


def test_a_retired_key_is_not_trusted_any_more(start_device, keys, signed, version_2, binaries):
    old, new = keys("ed25519", "-old"), keys("ed25519", "-new")
    device = start_device(ota={"keys": f"{old.public},{new.public}"})
    version_1 = (binaries / "airlift-demo-app-1").read_bytes()
    assert Espota(ESP8266, device.address).upload(signed(new, version_2, retired=[old.id])) == 0
    device.wait_version(2)
    assert device.status()["retired_keys"] == [old.id.hex()]
    assert "ERROR[85]: signed with a retired key" in refusal(device, signed(old, version_1))
    device.restart()
    device.wait_version(2)
    assert "ERROR[85]: signed with a retired key" in refusal(device, signed(old, version_1))


@pytest.mark.parametrize("order", ["firmware first", "filesystem first"])
def test_a_bundle_is_switched_as_one(start_device, keys, signed, tmp_path, order):
    key = keys("ed25519")
    device = start_device(ota={"keys": key.public, "attempts": 1}, firmware=apps.recorder(tmp_path, "first"))
    parts = [(FIRMWARE, signed(key, apps.recorder(tmp_path, "second").read_bytes(), bundle=BUNDLE, counter=3)),
             (FILESYSTEM, signed(key, b"files" * 999, kind=1, bundle=BUNDLE, counter=3))]
    if order == "filesystem first":
        parts.reverse()
    apps.wait_recorded(tmp_path)
    for command, content in parts:
        assert Espota(ESP8266, device.address, command=command).upload(content) == 0
        if content is parts[0][1]:
            device.log.wait("staged; waiting for the other image of the bundle")
            status = device.status()
            assert not status["on_trial"] and status["firmware"]["candidate"] is None
            assert apps.runs(tmp_path) == ["first"]
    apps.wait_recorded(tmp_path, having="AIRLIFT_FILESYSTEM")
    status = device.wait_status(lambda now: now["firmware"]["active"] == "B", "the bundle is confirmed")
    assert (status["filesystem"]["active"], status["security_floor"]) == ("A", 3)
    assert apps.runs(tmp_path) == ["first", "second"]
    assert (device.state / "run" / "filesystem.img").read_bytes() == b"files" * 999


def test_a_bundle_is_rolled_back_as_one(start_device, keys, signed, tmp_path):
    key = keys("ed25519")
    device = start_device(ota={"keys": key.public, "attempts": 1}, firmware=apps.recorder(tmp_path, "first"))
    files = signed(key, b"files" * 999, kind=1, bundle=BUNDLE, counter=3)
    assert Espota(ESP8266, device.address, command=FILESYSTEM).upload(files) == 0
    device.log.wait("staged; waiting for the other image of the bundle")
    bad = apps.exiting(tmp_path).read_bytes()
    assert Espota(ESP8266, device.address).upload(signed(key, bad, bundle=BUNDLE, counter=3)) == 0
    wait_until(lambda: apps.runs(tmp_path) == ["first", "exiting", "first"], "the first application runs again")
    status = device.status()
    assert (status["firmware"]["active"], status["filesystem"]["active"], status["security_floor"]) == ("A", None, 0)
    for state in (status["firmware"]["slots"]["B"], status["filesystem"]["slots"]["A"]):
        assert (state["state"], state["reason"]["name"]) == ("bad", "application_exited")
    assert [entry["result"] for entry in status["history"][:2]] == ["rolled back"] * 2


def test_init_shows_the_version_and_keeps_to_the_board(make_device, keys, signed, version_2, tmp_path):
    (tmp_path / "signed").write_bytes(signed(keys("ed25519"), version_2, version="2.5", boards=["board-7"]))
    device = make_device()
    done = device.command("init", "--firmware", tmp_path / "signed")
    assert done.returncode == 1 and "image for another board" in done.stderr
    done = device.command("init", "--firmware", tmp_path / "signed", "--board-id", "board-7")
    assert done.returncode == 0 and f"version 2.5, {len(version_2)} bytes in slot A" in done.stdout
    slot = device.status()["firmware"]["slots"]["A"]
    assert (slot["state"], slot["version"], slot["size_bytes"]) == ("good", "2.5", len(version_2))
