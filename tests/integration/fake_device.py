"""Devices for the uploader to meet: each is one function that a thread runs with the device's sockets."""
import contextlib
import socket
import struct
import threading


class FakeDevice:
    """Behaves as `course(device)` says; the test's end closes its sockets, which ends the thread."""

    def __init__(self, course, host="127.0.0.1"):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((host, 0))
        self.udp.settimeout(20)
        self.port = self.udp.getsockname()[1]
        self.received = b""
        self.datagrams = []
        self._uploader = self._taken = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(course,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        with contextlib.suppress(OSError):
            self.udp.shutdown(socket.SHUT_RD)  # wakes a recvfrom() even though it reports an error
        self.udp.close()
        self._thread.join(25)

    def _run(self, course):
        with contextlib.suppress(OSError):
            course(self)

    def next_datagram(self):
        data, self._uploader = self.udp.recvfrom(2048)
        self.datagrams.append(data.decode())
        return self.datagrams[-1]

    def answer(self, text):
        self.udp.sendto(text.encode(), self._uploader)

    def take_invitation(self):
        """The next that is not the one before again: who does not hear the answer in time asks once more."""
        before = self._taken
        while (text := self.next_datagram()) == before:
            pass
        self._taken = text
        _, port, size, self.md5 = text.split("\n")[0].split()
        self.host_port, self.size = int(port), int(size)

    def connect(self, receive_buffer=None):
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(20)
        connection.connect((self._uploader[0], self.host_port))
        return connection

    def receive(self, connection, count=None, piece=65536):
        """Takes bytes and answers with counts, as a real device does."""
        wanted = self.size if count is None else count
        while len(self.received) < wanted:
            part = connection.recv(min(piece, wanted - len(self.received)))
            if not part:
                return
            self.received += part
            connection.sendall(str(len(part)).encode())

    def wait_until_stopped(self):
        self._stopped.wait(60)


def silent(device):
    device.next_datagram()
    device.wait_until_stopped()


def says_ok_and_never_connects(device):
    device.take_invitation()
    device.answer("OK")
    device.wait_until_stopped()


def refuses(words):
    def course(device):
        device.take_invitation()
        device.answer(words)

    return course


def connects_and_reads_nothing(device):
    device.take_invitation()
    device.answer("OK")
    with device.connect(receive_buffer=4096):
        device.wait_until_stopped()


def takes_half_and_breaks(device):
    device.take_invitation()
    device.answer("OK")
    with device.connect() as connection:
        device.receive(connection, device.size // 2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ends_with(words):
    def course(device):
        device.take_invitation()
        device.answer("OK")
        with device.connect() as connection:
            device.receive(connection)
            connection.sendall(words)
            connection.settimeout(20)
            connection.recv(1)  # until the uploader closes

    return course


def answers_per_sector_only(device):
    """Stalls an espota; a streaming uploader does not care."""
    device.take_invitation()
    device.answer("OK")
    with device.connect() as connection:
        while len(device.received) < device.size:
            wanted = min(4096, device.size - len(device.received))
            device.received += connection.recv(wanted, socket.MSG_WAITALL)
            connection.sendall(str(wanted).encode())
        connection.sendall(b"OK")
        connection.recv(1)


def ignores_the_first_invitations(count):
    def course(device):
        for _ in range(count):
            device.next_datagram()
        answers_per_sector_only(device)

    return course


def without_extension(course):
    """Throws questions for the status away, as real devices do."""

    def run(device):
        next_datagram = device.next_datagram

        def next_invitation():
            while (text := next_datagram()).startswith("AIRLIFT"):
                pass
            return text

        device.next_datagram = next_invitation
        course(device)

    return run
