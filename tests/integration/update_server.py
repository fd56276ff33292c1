"""An `airlift serve` process, and its clients as raw sockets."""
import contextlib
import resource
import signal
import socket
import ssl
import subprocess

from device_process import DEADLINE_S, Log, wait_until
from page_client import Answer


class UpdateServer:
    def __init__(self, binaries, root, port, https_port=0, options=(), stdout=subprocess.PIPE, descriptors=None):
        self.binaries, self.port, self.https_port, self.options = binaries, port, https_port, list(options)
        self.folder, self.state = root / "updates", root / "state/serve"
        self.folder.mkdir(exist_ok=True)
        self._stdout, self._descriptors = stdout, descriptors
        self.process = None

    def start(self):
        command = [self.binaries / "airlift", "serve", self.folder, "--bind", "127.0.0.1", "--http-port", str(self.port),
                   "--https-port", str(self.https_port), "--state", self.state, *self.options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=subprocess.PIPE,
                                        preexec_fn=self._limit if self._descriptors else None)
        self.said = Log(self.process.stderr)
        if self._stdout == subprocess.PIPE:
            self.log = Log(self.process.stdout)
        wait_until(self._listens, f"it listens\n{self.said.text()}")
        return self

    def _limit(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors))

    def _listens(self):
        assert self.process.poll() is None, f"it has ended: {self.said.text()}"
        with contextlib.suppress(OSError), self.connect():
            return True

    def write(self, content, path="lamp/stable/firmware.bin"):
        """As a person copies it there."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)

    def connect_tls(self, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if version:
            context.minimum_version = context.maximum_version = version
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.https_port), DEADLINE_S))

    def ask(self, path="/lamp/stable/firmware.bin", headers=None, method="GET", connection=None):
        lines = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"} | (headers or {})
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.exchange(head.encode() + b"\r\n", connection, method)

    def exchange(self, request, connection=None, method="GET"):
        """Sends a whole request and returns the answer."""
        with connection or self.connect() as used:
            used.sendall(request)
            return read_answer(used, method)

    def wait_status(self, status, **how):
        """Asks until it is answered so: what is new counts after a moment."""
        def answered():
            answer = self.ask(**how)
            return answer.status == status and answer
        return wait_until(answered, f"status {status}")

    def wait_content(self, content):
        wait_until(lambda: self.ask().body == content, "the new content")

    def stop(self, signal_number=signal.SIGTERM):
        self.process.send_signal(signal_number)
        return self.process.wait(DEADLINE_S)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def next_answer(file, method="GET"):
    answer = Answer(file)
    if method != "HEAD":
        answer.read_body(file)
    return answer


def read_answer(connection, method="GET"):
    with connection.makefile("rb") as file:
        return next_answer(file, method)
