"""airlift flash-image: what lies where in the flash of a new board, and what it refuses."""
import hashlib
import json

import pytest

from signing_tools import airlift, keys, manifest, sign_by_openssl  # noqa: F401

SECTOR = 4096
BASE = 2 * SECTOR
LAYOUT = {"flash-size": 64 * SECTOR, "sector-size": SECTOR, "write-unit": 4, "base": BASE, "record-sectors": 3, "history-sectors": 2,
          "firmware-size": 8 * SECTOR, "filesystem-size": 4 * SECTOR, "note-sectors": 2}
FIRMWARE_A = BASE + 5 * SECTOR
FILESYSTEM_A = FIRMWARE_A + 2 * 9 * SECTOR
SEED = FILESYSTEM_A + 2 * 5 * SECTOR + 2 * SECTOR
HEADER = 1024
FIRMWARE = bytes(range(256)) * 20
FILESYSTEM = b"a filesystem" * 100


@pytest.fixture
def make(airlift, tmp_path):
    """Runs airlift flash-image --json: what it printed, and the flash it made."""
    firmware = tmp_path / "app.bin"
    firmware.write_bytes(FIRMWARE)

    def run(*arguments, layout=LAYOUT, firmware=firmware, exits=0):
        path = tmp_path / "layout.ini"
        path.write_text("# a board\n\n" + "".join(f"{key} = {value}\n" for key, value in layout.items()))
        out = tmp_path / "flash.bin"
        done = airlift("flash-image", "--layout", path, "--firmware", firmware, "-o", out, *arguments, "--json", exits=exits)
        leftovers = [file.name for file in tmp_path.iterdir() if file.name.endswith(".tmp")]
        assert not leftovers
        return json.loads(done.stdout), out.read_bytes() if exits == 0 else out

    return run


def test_everything_lies_where_the_layout_says(make, tmp_path):
    (tmp_path / "files.tar").write_bytes(FILESYSTEM)
    (tmp_path / "boot.bin").write_bytes(b"boot!")
    told, flash = make("--filesystem", tmp_path / "files.tar", "--boot-loader", tmp_path / "boot.bin")
    assert len(flash) == LAYOUT["flash-size"] == told["size_bytes"]
    assert flash[:BASE] == b"boot!".ljust(BASE, b"\xff")
    assert flash[BASE:][:4] == b"ALBR"
    assert flash[FIRMWARE_A:][:4] == b"ALSH" and flash[FIRMWARE_A + HEADER:].startswith(FIRMWARE + b"\xff")
    assert flash[FILESYSTEM_A:][:4] == b"ALSH" and flash[FILESYSTEM_A + HEADER:].startswith(FILESYSTEM + b"\xff")
    assert flash[SEED:][:4] == b"ALN1" and set(flash[SEED + 44:]) == {0xff}
    assert told["boot_loader_bytes"] == 5
    assert told["firmware"] == {"version": None, "size_bytes": len(FIRMWARE), "sha256": hashlib.sha256(FIRMWARE).hexdigest()}
    assert told["filesystem"]["size_bytes"] == len(FILESYSTEM)


def test_each_flash_has_a_seed_of_its_own_that_only_its_owner_can_read(make, tmp_path):
    seeds = {make()[1][SEED:][:44] for _ in range(2)}
    assert len(seeds) == 2
    assert (tmp_path / "flash.bin").stat().st_mode & 0o777 == 0o600


def test_a_manifest_is_held_to_and_tells_the_version(make, keys, tmp_path):
    signed = tmp_path / "signed"
    signed.write_bytes(sign_by_openssl(keys("ed25519"), FIRMWARE, manifest(FIRMWARE, version="1.4", boards=("mini",)), tmp_path))
    told, _ = make("--board", "mini", firmware=signed)
    assert told["firmware"]["version"] == "1.4"
    (tmp_path / "flash.bin").unlink()
    told, out = make("--board", "maxi", firmware=signed, exits=1)
    assert told["code"] == "wrong_board" and not out.exists()


def test_what_does_not_fit_is_refused(make, tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(LAYOUT["firmware-size"] + SECTOR))
    assert make(firmware=large, exits=1)[0]["code"] == "no_space"
    assert make("--boot-loader", large, exits=1)[0]["code"] == "no_space"
    assert make(firmware=tmp_path / "missing", exits=8)[0]["result"] == "error"


@pytest.mark.parametrize("change, says", [
    ({"note-sectors": None}, "note-sectors is missing"),
    ({"sectorsize": 4096}, "unknown key sectorsize"),
    ({"base": "2K"}, "no number of bytes"),
    ({"flash-size": 32 * SECTOR}, "do not fit"),
    ({"firmware-size": 4294967295}, "do not fit"),
    ({"base": 100}, "do not fit"),
    ({"sector-size": 0}, "do not go together"),
    ({"write-unit": 3}, "do not go together"),
    ({"note-sectors": 1}, "do not fit"),
])
def test_a_layout_that_cannot_be_is_refused(make, change, says):
    layout = {key: value for key, value in (LAYOUT | change).items() if value is not None}
    told, out = make(layout=layout, exits=8)
    assert told["code"] == "bad_configuration" and says in told["message"]
    assert not out.exists()
