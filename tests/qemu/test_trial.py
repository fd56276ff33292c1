"""What a board does with an application that does not work: it goes back to the one before, and takes the next update."""
import time

import pytest

from board_process import MACHINES, MINUTES
from espota_client import ESP8266, FILESYSTEM, Espota
from file_archive import environment, file_archive

# What is wrong with the application, how often it is tried, and what the boot loader says of it in the end.
FAULTS = [
    ("crash", 5, "the application crashed while on trial"),
    ("hang", 1, "the application hung while on trial"),
    ("offline", 2, "not confirmed in time"),
]

boards = pytest.mark.parametrize("name", MACHINES)


@boards
@pytest.mark.parametrize("fault, attempts, why", FAULTS, ids=[fault for fault, *_ in FAULTS])
def test_an_application_that_does_not_work_is_given_up(make_board, name, fault, attempts, why, tmp_path):
    files = tmp_path / "files.tar"
    files.write_bytes(file_archive(environment("steady", confirm=2, attempts=attempts)))
    board = make_board(name, "app-1", "--filesystem", files).online()
    mark = board.console.mark()
    tool = Espota(ESP8266, board.address)
    assert tool.upload(board.image(fault).read_bytes()) == 0, tool.said
    gone_back = board.wait_line(f"^boot: gave up the image on trial: {why}", mark)
    starts = [line for line in board.console.text().splitlines()[mark:gone_back] if line.startswith("boot: slot ")]
    assert [line.split(", ", 2)[2] for line in starts] == [f"on trial, attempt {n} of {attempts}" for n in range(1, attempts + 1)]
    board.console.wait("board: Airlift .*, application 1$", MINUTES, since=gone_back)
    board.wait_ready(gone_back)
    assert "times in a row" not in board.text()  # nothing was held back
    board.push(board.image(2))
    board.wait_confirmed(2, gone_back)


@boards
def test_files_that_nobody_understands_are_given_up(make_board, name, tmp_path):
    files, broken = tmp_path / "files.tar", file_archive({"ota": "no objects"})
    files.write_bytes(file_archive(environment("steady")))
    board = make_board(name, "app-1", "--filesystem", files).online()
    mark = board.console.mark()
    tool = Espota(ESP8266, board.address, command=FILESYSTEM)
    assert tool.upload(broken) == 0, tool.said
    board.console.wait("env.json: not understood", MINUTES, since=mark)
    gone_back = board.wait_line("^boot: gave up the image on trial: ", mark)
    assert board.wait_ready(gone_back) == "steady"


@boards
def test_a_damaged_image_gives_way_to_the_one_before(make_board, name):
    board = make_board(name).online()
    board.push(board.image(2))
    board.kill()
    content, image = bytearray(board.flash.read_bytes()), board.image(2).read_bytes()
    place = content.index(image)
    content[place + len(image) // 2] ^= 4
    board.flash.write_bytes(content)
    board.online()
    board.console.wait("^boot: the active image is damaged; the one before it takes over$", MINUTES)
    board.console.wait("board: Airlift .*, application 1$", MINUTES)
    board.push(board.image(3))
    board.wait_confirmed(3, 0)


@boards
def test_a_confirmed_application_that_always_crashes_is_held_back(make_board, name):
    board, began = make_board(name, "app-crash"), time.monotonic()
    board.power_on()
    paused = board.wait_line("^boot: it has crashed 3 times in a row; starting it in 1 s$")
    starts = [line for line in board.console.text().splitlines()[:paused] if line.startswith("boot: slot ")]
    assert starts == ["boot: slot A, version unknown"] * 4
    board.console.wait("^boot: it has crashed 5 times in a row; starting it in 4 s$", MINUTES)
    assert time.monotonic() - began >= 1 + 2
