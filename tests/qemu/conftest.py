"""Tests of the bare-metal device: what scripts/build-firmware built, on the machines that QEMU emulates.

    AIRLIFT_BIN=build/release/bin /usr/bin/python3 -m pytest tests/qemu        (-n 4 with python3-pytest-xdist)

AIRLIFT_FIRMWARE names the folder of the boards (default: build/firmware). What is not built is skipped.
"""
import os
import pathlib
import shutil
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/integration"))

from board_process import MACHINES, Board  # noqa: E402


@pytest.fixture(scope="session")
def binaries():
    folder = (REPOSITORY / os.environ.get("AIRLIFT_BIN", "build/release/bin")).resolve()
    if not (folder / "airlift").exists():
        pytest.exit(f"{folder / 'airlift'} is missing: build first, or name the directory with AIRLIFT_BIN", 1)
    return folder


@pytest.fixture
def make_board(binaries, tmp_path):
    """Makes a board whose flash holds this firmware: make_board("mps2", "app-1")."""
    boards = []

    def make(name, firmware, *, boot="boot"):
        images = (REPOSITORY / os.environ.get("AIRLIFT_FIRMWARE", "build/firmware")).resolve() / name / "bin"
        for needed in (f"{boot}.elf", f"{firmware}.bin"):
            if not (images / needed).exists():
                pytest.skip(f"{images / needed} is not built: scripts/build-firmware {name}")
        if not shutil.which(MACHINES[name][0]):
            pytest.skip(f"{MACHINES[name][0]} is not there: scripts/setup firmware")
        board = Board(name, images, tmp_path / f"flash-{len(boards)}.bin", boot=boot, binaries=binaries)
        board.install(images / f"{firmware}.bin")
        boards.append(board)
        return board

    yield make
    for board in boards:
        board.kill()
        print(f"console of {board.name}:\n{board.text()}")
