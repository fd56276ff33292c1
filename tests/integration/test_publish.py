"""airlift publish and airlift token: what they refuse, what they say, and that the folder is whole whatever happens."""
import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import time

import pytest

from device_process import DEADLINE_S
from signing_tools import airlift, keys, manifest, sign_by_openssl  # noqa: F401

MIB = 1024 * 1024


@pytest.fixture
def signed(keys, tmp_path):
    """A function that makes a signed image and gives its path."""

    def make(version="1.0", payload=None, **described):
        payload = f"payload {version}".encode() if payload is None else payload
        described = {"boards": ("mini",)} | described
        path = tmp_path / f"app-{version.replace('/', '_')}.bin.signed"
        path.write_bytes(sign_by_openssl(keys("ed25519"), payload, manifest(payload, version=version, **described), tmp_path))
        return path

    return make


@pytest.fixture
def publish(airlift, tmp_path):
    """Runs airlift publish --json: what it printed."""

    def run(*arguments, exits=0):
        return json.loads(airlift("publish", tmp_path / "updates", *arguments, "--json", exits=exits).stdout)

    return run


def given(tmp_path, board="mini", channel="stable", name="firmware.bin"):
    return (tmp_path / "updates" / board / channel / name).read_bytes()


def test_an_image_goes_to_every_board_that_its_manifest_names(publish, signed, tmp_path):
    image = signed(boards=("maxi", "mini"))
    told = publish(image)
    assert [(each["board"], each["did"], each["before"]) for each in told["boards"]] == [
        ("maxi", "made_current", None), ("mini", "made_current", None)]
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    for each in told["boards"]:
        for path in (each["path"], each["archive"]):
            assert (tmp_path / "updates" / path).read_bytes() == image.read_bytes()
        assert each["archive"] == f"{each['board']}/stable/images/1.0-firmware-{digest[:16]}.bin"
    assert (told["version"], told["sha256"], told["warnings"], told["kind"]) == ("1.0", digest, [], "firmware")


def test_board_and_channel_may_be_chosen(publish, signed, tmp_path):
    publish(signed(boards=("maxi", "mini")), "--board", "maxi", "--channel", "beta")
    assert [path.name for path in (tmp_path / "updates").iterdir()] == ["maxi"]
    assert publish("--list")["images"][0]["channel"] == "beta"


def test_newer_older_back_and_again(publish, signed, tmp_path):
    old, new = signed("1.9"), signed("1.10")
    publish(old)
    assert publish(new)["boards"][0]["before"]["version"] == "1.9"
    refused = publish(old, exits=1)
    assert (refused["code"], "--make-current" in refused["advice"]) == ("refused", True)
    assert publish(new)["boards"][0]["did"] == "already_there"
    assert publish(old, "--allow-older")["boards"][0]["did"] == "archived"
    assert given(tmp_path) == new.read_bytes()
    assert publish(old, "--make-current")["boards"][0]["did"] == "made_current"
    assert given(tmp_path) == old.read_bytes()
    listed = {(image["file"].split("-")[0], image["version"], image["current"]) for image in publish("--list")["images"]}
    assert listed == {("firmware.bin", "1.9", True), ("images/1.9", "1.9", False), ("images/1.10", "1.10", False)}


def test_more_than_serve_offers_is_warned_of(publish, signed, tmp_path):
    publish(signed("1.0"))
    for number in range(255):
        (tmp_path / f"updates/mini/stable/images/{number}.bin").touch()
    assert "More than 256 images" in publish(signed("1.1"))["warnings"][0]
    assert publish(signed("1.1"))["warnings"] == []


def test_an_older_one_for_one_board_is_published_for_none(publish, signed, tmp_path):
    publish(signed("2.0"))
    publish(signed("1.0", boards=("maxi", "mini")), exits=1)
    assert [path.name for path in (tmp_path / "updates").iterdir()] == ["mini"]


def test_people_are_told_what_happens_next(airlift, signed, tmp_path):
    folder = tmp_path / "updates"
    airlift("publish", folder, signed("1.0"))
    said = airlift("publish", folder, signed("1.1"), "--gzip").stdout
    for words in [f"{folder}/mini/stable/firmware.bin: 1.1", "instead of 1.0", "kept as images/1.1-firmware-", "(.gz)",
                  "at their next check", "/mini/stable/firmware.bin"]:
        assert words in said, said
    assert "already" in airlift("publish", folder, signed("1.1")).stdout
    assert "BOARD" in airlift("publish", folder, "--list").stdout


def test_an_image_without_manifest_needs_a_board_and_is_warned_of(airlift, tmp_path):
    image = tmp_path / "app.bin"
    image.write_bytes(b"plain")
    assert "--board ID" in airlift("publish", tmp_path / "updates", image, exits=1).stderr
    done = airlift("publish", tmp_path / "updates", image, "--board", "mini")
    assert "cannot tell its board and version before they download it" in done.stderr
    assert given(tmp_path) == b"plain"


def damaged_payload(content):
    return b"q" + content[1:]


def damaged_manifest(content):
    at = content.index(b"ALMF")
    return content[:at] + b"XXXX" + content[at + 4:]


def damaged_signature(content):
    return content[:-30] + bytes([content[-30] ^ 1]) + content[-29:]


@pytest.mark.parametrize("change, with_key, code", [
    (damaged_payload, False, "manifest_mismatch"),
    (damaged_payload, True, "manifest_mismatch"),
    (damaged_manifest, False, "manifest_damaged"),
    (damaged_signature, True, "signature_wrong"),
    (lambda content: content[:content.index(b"ALMF")], True, "signature_missing"),
    (lambda content: gzip.compress(content)[:-9], False, "gzip_damaged"),
])
def test_what_is_damaged_is_refused(publish, signed, keys, tmp_path, change, with_key, code):
    image = signed()
    image.write_bytes(change(image.read_bytes()))
    key = ("--key", keys("ed25519").public) if with_key else ()
    refused = publish(image, "--board", "mini", *key, exits=1)
    assert refused["code"] == code
    assert not (tmp_path / "updates").exists()


def test_a_key_of_somebody_else_is_refused_and_the_right_one_is_not(publish, signed, keys):
    image = signed()
    assert publish(image, "--key", keys("ed25519", "other").public, exits=1)["code"] == "key_unknown"
    publish(image, "--key", keys("ed25519", "other").public, "--key", keys("ed25519").public)


def littlefs():
    return (bytes(8) + b"littlefs").ljust(4096, b"\0")


def test_the_kind_is_not_mistaken(publish, signed, tmp_path):
    files = tmp_path / "files.bin"
    files.write_bytes(littlefs())
    assert publish(signed(), "--kind", "filesystem", exits=1)["code"] == "wrong_kind"
    assert publish(files, "--board", "mini", exits=1)["code"] == "wrong_kind"
    publish(files, "--board", "mini", "--kind", "filesystem")
    publish(signed("1.1", kind=1))
    assert b"littlefs" not in given(tmp_path, name="filesystem.bin")


def test_a_manifest_cannot_lead_out_of_the_folder(publish, signed, tmp_path):
    for board in ("../out", "/tmp/out", "..", "a b"):
        refused = publish(signed(boards=(board,)), exits=1)
        assert refused["code"] == "wrong_board" and "no name for a folder" in refused["message"]
    assert publish(signed(), "--board", "maxi", exits=1)["code"] == "wrong_board"
    assert not (tmp_path / "updates").exists()
    assert publish(signed("../1 0"))["boards"][0]["archive"].startswith("mini/stable/images/_._1_0-firmware-")


def test_what_is_no_image(publish, airlift, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "none", tmp_path):
        assert publish(path, "--board", "mini", exits=8)["code"] == "file_unreadable"
    for wrong in (["--channel", "../x"], ["--list"], ["--kind", "toy"]):
        airlift("publish", tmp_path / "updates", tmp_path / "none", *wrong, exits=2)
    airlift("publish", tmp_path / "updates", exits=2)
    assert publish("--list", exits=8)["code"] == "file_unreadable"


def test_a_dry_run_writes_nothing(publish, signed, tmp_path):
    told = publish(signed(), "--dry-run")
    assert told["dry_run"] and told["boards"][0]["did"] == "made_current"
    assert not (tmp_path / "updates").exists()


def test_a_board_that_is_a_link_out_of_the_folder_is_refused(publish, signed, tmp_path):
    (tmp_path / "updates").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "updates" / "mini").symlink_to(tmp_path / "out")
    refused = publish(signed(), exits=8)
    assert refused["code"] == "storage_failed" and "symbolic link" in refused["message"]
    assert not list((tmp_path / "out").iterdir())


def test_the_compressed_sibling_unpacks_to_the_image(publish, signed, tmp_path):
    image = signed("1.0", payload=bytes(200_000))
    assert publish(image, "--gzip")["boards"][0]["gzip"] == "written"
    assert gzip.decompress(given(tmp_path, name="firmware.bin.gz")) == image.read_bytes()
    assert publish(signed("1.1"))["boards"][0]["gzip"] == "removed"


# Disks that are full or may not be written to, by a mount of the test's own


def why_no_mounts():
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"no mount namespace here: {tried.stderr.strip()}"


@pytest.fixture
def on_disk(binaries, tmp_path):
    """Runs airlift publish with a disk of its own, of 1 MiB, as the folder; what is there at the end."""
    reason = why_no_mounts()
    if reason:
        pytest.skip(reason)
    folder, kept = tmp_path / "updates", tmp_path / "kept"
    folder.mkdir()

    def run(*script):
        lines = "\n".join(script)
        command = f"mount -t tmpfs -o size=1m none {folder} && cd {tmp_path}\n{lines}\ncp -a {folder} {kept}"
        done = subprocess.run(["unshare", "-m", "bash", "-c", command], capture_output=True, text=True, timeout=300,
                              env=os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}"})
        return done, sorted(str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file())

    run.kept = kept
    return run


@pytest.mark.parametrize("size", [400_000, 600_000, 1_200_000], ids=["no room for a copy", "nor for both", "nor for one"])
def test_a_full_disk_changes_nothing(on_disk, signed, size):
    first = signed("1.0", payload=b"x" * 100_000)
    second = signed("1.1", payload=random.Random(1).randbytes(size))
    done, files = on_disk(f"airlift publish updates {first} --gzip", f"airlift publish updates {second} --gzip; echo exit $?",
                          f"airlift publish updates {second} --gzip --json")
    assert "exit 8" in done.stdout and "No space left on device" in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["code"] == "storage_failed"
    assert [name.split("-")[0] for name in files] == ["mini/stable/firmware.bin", "mini/stable/firmware.bin.gz", "mini/stable/images/1.0"]
    assert (on_disk.kept / "mini/stable/firmware.bin").read_bytes() == first.read_bytes()
    assert gzip.decompress((on_disk.kept / "mini/stable/firmware.bin.gz").read_bytes()) == first.read_bytes()


def test_a_folder_that_may_not_be_written_to(on_disk, signed):
    done, _ = on_disk(f"airlift publish updates {signed('1.0')}", "mount -o remount,ro updates",
                      f"airlift publish updates {signed('1.1')}; echo exit $?", f"airlift publish updates {signed('1.0')}; echo exit $?")
    assert "exit 8" in done.stdout and "Read-only file system" in done.stderr


# Killed, and two at once


def test_killed_at_any_moment_the_folder_gives_one_whole_image(binaries, signed, tmp_path):
    images = [signed(f"{number}.0", payload=random.Random(number).randbytes(MIB)) for number in (1, 2)]
    whole = {path.read_bytes() for path in images}
    folder = tmp_path / "updates"
    command = [binaries / "airlift", "publish", folder, "--make-current", "--gzip"]
    began = time.monotonic()
    subprocess.run([*command, images[0]], check=True, capture_output=True)
    longest = time.monotonic() - began
    chance = random.Random(2)
    killed = 0
    for turn in range(30):
        publisher = subprocess.Popen([*command, images[(turn + 1) % 2]], stdout=subprocess.DEVNULL)
        try:
            publisher.wait(chance.uniform(0, longest))
        except subprocess.TimeoutExpired:
            publisher.kill()
            killed += publisher.wait() == -signal.SIGKILL
        content = given(tmp_path)
        assert content in whole
        sibling = folder / "mini/stable/firmware.bin.gz"
        assert not sibling.exists() or gzip.decompress(sibling.read_bytes()) == content
    assert killed > 0
    subprocess.run([*command, images[0]], check=True, capture_output=True)
    subprocess.run([*command, images[1]], check=True, capture_output=True)
    assert sorted(path.name.split("-")[0] for path in (folder / "mini/stable").rglob("*")) == [
        "1.0", "2.0", "firmware.bin", "firmware.bin.gz", "images"]


def test_two_publishers_wait_for_each_other(binaries, signed, tmp_path):
    (tmp_path / "updates").mkdir()
    image = signed()
    with subprocess.Popen(["flock", tmp_path / "updates", "-c", "echo locked; read line"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"locked\n"
        publisher = subprocess.Popen([binaries / "airlift", "publish", tmp_path / "updates", image], stderr=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, text=True)
        assert "another airlift publish is at work" in publisher.stderr.readline()
        assert not (tmp_path / "updates/mini").exists()
        holder.communicate(b"\n", timeout=DEADLINE_S)
        assert publisher.wait(DEADLINE_S) == 0
        publisher.stderr.close()
    assert given(tmp_path) == image.read_bytes()


# Tokens


def test_a_token_is_shown_once_and_only_its_digest_is_kept(airlift, tmp_path):
    file = tmp_path / "tokens"
    done = airlift("token", file, "kitchen")
    token = done.stdout.strip()
    assert len(token) == 40 and len(bytes.fromhex(token)) == 20
    assert '"auth": "<token>"' in done.stderr and token not in done.stderr
    assert file.read_text() == f"kitchen {hashlib.sha256(token.encode()).hexdigest()}\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_token_is_replaced_and_removed_only_when_that_is_asked_for(airlift, tmp_path):
    file = tmp_path / "tokens"
    file.write_text("# of the house\n")
    first = airlift("token", file, "kitchen").stdout
    airlift("token", file, "hall")
    assert "has a token already" in airlift("token", file, "kitchen", exits=8).stderr
    assert airlift("token", file, "kitchen", "--replace").stdout != first
    assert [line.split()[0] for line in file.read_text().splitlines()] == ["#", "hall", "kitchen"]
    airlift("token", file, "hall", "--remove")
    assert [line.split()[0] for line in file.read_text().splitlines()] == ["#", "kitchen"]
    airlift("token", file, "hall", "--remove", exits=8)
    airlift("token", file, "a b", exits=2)
    airlift("token", file, "kitchen", "--remove", "--replace", exits=2)


def test_tokens_made_at_once_are_all_kept(binaries, tmp_path):
    file = tmp_path / "tokens"
    makers = [subprocess.Popen([binaries / "airlift", "token", file, f"device{number}"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL) for number in range(8)]
    assert [maker.wait(DEADLINE_S) for maker in makers] == [0] * 8
    assert sorted(line.split()[0] for line in file.read_text().splitlines()) == [f"device{number}" for number in range(8)]


def test_a_token_that_cannot_be_noted_is_not_shown(airlift, tmp_path):
    (tmp_path / "folder").mkdir()
    for file in (tmp_path / "folder", tmp_path / "none" / "tokens"):
        done = airlift("token", file, "kitchen", exits=8)
        assert not done.stdout


def test_a_file_that_serve_refuses_is_left_alone(airlift, tmp_path):
    file = tmp_path / "tokens"
    file.write_text("# mine\n\nhall 12\n")
    for options in ([], ["--remove"], ["--replace"]):
        assert f"{file}: line 3 is not" in airlift("token", file, "kitchen", *options, exits=8).stderr
    assert file.read_text() == "# mine\n\nhall 12\n"


def test_a_link_to_the_file_of_tokens_stays(airlift, tmp_path):
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    airlift("token", tmp_path / "link", "kitchen")
    assert (tmp_path / "real").read_text().startswith("kitchen ") and (tmp_path / "link").is_symlink()
