"""A real airlift-device process with its own directories, watched through its log."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from raw_uploader import ask

DEADLINE_S = 30  # generous: sanitizer builds on a busy machine pass too


def wait_until(condition, what, deadline_s=DEADLINE_S):
    """Polls a condition of another process that sends no event. Returns its first true value."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        time.sleep(0.01)


class Log:
    """Collects lines of a pipe in a thread; waits for a line by event, not by polling."""

    def __init__(self, pipe):
        self._lines = []
        self._changed = threading.Condition()
        self._ended = False
        threading.Thread(target=self._collect, args=(pipe,), daemon=True).start()

    def _collect(self, pipe):
        for raw in pipe:
            with self._changed:
                self._lines.append(raw.decode(errors="replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def text(self):
        with self._changed:
            return "\n".join(self._lines)

    def mark(self):
        """A place in the log; `wait(..., since=mark)` looks only behind it."""
        with self._changed:
            return len(self._lines)

    def wait(self, pattern, deadline_s=DEADLINE_S, since=0):
        """Waits for a line that matches and returns the match."""
        regex = re.compile(pattern)

        def find():
            return next((m for m in map(regex.search, self._lines[since:]) if m), None)

        with self._changed:
            self._changed.wait_for(lambda: find() or self._ended, deadline_s)
            found = find()
        if not found:
            raise AssertionError(f"no line matches {pattern!r} in the log:\n{self.text()}")
        return found


class Device:
    def __init__(self, binaries, root, port, name="devtest", bind="127.0.0.1", wrapper=()):
        self.binaries, self.root, self.port, self.name, self.bind = binaries, pathlib.Path(root), port, name, bind
        self.wrapper = list(wrapper)  # put before the command, for instance nsenter
        self.config, self.state = self.root / "config", self.root / "state"
        self.config.mkdir(parents=True)
        self.process, self.log, self.runs = None, None, []

    @property
    def address(self):
        return self.bind, self.port

    @property
    def app_socket(self):
        return self.state / "run" / "app.sock"

    def configure(self, device=None, ota=None, **more_types):
        """Writes env.json with the two elements; a value of None leaves a property out."""
        elements = {
            "device": {"0": {"name": self.name, "safemode": "false", "sd": "false"} | (device or {})},
            "ota": {"0": {"port": self.port, "description": "Listen for 'over the air' OTA Updates"} | (ota or {})},
        }
        for instances in elements.values():
            instances["0"] = {key: value for key, value in instances["0"].items() if value is not None}
        (self.config / "env.json").write_text(json.dumps(elements | more_types, default=str))
        (self.config / "config.json").write_text("{}")

    def init(self, firmware, slot_size=None):
        done = self.command("init", "--firmware", firmware, *(["--slot-size", str(slot_size)] if slot_size else []))
        assert done.returncode == 0, done.stderr

    def start(self, *options, ready=True, env=None, level="debug"):
        command = [*self.wrapper, self.binaries / "airlift-device", "--config", self.config, "--state", self.state,
                   "--bind", self.bind, "--log-level", level, *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stdin=subprocess.DEVNULL, env=env, start_new_session=True)
        self.log = Log(self.process.stderr)
        self.runs.append(self.log)
        if ready:
            self.log.wait(": ready: ")
        return self

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE_S)
        # An application that was just being started holds the lock a moment longer.
        self.wait_status(lambda status: not status["running"], "nobody uses the state directory")

    @contextlib.contextmanager
    def standing_still(self):
        """What is sent meanwhile, the device finds all at once."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def restart(self, **options):
        self.stop()
        return self.start(**options)

    def wait_restarted(self, mark):
        """Waits for the restart after an update; `mark` is log.mark() from before it."""
        self.log.wait("application: started", since=mark)

    # The application

    def ask_version(self):
        """What the running application answers now, or None."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(DEADLINE_S)
            try:
                # Through /proc, because a socket's address holds 107 characters only and pytest's paths are long.
                folder = os.open(self.app_socket.parent, os.O_PATH)
                try:
                    client.connect(f"/proc/self/fd/{folder}/{self.app_socket.name}")
                finally:
                    os.close(folder)
                return client.makefile().readline().strip() or None
            except OSError:
                return None

    def wait_version(self, version):
        """Waits until this version runs and takes uploads, so is not on trial any more, and the history tells so."""
        wait_until(lambda: self.ask_version() == f"version {version}", f"the application is version {version}")
        # The history is written after the record.
        self.wait_status(lambda now: not now["on_trial"] and not any(entry["result"] == "installed" for entry in now["history"][:1]),
                         f"version {version} is confirmed")

    def wait_no_upload(self):
        """Waits until the device has seen that the last uploader is gone: what that one sent is read first, a piece at a time."""
        request = f"AIRLIFT 1 status 0 {'0' * 32}\n"
        wait_until(lambda: ask(self.address, request) != "ERR: another upload is running", "no upload is running")

    def command(self, name, *options):
        """Runs `airlift-device NAME` on the state directory."""
        command = [self.binaries / "airlift-device", name, "--state", self.state, *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=2 * DEADLINE_S)

    def status(self):
        done = self.command("status", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def wait_status(self, condition, what):
        """Waits until what status tells fulfils a condition, and returns it."""
        def find():
            status = self.status()
            return status if condition(status) else None

        return wait_until(find, what)

    def app_pid(self):
        """The supervised child: a child of the device that runs something from the state directory."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next((int(pid) for pid in children if str(self.state) in command_and_environment(pid)), None)

    def wait_app_pid(self):
        return wait_until(self.app_pid, "the application runs")

    def peak_rss_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

    def close(self):
        """Ends the process and whatever it left behind."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE_S)
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and str(self.state) in command_and_environment(entry.name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)

    def report(self):
        return "\n".join(f"--- log of {self.name}, run {i} ---\n{log.text()}" for i, log in enumerate(self.runs, 1))


def command_and_environment(pid):
    with contextlib.suppress(OSError):
        parts = [pathlib.Path(f"/proc/{pid}/{part}").read_bytes() for part in ("cmdline", "environ")]
        return b"\n".join(parts).replace(b"\0", b"\n").decode(errors="replace")
    return ""
