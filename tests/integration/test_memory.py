"""The device never holds a whole image."""
import pytest

from espota_client import FILESYSTEM
from raw_uploader import RawUploader

MIB = 1024 * 1024
LIMIT_KIB = 12 * 1024


@pytest.mark.long_wait
@pytest.mark.parametrize("size_mib", [1, 64])
def test_peak_memory_does_not_follow_the_size_of_the_image(start_device, sanitized, record_property, size_mib):
    if sanitized:
        pytest.skip("peak memory: sanitizers use more memory than they measure")
    device = start_device(slot_size=64 * MIB)
    mark = device.log.mark()
    image = bytes(range(256)) * (size_mib * MIB // 256)
    with RawUploader(device, image, FILESYSTEM) as uploader:
        uploader.begin()
        uploader.connection.sendall(image)
        assert b"OK" in uploader.read_until(b"OK", b"\n")
    device.wait_restarted(mark)
    peak = device.peak_rss_kib()
    record_property("peak_kib", peak)
    assert peak < LIMIT_KIB
