"""A device that pulls, and the servers, proxies and certificates that rows of pull_faults.toml name. What is not used is not made."""
import collections
import dataclasses
import hashlib
import secrets
import ssl
import threading
import time

from device_process import DEADLINE_S, Device, wait_until
from nginx_server import Nginx
from pull_server import Answer, Certificate, PullServer, file_answer
from signing_tools import manifest, sign_by_openssl
from web_proxy import WebProxy

ORDINARY = {"url": "{first}/f", "interval": "0"}


class Certificates:
    def __init__(self, folder):
        self.folder, self._made = folder, {}

    def __getitem__(self, name):
        if name not in self._made:
            self._made[name] = getattr(self, name)()
        return self._made[name]

    def good(self):
        return Certificate.make(self.folder, "good")

    def renewed(self):
        return Certificate.make(self.folder, "renewed", names="DNS:elsewhere.example", key=self["good"].key)

    def changed(self):
        return Certificate.make(self.folder, "changed")

    def expired(self):
        return Certificate.make(self.folder, "expired", days=-1)

    def named(self):
        return Certificate.make(self.folder, "named", names="DNS:localhost")

    def elsewhere(self):
        return Certificate.make(self.folder, "elsewhere", names="DNS:elsewhere.example")


class Site:
    """Is a mapping, so that texts of the table can name servers: `{first}` is its URL, `{good.pin}` a fingerprint."""

    def __init__(self, table, binaries, free_port, make_key, folder):
        self.table, self.binaries, self.free_port, self.make_key, self.folder = table, binaries, free_port, make_key, folder
        self.page_port = free_port()
        self.certificates = Certificates(folder)
        self.servers, self.asked, self.device = {}, [], None
        self.go_on = threading.Event()
        self.begin({}, b"")
        self._make_device()

    def _make_device(self):
        self.device = Device(self.binaries, self.folder / f"device{secrets.token_hex(4)}", self.free_port(), f"pull{secrets.token_hex(4)}")
        self.configuration = self.configuration_of({})
        self._configure()
        self.device.init(self.binaries / "airlift-demo-app-1", (self.binaries / "airlift-demo-app-2").stat().st_size + 100_000)
        self.device.start()
        self.device.wait_version(1)

    def close(self):
        self.go_on.set()
        self.device.close()
        for server in self.servers.values():
            server.stop() if isinstance(server, Nginx) else server.close()

    def renew_device(self):
        """After a failed test, which may have left it in any state."""
        self.device.close()
        self._make_device()

    # The device

    def configuration_of(self, row):
        ota = {key: self.fill(value) for key, value in row.get("ota", {}).items()}
        update = {key: self.fill(value) for key, value in (ORDINARY | row.get("update", {})).items()}
        return {"device": row.get("device", {}), "ota": ota, "update": update}

    def _configure(self):
        how = self.configuration
        self.device.configure(how["device"], how["ota"], update={"0": how["update"]}, web={"0": {"port": self.page_port}})

    def prepare_device(self, row):
        """Runs with what the row wants configured; restarted only where that is something else than before."""
        wanted = self.configuration_of(row)
        if wanted != self.configuration:
            self.configuration = wanted
            self._configure()
            assert self.device.stop() == 0
            self.device.start()
            wait_until(self.device.ask_version, "the application runs")

    def program(self, version):
        return (self.binaries / f"airlift-demo-app-{version}").read_bytes()

    def key(self, name):
        return self.make_key("ed25519", f"-{name}")

    def signed(self, content, key="trusted", changed_at=None, **described):
        file = bytearray(sign_by_openssl(self.key(key), content, manifest(content, **described), self.folder))
        if changed_at is not None:
            file[changed_at] ^= 1
        return bytes(file)

    # The servers

    def __getitem__(self, name):
        """A server, a certificate, or a key of this name, for the texts of the table."""
        if name in self.table["server"]:
            if name not in self.servers:
                self.servers[name] = self._start_server(name, **self.table["server"][name])
            return Url(self.servers[name])
        if name == "nobody":
            return f"http://127.0.0.1:{self.free_port()}"
        if name == "night":
            begin, end = (time.localtime(time.time() + hours * 3600) for hours in (-1, 2))
            return f"{time.strftime('%H:%M', begin)}-{time.strftime('%H:%M', end)}"
        if name in ("trusted", "stranger"):
            return self.key(name)
        if name == "certificate":
            return self.certificates
        raise KeyError(name)

    def fill(self, text, **more):
        return text.format_map(collections.ChainMap(more, self)) if isinstance(text, str) else text

    def _start_server(self, name, proxy=None, nginx=None, certificate=None, host="127.0.0.1", port=0):
        if proxy is not None:
            return WebProxy(proxy.encode() or None)
        if nginx:
            good = self.certificates["good"]
            (self.folder / name).mkdir()
            made = Nginx(self.folder / f"{name}-nginx", self.folder / name, self.free_port, (good.file, good.key), nginx)
            self._give_file(made)
            return made
        certificate = certificate and self.certificates[certificate]
        return PullServer(lambda asked: self._answer(name, asked), certificate, host, port, certificate and ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    def restart_server(self, name):
        """A function that lets it come back, at the same port."""
        port = self.servers[name].port
        self.servers[name].close()

        def come_back():
            self.servers[name] = self._start_server(name, **self.table["server"][name], port=port)

        return come_back

    def begin(self, row, content, changed=b""):
        """From now on the servers answer as the row says."""
        self.row, self.content, self.changed = row, content, changed
        self.asked.clear()
        self.go_on.clear()
        self.counts = {}
        for server in self.servers.values():
            self._give_file(server)

    def _give_file(self, server):
        if isinstance(server, Nginx):
            (server.root / "firmware.bin").write_bytes(self.content)

    def _answer(self, name, asked):
        wants = what_is_wanted(asked)
        self.asked.append((name, wants, asked))
        for number, rule in enumerate(self.row.get("answers", [])):
            if rule.get("at", name) != name or rule.get("to", wants.split()[0]) != wants.split()[0]:
                continue
            self.counts[number] = self.counts.get(number, 0) + 1
            if rule.get("nth", [self.counts[number]]).count(self.counts[number]):
                return self._faulty(rule, asked)
        return self._good(asked)

    def _good(self, asked, content=None, headers=None, tagged=True, ranges=True):
        content = self.content if content is None else content
        digest = hashlib.sha256(content).hexdigest()
        return file_answer(asked, content, f'"{digest[:16]}"' if tagged else None, headers, ranges)

    def _faulty(self, rule, asked):
        if "raw" in rule:
            return Answer(raw=self.fill(rule["raw"]).encode(), **pace(rule))
        content = self.changed if rule.get("changed") else self.content
        names = {"size": len(content), "last": len(content) - 1, "large": "x" * 9000,
                 "md5": hashlib.md5(content).hexdigest(), "sha256": hashlib.sha256(content).hexdigest()}
        headers = {name: self.fill(value, **names) or None for name, value in rule.get("headers", {}).items()}
        answer = self._good(asked, content, headers, rule.get("tagged", True), rule.get("ranges", True))
        answer.status = rule.get("status", answer.status)
        if "body" in rule or answer.status >= 300:
            answer.body = rule.get("body", "").encode()
        if "lie" in rule:
            answer.headers["Content-Length"] = len(answer.body) + rule["lie"]
        if "chunked" in rule:
            answer.headers |= {"Content-Length": None, "Transfer-Encoding": "chunked"}
            answer.body = f"{len(answer.body):x}\r\n".encode() + answer.body + b"\r\n0\r\n\r\n"
        answer.cut_after = len(answer.body) if rule.get("cut_after") == -1 else rule.get("cut_after")
        return dataclasses.replace(answer, hold_at=rule.get("hold_at"), go_on=self.go_on, **pace(rule))


def pace(rule):
    return {key: rule[key] for key in ("piece", "rest_s") if key in rule}


class Url(str):
    """Of a server."""

    def __new__(cls, server):
        url = super().__new__(cls, getattr(server, "https", None) or getattr(server, "url", None) or str(server))
        url.port = url.rpartition(":")[2]
        return url


def what_is_wanted(asked):
    """`end`, `all` or `from <offset>`."""
    wanted = asked.header("Range")
    if not wanted:
        return "all"
    first = wanted.removeprefix("bytes=").split("-")[0]
    return f"from {first}" if first else "end"
