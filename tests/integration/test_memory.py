"""The device never holds a whole image."""
import pytest

from espota_client import FILESYSTEM
from pull_server import Certificate, PullServer, file_answer
from raw_uploader import RawUploader

MIB = 1024 * 1024
IDLE_LIMIT_KIB = 16 * 1024  # more than half of it are pages of libraries: libcurl's alone bring 4 MiB
UPLOAD_LIMIT_KIB = 2 * 1024  # on top of it
PULL_LIMIT_KIB = 12 * 1024  # likewise: libcurl and OpenSSL's part of TLS begin to work


@pytest.mark.long_wait
@pytest.mark.parametrize("size_mib", [1, 64])
def test_peak_memory_does_not_follow_the_size_of_the_image(start_device, sanitized, record_property, size_mib):
    if sanitized:
        pytest.skip("peak memory: sanitizers use more memory than they measure")
    device = start_device(slot_size=64 * MIB)
    mark = device.log.mark()
    idle = device.peak_rss_kib()
    assert idle < IDLE_LIMIT_KIB
    image = bytes(range(256)) * (size_mib * MIB // 256)
    with RawUploader(device, image, FILESYSTEM) as uploader:
        uploader.begin()
        uploader.connection.sendall(image)
        assert b"OK" in uploader.read_until(b"OK", b"\n")
    device.wait_restarted(mark)
    peak = device.peak_rss_kib()
    record_property("peak_kib", peak)
    assert peak - idle < UPLOAD_LIMIT_KIB


@pytest.mark.long_wait
@pytest.mark.parametrize("size_mib", [2, 64])
def test_nor_does_it_when_the_device_fetches_the_image_itself(start_device, sanitized, record_property, tmp_path, size_mib):
    if sanitized:
        pytest.skip("peak memory: sanitizers use more memory than they measure")
    certificate = Certificate.make(tmp_path, "server")
    device = start_device(slot_size=65 * MIB)
    device.stop()
    image = (device.binaries / "airlift-demo-app-2").read_bytes().ljust(size_mib * MIB, b"#")
    with PullServer(lambda asked: file_answer(asked, image), certificate) as server:
        device.configure(update={"0": {"url": f"{server.url}/f", "fingerprint": certificate.pin, "interval": "0"}})
        device.start()
        idle = device.peak_rss_kib()
        done = device.command("check")
        assert done.returncode == 0, done.stderr
        device.wait_version(2)
    peak = device.peak_rss_kib()
    record_property("peak_kib", peak)
    assert peak - idle < PULL_LIMIT_KIB
