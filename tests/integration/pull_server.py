"""A web server whose answers a test writes: what a device pulls from. Plain or by TLS, with certificates by openssl."""
import dataclasses
import hashlib
import http.server
import socket
import ssl
import threading
import time

from signing_tools import openssl


@dataclasses.dataclass
class Certificate:
    """A certificate and its key in one folder; made by openssl."""
    file: str  # PEM, as the key
    key: str

    @classmethod
    def make(cls, folder, name, names="IP:127.0.0.1", days=30, issuer=None, key=None):
        """Self-signed, or signed by `issuer`. `days` may be negative: it has expired then. `key`: a file; absent: a new one."""
        request, file = (folder / f"{name}.{end}" for end in ("csr", "crt"))
        if not key:
            key = folder / f"{name}.key"
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        signer = ["-CA", issuer.file, "-CAkey", issuer.key, "-CAcreateserial"] if issuer else ["-signkey", key]
        extensions = folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n" if names else "basicConstraints=CA:TRUE\n")
        openssl("x509", "-req", "-in", request, *signer, "-days", days, "-extfile", extensions, "-out", file)
        return cls(str(file), str(key))

    @property
    def pin(self):
        return hashlib.sha256(openssl("x509", "-in", self.file, "-outform", "DER").stdout).hexdigest()

    @property
    def key_pin(self):
        return hashlib.sha256(openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER").stdout).hexdigest()


@dataclasses.dataclass
class Asked:
    """One request."""
    path: str
    headers: object  # by name, whatever its case
    number: int      # from 0

    def header(self, name):
        return self.headers.get(name)


@dataclasses.dataclass
class Answer:
    """What is answered. Content-Length is the body's, unless `headers` give another; those of None are left out."""
    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""
    cut_after: int = None           # so much of the body is sent, then the connection ends
    hold_at: int = None             # so much of the body is sent; the rest when `go_on` is set
    go_on: threading.Event = None
    piece: int = 65536              # bytes a send
    rest_s: float = 0               # after each piece
    raw: bytes = None               # sent in place of everything else


def file_answer(asked, content, etag='"1"', headers=None, ranges=True):
    """What a plain web server answers that has `content` as a file (RFC 9110: ETag, If-None-Match, If-Match, Range, If-Range)."""
    given = {"ETag": etag} | (headers or {}) if etag else dict(headers or {})
    if etag and asked.header("If-None-Match") == etag:
        return Answer(304, given)
    if asked.header("If-Match") not in (None, etag):
        return Answer(412, given)
    wanted = asked.header("Range")
    if not ranges or not wanted or asked.header("If-Range") not in (None, etag):
        return Answer(200, given, content)
    first, last = wanted.removeprefix("bytes=").split("-")
    start = int(first) if first else max(0, len(content) - int(last))
    if start >= len(content):
        return Answer(416, given | {"Content-Range": f"bytes */{len(content)}"})
    part = content[start:]
    return Answer(206, given | {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}, part)


class PullServer:
    """`answer(asked)` gives an Answer; requests that have come are in `asked`."""

    def __init__(self, answer, certificate=None, bind="127.0.0.1", port=0, tls=None):
        """`tls` is a server's SSLContext with other settings than Python's."""
        self.answer, self.asked, self._lock = answer, [], threading.Lock()
        self.host, self._open = bind, set()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def setup(self):
                super().setup()
                server._open.add(self.connection)

            def finish(self):
                server._open.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def do_GET(self):
                server._serve(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # clients that go away, or do not trust us

        self._server = Server((bind, port), Handler)
        self.port = self._server.server_port
        self.scheme = "http"
        if certificate:
            context = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.file, certificate.key)
            # The handshake is the handler's: whoever does not finish it holds up nobody else.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
            self.scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"{self.scheme}://{self.host}:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join()

    def _serve(self, handler):
        with self._lock:
            asked = Asked(handler.path, handler.headers, len(self.asked))
            self.asked.append(asked)
        answer = self.answer(asked)
        try:
            self._send(handler, answer)
        except OSError:
            handler.close_connection = True

    @staticmethod
    def _send(handler, answer):
        if answer.raw is not None:
            for at in range(0, len(answer.raw), answer.piece):
                handler.connection.sendall(answer.raw[at:at + answer.piece])
                time.sleep(answer.rest_s)
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        headers = {"Content-Length": len(answer.body)} if answer.status != 304 else {}
        for name, value in (headers | answer.headers).items():
            if value is not None:
                handler.send_header(name, str(value))
        handler.end_headers()
        end = len(answer.body) if answer.cut_after is None else answer.cut_after
        hold = answer.hold_at
        sent = 0
        while sent < end:
            if hold is not None and sent >= hold:
                answer.go_on.wait(60)
                hold = None
            stop = min(sent + answer.piece, end, end if hold is None else hold)
            handler.wfile.write(answer.body[sent:stop])
            sent = stop
            time.sleep(answer.rest_s)
        if answer.cut_after is not None:
            handler.close_connection = True
