"""airlift-device is killed with SIGKILL at random moments of its life, and started again on the same files. Each time it
starts what its boot record promised: images that were complete, never one that was given up, none too often on trial.

    AIRLIFT_KILLS=2000    so many uploads instead of 200
    AIRLIFT_SEED=4711     makes the choices of an earlier run again; a failed test shows its seed
"""
import collections
import os
import random
import secrets
import signal
import time

import pytest

from device_process import command_and_environment, wait_until
from kill_images import NO_FILES, ImageMaker
from raw_uploader import RawUploader

UPLOADS = int(os.environ.get("AIRLIFT_KILLS", 200))
SHARDS = 8
MOST_ATTEMPTS = 2
# When the first kill comes. What follows each is a pause of random length, from far too short to far too long.
MOMENTS = ["within the transfer", "after the last byte",  # the uploader is still there
           "after the OK", "when it runs", "when it has said something",
           "when all is done"]
MOST_KILLS_IN_A_ROW = 4

Start = collections.namedtuple("Start", "pid name firmware filesystem")


class Victim:
    """A device, what was uploaded to it so far, and what its applications have written down."""

    def __init__(self, device, maker, traces, rng):
        self.device, self.maker, self.random = device, maker, rng
        self.path = traces / "starts"
        self.images = {}  # by SHA-256: complete uploads, and the one that is being uploaded
        self.given_up = {}  # SHA-256 of what is never to be started again: number of starts until then
        self.kills = collections.Counter()

    def starts(self):
        return [Start(*line.split()) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    # Killing

    def pause(self):
        """A random moment, not a wait for something: from 0.1 ms to 0.1 s, each power of ten as likely."""
        time.sleep(10 ** self.random.uniform(-4, -1))

    def kill(self, moment):
        """The device alone or its process group. Its application ends with it in both cases."""
        processes = {int(start.pid) for start in self.starts()[-2:]} | {self.device.app_pid()} - {None}
        if self.random.random() < 0.5:
            os.killpg(self.device.process.pid, signal.SIGKILL)
        self.device.kill()
        state = str(self.device.state)
        wait_until(lambda: not any(state in command_and_environment(pid) for pid in processes),
                   "no application outlives its device")
        status = self.device.status()
        self.kills[f"{moment}: {newest_state(status)}"] += 1
        return status

    # Uploading

    def begin_upload(self, image):
        self.images[image.sha256] = image
        uploader = RawUploader(self.device, image.file, image.command)
        uploader.begin()
        return uploader

    def upload_whole(self, image):
        mark = self.device.log.mark()
        with self.begin_upload(image) as uploader:
            uploader.send(0, len(image.file))
            answers = uploader.read_until(b"OK", b"\n")
        assert b"OK" in answers, answers
        self.device.log.wait("installed, restarting|waiting for the other image", since=mark)

    # Checking

    def expected(self, status):
        """Which pair of images the next start has to bring, by docs/design/storage.md."""
        has_candidate = any(status[kind]["candidate"] for kind in ("firmware", "filesystem"))
        tries = has_candidate and status["attempts"] < MOST_ATTEMPTS
        pair = []
        for kind in ("firmware", "filesystem"):
            slots = status[kind]
            slot = slots["candidate"] if tries and slots["candidate"] else slots["active"]
            pair.append(slots["slots"][slot]["sha256"] if slot else NO_FILES)
        return tuple(pair)

    def start_and_check(self, status):
        """Starts the device again; its first application is the one that the record promises."""
        known, expected = len(self.starts()), self.expected(status)
        self.device.start()
        first = wait_until(lambda: self.starts()[known:], "an application runs")[0]
        assert (first.firmware, first.filesystem) == expected, (first, status)

    def check(self, status, newest):
        """Holds for every status, whatever happened before."""
        assert status["boot_record"] and 0 <= status["attempts"] <= MOST_ATTEMPTS
        for kind in ("firmware", "filesystem"):
            for slot in status[kind]["slots"].values():
                assert (slot["sha256"] in self.images) == (slot["state"] != "empty"), status
                assert slot["sha256"] not in self.given_up or slot["state"] == "bad", status
        for number, start in enumerate(self.starts()[newest:], newest):
            assert self.images[start.firmware].name == start.name  # the application has read its whole file
            assert start.filesystem == NO_FILES or start.filesystem in self.images
            for sha256 in (start.firmware, start.filesystem):
                assert number < self.given_up.get(sha256, number + 1), start

    def settle(self, newest):
        """Waits until nothing is on trial. `newest` is the number of starts before the upload."""
        status = self.device.wait_status(
            lambda now: not any(now[kind]["candidate"] for kind in ("firmware", "filesystem")), "the trial has ended")
        active = tuple(status[kind]["slots"][status[kind]["active"]]["sha256"] if status[kind]["active"] else NO_FILES
                       for kind in ("firmware", "filesystem"))
        wait_until(lambda: [start[2:] for start in self.starts()[-1:]] == [active], "the active application runs")
        self.check(status, newest)
        for kind in ("firmware", "filesystem"):
            for slot in status[kind]["slots"].values():
                if slot["state"] == "bad" and slot["sha256"] not in self.given_up:
                    tries = [start for start in self.starts()[newest:] if slot["sha256"] in start]
                    assert len(tries) <= MOST_ATTEMPTS, tries
                    self.given_up[slot["sha256"]] = len(self.starts())
        return status


def newest_state(status):
    """How far the upload has come, in the words of the boot record."""
    states = [slot["state"] for kind in ("firmware", "filesystem") for slot in status[kind]["slots"].values()]
    return next((state for state in ("trying", "staged") if state in states), "nothing on trial")


def slots_with(status, image):
    return [slot for slot in status[image.kind]["slots"].values() if slot["sha256"] == image.sha256]


@pytest.fixture
def victim(make_device, binaries, tmp_path):
    def make(rng):
        maker = ImageMaker(rng, tmp_path, binaries / "airlift-demo-app-1")
        first = maker.firmware("good")
        (tmp_path / "first").write_bytes(first.file)
        device = make_device()
        device.configure(ota={"attempts": MOST_ATTEMPTS})
        device.init(tmp_path / "first", slot_size=256 * 1024)
        made = Victim(device, maker, tmp_path, rng)
        made.images[first.sha256] = first
        device.start()
        made.settle(0)
        return made

    return make


def choose_images(victim):
    """One upload, or the two of a bundle."""
    rng, maker = victim.random, victim.maker
    kind = rng.choices(["firmware", "filesystem", "bundle"], [5, 4, 1])[0]
    behaviour = rng.choices(["good", "slow", "exits", "crashes"], [4, 4, 1, 1])[0]
    bundle = rng.randrange(1, 1 << 64) if kind == "bundle" else 0
    images = []
    if kind != "filesystem":
        images.append(maker.firmware(behaviour, bundle))
    if kind != "firmware":
        images.append(maker.filesystem(rng.random() < 0.8, bundle))
    rng.shuffle(images)
    return images


def kill_during_upload(victim, image, moment):
    size = len(image.file)
    with victim.begin_upload(image) as uploader:
        uploader.send(0, size if moment == MOMENTS[1] else victim.random.randrange(size))
        victim.pause()
        return victim.kill(moment)


def kill_afterwards(victim, image, moment):
    known, mark = len(victim.starts()), victim.device.log.mark()
    victim.upload_whole(image)
    if moment == "when it runs":
        wait_until(lambda: victim.starts()[known:], "the application runs")
    elif moment == "when it has said something":
        victim.device.log.wait("application: (ready|ended|was ended)", since=mark)
    elif moment == "when all is done":
        victim.settle(known)
    victim.pause()
    return victim.kill(moment)


def one_round(victim, moment):
    images = choose_images(victim)
    newest = len(victim.starts())
    for image in images[:-1]:
        victim.upload_whole(image)
    image = images[-1]
    print(f"{[(i.kind, i.name, i.works, len(i.file)) for i in images]}, killed {moment}", flush=True)
    said_ok = moment not in MOMENTS[:2]
    status = (kill_afterwards if said_ok else kill_during_upload)(victim, image, moment)
    victim.check(status, newest)
    if said_ok:
        assert slots_with(status, image), "what the device has said OK to is lost"
    elif moment == MOMENTS[0]:
        assert not slots_with(status, image), "an image is there that never came whole"
    for _ in range(victim.random.randrange(MOST_KILLS_IN_A_ROW)):
        victim.device.start(ready=False)
        victim.pause()
        status = victim.kill("during the next start")
        victim.check(status, newest)
    victim.start_and_check(status)
    status = victim.settle(newest)
    for each in images if slots_with(status, image) else []:
        state = slots_with(status, each)[0]["state"]
        # Attempts that are interrupted are used up as well.
        assert state in ("good", "bad") and (state == "bad" or all(i.works for i in images)), status
    return len(images)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_any_moment(victim, record_property, shard):
    seed = int(os.environ.get("AIRLIFT_SEED") or secrets.randbits(32))
    print(f"replay: AIRLIFT_SEED={seed}")
    rng = random.Random(seed)
    prey = victim(rng)
    uploads, moments = 0, []

    def seen():
        """When the kills came: both while an image was on trial and while none was, else it is luck."""
        return {kill.split(": ")[1] for kill in prey.kills} >= {"trying", "nothing on trial"}

    enough = UPLOADS // SHARDS
    while uploads < enough or (not seen() and uploads < 10 * enough):
        moments = moments or rng.sample(MOMENTS, len(MOMENTS))
        uploads += one_round(prey, moments.pop())
    last = prey.maker.firmware("good")
    prey.upload_whole(last)
    newest = len(prey.starts())
    wait_until(lambda: prey.device.status()["firmware"]["candidate"] is None, "the last one is confirmed")
    assert slots_with(prey.settle(newest), last)[0]["state"] == "good"
    for moment, count in sorted(prey.kills.items()):
        print(f"{count:4} {moment}")
        record_property(moment, count)
    assert seen(), "the kills came at the same moments only"
