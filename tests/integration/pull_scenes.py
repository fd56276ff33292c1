"""How the faults of pull_faults.toml are made. Each function of SCENES gets a Scene, makes one happen, and notes in `told` what
`airlift-device check` has told."""
import contextlib
import datetime
import json
import re
import subprocess
import time

import apps
from device_process import wait_until
from page_client import PageClient
from push_events import outcome
from raw_uploader import RawUploader

DEADLINE_S = 100


class Scene:
    """A row, at a site whose device runs with what it wants."""

    def __init__(self, site, row, folder):
        self.site, self.row, self.folder = site, row, folder
        self.device = site.device
        self.running = self.device.ask_version()
        site.begin(row, *self.offered())
        site.prepare_device(row)
        self.before, self.pid, self.mark = self.device.status(), self.device.wait_app_pid(), self.device.log.mark()
        self.told = self.sentence = None

    def offered(self):
        """The image that the server offers, and another one."""
        if "content" in self.row:
            return self.row["content"], b""
        other = 2 if self.running == "version 1" else 1
        content = self.site.program(3 - other if self.row.get("same") else other)
        if "application" in self.row:
            content = getattr(apps, self.row["application"])(self.folder).read_bytes()
        if "zeros" in self.row:
            content = bytes(self.row["zeros"])
        changed = bytearray(content)
        changed[-1] ^= 1  # behind everything that the program reads
        if "file" in self.row:
            content = self.site.signed(content, **self.row["file"])
        return content, bytes(changed)

    # A check

    def start_check(self):
        command = [self.device.binaries / "airlift-device", "check", "--json", "--state", self.device.state, "--timeout", f"{DEADLINE_S}s"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end_check(self):
        stdout, stderr = self.process.communicate(timeout=DEADLINE_S + 20)
        print(stdout, stderr)  # for a failure
        self.sentence = stderr.removeprefix("airlift-device: ").strip()
        if not stdout:
            self.told = ["not checked"]
            return
        told = json.loads(stdout)
        self.told = [told["result"], *([told["error"]["name"]] if told["error"] else [])]
        assert self.process.returncode == (0 if told["result"] in ("installed", "up_to_date") else 1)

    def check(self):
        self.start_check()
        self.end_check()

    def check_meanwhile(self):
        """Begins one, and waits until half of the image has come: so far the server sends it by itself."""
        self.start_check()
        self.wait_state("receiving")

    def end_check_without_fault(self):
        self.site.go_on.set()
        self.end_check()

    def wait_state(self, state):
        self.device.wait_status(lambda now: now["update"] and now["update"]["state"] == state, f"the check is {state}")

    # What has come of it

    def asked(self):
        named = re.search(r"\{(\w+)", self.row.get("update", {}).get("url", "{first}"))
        main = named and named[1]
        nginx = self.site.servers.get(main)
        if hasattr(nginx, "wait_answers"):
            return [{"bytes=-768": "end", "-": "all"}[answer.range] for answer in nginx.wait_answers(len(self.row["asked"]))]
        return [("" if name == main else f"{name}: ") + wanted + (" with login" if asked.header("Authorization") else "")
                for name, wanted, asked in self.site.asked]

    def compare(self):
        row = self.row
        assert self.told == row["ends"], (self.told, self.sentence)
        if "asked" in row:
            asked = [self.site.fill(asked, size=len(self.site.content)) for asked in row["asked"]]
            assert self.asked() == asked, self.asked()
        assert row.get("says", "") in self.sentence
        if row["ends"][0] in ("failed", "ruled_out"):
            self.device.log.wait(re.escape(self.sentence.split(": ", 1)[1]), since=self.mark)
        self.compare_running()
        self.compare_history()

    def compare_history(self):
        entries, before = self.device.status()["history"], self.before["history"]
        new = [entry for entry in reversed(entries) if not before or entry["number"] > before[0]["number"]]
        found = [entry["cause"]["name"] if entry["cause"] else entry["result"] for entry in new]
        assert found == self.row.get("history", ["confirmed"] if self.installed() else []), found
        assert all(entry["source"].startswith("pull ") for entry in new[-1:])

    def installed(self):
        return self.row["ends"] == ["installed"]

    def compare_running(self):
        if self.installed():
            self.device.wait_version(1 if self.running == "version 2" else 2)
        else:
            assert self.device.ask_version() == self.running
        if not (self.installed() or self.row.get("restarts")):
            assert self.device.app_pid() == self.pid, "the application was disturbed"

    def check_again(self):
        """Nothing is wrong any more: what was not installed is installed now; what was is up to date."""
        if self.installed():
            changed = any("changed" in rule for rule in self.row.get("answers", []))
            content = self.site.changed if changed else self.site.content
            again = Scene(self.site, {"content": content, "ends": ["up_to_date"]}, self.folder)
        else:
            again = Scene(self.site, {"ends": ["installed"], "asked": ["end", "all"]}, self.folder)
        again.check()
        again.compare()


def check(scene):
    scene.check()


def push(scene):
    """To a device that is busy."""
    image = scene.folder / "image"
    image.write_bytes(scene.site.changed)
    command = [scene.device.binaries / "airlift", "push", "--json", "-i", "127.0.0.1", "-p", scene.device.port, "-f", image]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    assert outcome(done.stdout)["code"] == "busy", done.stdout


def push_meanwhile(scene):
    scene.check_meanwhile()
    push(scene)
    scene.end_check_without_fault()


def browse_meanwhile(scene):
    page = PageClient(scene.device, scene.site.page_port)
    scene.check_meanwhile()
    assert page.get("/api/state/update/0").json["update/0"]["state"] == "receiving"
    assert "another upload is running" in page.upload(scene.site.changed).text
    scene.end_check_without_fault()


def pull_during_upload(scene):
    with RawUploader(scene.device, scene.site.changed) as uploader:
        uploader.begin()
        uploader.send(0, 1000)
        uploader.read_until(b"1000")
        scene.start_check()
        scene.device.log.wait("it waits until the upload", since=scene.mark)
        assert not scene.site.asked
    scene.end_check()


def kill_meanwhile(scene):
    """At each place in the image, and before and behind it."""
    for place in scene.row["places"]:
        scene.site.row = {"answers": [{"to": "all", "hold_at": place}]}
        scene.start_check()
        scene.wait_state("receiving")
        scene.device.kill()
        scene.end_check()
        assert scene.told == ["not checked"]
        scene.site.go_on.set()
        scene.device.start()
        scene.device.wait_version(int(scene.running[-1]))
        scene.device.restart()  # without it the device would count the kills, and go into safe mode
        scene.site.go_on.clear()
    scene.mark = 0
    scene.site.begin({}, scene.site.content)
    scene.check()


def restart_server(scene):
    scene.check_meanwhile()
    come_back = scene.site.restart_server("first")
    scene.wait_state("pausing")
    come_back()
    scene.end_check()


def roll_back(scene):
    """The image is installed, fails its trial, and is offered again."""
    scene.check()
    assert scene.told == ["installed"], scene.sentence
    scene.device.wait_status(lambda now: now["history"][0]["result"] == "rolled back", "it is rolled back")
    wait_until(lambda: scene.device.ask_version() == scene.running, "the version before runs")
    scene.check()


def next_time(status):
    """In Unix seconds; 0: not known."""
    text = status["update"] and status["update"]["next_time"]
    return datetime.datetime.fromisoformat(text).timestamp() if text else 0


def wait_for_next(scene):
    """After the check the device leaves the server alone for as long as the server wants."""
    scene.check()
    earliest = time.time() + scene.row["next_s"] - DEADLINE_S
    assert next_time(scene.device.status()) > earliest


def keep_quiet(scene):
    """The device would ask each second, but it is night."""
    scene.device.wait_status(lambda now: next_time(now) > time.time() + 1800, "the next check comes when the night is over")
    assert not scene.site.asked
    scene.check()


def ask_by_itself(scene):
    wait_until(lambda: len(scene.site.asked) > 2, "the device asks again and again")
    scene.device.wait_status(lambda now: now["update"]["last"] == "up_to_date ok", "it is told that it is up to date")
    scene.check()


SCENES = {scene.__name__: scene for scene in (
    check, push_meanwhile, browse_meanwhile, pull_during_upload, kill_meanwhile, restart_server, roll_back, wait_for_next,
    keep_quiet, ask_by_itself)}
