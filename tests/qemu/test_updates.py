"""A board takes updates of every tool, and refuses what is not for it."""
import gzip
import subprocess

import pytest

from board_process import MACHINES, MINUTES
from espota_client import GENERATIONS, Espota
from file_archive import environment, file_archive
from raw_uploader import RawUploader
from signing_tools import airlift, keys  # noqa: F401

PASSWORD = "open sesame"

boards = pytest.mark.parametrize("name", MACHINES)


def by_espota_client(generation):
    def update(board, file):
        tool = Espota(GENERATIONS[generation], board.address)
        assert tool.upload(file.read_bytes()) == 0, tool.said
    return update


def by_our_espota(board, file):
    done = subprocess.run([board.binaries / "espota", "-i", board.host, "-f", file], capture_output=True, text=True,
                          check=False, timeout=2 * MINUTES)
    assert done.returncode == 0, done.stderr


def by_push(board, file):
    board.push(file)


def by_browser(board, file):
    assert board.page.curl("-F", f"firmware=@{file}") == "Update Success! Rebooting..."


WAYS = [*map(by_espota_client, GENERATIONS), by_our_espota, by_push, by_browser]


@boards
def test_every_tool_updates_a_board(make_board, name):
    board = make_board(name).online()
    for number, update in enumerate(WAYS):
        version = 2 + number % 2
        mark = board.console.mark()
        update(board, board.image(version))
        board.console.wait(r"trial: application .* is on trial, attempt 1$", MINUTES, since=mark)
        board.wait_confirmed(version, mark)
    board.airlift("doctor", board.host)
    page = board.page.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.status == 200 and b"<html" in gzip.decompress(page.body).lower()
    assert board.page.get("/api/sysinfo").json["version"].endswith(f"+application.{version}")


@boards
def test_a_filesystem_image_configures_the_board(make_board, name, tmp_path):
    board = make_board(name).online()
    files = tmp_path / "files.tar"
    for number in (1, 2):
        files.write_bytes(file_archive(environment(name=f"kitchen-{number}")))
        mark = board.console.mark()
        board.push(files, "-s")
        assert board.wait_ready(mark) == f"kitchen-{number}"
        board.wait_confirmed(1, mark)
    board.kill()
    assert board.online().wait_ready() == "kitchen-2"
    mark = board.console.mark()
    board.push(board.image(2))
    assert board.wait_ready(mark) == "kitchen-2"


@boards
def test_what_is_not_for_the_board_is_refused(make_board, airlift, keys, name, tmp_path):
    files, other = tmp_path / "files.tar", tmp_path / "other.bin"
    files.write_bytes(file_archive(environment(name="guarded", passwd=PASSWORD)))
    board = make_board(name, "app-1", "--filesystem", files).online()
    good = board.image(2).read_bytes()

    stranger = Espota(GENERATIONS["esp8266"], board.address, "a guess")
    assert stranger.upload(good) == 1 and "Authentication Failed" in stranger.said

    airlift("sign", board.image(2), "--key", keys("ed25519").path, "--version", "2", "--board", "another-board", "-o", other)
    for content, why in ((other.read_bytes(), "for another board"), (bytes(2 << 20), "not enough space")):
        owner = Espota(GENERATIONS["esp8266"], board.address, PASSWORD)
        assert owner.upload(content) == 1 and why in owner.said, owner.said

    mark = board.console.mark()
    with RawUploader(board, good) as uploader:
        assert uploader.prove(uploader.invite(), PASSWORD) == "OK"
        uploader.accept()
        uploader.send(0, len(good) // 2)
        assert uploader.connection.recv(64)  # it has begun to take it
        uploader.reset()
    board.console.wait(f"upload failed after .* of {len(good)} bytes: connection lost", MINUTES, since=mark)
    owner = Espota(GENERATIONS["esp8266"], board.address, PASSWORD)
    assert owner.upload(good) == 0, owner.said
    board.wait_confirmed(2, mark)
