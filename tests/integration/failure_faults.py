"""How the faults of failures.toml are made. Each function of FAULTS gets a Scene and makes one happen."""
import gzip
import hashlib
import re
import resource
import subprocess

import apps
from device_process import wait_until
from espota_client import ESP8266, Espota
from push_events import outcome
from raw_uploader import RawUploader
from signing_tools import FOOTER, SIGNATURE, manifest, openssl, sign_by_openssl, split_airlift

SECTOR, HEADER = 4096, 1024  # docs/design/storage.md, as are the areas below
RECORDS = range(0, 4 * SECTOR, SECTOR)
SLOTS_BEGIN = 8 * SECTOR
RECORD_BYTES = 768


class Scene:
    """A device, the fault that is to be made there, and how it was before. `key` gives the key of a name."""

    def __init__(self, row, device, key, folder):
        self.row, self.device, self.key, self.folder = row, device, key, folder
        device.wait_no_upload()  # of the row before
        self.remember()

    def remember(self):
        self.before, self.pid = self.device.status(), self.device.wait_app_pid()

    # What is uploaded

    def content(self, application=None, zeros=None):
        if zeros is not None:
            return bytes(zeros)
        if application:
            return getattr(apps, application)(self.folder).read_bytes()
        return (self.device.binaries / "airlift-demo-app-2").read_bytes()

    def build_file(self, application=None, zeros=None, compress=False, drop=0, append=0, signed="airlift", key="trusted",
                   change=None, **described):
        """The payload, signed; then the byte at `change` = [part, offset] is changed."""
        content = self.content(application, zeros)
        payload = gzip.compress(content) if compress else content
        payload = payload[:len(payload) - drop] + bytes(append)
        parts = {"payload": payload, "manifest": b"", "signature": b"", "footer": b""}
        if signed == "airlift":
            described = {"version": "3.0", "counter": 5} | described
            file = sign_by_openssl(self.key(key), payload, manifest(payload, content, **described), self.folder)
            parts = dict(zip(parts, split_airlift(file)))
        elif signed != "no":
            parts["signature"] = self.esp8266_signature(payload, self.key(key), legacy=signed == "esp8266-legacy")
        if change:
            part, offset = change
            changed = bytearray(parts[part])
            changed[offset] ^= 1
            parts[part] = bytes(changed)
        return b"".join(parts.values())

    def esp8266_signature(self, payload, key, legacy):
        """With its length behind it; the old form lacks the DigestInfo (docs/design/image-format.md)."""
        (self.folder / "digest").write_bytes(hashlib.sha256(payload).digest())
        options = [] if legacy else ["-pkeyopt", "digest:sha256"]
        signature = openssl("pkeyutl", "-sign", "-inkey", key.path, "-in", self.folder / "digest",
                            "-pkeyopt", "rsa_padding_mode:pkcs1", *options).stdout
        return signature + len(signature).to_bytes(4, "little")

    def file(self):
        return self.build_file(**self.row["file"])

    # Uploading, and what is shown then

    def upload(self, password="", before_each=lambda: None, options=()):
        """With espota and with airlift push; what the device takes, with airlift push only."""
        file = self.file()
        if self.row["answer"] != "OK":
            before_each()
            self.espota(file, password=password)
        before_each()
        self.push(file, password, options)

    def espota(self, announced, sent=None, password=""):
        mark = self.device.log.mark()
        tool = Espota(ESP8266, self.device.address, password)
        assert tool.upload(announced, sent) == 1 and self.row["answer"] in tool.said, tool.said
        if self.row["answer"].startswith("ERROR"):
            self.device.log.wait("upload failed after", since=mark)  # else the next one comes too early

    def push(self, file, password, options):
        path = self.folder / "file"
        path.write_bytes(file)
        options = [*options, *(["-a", password] if password else [])]
        done = subprocess.run([self.device.binaries / "airlift", "push", "--json", "-i", "127.0.0.1", "-p",
                               str(self.device.port), "-f", path, *options], capture_output=True, text=True, timeout=60)
        result = outcome(done.stdout)
        assert [done.returncode, result["code"]] == self.row["push"], done.stdout
        said, answer = result.get("device_says", ""), self.row["answer"]
        # What is refused before the first byte may have another reason first than at the end.
        if answer.startswith("ERROR") and result["code"] == self.row["error"][0]:
            assert f"ERROR[{result['device_number']}]: {said}" == answer, result
        elif answer.startswith("ERR: "):
            assert said.startswith(answer.removeprefix("ERR: ")), result

    def wait_run(self, name, count=1):
        wait_until(lambda: apps.runs(self.folder).count(name) == count, f"{name} runs for the {count}. time")

    # The flash file, while the device is off

    def damage(self, what):
        path = self.device.state / "flash.img"
        flash = bytearray(path.read_bytes())
        slot_bytes = (len(flash) - SLOTS_BEGIN) // 4
        firmware = self.device.status()["firmware"]
        slots = {"active": firmware["active"], "other": "AB".replace(firmware["active"], ""), "B": "B"}
        if what in slots:
            places = [SLOTS_BEGIN + "AB".index(slots[what]) * slot_bytes + HEADER + 100]
        elif what == "all records":
            places = RECORDS
        else:
            places = [max(RECORDS, key=lambda at: int.from_bytes(flash[at + 8:at + 12], "little") + 1 & 0xFFFFFFFF)]
        for place in places:
            flash[place] ^= 1
        path.write_bytes(flash)


def upload(scene):
    scene.upload()


def send_other_bytes(scene):
    file = scene.file()
    scene.espota(file, file[:1000] + b"?" + file[1001:])


def cut(scene):
    mark = scene.device.log.mark()
    with RawUploader(scene.device, scene.file()) as uploader:
        uploader.begin()
        uploader.send(0, 10000)
        uploader.read_until(b"0")
    scene.device.log.wait("upload failed after", since=mark)


def stall(scene):
    with RawUploader(scene.device, scene.file()) as uploader:
        uploader.begin()
        uploader.send(0, 10000)
        assert scene.row["answer"].encode() in uploader.read_until(b"\n")


def give_wrong_password(scene):
    scene.upload(password="sesame")


def give_wrong_password_again(scene):
    def use_up_tries():
        """Until the wait is long enough for what comes next, on a busy machine, too."""
        def long_enough():
            answer = uploader.invite()
            if answer.startswith("AUTH"):
                uploader.prove(answer, "sesame")
            wait = re.search(r"wait (\d+) s", answer)
            return wait and int(wait[1]) >= 4

        with RawUploader(scene.device, b"x" * 100) as uploader:
            wait_until(long_enough, "the device wants a long wait")

    scene.upload(password="sesame", before_each=use_up_tries)


def upload_meanwhile(scene):
    with RawUploader(scene.device, scene.file()) as first:
        first.begin()
        first.send(0, 1000)
        first.read_until(b"1000")
        scene.upload()
        first.send(1000, len(first.content))
        assert b"OK" in first.read_until(b"OK", b"\n")


def upload_during_trial(scene):
    first = Espota(ESP8266, scene.device.address)
    assert first.upload(scene.build_file(application="silent")) == 0, first.said
    scene.wait_run("silent")
    scene.remember()
    scene.upload()


def forbid_writes(scene):
    """Files cannot be written beyond a limit: the state directory's disk is full, so to speak."""
    pid, limit = scene.device.process.pid, {"slots": SLOTS_BEGIN, "everything": 0}[scene.row["limit"]]
    old = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, old[1]))
    scene.upload()
    resource.prlimit(pid, resource.RLIMIT_FSIZE, old)


def fail_power_in_trial(scene):
    scene.upload(options=["--no-wait"])
    for attempt in (1, 2):
        scene.wait_run("silent", attempt)
        scene.device.kill()
        scene.device.start()


def damage_image_on_trial(scene):
    scene.upload(options=["--no-wait"])
    scene.wait_run("silent")
    scene.device.kill()
    scene.damage("B")
    scene.device.start()


def damage_flash(scene):
    assert scene.device.stop() == 0
    for what in scene.row["damage"]:
        scene.damage(what)
    scene.device.start()


FAULTS = {fault.__name__: fault for fault in (
    upload, send_other_bytes, cut, stall, give_wrong_password, give_wrong_password_again, upload_meanwhile,
    upload_during_trial, forbid_writes, fail_power_in_trial, damage_image_on_trial, damage_flash)}
