"""One airlift push to many devices at once, beside as many lock-step clients."""
import resource
import subprocess
import time

from ends import CLIENT, PYTHON, Crowd

FIRST_PORT = 27000


class Fleet:
    def __init__(self, binaries, folder, count, image):
        self._binaries, self._image = binaries, image
        self._crowd = Crowd(binaries, folder, range(FIRST_PORT, FIRST_PORT + count), image.read_bytes())
        self._list = self._crowd.write_list()

    def close(self):
        self._crowd.close()

    def push(self):
        return self._measure([[self._binaries / "airlift", "push", "--no-wait", "--devices", self._list, "--jobs", "0", "-q",
                               "-I", "127.0.0.1", "-f", self._image]])

    def lock_step(self):
        return self._measure([[PYTHON, CLIENT, "esp32-middle", "-i", "127.0.0.1", "-p", device.port, "-f", self._image]
                              for device in self._crowd.devices])

    def _measure(self, commands):
        """Wall time, and processor time of all these processes."""
        before = self._crowd.newest_updates()
        begin, used = time.monotonic(), children_seconds()
        processes = [subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                     for command in commands]
        codes = [process.wait() for process in processes]
        result = time.monotonic() - begin, children_seconds() - used
        if any(codes):
            raise SystemExit(f"{sum(code != 0 for code in codes)} of {len(codes)} uploaders failed")
        self._crowd.wait_confirmed(before)
        return result


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
