"""A program on a terminal of its own: what it draws, and what is typed."""
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

DEADLINE_S = 60


class Terminal:
    def __init__(self, command, rows=24, columns=80, **options):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

        def make_it_the_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                        preexec_fn=make_it_the_terminal, **options)
        os.close(slave)
        self._text, self._changed, self._ended = "", threading.Condition(), False
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        with contextlib.suppress(OSError):  # how Linux tells that nobody holds the other end any more
            while data := os.read(self._master, 4096):
                with self._changed:
                    self._text += data.decode(errors="replace")
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self, pattern, since=0):
        """Waits for a text that matches; returns where it ends."""
        def find():
            return re.compile(pattern).search(self._text, since)

        with self._changed:
            self._changed.wait_for(lambda: find() or self._ended, DEADLINE_S)
            found = find()
            assert found, f"no {pattern!r} on the terminal:\n{self._text}"
            return found.end()

    def type(self, text):
        os.write(self._master, text.encode())

    def echoes(self):
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def end(self):
        """Waits for the program's end; returns its exit code and everything it drew."""
        code = self.process.wait(DEADLINE_S)
        with self._changed:
            self._changed.wait_for(lambda: self._ended, DEADLINE_S)
            return code, self._text

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._master)
