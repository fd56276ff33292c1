"""Boards on a segment of their own with this computer: TAP devices on a bridge. There is no DHCP server, so they take addresses by
themselves; there multicast reaches them, so they are found by their names."""
import json
import os
import pathlib
import subprocess

import pytest

from board_process import MINUTES
from device_process import wait_until
from file_archive import environment, file_archive
from mdns import Browser

HERE = "169.254.0.1"  # no board takes one of the first 256 (RFC 3927)
MACS = ["52:54:00:12:34:57", "52:54:00:12:34:58"]  # QEMU gives each board 52:54:00:12:34:56


@pytest.fixture
def segment():
    """A function that gives QEMU's options of one more place on it."""
    if os.geteuid() != 0 or not pathlib.Path("/dev/net/tun").exists():
        pytest.skip("TAP devices need root and /dev/net/tun")

    def ip(command):
        subprocess.run(["ip", *command.split()], check=True)

    made = []
    for command in ("link add segment type bridge", f"address add {HERE}/16 dev segment", "link set segment up"):
        ip(command)

    def place(more=""):
        tap = f"place{len(made)}"
        made.append(tap)
        for command in (f"tuntap add {tap} mode tap", f"link set {tap} master segment up"):
            ip(command)
        return ["-nic", f"tap,ifname={tap},script=no,downscript=no{more}"]

    yield place
    for device in [*made, "segment"]:
        ip(f"link delete {device}")


def advertised(board):
    return board.console.wait(r"ota/0: (?:.*; )?advertised as (\S+)$", MINUTES)[1]


def test_boards_are_found_by_their_names(make_board, segment, tmp_path):
    """All want the same name: each gets one of its own."""
    files = tmp_path / "files.tar"
    files.write_bytes(file_archive(environment("twin", passwd="open sesame")))
    boards = [make_board(name, "app-1", "--filesystem", files) for name in ("mps2", "lx106", "lx106")]
    for board, mac in zip(boards, [*MACS, None]):
        board.start(network=segment(f",mac={mac}" if mac else ""))
    names = [advertised(board) for board in boards]
    assert len(set(names)) == len(boards) and all(name.startswith("twin") for name in names), names
    with Browser(interface=HERE) as browser:
        for board, name in zip(boards, names):
            browser.wait("added", name)
            found = browser.resolve(name)
            txt = {key.decode(): value.decode() for key, value in found.properties.items()}
            assert found.port == 8266
            assert txt == {"board": board.id, "tcp_check": "no", "ssh_upload": "no", "auth_upload": "yes", "airlift": "1"}

    def seen():
        listed = json.loads(boards[0].airlift("discover", "--json", "--timeout", "2").stdout)
        return set(names) <= {device["name"] for device in listed}

    wait_until(seen, "airlift discover lists them all", MINUTES)
