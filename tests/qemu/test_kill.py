"""Boards lose their power at random moments: QEMU is killed, and started again on the same flash. Each time the board starts
an image that was whole, what it has said OK to is not lost, and it takes the next update.

    AIRLIFT_KILLS=2000    so many kills instead of 200
    AIRLIFT_SEED=4711     makes the choices of an earlier run again; a failed test shows its seed
"""
import collections
import os
import random
import re
import secrets
import time

import pytest

from board_process import MACHINES, MINUTES
from device_process import wait_until
from espota_client import FILESYSTEM, FIRMWARE
from file_archive import environment, file_archive
from raw_uploader import RawUploader

KILLS = int(os.environ.get("AIRLIFT_KILLS", 200))
SHARDS = 2  # for each board
ATTEMPTS = 3
MOMENTS = ["within the transfer", "after the last byte",  # the uploader is still there
           "after the OK", "after a line of the console", "when all is done"]
MOST_KILLS_IN_A_ROW = 3
MOST_LINES = 14  # of the console, from the OK to the confirmation

# What runs on the board: the application's version, and the name that the filesystem image gives it.
State = collections.namedtuple("State", "version name")


class Victim:
    def __init__(self, board, rng):
        self.board, self.random = board, rng
        self.kills = collections.Counter()
        board.online()
        self.state = self.settle()

    def pause(self):
        """A random moment, not a wait for something: from 0.1 ms to 0.3 s, each power of ten as likely."""
        time.sleep(10 ** self.random.uniform(-4, -0.5))

    def kill(self, moment):
        self.board.kill()
        said = re.findall(r"^(boot|fault)(?:: |$)|\] ([\w/]+): ", self.board.console.text(), re.MULTILINE)
        self.kills[f"{moment}, last word by {''.join(said[-1]) if said else 'nobody'}"] += 1

    def last_start(self):
        """The console's lines since the boot loader chose a slot."""
        lines = self.board.console.text().splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("boot: slot ")]
        return lines[starts[-1]:] if starts else []

    def settle(self):
        """Waits until nothing is on trial and the board is ready. Returns what runs then."""
        def settled():
            lines = self.last_start()
            text = "\n".join(lines)
            ready = re.search(r"device: ready: (\S+) at ", text)
            confirmed = " on trial, " not in text or re.search(r"trial: application \S+ confirmed", text)
            return State(re.search(r", application (\S+)$", text, re.MULTILINE)[1], ready[1]) if ready and confirmed else None

        return wait_until(settled, "nothing is on trial", MINUTES)

    def choose(self):
        """A new image, as (command, content, what runs when it is confirmed: None, it never is)."""
        if self.random.random() < 0.3:
            name = f"board-{self.random.randrange(1_000_000)}"
            return FILESYSTEM, file_archive(environment(name)), self.state._replace(name=name)
        version = self.random.choice([version for version in ("1", "2", "3", "crash") if version != self.state.version])
        content = self.board.image(version).read_bytes()
        return FIRMWARE, content, None if version == "crash" else self.state._replace(version=version)

    def begin(self, uploader):
        """Datagrams get lost, so it asks again, as tools do."""
        wait_until(lambda: uploader.ask(uploader.invitation(), deadline_s=5) == "OK", "the board accepts an upload", MINUTES)
        uploader.accept()

    def upload(self, command, content, moment):
        """As far as `moment` says, and kills the board then. True: it has said OK."""
        whole = moment not in MOMENTS[:2]
        with RawUploader(self.board, content, command) as uploader:
            self.begin(uploader)
            mark = self.board.console.mark()
            uploader.send(0, len(content) if moment != MOMENTS[0] else self.random.randrange(len(content)))
            if whole:
                answers = uploader.read_until(b"OK", b"\n")
                assert b"OK" in answers, answers
            else:
                self.pause()
                self.kill(moment)
                return False
        if moment == "after a line of the console":
            line = mark + self.random.randrange(1, MOST_LINES)
            wait_until(lambda: self.board.console.mark() >= line or self.is_settled_again(mark), "the board goes on", MINUTES)
        elif moment == "when all is done":
            wait_until(lambda: self.is_settled_again(mark), "the trial has ended", MINUTES)
        if moment != "after a line of the console":
            self.pause()
        self.kill(moment)
        return True

    def is_settled_again(self, mark):
        """There has been a start since, and what it started is ready and not on trial."""
        new = self.board.console.text().splitlines()[mark:]
        if not any(line.startswith("boot: slot ") for line in new):
            return False
        text = "\n".join(self.last_start())
        return "device: ready: " in text and (" on trial, " not in text or " confirmed" in text)

    def one_round(self, moment):
        command, content, wanted = self.choose()
        print(f"{wanted or 'crash'}, {len(content)} bytes, killed {moment}", flush=True)
        said_ok = self.upload(command, content, moment)
        more = self.random.randrange(MOST_KILLS_IN_A_ROW)
        for _ in range(more):
            self.board.power_on()
            self.pause()
            self.kill("during the next start")
        self.board.online()
        state = self.settle()
        assert "nothing can be started" not in self.board.text()
        allowed = {self.state, wanted or self.state}
        if moment == MOMENTS[0]:
            allowed = {self.state}
        # Attempts that are interrupted are used up as well: the one that the kill ends, and the ones after it.
        elif said_ok and wanted and more + 1 < ATTEMPTS:
            allowed = {wanted}
        assert state in allowed, (state, allowed)
        self.state = state


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_any_moment(make_board, record_property, name, shard, tmp_path):
    seed = int(os.environ.get("AIRLIFT_SEED") or secrets.randbits(32))
    print(f"replay: AIRLIFT_SEED={seed}")
    rng = random.Random(seed)
    files = tmp_path / "files.tar"
    files.write_bytes(file_archive(environment("board-0")))
    victim, moments = Victim(make_board(name, "app-1", "--filesystem", files), rng), []
    while victim.kills.total() < KILLS // (SHARDS * len(MACHINES)):
        moments = moments or rng.sample(MOMENTS, len(MOMENTS))
        victim.one_round(moments.pop())
    last = victim.board.image(2 if victim.state.version != "2" else 3)
    victim.board.push(last)
    for moment, count in sorted(victim.kills.items()):
        print(f"{count:4} {moment}")
        record_property(moment, count)
