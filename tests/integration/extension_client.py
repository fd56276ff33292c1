"""An uploader of Airlift's extension, written from docs/design/upload-protocol.md with Python's standard library only: a
second opinion on the page. Each step can be done wrongly, and any byte changed in between."""
import hashlib
import hmac
import secrets
import socket
import struct
import zlib

FIRMWARE, FILESYSTEM = 0, 100
SECURE, OFFER, QUERY, DATA, ANSWER, PROGRESS, RESULT, STATUS = 1, 2, 3, 4, 16, 17, 18, 19
COMPRESSED, FROM_THE_START = 1, 2
DEADLINE_S = 30

# Numbers of the one list of errors.
NONE, NO_SPACE, BUSY, WRONG_PASSWORD, TOO_MANY_TRIES, NO_CHALLENGE = 0, 4, 22, 24, 25, 26
TRIAL_RUNNING, SHA256_MISMATCH, ENCRYPTION_REQUIRED, SIGNATURE_MISSING, GZIP_DAMAGED = 38, 39, 41, 82, 92


def sha256(data):
    return hashlib.sha256(data).digest()


def gzip(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + 15)
    return packer.compress(data) + packer.flush()


class Answer:
    """The device's answer to an invitation or a status request."""

    def __init__(self, datagram):
        self.datagram = datagram
        words = datagram.decode().split(" ")
        assert words[:2] == ["AIRLIFT", "1"] and len(words) == 6, datagram
        self.port, self.features = int(words[2]), words[3]
        self.salt, self.nonce = bytes.fromhex(words[4]), bytes.fromhex(words[5])
        assert len(self.salt) == 16 and len(self.nonce) == 32 and len(datagram) <= 121


class Refused(Exception):
    """The device answered with something else than a challenge; the text is its answer."""


class Frame:
    def __init__(self, kind, payload, key):
        self.kind, self.payload, body = kind, payload, payload[:-32]
        self.proven = kind == PROGRESS or hmac.compare_digest(frame_mac(key, kind, body), payload[-32:])
        if kind == ANSWER:
            self.error, self.offset = struct.unpack_from("<BI", body)
            self.prefix, self.detail = body[5:37], body[37:].decode()
        elif kind == PROGRESS:
            (self.offset,) = struct.unpack("<I", payload)
        elif kind == RESULT:
            self.error, self.starts_next = body[0], body[1] == 1
            self.image, self.detail = body[2:34], body[34:].decode()
        elif kind == STATUS:
            self.status = dict(line.split("=", 1) for line in body.decode().splitlines())


def frame_mac(key, kind, body):
    return hmac.digest(key, bytes([kind]) + body, "sha256")


def frame(kind, payload):
    return bytes([kind]) + len(payload).to_bytes(3, "little") + payload


class ExtensionClient:
    def __init__(self, address, content=b"", password="", command=FIRMWARE, family=socket.AF_INET):
        self.address, self.content, self.password, self.command = address, content, password, command
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.udp.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.udp.settimeout(DEADLINE_S)
        self.family, self.listener, self.connection, self.received = family, None, None, b""
        self.answer, self.password_key, self.key = None, None, bytes(32)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for endpoint in (self.udp, self.listener, self.connection):
            if endpoint:
                endpoint.close()

    # Datagrams

    def listen(self):
        self.listener = socket.create_server((self.udp.getsockname()[0], 0), family=self.family)
        self.listener.settimeout(DEADLINE_S)
        return self.listener.getsockname()[1]

    def line(self, purpose, port=0, cnonce=None):
        return f"AIRLIFT 1 {purpose} {port} {cnonce or secrets.token_hex(16)}\n"

    def invitation(self, port=0, size=None):
        md5 = hashlib.md5(self.content).hexdigest()
        size = len(self.content) if size is None else size
        return (f"{self.command} 9 {size} {md5}\n" + self.line("upload", port)).encode()

    def ask(self, datagram):
        """Sends a request, remembers it with its answer, and derives the session's key."""
        self.udp.sendto(datagram, self.address)
        reply, _ = self.udp.recvfrom(2048)
        if not reply.startswith(b"AIRLIFT "):
            raise Refused(reply.decode())
        self.answer = Answer(reply)
        self.derive(datagram, reply)
        return self.answer

    def derive(self, request, reply):
        self.password_key = hashlib.pbkdf2_hmac("sha256", self.password.encode(), b"airlift 1" + self.answer.salt, 10000)
        self.key = hmac.digest(self.password_key, b"session" + sha256(request) + sha256(reply), "sha256")

    def invite(self, **how):
        return self.ask(self.invitation(**how))

    # The connection, in either direction

    def connect(self):
        self.adopt(socket.create_connection((self.address[0], self.answer.port), DEADLINE_S))

    def accept(self):
        self.adopt(self.listener.accept()[0])

    def adopt(self, connection):
        self.connection, self.received = connection, b""
        self.connection.settimeout(DEADLINE_S)

    def hang_up(self):
        self.connection.close()

    def end_sending(self):
        """Ends our direction, and waits until the device has taken all and ended its own."""
        self.connection.shutdown(socket.SHUT_WR)
        while self.read(PROGRESS):
            pass

    # Frames

    def offer_body(self, sha=None, size=None, flags=0, trailer=b"", nonce=None, command=None):
        command = self.command if command is None else command
        size = len(self.content) if size is None else size
        return ((nonce or self.answer.nonce) + struct.pack("<BBI", command, flags, size) + (sha or sha256(self.content))
                + struct.pack("<H", len(trailer)) + trailer)

    def signed(self, kind, body):
        return frame(kind, body + frame_mac(self.key, kind, body))

    def offer(self, **what):
        """Offers the content and returns the device's answer."""
        self.connection.sendall(self.signed(OFFER, self.offer_body(**what)))
        return self.read(ANSWER)

    def query(self):
        self.connection.sendall(self.signed(QUERY, self.answer.nonce))
        return self.read(STATUS, ANSWER)

    def send(self, data, piece=65535):
        for at in range(0, len(data), piece):
            self.connection.sendall(frame(DATA, data[at:at + piece]))

    def read(self, *kinds):
        """The next frame of one of these kinds; None when the device has ended the connection."""
        while True:
            while len(self.received) < 4 or len(self.received) < 4 + int.from_bytes(self.received[1:4], "little"):
                try:
                    more = self.connection.recv(65536)
                except ConnectionResetError:
                    more = b""
                if not more:
                    return None
                self.received += more
            size = int.from_bytes(self.received[1:4], "little")
            found = Frame(self.received[0], self.received[4:4 + size], self.key)
            self.received = self.received[4 + size:]
            if found.kind in kinds:
                return found

    # Whole conversations

    def upload(self, compressed=False, **what):
        """From the offer to the result, over the connection that stands."""
        answer = self.offer(flags=COMPRESSED if compressed else 0, **what)
        assert answer and answer.error == NONE and answer.proven, vars(answer)
        assert answer.prefix == sha256(self.content[:answer.offset])
        rest = self.content[answer.offset:]
        self.send(gzip(rest) if compressed else rest)
        return self.read(RESULT)


def ask_status(address, password="", **how):
    """The status lines of a device; the device's error number when it refuses."""
    with ExtensionClient(address, b"", password, **how) as client:
        client.ask(client.line("status").encode())
        client.connect()
        said = client.query()
        return said.status if said.kind == STATUS and said.proven else said.error
