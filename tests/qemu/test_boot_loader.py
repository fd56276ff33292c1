"""What the boot loader does with flashes that are not as they should be, and says about them."""
import pytest

from board_process import REPOSITORY
from signing_tools import airlift  # noqa: F401

PATIENCE_S = 180  # a board is up within a second on an idle machine
HEADER_BYTES = 1024

pytestmark = pytest.mark.parametrize("name", ["mps2", "lx106"])


class Flash:
    """The file, by what lies where."""

    def __init__(self, board):
        lines = (REPOSITORY / f"firmware/boards/{board.name}/layout.ini").read_text().splitlines()
        self.layout = {key: int(value) for key, value in (line.split("=") for line in lines if line and line[0] != "#")}
        self.path = board.flash
        sector = self.layout["sector-size"]
        self.records = range(self.layout["base"], self.layout["base"] + self.layout["record-sectors"] * sector)
        self.firmware_a = self.records.stop + self.layout["history-sectors"] * sector

    def erase(self, area):
        self.write(area.start, b"\xff" * len(area))

    def write(self, address, content):
        with self.path.open("r+b") as file:
            file.seek(address)
            file.write(content)

    def damage(self, address):
        with self.path.open("rb") as file:
            file.seek(address)
            byte = file.read(1)[0]
        self.write(address, bytes([byte ^ 1]))


@pytest.fixture
def board(make_board, name):
    return make_board(name, "guest-test")


def test_the_installed_image_starts(board):
    board.start().console.wait("^boot: slot A, version unknown$", PATIENCE_S)
    board.console.wait("^ok 1 - ", PATIENCE_S)


def test_an_image_that_was_damaged_is_not_started(board):
    flash = Flash(board)
    flash.damage(flash.firmware_a + HEADER_BYTES + 5000)
    board.start().console.wait("^boot: nothing can be started: no image is whole$", PATIENCE_S)


def test_an_empty_flash_starts_nothing(board):
    flash = Flash(board)
    flash.erase(range(flash.records.start, flash.layout["flash-size"]))
    board.start().console.wait("^boot: nothing can be started: no boot record$", PATIENCE_S)


def test_records_that_were_lost_are_made_anew_of_the_headers(board):
    flash = Flash(board)
    flash.erase(flash.records)
    board.start().console.wait("^boot: all boot records were lost; made a new one of the slots' headers$", PATIENCE_S)
    # Nobody knows any more that it was good.
    board.console.wait("^boot: slot A, version unknown, on trial, attempt 1 of 3$", PATIENCE_S)
    board.console.wait("^ok 1 - ", PATIENCE_S)


def test_each_attempt_is_counted_before_it_starts(board):
    flash = Flash(board)
    flash.erase(flash.records)
    for attempt in range(1, 4):
        board.start().console.wait(f"^boot: slot A, version unknown, on trial, attempt {attempt} of 3$", PATIENCE_S)
        board.kill()
    board.start().console.wait("^boot: kept the image on trial, for want of another: ", PATIENCE_S)
    board.console.wait("^boot: slot A, version unknown$", PATIENCE_S)


def test_with_a_key_only_what_it_has_signed_starts(make_board, name, airlift, tmp_path):
    board = make_board(name, "guest-test", boot="boot-test-key").start()
    board.console.wait("^boot: nothing can be started: no image is whole and signed with the key that was built in$", PATIENCE_S)
    board.kill()
    signed = tmp_path / "signed.bin"
    airlift("sign", board.images / "guest-test.bin", "--key", REPOSITORY / "tests/qemu/boot_key.pem", "--version", "7.1", "-o", signed)
    board.install(signed)
    board.start().console.wait(r"^boot: slot A, version 7\.1$", PATIENCE_S)
    board.console.wait("^ok 1 - ", PATIENCE_S)
