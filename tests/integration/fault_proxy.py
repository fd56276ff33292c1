"""Stands between a real uploader and a real device, and makes one thing go wrong.

It is a router, so to speak: the device seems to be at the proxy's address and the uploader, too, but ports and contents stay as
they are. So it serves both protocols: the old one, in which the device connects back to where the invitation came from, and the
extension, whose keys depend on every byte of the datagrams. Whatever changes a byte is a man in the middle and a fault itself.

    uploader 127.0.0.1 <-> 127.0.0.2 proxy 127.0.0.2 <-> 127.0.0.1 device

Both must listen at 127.0.0.1 only (-I, --bind), because the proxy listens on the same ports of its own address.
"""
import contextlib
import dataclasses
import hashlib
import selectors
import socket
import struct
import sys
import threading
import time

DEVICE, UPLOADER = "device", "uploader"  # whither something goes
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST


@dataclasses.dataclass(frozen=True)
class DatagramFault:
    to: str
    do: str  # drop, duplicate, delay, hold (until the next one has passed), change (a byte), strip (all but the first line),
    # vouch (for the image with the byte at `at` changed: its MD5 instead of the right one)
    nth: tuple = ()  # of those that go there, from 1; empty: all
    at: int = 0  # change: which byte
    delay_s: float = 1.5


@dataclasses.dataclass(frozen=True)
class StreamFault:
    to: str
    do: str  # reset, stall, half_open (one end gone, the other does not get to know), change (a byte), slow
    at: int = 0  # bytes that pass before; negative: as many before the announced size
    frame: int = 0  # of the extension: `at` counts from the start of the first frame of this type
    connections: tuple = (1,)  # which, from 1
    bytes_per_s: int = 100_000


@dataclasses.dataclass(frozen=True)
class PortFault:
    of: str  # whose TCP port
    do: str  # closed (refused), filtered (no answer at all)


FAULTS = {"udp": DatagramFault, "tcp": StreamFault, "port": PortFault}


def faults_of(row):
    """The faults of a table's row, which has them as lists under `udp`, `tcp` and `port`."""
    return [kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in fault.items()})
            for name, kind in FAULTS.items() for fault in row.get(name, [])]


def md5_of(content):
    return hashlib.md5(content).hexdigest().encode()


def changed(content, at):
    """Another byte there; where a hexadecimal digit was, another one."""
    result = bytearray(content)
    result[at] = ord("1") if result[at] == ord("0") else ord("0")
    return bytes(result)


class DatagramLane:
    """Datagrams of one direction."""

    def __init__(self, faults, to, image):
        self._image = image
        self._faults = [fault for fault in faults if isinstance(fault, DatagramFault) and fault.to == to]
        self._count, self._held = 0, []

    def carry(self, content, send):
        self._count += 1
        due, self._held = self._held, []
        fault = next((f for f in self._faults if not f.nth or self._count in f.nth), None)
        match fault and fault.do:
            case None:
                send(content)
            case "drop":
                pass
            case "duplicate":
                send(content)
                send(content)
            case "delay":
                threading.Timer(fault.delay_s, self._send_late, [send, content]).start()
            case "hold":
                self._held = [lambda: send(content)]
            case "change":
                send(changed(content, fault.at))
            case "strip":
                send(content.split(b"\n")[0] + b"\n")
            case "vouch":
                send(content.replace(md5_of(self._image), md5_of(changed(self._image, fault.at))))
        for late in due:
            late()

    @staticmethod
    def _send_late(send, content):
        with contextlib.suppress(OSError):  # the proxy may have been closed meanwhile
            send(content)


class FaultProxy:
    """`faults` as faults_of() gives them, `image` is what will be uploaded; serves one uploader and one device until it is closed."""

    def __init__(self, device, faults=(), address="127.0.0.2", uploader="127.0.0.1", image=b""):
        self.device, self.host, self.uploader = device, address, uploader
        self.faults, self.size = list(faults), 0
        self.datagrams = {DEVICE: [], UPLOADER: []}  # as they came
        self.connections = []  # whither each went
        self._lanes = {to: DatagramLane(self.faults, to, image) for to in (DEVICE, UPLOADER)}
        self._sockets, self._listening, self._backs = [], set(), {}
        self._selector, self._open = selectors.DefaultSelector(), True
        self._front = self._new(socket.SOCK_DGRAM, (address, device[1]))
        self._selector.register(self._front, selectors.EVENT_READ, self._from_uploader)
        self._wake, wakes = socket.socketpair()
        self._sockets += [self._wake, wakes]
        self._selector.register(wakes, selectors.EVENT_READ, lambda: None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open = False
        self._wake.send(b"!")
        self._thread.join()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @property
    def port(self):
        return self.device[1]

    def _new(self, kind, address):
        made = socket.socket(socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        self._sockets.append(made)
        return made

    def _run(self):
        while self._open:
            for key, _ in self._selector.select():
                with contextlib.suppress(OSError):  # an ICMP error of a datagram before
                    key.data()

    # Datagrams

    def _from_uploader(self):
        content, source = self._front.recvfrom(2048)
        self.datagrams[DEVICE].append(content)
        words = content.split(b"\n")[0].split()
        if len(words) == 4 and words[0] in (b"0", b"100"):
            self.size = int(words[2])
            self._offer_port(int(words[1]), UPLOADER)
        self._offer_port(port_of_extension(content), UPLOADER)
        back = self._back(source)
        self._lanes[DEVICE].carry(content, lambda datagram: back.sendto(datagram, self.device))

    def _back(self, source):
        """One socket towards the device for each of the uploader's."""
        if source not in self._backs:
            back = self._backs[source] = self._new(socket.SOCK_DGRAM, (self.host, 0))
            self._selector.register(back, selectors.EVENT_READ, lambda: self._from_device(back, source))
        return self._backs[source]

    def _from_device(self, back, uploader):
        content = back.recv(2048)
        self.datagrams[UPLOADER].append(content)
        self._offer_port(port_of_extension(content), DEVICE)
        self._lanes[UPLOADER].carry(content, lambda datagram: self._front.sendto(datagram, uploader))

    # Connections

    def _offer_port(self, port, of):
        """Whoever connects to this port of the proxy is connected to the same port of the other end."""
        if not port or (port, of) in self._listening:
            return
        self._listening.add((port, of))
        fault = next((f for f in self.faults if isinstance(f, PortFault) and f.of == of), None)
        if fault and fault.do == "closed":
            return
        listener = self._new(socket.SOCK_STREAM, (self.host, port))
        # As on Ethernet: with loopback's segments of 64 KiB, buffers would swallow an image whole that goes no further.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        listener.listen(0 if fault else 5)
        if fault:
            self._fill(listener)
        else:
            self._selector.register(listener, selectors.EVENT_READ, lambda: self._accept(listener, port, of))

    def _fill(self, listener):
        """Linux answers no SYN when the backlog is full; that is how a firewall behaves that drops."""
        for _ in range(2):
            filler = socket.socket()
            self._sockets.append(filler)
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())

    def _accept(self, listener, port, to):
        near, _ = listener.accept()
        far = self._new(socket.SOCK_STREAM, (self.host, 0))
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        self._sockets.append(near)
        try:
            far.connect((self.device[0] if to == DEVICE else self.uploader, port))
        except OSError:
            return reset(near)
        self.connections.append(to)
        relay = Relay({to: far, DEVICE if to == UPLOADER else UPLOADER: near})
        for towards in (DEVICE, UPLOADER):
            threading.Thread(target=relay.run, args=(towards, self._stream_fault(towards)), daemon=True).start()

    def _stream_fault(self, to):
        """With its place counted from the start."""
        number = len(self.connections)
        fault = next((f for f in self.faults
                      if isinstance(f, StreamFault) and f.to == to and number in f.connections), None)
        return fault and dataclasses.replace(fault, at=fault.at if fault.at >= 0 else self.size + fault.at)


class FaultPlace:
    """Where in a stream a fault is: known from the start, or once its frame has come."""

    def __init__(self, fault):
        self._fault, self._passed, self._header, self._next = fault, 0, b"", 0
        self._place = fault.at if fault and not fault.frame else sys.maxsize

    def find(self, part):
        """Takes the next bytes of the stream, and returns the place as far as it is known."""
        for byte in part if self._fault and self._fault.frame and self._place == sys.maxsize else b"":
            if self._passed >= self._next:
                self._header += bytes([byte])
            self._passed += 1
            if len(self._header) == 4:  # type, length
                self._on_frame(self._header[0], int.from_bytes(self._header[1:], "little"))
                self._header = b""
        return self._place

    def _on_frame(self, kind, length):
        if kind == self._fault.frame and self._place == sys.maxsize:
            self._place = self._passed - 4 + self._fault.at
        self._next = self._passed + length


class Relay:
    """One connection on each side; `ends` has whither each goes."""

    def __init__(self, ends):
        self._ends, self._half_open = ends, False

    def run(self, to, fault):
        """Carries one direction until it ends."""
        source, sink = self._ends[DEVICE if to == UPLOADER else UPLOADER], self._ends[to]
        with contextlib.suppress(OSError):
            try:
                self._carry(source, sink, fault)
            except ConnectionError:
                self._reset()

    def _carry(self, source, sink, fault):
        passed, place = 0, FaultPlace(fault)
        slow = fault and fault.do == "slow"
        while True:
            part = source.recv(4096 if slow else 65536)
            if not part:
                return None if self._half_open else sink.shutdown(socket.SHUT_WR)
            at = place.find(part)
            if slow and passed >= at:
                time.sleep(len(part) / fault.bytes_per_s)
            elif fault and passed <= at < passed + len(part):
                if fault.do != "change":
                    sink.sendall(part[:at - passed])
                    return self._end(fault.do)
                part = changed(part, at - passed)
            sink.sendall(part)
            passed += len(part)

    def _end(self, how):
        """Nothing more goes in this direction."""
        if how == "half_open":
            self._half_open = True
            reset(self._ends[DEVICE])
        elif how == "reset":
            self._reset()

    def _reset(self):
        for end in self._ends.values():
            if not self._half_open:
                reset(end)


def reset(connection):
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RD)  # wakes whoever reads it
    connection.close()


def port_of_extension(content):
    """The TCP port in `AIRLIFT 1 upload <port> ...`, `AIRLIFT 1 status <port> ...` or `AIRLIFT 1 <port> ...`; 0: none."""
    line = content.rsplit(b"AIRLIFT 1 ", 1)
    if len(line) < 2:
        return 0
    return next((int(word) for word in line[1].split()[:2] if word.isdigit()), 0)
