#!/usr/bin/python3
"""A client that behaves like each of the three generations of espota, byte for byte on the wire.

Written from docs/design/upload-protocol.md and from watching the real tools: what each sends, how much it reads at a
time, from which socket, how it decides that an upload went well, and what it tells its user. Where the real tool would
spin for ever, this one says so and ends with the exit code `SPINS`.
"""
import argparse
import dataclasses
import hashlib
import os
import socket
import sys

FIRMWARE, FILESYSTEM, AUTHENTICATE = 0, 100, 200
SPINS = 99  # no exit code of a real espota: it would never have ended


@dataclasses.dataclass(frozen=True)
class Generation:
    name: str
    challenge_bytes: int  # how much of the device's first answer it reads
    chunk_bytes: int
    answer_bytes: int  # how much it reads after each chunk
    invitation_tries: int
    knows_sha256: bool  # ... and then answers challenges from a socket of its own
    prefers_signed: bool = False


ESP8266 = Generation("esp8266", 128, 1460, 32, 1, knows_sha256=False, prefers_signed=True)
ESP32_MIDDLE = Generation("esp32-middle", 37, 1024, 10, 10, knows_sha256=False)
ESP32_NEW = Generation("esp32-new", 69, 1024, 10, 10, knows_sha256=True)
GENERATIONS = {g.name: g for g in (ESP8266, ESP32_MIDDLE, ESP32_NEW)}


class Failed(Exception):
    """The tool gives up with exit code 1 after saying this."""


def md5_hex(text):
    return hashlib.md5(text.encode()).hexdigest()


def sha256_hex(text):
    return hashlib.sha256(text.encode()).hexdigest()


def md5_response(password, nonce, cnonce):
    return md5_hex(f"{md5_hex(password)}:{nonce}:{cnonce}")


def sha256_response(stored, nonce, cnonce):
    key = hashlib.pbkdf2_hmac("sha256", stored.encode(), f"{nonce}:{cnonce}".encode(), 10000).hex()
    return sha256_hex(f"{key}:{nonce}:{cnonce}")


@dataclasses.dataclass
class Espota:
    """One run of the tool. `upload` returns the exit code; what it told its user is in `said`."""

    generation: Generation
    device: tuple  # (address, UDP port)
    password: str = ""
    host: str = "127.0.0.1"
    timeout: float = 10.0  # for each invitation
    command: int = FIRMWARE
    stored_md5: bool = False  # -m of the newest
    said: str = ""

    def upload(self, announced, sent=None):
        """`announced` gives size and MD5 of the invitation, `sent` the bytes: a file may change between the two."""
        try:
            return self._upload(announced, announced if sent is None else sent)
        except Failed as failure:
            self.say(f"{failure}\n")
            return 1

    def say(self, text):
        self.said += text

    def _upload(self, announced, sent):
        with socket.create_server((self.host, 0), backlog=1) as listener:
            self.md5 = hashlib.md5(announced).hexdigest()
            self.size = len(announced)
            self.invitation = f"{self.command} {listener.getsockname()[1]} {self.size} {self.md5}\n".encode()
            self._get_accepted()
            listener.settimeout(10)
            try:
                connection, _ = listener.accept()
            except OSError:
                raise Failed("No response from device") from None
        with connection:
            last_answer = self._send_chunks(connection, sent)
            if self.generation is ESP8266:
                return self._esp8266_result(connection)
            if b"OK" in last_answer:
                return 0
            return self._esp32_result(connection)

    # Invitation and password

    def _get_accepted(self):
        udp, answer = self._invite()
        with udp:
            if answer == "OK":
                return
            if not answer.startswith("AUTH"):
                raise Failed(f"Bad Answer: {answer}")
            nonce = answer.split()[1]
            if self.generation.knows_sha256:
                udp.close()
                self._prove_as_newest(nonce)
                return
            self.say("Authenticating...")
            cnonce = md5_hex(self._cnonce_text())
            answer = self._answer_challenge(udp, cnonce, md5_response(self.password, nonce, cnonce), 32)
            if answer != "OK":
                self.say("FAIL\n")
                raise Failed(answer)
            self.say("OK\n")

    def _invite(self):
        """Sends the invitation, each time from a new socket, until one is answered."""
        for _ in range(self.generation.invitation_tries):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((self.host, 0))  # espota leaves this to the routing table; tests want a chosen source
            udp.settimeout(self.timeout)
            udp.sendto(self.invitation, self.device)
            try:
                return udp, udp.recv(self.generation.challenge_bytes).decode()
            except OSError:
                self.say(".")
                udp.close()
        raise Failed("No Answer" if self.generation is ESP8266 else "No response from the ESP")

    def _cnonce_text(self):
        return f"firmware.bin{self.size}{self.md5}{self.device[0]}"

    def _answer_challenge(self, udp, cnonce, response, read_bytes):
        udp.sendto(f"{AUTHENTICATE} {cnonce} {response}\n".encode(), self.device)
        udp.settimeout(10)
        try:
            return udp.recv(read_bytes).decode()
        except OSError:
            return "No Answer to our Authentication"

    def _prove_as_newest(self, nonce):
        if len(nonce) == 32:
            self.say("Authenticating (MD5 protocol)...")
            cnonce = md5_hex(self._cnonce_text())
            answer = self._prove_from_new_socket(cnonce, md5_response(self.password, nonce, cnonce), 32)
        else:
            self.say("Authenticating...")
            answer = self._prove_sha256(nonce, md5_hex if self.stored_md5 else sha256_hex)
            if answer != "OK" and not self.stored_md5:
                self.say("Retrying with MD5 password...")
                udp, challenge = self._invite()
                udp.close()
                if not challenge.startswith("AUTH"):
                    raise Failed(f"Expected AUTH challenge for MD5 retry, got: {challenge}")
                answer = self._prove_sha256(challenge.split()[1], md5_hex)
        if answer != "OK":
            self.say("FAIL\n")
            raise Failed(f"Authentication Failed: {answer}")
        self.say("OK\n")

    def _prove_sha256(self, nonce, hash_password):
        cnonce = sha256_hex(self._cnonce_text())
        return self._prove_from_new_socket(cnonce, sha256_response(hash_password(self.password), nonce, cnonce), 64)

    def _prove_from_new_socket(self, cnonce, response, read_bytes):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind((self.host, 0))
            return self._answer_challenge(udp, cnonce, response, read_bytes)

    # Transfer and result

    def _send_chunks(self, connection, content):
        answer = b""
        connection.settimeout(10)
        for start in range(0, len(content), self.generation.chunk_bytes):
            try:
                connection.sendall(content[start : start + self.generation.chunk_bytes])
                answer = connection.recv(self.generation.answer_bytes)
                answer.decode()
            except (OSError, UnicodeDecodeError) as error:
                raise Failed("Error Uploading" if self.generation is ESP8266 else f"Error Uploading: {error}") from None
        return answer

    def _esp8266_result(self, connection):
        """Forgets whatever came with the last chunk's answer, looks for E, then for O, and never notices an end."""
        connection.settimeout(60)
        while True:
            try:
                reply = connection.recv(64).decode()
            except (OSError, UnicodeDecodeError):
                raise Failed("No Result!") from None
            if "E" in reply:
                raise Failed(reply)
            if "O" in reply:
                return 0
            if not reply:
                self.say("(the real tool spins here: the device closed without a word)")
                return SPINS

    def _esp32_result(self, connection):
        newest = self.generation is ESP32_NEW
        heard_anything = False
        for _ in range(10 if newest else 5):
            connection.settimeout(30 if newest else 60)
            try:
                reply = connection.recv(32).decode()
            except (OSError, UnicodeDecodeError) as error:
                if not newest:
                    raise Failed(f"Error receiving result: {error}") from None
                continue
            heard_anything = True
            if "OK" in reply:
                return 0
            if newest and reply.strip():
                self.say(f"Unexpected response from device: '{reply.strip()}'\n")
        if not newest:
            raise Failed("Error response from device")
        if not heard_anything:
            raise Failed("No response from device after upload completion")
        self.say("Upload completed but device sent unexpected response(s). This may still be successful.\n")
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generation", choices=GENERATIONS)
    parser.add_argument("-i", "--ip", required=True)
    parser.add_argument("-I", "--host_ip", default="0.0.0.0")
    parser.add_argument("-p", "--port", type=int, default=8266)
    parser.add_argument("-a", "--auth", default="")
    parser.add_argument("-s", "--spiffs", action="store_true")
    parser.add_argument("-t", "--timeout", type=float, default=10)
    parser.add_argument("-f", "--file", required=True)
    options = parser.parse_args()
    generation = GENERATIONS[options.generation]
    if generation.prefers_signed and os.path.isfile(options.file + ".signed"):
        options.file += ".signed"
    with open(options.file, "rb") as file:
        content = file.read()
    tool = Espota(generation, (options.ip, options.port), options.auth, options.host_ip, options.timeout,
                  FILESYSTEM if options.spiffs else FIRMWARE)
    code = tool.upload(content)
    sys.stderr.write(tool.said)
    return code


if __name__ == "__main__":
    sys.exit(main())
