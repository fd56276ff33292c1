"""Debian's nginx on loopback ports of its own, in one process, without root: a folder of updates, as docs/update-server.md
configures it."""
import pathlib
import re
import shutil
import socket
import ssl
import subprocess

from device_process import wait_until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/update-server.md"
HOST = "127.0.0.1"

# What stands around the page's server block in a nginx.conf; in one process, which may be anybody's.
AROUND = """daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error.log info;
events {{ worker_connections 2048; }}
http {{
  log_format counted '$request_method $uri $status $bytes_sent $body_bytes_sent [$http_range] [$http_if_none_match]';
  access_log {directory}/access.log counted;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
{servers}
}}
"""


def why_no_nginx():
    """The reason why there is no nginx here, or None."""
    return None if shutil.which("nginx") else "nginx is not installed (apt-get install nginx-light)"


def page_server():
    """The server block that docs/update-server.md shows."""
    (block,) = re.findall(r"^```nginx\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return block


def replaced(block, old, new):
    assert block.count(old) == 1, f"docs/update-server.md: {old!r} is not in the server block, once"
    return block.replace(old, new)


def make_certificate(directory, name, subject_alt_name=f"IP:{HOST}", *more):
    """A self-signed certificate and its key, as docs/update-server.md makes them."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}-key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
                    "-subj", "/CN=updates", "-addext", f"subjectAltName={subject_alt_name}", "-keyout", key, "-out", certificate,
                    *more], check=True, capture_output=True)
    return certificate, key


def fingerprint(certificate):
    """As `openssl x509 -fingerprint -sha256` writes it."""
    done = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip().split("=")[1]


class Answer:
    """A line of the access log."""

    def __init__(self, line):
        words, self.range, self.if_none_match = re.fullmatch(r"(.*) \[(.*)\] \[(.*)\]", line).groups()
        self.method, self.path, status, sent, body = words.split(" ")
        self.status, self.sent_bytes, self.body_bytes = int(status), int(sent), int(body)

    def __repr__(self):
        return f"{self.method} {self.path} -> {self.status}, {self.body_bytes} bytes"


class Nginx:
    """Gives the folder `root`. `protocols` are those of HTTPS."""

    def __init__(self, directory, root, free_port, certificate, protocols="TLSv1.2 TLSv1.3"):
        directory.mkdir()
        self.directory, self.root = directory, root
        self.http_port, self.https_port = free_port(), free_port()
        self._protocols = protocols
        self._process = None
        self._configure(certificate)
        self._start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _configure(self, certificate):
        block = page_server()
        for old, new in ((" 8070", f" {HOST}:{self.http_port}"), (" 8443", f" {HOST}:{self.https_port}"), ("/srv/updates", str(self.root)),
                         ("/etc/ssl/updates/certificate.pem", str(certificate[0])), ("/etc/ssl/updates/key.pem", str(certificate[1])),
                         ("TLSv1.2 TLSv1.3", self._protocols)):
            block = replaced(block, old, new)
        (self.directory / "nginx.conf").write_text(AROUND.format(directory=self.directory, servers=block))

    def _start(self):
        self._process = subprocess.Popen(["nginx", "-p", self.directory, "-c", self.directory / "nginx.conf",
                                          "-e", self.directory / "error.log"], stderr=subprocess.PIPE)
        wait_until(self._listens, "nginx listens")

    def _listens(self):
        assert self._process.poll() is None, self._process.stderr.read().decode() + (self.directory / "error.log").read_text()
        try:
            for port in (self.http_port, self.https_port):
                socket.create_connection((HOST, port), 1).close()
        except OSError:
            return False
        return True

    def restart(self, certificate):
        """With another certificate."""
        self.stop()
        self._configure(certificate)
        self._start()

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()

    @property
    def http(self):
        return f"http://{HOST}:{self.http_port}"

    @property
    def https(self):
        return f"https://{HOST}:{self.https_port}"

    def answers(self):
        """What it has answered so far; a line is written when an answer has ended."""
        return [Answer(line) for line in (self.directory / "access.log").read_text().splitlines() if line.startswith(("GET", "HEAD"))]

    def wait_answers(self, count):
        return wait_until(lambda: self.answers() if len(self.answers()) >= count else None, f"{count} answers of nginx")


def tls_version(url_port, version):
    """Whether a TLS handshake of exactly this version succeeds."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    try:
        with socket.create_connection((HOST, url_port), 10) as plain, context.wrap_socket(plain) as channel:
            return channel.version()
    except ssl.SSLError:
        return None
