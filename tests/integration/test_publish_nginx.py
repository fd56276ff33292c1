"""The folder of airlift publish behind Debian's nginx, configured by the text of docs/update-server.md."""
import gzip
import ssl
import subprocess

import pytest

from nginx_server import Nginx, make_certificate, tls_version, why_no_nginx
from signing_tools import airlift, keys, manifest, sign_by_openssl  # noqa: F401

pytestmark = pytest.mark.skipif(why_no_nginx() is not None, reason=str(why_no_nginx()))
PATH = "/mini/stable/firmware.bin"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"), "updates")


@pytest.fixture
def nginx(tmp_path, free_port, certificate):
    (tmp_path / "updates").mkdir()
    with Nginx(tmp_path / "nginx", tmp_path / "updates", free_port, certificate) as server:
        yield server


@pytest.fixture
def publish(airlift, keys, tmp_path):
    """Publishes an image with this version: the file's bytes."""

    def run(version, *options, payload=b"payload" * 1000):
        image = tmp_path / "image"
        described = manifest(payload, version=version, boards=("mini",))
        image.write_bytes(sign_by_openssl(keys("ed25519"), payload, described, tmp_path))
        airlift("publish", tmp_path / "updates", image, "--make-current", *options)
        return image.read_bytes()

    return run


class Response:
    def __init__(self, raw):
        head, self.body = raw.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}


def fetch(url, *options):
    done = subprocess.run(["curl", "-sS", "-i", "--http1.1", "--noproxy", "*", *map(str, options), url], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return Response(done.stdout)


def header(text):
    return ("-H", text)


def test_an_image_and_what_a_device_looks_at(nginx, publish, certificate):
    image = publish("1.0")
    for url, options in ((nginx.http, ()), (nginx.https, ("--cacert", certificate[0]))):
        response = fetch(url + PATH, *options)
        assert (response.status, response.body) == (200, image)
        assert response.headers["content-length"] == str(len(image))
        assert response.headers["etag"].startswith('"') and response.headers["accept-ranges"] == "bytes"
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["content-type"] == "application/octet-stream"


def test_the_end_of_the_file_and_the_rest_of_it(nginx, publish):
    image = publish("1.0")
    end = fetch(nginx.http + PATH, *header("Range: bytes=-768"))
    assert (end.status, end.body) == (206, image[-768:])
    assert end.headers["content-range"] == f"bytes {len(image) - 768}-{len(image) - 1}/{len(image)}"
    etag = end.headers["etag"]
    rest = fetch(nginx.http + PATH, *header("Range: bytes=1000-"), *header(f"If-Range: {etag}"))
    assert (rest.status, rest.body) == (206, image[1000:])
    assert fetch(nginx.http + PATH, *header(f"If-None-Match: {etag}")).status == 304


def test_images_of_the_same_size_are_told_apart_however_fast_they_follow(nginx, publish):
    tags = []
    for version in ("1.1", "1.2", "1.1", "1.2"):
        image = publish(version)
        response = fetch(nginx.http + PATH)
        assert response.body == image
        tags.append(response.headers["etag"])
    assert len(set(tags)) == len(tags)
    old = tags[-2]
    assert fetch(nginx.http + PATH, *header(f"If-None-Match: {old}")).status == 200
    assert fetch(nginx.http + PATH, *header(f"If-Match: {old}")).status == 412
    cut = fetch(nginx.http + PATH, *header("Range: bytes=1000-"), *header(f"If-Range: {old}"))
    assert (cut.status, cut.body) == (200, image)


def test_gzip_is_given_to_those_who_ask_for_it_and_never_the_old_one(nginx, publish):
    accept = header("Accept-Encoding: gzip")
    first = publish("1.0", "--gzip")
    packed = fetch(nginx.http + PATH, *accept)
    assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(packed.body) == first
    plain = fetch(nginx.http + PATH)
    assert "content-encoding" not in plain.headers and plain.body == first
    assert plain.headers["etag"] != packed.headers["etag"]
    second = publish("1.1")
    assert fetch(nginx.http + PATH, *accept).body == second
    third = publish("1.2", "--gzip")
    assert gzip.decompress(fetch(nginx.http + PATH, *accept).body) == third


def test_unfinished_files_and_links_are_not_given(nginx, publish, tmp_path):
    publish("1.0")
    channel = tmp_path / "updates/mini/stable"
    (channel / ".firmware.bin.12345678.part").write_bytes(b"half")
    (tmp_path / "secret.bin").write_bytes(b"secret")
    (channel / "link.bin").symlink_to(tmp_path / "secret.bin")
    assert fetch(f"{nginx.http}/mini/stable/.firmware.bin.12345678.part").status == 404
    assert fetch(f"{nginx.http}/mini/stable/link.bin").status == 403
    assert fetch(f"{nginx.http}/maxi/stable/firmware.bin").status == 404


def test_an_image_that_is_replaced_while_it_is_sent_arrives_whole(nginx, publish):
    image = publish("1.0", payload=bytes(range(256)) * 40_000)
    slow = subprocess.Popen(["curl", "-sS", "--noproxy", "*", "--limit-rate", "8M", nginx.http + PATH], stdout=subprocess.PIPE)
    start = slow.stdout.read(100_000)  # it is under way, and the rest does not fit into the sockets' buffers
    publish("1.1", payload=b"other" * 2_000_000)
    assert start + slow.stdout.read() == image
    assert slow.wait(60) == 0


@pytest.mark.parametrize("protocol, version, other", [
    ("TLSv1.2", ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
    ("TLSv1.3", ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2)])
def test_one_version_of_tls_only(tmp_path, free_port, certificate, protocol, version, other):
    (tmp_path / "updates").mkdir()
    with Nginx(tmp_path / "nginx", tmp_path / "updates", free_port, certificate, protocol) as server:
        assert tls_version(server.https_port, version) == protocol
        assert tls_version(server.https_port, other) is None
