"""A device that updates itself from a folder of airlift publish behind Debian's nginx."""
import json

import pytest

from nginx_server import Nginx, fingerprint, make_certificate, why_no_nginx
from signing_tools import airlift, keys, manifest, sign_by_openssl  # noqa: F401

pytestmark = pytest.mark.skipif(why_no_nginx() is not None, reason=str(why_no_nginx()))
MANIFEST_BYTES = 768  # the last bytes of a file tell all: image/trailer.hpp


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return [make_certificate(folder, name) for name in ("first", "second")]


@pytest.fixture
def publish(airlift, keys, binaries, tmp_path):
    """Publishes the second demo application with this version: the file's size."""

    def run(version, *options, **described):
        payload = (binaries / "airlift-demo-app-2").read_bytes() + version.encode()  # an image of its own
        image = tmp_path / "image"
        described = manifest(payload, version=version, boards=("mini",), **described)
        image.write_bytes(sign_by_openssl(keys("ed25519"), payload, described, tmp_path))
        airlift("publish", tmp_path / "updates", image, *options)
        return image.stat().st_size

    return run


@pytest.fixture
def puller(start_device, keys):
    """A function that starts a device that asks `url` when it is told to, and takes what `keys` have signed."""

    def start(url, **properties):
        update = {"url": url, "interval": "0"} | properties
        return start_device(ota={"keys": keys("ed25519").public}, elements={"update": {"0": update}}, options=("--board-id", "mini"))

    return start


def check(device, exits=0):
    """What `airlift-device check --json` tells: the result and the error's name."""
    done = device.command("check", "--json", "--timeout", "50s")
    assert done.returncode == exits, (done.stdout, done.stderr)
    told = json.loads(done.stdout)
    return told["result"], told["error"] and told["error"]["name"]


def test_a_device_fetches_what_it_installs_and_nothing_else(puller, publish, free_port, certificates, tmp_path):
    size = publish("2.0", counter=5)
    with Nginx(tmp_path / "nginx", tmp_path / "updates", free_port, certificates[0]) as nginx:
        device = puller(nginx.http)

        def asked_since(count):
            """Status and bytes of the body for each answer since, when nginx has noted at least one."""
            return [(answer.status, answer.body_bytes) for answer in nginx.wait_answers(count + 1)[count:]]

        assert check(device)[0] == "installed"
        device.wait_version(2)
        assert {answer.path for answer in nginx.wait_answers(2)} == {"/mini/stable/firmware.bin"}
        assert asked_since(0) == [(206, MANIFEST_BYTES), (200, size)]
        assert check(device)[0] == "up_to_date"
        assert asked_since(2) == [(304, 0)]

        publish("1.9", "--make-current", counter=4)  # going back below what the device has confirmed
        assert check(device, exits=1) == ("ruled_out", "counter_too_low")
        assert asked_since(3) == [(206, MANIFEST_BYTES)]
        publish("4.0", minimum="3.0", counter=5)
        assert check(device, exits=1) == ("ruled_out", "version_too_old")
        assert asked_since(4) == [(206, MANIFEST_BYTES)]
        assert device.ask_version() == "version 2"


@pytest.mark.parametrize("protocol, trust, refusal", [("TLSv1.2", "fingerprint", "certificate_not_pinned"),
                                                      ("TLSv1.3", "ca", "certificate_untrusted")])
def test_https_and_another_certificate(puller, publish, free_port, certificates, tmp_path, protocol, trust, refusal):
    publish("2.0")
    first, second = certificates
    with Nginx(tmp_path / "nginx", tmp_path / "updates", free_port, first, protocol) as nginx:
        device = puller(nginx.https, **{trust: fingerprint(first[0]) if trust == "fingerprint" else first[0]})
        assert check(device)[0] == "installed"
        device.wait_version(2)
        nginx.restart(second)
        asked = len(nginx.answers())
        assert check(device, exits=1) == ("failed", refusal)
        assert len(nginx.answers()) == asked
        nginx.restart(first)
        assert check(device)[0] == "up_to_date"
