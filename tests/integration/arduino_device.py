#!/usr/bin/python3
"""A device that behaves on the wire like an unmodified ArduinoOTA: what it reads of a datagram, how much it takes from TCP
at a time, when it pauses, what it answers and when it says nothing at all.

    arduino_device.py PROFILE --folder DIR [--host 127.0.0.1] [--port N] [--password TEXT] [--space BYTES] ...

Facts from esp8266/Arduino 3.x, libraries/ArduinoOTA and cores/esp8266/Updater.{h,cpp}, and espressif/arduino-esp32 2.x and 3.x,
libraries/ArduinoOTA and libraries/Update; windows and segments from the cores' lwIP builds. Images that were taken stand in DIR
as `firmware` and `filesystem`. Says on standard output what it does.
"""
import argparse
import dataclasses
import enum
import hashlib
import pathlib
import secrets
import select
import signal
import socket
import subprocess
import sys
import time

from espota_client import AUTHENTICATE, FILESYSTEM, FIRMWARE, md5_hex, md5_response, sha256_hex, sha256_response

TCP_WINDOW_CLAMP = 10  # linux/tcp.h; Python's socket module does not have it
SECTOR_BYTES = 4096


@dataclasses.dataclass(frozen=True)
class Profile:
    name: str
    nonce_chars: int  # 32: the MD5 scheme, 64: the SHA-256 scheme
    board: str
    window_bytes: int  # TCP receive window
    segment_bytes: int
    read_bytes: int  # at most, for one count
    before_connect_s: float = 0.0
    before_ok_s: float = 0.0
    before_close_s: float = 0.01

    @property
    def is_esp8266(self):
        return self.name == "esp8266"


ESP8266 = Profile("esp8266", 32, "generic", 4 * 536, 536, SECTOR_BYTES, 0.1, 1.0, 1.0)
ESP32_OLD = Profile("esp32-old", 32, "esp32", 4 * 1436, 1436, 1460)
ESP32_NEW = Profile("esp32-new", 64, "esp32", 4 * 1436, 1436, 1460)
PROFILES = {profile.name: profile for profile in (ESP8266, ESP32_OLD, ESP32_NEW)}

# Updater.h of each core: number and text. An ESP32 shows the text only.
NO_ERROR, NO_SPACE, MD5_WRONG, BAD_MAGIC, NO_DATA, ABORTED = range(6)
ESP8266_ERRORS = {NO_ERROR: (0, "No Error"), NO_SPACE: (4, "Not Enough Space"), BAD_MAGIC: (10, "Magic byte is not 0xE9"),
                  NO_DATA: (13, "No data supplied"), MD5_WRONG: (7, "MD5 verification failed: ")}
ESP32_ERRORS = {MD5_WRONG: "MD5 Check Failed", BAD_MAGIC: "Wrong Magic Byte", ABORTED: "Aborted"}


class State(enum.Enum):
    IDLE = enum.auto()  # an invitation ends it
    WAIT_AUTH = enum.auto()  # the next datagram ends it, whatever it is: there is no timeout
    RUN_UPDATE = enum.auto()  # the upload's end ends it


class Datagram:
    """Read as the cores do: a number ends at what is no digit, and without digits it is 0."""

    def __init__(self, content):
        self._content, self._at = content, 0

    def read(self):
        self._at += 1

    def number(self):
        while self._content[self._at:self._at + 1] == b" ":
            self._at += 1
        digits = b""
        while self._content[self._at:self._at + 1].isdigit():
            digits += self._content[self._at:self._at + 1]
            self._at += 1
            if len(digits) == 16:  # their buffer is full
                return 0
        return int(digits or b"0")

    def text_until(self, end):
        text, found, _ = self._content[self._at:].split(b"\0")[0].partition(end)
        self._at += len(text) + len(found)
        return text.decode(errors="replace")


class Refused(Exception):
    """The updater ended with this error."""


class Image:
    """What the core's updater does with the bytes."""

    def __init__(self, device, command, size, md5):
        if size > device.space_bytes or size == 0:
            raise Refused(NO_SPACE)
        self.device, self.command, self.size, self.md5 = device, command, size, md5
        self.content = b""

    @property
    def remaining(self):
        return self.size - len(self.content)

    def take(self, part):
        self.content += part
        # An ESP32 looks at the first byte when it writes the first sector, an ESP8266 at the very end.
        if not self.device.profile.is_esp8266 and len(self.content) >= min(SECTOR_BYTES, self.size):
            self._check_first_byte(b"\xe9")

    def end(self):
        if self.remaining:
            raise Refused(ABORTED if not self.device.profile.is_esp8266 else NO_ERROR if self.content else NO_DATA)
        if hashlib.md5(self.content).hexdigest() != self.md5.lower():
            raise Refused(MD5_WRONG)
        self._check_first_byte(b"\xe9\x1f")
        name = "filesystem" if self.command == FILESYSTEM else "firmware"
        (self.device.folder / name).write_bytes(self.content)
        return name

    def _check_first_byte(self, allowed):
        if self.command == FIRMWARE and self.content[0] not in allowed:
            raise Refused(BAD_MAGIC)


def say(text):
    print(text, flush=True)


class ArduinoDevice:
    def __init__(self, profile, options):
        self.profile, self.host, self.port = profile, options.host, options.port
        self.folder, self.space_bytes, self.limit_window = options.folder, options.space, not options.any_window
        self.stored = options.password and self._stored(options.password, options.stored_md5)
        self.family = socket.getaddrinfo(self.host, None)[0][0]
        self.state, self.udp = State.IDLE, None

    def _stored(self, password, as_md5):
        return md5_hex(password) if as_md5 or self.profile.nonce_chars == 32 else sha256_hex(password)

    def listen(self):
        self.udp = socket.socket(self.family, socket.SOCK_DGRAM)
        self.udp.bind((self.host, self.port))
        self.port = self.udp.getsockname()[1]
        self.state = State.IDLE
        say(f"ready: UDP port {self.port}")

    def run_until_restart(self):
        while True:
            content, source = self.udp.recvfrom(2048)
            self.on_datagram(Datagram(content), source)
            if self.state is State.RUN_UPDATE and self.run_update():
                self.udp.close()
                return
            if self.state is State.RUN_UPDATE:
                self.state = State.IDLE

    def answer(self, text, address):
        self.udp.sendto(text.encode(), address)

    # Datagrams

    def on_datagram(self, datagram, source):
        if self.state is State.WAIT_AUTH:
            return self.on_proof(datagram, source)
        command = datagram.number()  # 0, so firmware, for everything that does not begin with a number
        if command not in (FIRMWARE, FILESYSTEM):
            return
        self.invited_from, host_port, size = source, datagram.number(), datagram.number()
        datagram.read()
        md5 = datagram.text_until(b"\n").strip()
        if len(md5) != 32:
            return
        self.invitation, self.host_port = (command, size, md5), host_port & 0xFFFF
        if self.stored:
            self.nonce = secrets.token_hex(self.profile.nonce_chars // 2)
            self.answer(f"AUTH {self.nonce}", source)
            self.state = State.WAIT_AUTH
        else:
            self.accept(source)

    def on_proof(self, datagram, source):
        """What is no answer to the challenge is lost, and the challenge with it."""
        self.state = State.IDLE
        if datagram.number() != AUTHENTICATE:
            say("challenge forgotten")
            return
        datagram.read()
        cnonce, response = datagram.text_until(b" "), datagram.text_until(b"\n")
        if len(cnonce) != self.profile.nonce_chars or len(response) != self.profile.nonce_chars:
            say("challenge forgotten")
            return
        # An ESP8266 answers to where the invitation came from, an ESP32 to where this came from.
        address = self.invited_from if self.profile.is_esp8266 else source
        if response == self.right_response(cnonce):
            self.accept(address)
        else:
            say("wrong password")
            self.answer("Authentication Failed", address)

    def right_response(self, cnonce):
        if self.profile.nonce_chars == 32:
            return md5_hex(f"{self.stored}:{self.nonce}:{cnonce}")
        return sha256_response(self.stored, self.nonce, cnonce)

    def accept(self, address):
        if not self.profile.is_esp8266:  # an ESP8266 says so only when the updater has room
            self.answer("OK", address)
        self.invited_from = address
        self.state = State.RUN_UPDATE

    # The upload; nothing else happens meanwhile

    def run_update(self):
        """True when it is time to restart."""
        try:
            image = Image(self, *self.invitation)
        except Refused as refusal:
            return self.refuse(refusal.args[0])
        if self.profile.is_esp8266:
            self.answer("OK", self.invited_from)
        time.sleep(self.profile.before_connect_s)
        with self.connection() as connection:
            try:
                connection.connect((self.invited_from[0], self.host_port))
            except OSError as error:
                say(f"cannot connect: {error.strerror}")  # and the uploader does not get to know
                self.forget_datagrams()
                return False
            say("connected")
            return self.take_image(connection, image)

    def refuse(self, error):
        """An ESP8266 says so; an ESP32, which has said OK, says nothing."""
        say("refused")
        if self.profile.is_esp8266:
            self.answer(f"ERR: {self.error_line(error)}", self.invited_from)
            time.sleep(0.1)
        return False

    def connection(self):
        made = socket.socket(self.family, socket.SOCK_STREAM)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.limit_window:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, self.profile.segment_bytes)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * self.profile.window_bytes)
            self.clamp_window(made)
        return made

    def take_image(self, connection, image):
        try:
            receive = self.receive_as_esp8266 if self.profile.is_esp8266 else self.receive_as_esp32
            if not receive(connection, image):
                return False
            name = image.end()
        except Refused as refusal:
            say(f"failed after {len(image.content)} bytes: {self.error_line(refusal.args[0]).strip()}")
            self.send(connection, self.error_line(refusal.args[0]))
            self.forget_datagrams()
            return False
        time.sleep(self.profile.before_ok_s)
        self.send(connection, "OK")
        say(f"installed {name}: {image.size} bytes")
        time.sleep(self.profile.before_close_s)
        return True

    def receive_as_esp8266(self, connection, image):
        """Counts what comes without a gap, sector by sector. Waits for ever for bytes of a silent uploader."""
        while image.remaining and select.select([connection], [], []):
            written = 0
            while image.remaining and select.select([connection], [], [], 0)[0]:
                room = SECTOR_BYTES - len(image.content) % SECTOR_BYTES
                part = self.receive(connection, min(room, image.remaining))
                if not part:
                    return True
                image.take(part)
                written += len(part)
                time.sleep(0.001)
            self.send(connection, written)
        return True

    def receive_as_esp32(self, connection, image):
        """Counts each read. False: gave a silent uploader up, without a word, after telling it the last count three times."""
        written, tried = 0, 0
        while image.remaining:
            if not select.select([connection], [], [], 1.0)[0]:
                if not written or tried == 3:
                    say("nothing received: given up")
                    return False
                tried += 1
                self.send(connection, written)
                continue
            tried = 0
            part = self.receive(connection, min(self.profile.read_bytes, image.remaining))
            if not part:
                return True
            written = len(part)
            image.take(part)
            self.send(connection, written)
        return True

    def clamp_window(self, connection):
        if self.limit_window:
            connection.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, self.profile.window_bytes)

    def receive(self, connection, most):
        self.clamp_window(connection)  # again and again: Linux forgets it when it learns how large segments are
        try:
            return connection.recv(most)
        except ConnectionError:
            return b""

    @staticmethod
    def send(connection, text):
        try:
            connection.sendall(str(text).encode())
        except OSError:
            pass  # as they do: the loop's condition notices the end

    def error_line(self, error):
        if not self.profile.is_esp8266:
            return f"{ESP32_ERRORS[error]}\r\n"
        number, text = ESP8266_ERRORS[error]
        detail = f"expected: {self.invitation[2]}, calculated: 0" if error == MD5_WRONG else ""
        return f"ERROR[{number}]: {text}{detail}\n"

    def forget_datagrams(self):
        """An ESP8266 throws away what came meanwhile; an ESP32 reads it afterwards."""
        while self.profile.is_esp8266 and select.select([self.udp], [], [], 0)[0]:
            self.udp.recv(2048)


class Announcement:
    """_arduino._tcp on one interface, as the Arduino cores announce it."""

    def __init__(self, name, device):
        from zeroconf import ServiceInfo, Zeroconf  # takes a while; most tests do without

        tcp = "_arduino._tcp.local."
        text = {"board": device.profile.board, "tcp_check": "no", "ssh_upload": "no",
                "auth_upload": "yes" if device.stored else "no"}
        self._zeroconf = Zeroconf(interfaces=[device.host])
        packed = [socket.inet_pton(device.family, device.host)]
        self._zeroconf.register_service(
            ServiceInfo(tcp, f"{name}.{tcp}", device.port, properties=text, server=f"{name}.local.", addresses=packed))
        say(f"announced as {name}")

def set_link(name, state):
    if name:
        subprocess.run(["ip", "link", "set", name, state], check=True)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("profile", choices=PROFILES)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--password", default="")
    parser.add_argument("--stored-md5", action="store_true", help="the password is stored as an old hash")
    parser.add_argument("--space", type=int, default=16 * 1024 * 1024, help="bytes that an image may have")
    parser.add_argument("--any-window", action="store_true", help="the system's TCP window and segments")
    parser.add_argument("--announce", metavar="NAME", help="by mDNS")
    parser.add_argument("--away-ms", type=int, default=300, help="how long a restart takes; -1: for ever")
    parser.add_argument("--link", help="network interface that is down during a restart")
    return parser.parse_args(arguments)


def main():
    options = parse(sys.argv[1:])
    options.folder.mkdir(parents=True, exist_ok=True)
    device = ArduinoDevice(PROFILES[options.profile], options)
    announcement = None
    while True:
        device.listen()
        if options.announce and not announcement:
            announcement = Announcement(options.announce, device)
        device.run_until_restart()
        say("restarting")
        set_link(options.link, "down")
        if options.away_ms < 0:
            signal.pause()
        time.sleep(options.away_ms / 1000)
        set_link(options.link, "up")


if __name__ == "__main__":
    main()
