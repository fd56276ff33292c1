"""The ports of a board keep core's contracts, inside the board; and what only a board can show of them."""
import pytest

from signing_tools import airlift  # noqa: F401

MINUTES = 180  # in seconds; a board takes two on an idle machine


@pytest.mark.parametrize("name", ["mps2", "lx106"])
def test_a_boards_ports_keep_their_contracts(make_board, name):
    board = make_board(name, "guest-test").start()
    count = int(board.console.wait(r"^1\.\.(\d+)$|^Bail out", MINUTES).group(1) or 0)
    lines = board.text().splitlines()
    assert [line for line in lines if line.startswith(("not ok ", "#", "Bail out"))] == []
    passed = [line for line in lines if line.startswith("ok ")]
    assert len(passed) == count > 0
    for port in ("board", "flash", "clock", "entropy", "datagram socket", "stream", "listener"):
        assert any(f" - {port}: " in line for line in passed), port


def test_stores_into_flash_and_rom_fault(make_board):
    board = make_board("mps2", "stray-store")
    before = board.flash.read_bytes()
    board.start()
    for place, address in (("flash", "21ffffff"), ("ROM", "00000004")):
        mark = board.console.mark()
        board.console.wait(f"stray store: into the {place}", MINUTES, since=mark)
        board.console.wait(f"^fault: .* address {address}$", MINUTES, since=mark)
        board.console.wait("^boot: the program before this start ended: application_crashed$", MINUTES, since=mark)
    board.kill()
    assert "nothing has kept it away" not in board.text()
    assert board.flash.read_bytes() == before


@pytest.mark.parametrize("name", ["mps2", "lx106"])
def test_a_boot_loader_with_a_key_starts_only_what_it_has_signed(make_board, airlift, name, tmp_path):
    board = make_board(name, "guest-test", boot="boot-test-key").start()
    board.console.wait("^boot: nothing can be started: no image is whole and signed with the key that was built in$", MINUTES)
    board.kill()
    signed = tmp_path / "signed.bin"
    key = board.images.parents[3] / "tests/qemu/boot_key.pem"
    airlift("sign", board.images / "guest-test.bin", "--key", key, "--version", "7.1", "-o", signed)
    board.install(signed)
    board.start().console.wait(r"^boot: slot A, version 7\.1$", MINUTES)
    board.console.wait("^ok 1 - ", MINUTES)
