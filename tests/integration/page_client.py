"""The device's page as tools, browsers and attackers speak to it: plain HTTP, one connection a request."""
import base64
import contextlib
import json
import socket
import subprocess

from device_process import DEADLINE_S

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
BOUNDARY = "------------------------a1b2c3d4e5f60718"


class Answer:
    """Of one request: its status, headers by lower-case name, and body, unchunked."""

    def __init__(self, file):
        self.status = int(file.readline().split()[1])
        self.headers = {}
        while (line := file.readline().decode().strip()):
            name, value = line.split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.body = b""

    def read_body(self, file):
        if self.headers.get("transfer-encoding") == "chunked":
            while (size := int(file.readline(), 16)):
                self.body += file.read(size + 2)[:-2]
            file.readline()
        elif "content-length" in self.headers:
            self.body = file.read(int(self.headers["content-length"]))
        elif self.status not in (204, 304):
            self.body = file.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.status, self.json["error"]


class PageClient:
    def __init__(self, device, port, password=None, host="127.0.0.1"):
        self.device, self.port, self.password = device, port, password
        self.address, self.host = (host, port), f"{host}:{port}"

    def connect(self, source="127.0.0.1", deadline_s=DEADLINE_S):
        return socket.create_connection(self.address, deadline_s, (source, 0))

    def head(self, method, path, headers=None, password=None):
        """Request line and headers; a header of None is left out."""
        lines = {"Host": self.host, "User-Agent": "curl/7.88.1", "Connection": "close"} | (headers or {})
        password = self.password if password is None else password
        if password and "Authorization" not in lines:
            lines["Authorization"] = basic(password)
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode("latin-1")

    def ask(self, method, path, body=None, headers=None, password=None, source="127.0.0.1", deadline_s=DEADLINE_S):
        """The answer to one request with or without a password; "" is none where the client has one."""
        more = {} if body is None else {"Content-Length": len(body), "Content-Type": "application/x-www-form-urlencoded"}
        return self.exchange(self.head(method, path, more | (headers or {}), password) + (body or b""), source, method, deadline_s)

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, body=b"", **how):
        return self.ask("POST", path, body, **how)

    def exchange(self, request, source="127.0.0.1", method="GET", deadline_s=DEADLINE_S):
        """The first answer to these bytes; None when the device closes without one."""
        with self.connect(source, deadline_s) as connection:
            with contextlib.suppress(OSError):  # it may answer and close before it has read all
                connection.sendall(request)
            return read_answer(connection, method)

    def ota(self):
        """Values of the ota element."""
        return self.get("/api/state/ota/0").json["ota/0"]

    def upload(self, content, field="firmware", headers=None, password=None):
        body = multipart(content, field)
        return self.post("/update", body, headers=form_data() | (headers or {}), password=password)

    def curl(self, *options, path="/update"):
        """Standard output of curl, which has to succeed."""
        command = ["curl", "-sS", "--noproxy", "*", *map(str, options), f"http://{self.host}{path}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
        return done.stdout

    def log_in(self, password=None):
        """Headers of a session: the cookie, and with the token."""
        password = self.password if password is None else password
        answer = self.post("/api/login", f"password={password}".encode(), headers={"Authorization": None})
        assert answer.status == 200, answer.text
        cookie = {"Cookie": answer.headers["set-cookie"].split(";")[0], "Authorization": None}
        return cookie, cookie | {"X-CSRF-Token": answer.json["csrf"]}


def basic(password):
    return "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()


def form_data(boundary=BOUNDARY):
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def multipart(content, field="firmware", boundary=BOUNDARY):
    head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="image.bin"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n")
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()


def read_answer(connection, method="GET"):
    """The next answer on a connection, or None when it ends without one."""
    file = connection.makefile("rb")
    try:
        answer = Answer(file)
        if method != "HEAD":
            answer.read_body(file)
    except (ConnectionError, IndexError):
        return None
    return answer
