"""Uploads with airlift push over a link that delays and loses: real TCP at both ends, and datagrams that are gone."""
import contextlib
import subprocess

import pytest

from net_namespace import SlowLink, why_no_namespace
from push_events import outcome

PASSWORD = "open sesame"


@pytest.fixture
def lossy_link(binaries):
    """A function that makes links."""
    reason = why_no_namespace("unshare", "nsenter", "ip")
    if not reason and not (binaries / "slow_link").exists():
        reason = "slow_link is not built; the release preset builds it"
    if reason:
        pytest.skip(f"lossy link: {reason}")
    with contextlib.ExitStack() as cleanup:
        yield lambda **options: cleanup.enter_context(contextlib.closing(SlowLink(binaries / "slow_link", **options)))


@pytest.mark.parametrize("seed", range(3))
def test_push_over_a_link_that_loses_every_tenth_frame(start_device, lossy_link, binaries, tmp_path, seed):
    link = lossy_link(delay_ms=5, drop_percent=10, seed=seed)
    device = start_device(ota={"passwd": PASSWORD}, bind=link.device, wrapper=link.on_device)
    mark = device.log.mark()
    image = tmp_path / "image"
    image.write_bytes(bytes(range(256)) * 200)
    command = ["push", "-i", link.device, "-I", link.host, "-p", str(device.port), "-s", "-f", image, "-a", PASSWORD]
    done = subprocess.run([*link.on_host, binaries / "airlift", *command, "--json"], capture_output=True, text=True)
    assert done.returncode == 0, outcome(done.stdout)
    device.wait_restarted(mark)
    assert (device.state / "run" / "filesystem.img").read_bytes() == image.read_bytes()
