"""The uploader's side, one step at a time, so that a test can do wrong things between any two."""
import hashlib
import select
import socket
import struct

from espota_client import AUTHENTICATE, FIRMWARE, md5_hex, md5_response


class RawUploader:
    def __init__(self, device, content, command=FIRMWARE, host="127.0.0.1"):
        self.device, self.content, self.command, self.host = device, content, command, host
        self.listener = socket.create_server((host, 0), backlog=4)
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        if self.connection:
            self.connection.close()

    @property
    def port(self):
        return self.listener.getsockname()[1]

    def invitation(self):
        return f"{self.command} {self.port} {len(self.content)} {hashlib.md5(self.content).hexdigest()}\n"

    def ask(self, text, deadline_s=15):
        """Sends a datagram from a new socket; returns the answer, or None when none comes."""
        return ask(self.device.address, text, self.host, deadline_s)

    def invite(self):
        return self.ask(self.invitation())

    def proof(self, challenge, password):
        cnonce = md5_hex("any text will do")
        return f"{AUTHENTICATE} {cnonce} {md5_response(password, challenge.split()[1], cnonce)}\n"

    def prove(self, challenge, password):
        return self.ask(self.proof(challenge, password))

    def accept(self, deadline_s=10):
        self.listener.settimeout(deadline_s)
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(20)
        return self.connection

    def begin(self):
        """Invitation and connection of a device without a password."""
        assert self.invite() == "OK"
        return self.accept()

    def send(self, start, end):
        self.connection.sendall(self.content[start:end])

    def read_until(self, *endings):
        """Reads answers until one of the texts is there, or the device ends. Returns all of them."""
        answers = b""
        while not any(ending in answers for ending in endings):
            part = self.connection.recv(4096)
            if not part:
                break
            answers += part
        return answers

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def post(address, datagram, host="127.0.0.1"):
    """Sends a datagram from a new socket, and returns the socket: answer() reads the answer there."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((host, 0))
    udp.sendto(datagram if isinstance(datagram, bytes) else datagram.encode(), address)
    return udp


def answer(udp, deadline_s=15):
    """Closes the socket."""
    with udp:
        ready, _, _ = select.select([udp], [], [], deadline_s)
        return udp.recv(2048).decode() if ready else None


def ask(address, datagram, host="127.0.0.1", deadline_s=15):
    return answer(post(address, datagram, host), deadline_s)
