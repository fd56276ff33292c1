"""The ports of a board keep core's contracts, inside the board; and what only a board can show of them."""
import re

import pytest

PATIENCE_S = 180  # a board takes two on an idle machine


@pytest.mark.parametrize("name", ["mps2", "lx106"])
def test_a_boards_ports_keep_their_contracts(make_board, name):
    board = make_board(name, "guest-test").start()
    count = int(board.console.wait(r"^1\.\.(\d+)$|^Bail out", PATIENCE_S).group(1) or 0)
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
        board.console.wait(f"^stray store: into the {place}$", PATIENCE_S)
        board.console.wait(f"^fault: .* address {address}$", PATIENCE_S)
    board.console.wait("^boot: the program before this start ended: application_crashed$", PATIENCE_S)
    board.kill()
    assert "nothing has kept it away" not in board.text()
    assert board.flash.read_bytes() == before


# By EXCCAUSE (Xtensa ISA); 40 is the board's own number for the compiler's trap.
LX106_FAULTS = {"trap": "00000040", "illegal instruction": "00000000", "store": "0000000f", "jump": "0000000e", "stack": "0000000f"}


def test_what_goes_wrong_on_lx106_ends_in_a_reset_with_its_reason(make_board):
    board = make_board("lx106", "faults").start()
    board.console.wait("^boot: the program before this start ended: watchdog_missed$", PATIENCE_S)
    board.kill()
    told = re.findall("^(?:fault on purpose: (.*)|fault: pc .* cause (.*) a0-a15 .*|boot: the program before this start ended: (.*))$",
                      board.text(), re.MULTILINE)
    expected = [line for fault, cause in LX106_FAULTS.items() for line in (fault, cause, "application_crashed")]
    assert ["".join(line) for line in told] == [*expected, "hang", "watchdog_missed"]
