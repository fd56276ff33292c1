"""One airlift push to a hundred devices at once, from one process."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import time

import pytest

from crowd import SCRIPT, Crowd

COUNT = 100
PEAK_LIMIT_KIB = 64 * 1024
DESCRIPTOR_LIMIT = 10 * COUNT


@pytest.fixture
def crowd(binaries, sanitized, free_port, tmp_path):
    if sanitized:
        pytest.skip("a hundred devices: release build only, for their memory and time")
    with contextlib.closing(Crowd(binaries, tmp_path, [free_port() for _ in range(COUNT)])) as made:
        yield made


def watch(process):
    """Waits for the process's end; returns the most descriptors and memory (KiB) that it was seen to have."""
    descriptors, peak_kib = 0, 0
    while process.poll() is None:
        with contextlib.suppress(OSError, TypeError):
            descriptors = max(descriptors, len(os.listdir(f"/proc/{process.pid}/fd")))
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak_kib = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
        time.sleep(0.01)  # takes samples; waits for nothing
    return descriptors, peak_kib


@pytest.mark.long_wait
def test_all_are_updated_and_confirmed(crowd, binaries, tmp_path, record_property):
    (tmp_path / "image").write_bytes(SCRIPT + b"# second\n" * 1000)
    before = crowd.newest_updates()
    command = [binaries / "airlift", "push", "--json", "-I", "127.0.0.1", "--devices", crowd.write_list(), "--jobs", "0",
               "-f", tmp_path / "image"]
    with open(tmp_path / "output", "w") as output:
        begin = time.monotonic()
        process = subprocess.Popen([*map(str, command)], stdout=output, stderr=subprocess.STDOUT)
        descriptors, peak_kib = watch(process)
        seconds = time.monotonic() - begin
    said = (tmp_path / "output").read_text()
    assert process.returncode == 0, said[-3000:]
    assert json.loads(said.splitlines()[-1])
    crowd.wait_confirmed(before)
    record_property("figures", f"{seconds:.1f} s, {descriptors} descriptors, {peak_kib} KiB")
    assert seconds < COUNT, "one after the other: each needs a second on trial, and some time more"
    assert COUNT <= descriptors < DESCRIPTOR_LIMIT
    assert 0 < peak_kib < PEAK_LIMIT_KIB
