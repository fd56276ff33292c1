"""Uploads over IPv6: on loopback, and between two namespaces that have no other addresses."""
import contextlib
import subprocess

import pytest

from net_namespace import VethLink, why_no_namespace

PASSWORD = "open sesame"


@pytest.fixture
def link():
    reason = why_no_namespace("unshare", "nsenter", "ip")
    if reason:
        pytest.skip(f"IPv6 only: {reason}")
    with contextlib.closing(VethLink(VethLink.ipv6)) as made:
        yield made


def push(binaries, *arguments, inside=(), image=None):
    command = [*inside, binaries / "airlift", "push", "--no-wait", *arguments, "-a", PASSWORD,
               "-f", image or binaries / "airlift-demo-app-2"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("extension", ["on", "off"])
def test_push_to_a_device_on_loopback(start_device, binaries, extension):
    device = start_device(bind="::1", ota={"passwd": PASSWORD, "extension": extension})
    push(binaries, "-i", "::1", "-p", device.port)
    device.wait_version(2)


@pytest.mark.parametrize("extension", ["on", "off"])
def test_push_where_there_is_no_ipv4(start_device, binaries, link, extension):
    device = start_device(bind=link.device, wrapper=link.on_device, ota={"passwd": PASSWORD, "extension": extension})
    push(binaries, "-i", link.device, "-p", device.port, inside=link.on_host)
    device.wait_version(2)


def test_push_by_name_where_there_is_no_ipv4(start_device, binaries, link):
    device = start_device(bind=link.device, wrapper=link.on_device, device={"sd": "true"}, ota={"passwd": PASSWORD})
    device.log.wait("advertised as")
    push(binaries, device.name, "--wait", "30s", inside=link.on_host)
    device.wait_version(2)


def test_push_to_an_old_device(start_arduino, binaries, tmp_path):
    """The ESP32 core speaks IPv6 from 3.0 on."""
    device = start_arduino("esp32-new", host="::1", password=PASSWORD)
    (tmp_path / "image").write_bytes(b"\xe9" + bytes(50_000))
    push(binaries, "-i", "::1", "-p", device.port, image=tmp_path / "image")
    assert device.installed() == (tmp_path / "image").read_bytes()
