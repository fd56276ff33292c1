"""nginx and airlift serve giving the same folder, each in one process with one thread, with one certificate."""
import pathlib
import shutil
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))
from device_process import wait_until  # noqa: E402

PATH = "/lamp/stable/firmware.bin"

# Both log what they answer into a file, gathered, and take TLS 1.2 and 1.3 with the same groups; nginx' worker does the work.
NGINX = """daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {directory}/pid;
events {{ worker_connections 4096; }}
http {{
  access_log {directory}/access.log combined buffer=64k;
  sendfile on;
  tcp_nopush on;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen {host}:{http_port} backlog=4096;
    listen {host}:{https_port} ssl backlog=4096;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ecdh_curve X25519:P-256;
    root {folder};
  }}
}}
"""


def require(*programs):
    """Ends with a word when one is not installed."""
    packages = {"nginx": "nginx-light", "h2load": "nghttp2-client", "taskset": "util-linux"}
    missing = [packages.get(each, each) for each in programs if not shutil.which(each)]
    if missing:
        raise SystemExit(f"NOTHING IS MEASURED: install {' '.join(missing)} (apt-get install ...)")


class Site:
    """A folder as airlift publish writes it, in `directory`, and a certificate for `host`, an IP address."""

    def __init__(self, directory, image, host="127.0.0.1"):
        directory.chmod(0o755)  # nginx' worker is another user, when this is root
        self.directory, self.folder, self.host = directory, directory / "updates", host
        self.certificate, self.key = directory / "certificate.pem", directory / "key.pem"
        file = self.folder / PATH[1:]
        file.parent.mkdir(parents=True)
        file.write_bytes(image)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench",
                        "-addext", f"subjectAltName=IP:{host}", "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        self.key.chmod(0o600)


class Server:
    """One of the two, as a context. `wrapper` stands before its command: taskset, or what enters a namespace."""

    def __init__(self, site, http_port, wrapper=()):
        self.site, self.http_port, self.https_port, self._wrapper = site, http_port, http_port + 1, wrapper
        self._directory = site.directory / self.name
        self._process = None

    def __enter__(self):
        self._directory.mkdir()
        log = open(self._directory / "log", "wb")
        self._process = subprocess.Popen([*self._wrapper, *self._command()], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._listens, f"{self.name} listens")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(20)
        finally:
            self._process.kill()
            shutil.rmtree(self._directory)

    def _listens(self):
        if self._process.poll() is not None:
            raise SystemExit(f"{self.name} has ended: " + (self._directory / "log").read_text())
        asked = subprocess.run([*self._wrapper, "curl", "-skI", "--noproxy", "*", self.url(tls=True)], capture_output=True)
        return asked.stdout.startswith(b"HTTP/1.1 200")

    def url(self, tls):
        return f"https://{self.site.host}:{self.https_port}{PATH}" if tls else f"http://{self.site.host}:{self.http_port}{PATH}"

    def processor_seconds(self):
        """Of the process that answers."""
        return int(self._proc("schedstat").split()[0]) / 1e9

    def peak_kib(self):
        return next(int(line.split()[1]) for line in self._proc("status").splitlines() if line.startswith("VmHWM"))

    def _proc(self, file):
        return pathlib.Path(f"/proc/{self._worker()}/{file}").read_text()


class Nginx(Server):
    name = "nginx"

    def _command(self):
        (self._directory / "nginx.conf").write_text(NGINX.format(
            directory=self._directory, host=self.site.host, http_port=self.http_port, https_port=self.https_port, certificate=self.site.certificate,
            key=self.site.key, folder=self.site.folder))
        return ["nginx", "-p", self._directory, "-c", self._directory / "nginx.conf", "-e", self._directory / "log"]

    def _worker(self):
        return int(pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text())


class AirliftServe(Server):
    name = "airlift serve"

    def __init__(self, binaries, *arguments):
        super().__init__(*arguments)
        self._binaries = binaries

    def _command(self):
        return [self._binaries / "airlift", "serve", self.site.folder, "--bind", self.site.host, "--http-port", str(self.http_port), "--https-port",
                str(self.https_port), "--cert", self.site.certificate, "--key", self.site.key, "--state", self._directory]

    def _worker(self):
        return self._process.pid
