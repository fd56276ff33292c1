"""Tests of the bare-metal device: what scripts/build-firmware built, on the machines that QEMU emulates.

    AIRLIFT_BIN=build/release/bin /usr/bin/python3 -m pytest tests/qemu        (-n 4 with python3-pytest-xdist)

AIRLIFT_FIRMWARE names the folder of the boards (default: build/firmware). What is not built is skipped.
"""
import ctypes
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/integration"))

from board_process import MACHINES, Board  # noqa: E402
from kept_files import pytest_runtest_makereport, tmp_path  # noqa: E402, F401

CLONE_NEWNET = 0x40000000  # linux/sched.h


def pytest_configure():
    """QEMU passes on what its guests send to groups: as root, each worker has a network of its own."""
    if os.geteuid() == 0 and ctypes.CDLL(None).unshare(CLONE_NEWNET) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@pytest.fixture(scope="session")
def binaries():
    folder = (REPOSITORY / os.environ.get("AIRLIFT_BIN", "build/release/bin")).resolve()
    if not (folder / "airlift").exists():
        pytest.exit(f"{folder / 'airlift'} is missing: build first, or name the directory with AIRLIFT_BIN", 1)
    return folder


@pytest.fixture(scope="session")
def free_host():
    """A function that gives addresses of this computer which nobody else has a port at."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    numbers = itertools.count(2)
    return lambda: f"127.0.{77 + worker}.{next(numbers)}"


@pytest.fixture
def make_board(binaries, tmp_path, free_host):
    """Makes a board whose flash holds this firmware: make_board("mps2", "app-1")."""
    boards = []

    def make(name, firmware="app-1", *options, boot="boot"):
        images = (REPOSITORY / os.environ.get("AIRLIFT_FIRMWARE", "build/firmware")).resolve() / name / "bin"
        for needed in (f"{boot}.elf", f"{firmware}.bin"):
            if not (images / needed).exists():
                pytest.skip(f"{images / needed} is not built: scripts/build-firmware {name}")
        if not shutil.which(MACHINES[name]):
            pytest.skip(f"{MACHINES[name]} is not there: scripts/setup firmware")
        board = Board(name, images, tmp_path / f"flash-{len(boards)}.bin", boot=boot, binaries=binaries, host=free_host())
        board.install(images / f"{firmware}.bin", *options)
        boards.append(board)
        return board

    yield make
    for board in boards:
        board.kill()
        print(f"console of {board.name}:\n{board.text()}")
