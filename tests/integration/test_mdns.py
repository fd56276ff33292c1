"""Discovery, seen by an independent mDNS stack."""
import re
import socket

import pytest

from mdns import Browser
from device_process import wait_until
from net_namespace import MdnsDaemonNamespace, why_no_namespace

ADVERTISED = r"advertised as (\S.*)$"


@pytest.mark.parametrize("password", ["", "123"], ids=["open", "password"])
def test_everything_the_arduino_ide_needs(start_device, password):
    with Browser() as browser:
        device = start_device(device={"sd": "true"}, ota={"passwd": password}, options=["--board-id", "linux-test"])
        device.log.wait(rf"advertised as {device.name}$")
        browser.wait("added", device.name)
        info = browser.resolve(device.name)
        assert info.properties == {
            b"board": b"linux-test",
            b"tcp_check": b"no",
            b"airlift": b"1",
            b"ssh_upload": b"no",
            b"auth_upload": b"yes" if password else b"no",
        }
        assert info.port == device.port
        assert info.server == f"{device.name}.local."
        assert info.addresses == [socket.inet_aton("127.0.0.1")]


def test_goodbye_and_clean_restart_with_the_same_name(start_device):
    with Browser() as browser:
        device = start_device(device={"sd": "true"})
        device.log.wait(rf"advertised as {device.name}$")
        browser.wait("added", device.name)
        assert device.stop() == 0
        browser.wait("removed", device.name)
        device.start()
        assert device.log.wait(ADVERTISED)[1] == device.name


def test_same_name_after_kill_9(start_device):
    device = start_device(device={"sd": "true"})
    device.log.wait(rf"advertised as {device.name}$")
    device.kill()
    device.start()
    assert device.log.wait(ADVERTISED)[1] == device.name


def test_name_after_an_update(start_device, version_2):
    from espota_client import ESP8266, Espota

    device = start_device(device={"sd": "true"})
    device.log.wait(rf"advertised as {device.name}$")
    mark = device.log.mark()
    assert Espota(ESP8266, device.address).upload(version_2) == 0
    assert device.log.wait(ADVERTISED, since=mark)[1] == device.name


@pytest.mark.parametrize("second_address", ["127.0.0.1", "127.0.0.2"], ids=["same address", "other address"])
def test_name_conflict_is_resolved_and_reported(start_device, second_address):
    with Browser() as browser:
        first = start_device(device={"sd": "true"})
        first.log.wait(rf"advertised as {first.name}$")
        second = start_device(name=first.name, bind=second_address, device={"sd": "true"})
        # Nearly always the second one. But when the machine stands still for a moment both have announced themselves
        # before they hear of each other, and RFC 6762 9 decides.
        renamed = rf"the name {first.name} is taken; advertised as ({first.name}.+)$"
        found = wait_until(lambda: next(((device, match[1]) for device in (second, first)
                                         if (match := re.search(renamed, device.log.text(), re.MULTILINE))), None),
                           "one of the two gets another name")
        loser, new_name = found
        keeper = first if loser is second else second
        browser.wait("added", new_name)
        assert browser.resolve(new_name).port == loser.port
        wait_until(lambda: browser.resolve(first.name).port == keeper.port, "the other one keeps the name")


def test_sd_false_advertises_nothing(start_device):
    with Browser() as browser:
        hidden = start_device(device={"sd": "false"})
        shown = start_device(device={"sd": "true"})
        browser.wait("added", shown.name)
        assert hidden.name not in browser.seen
        assert "advertised" not in hidden.log.text()


@pytest.fixture
def daemon_namespace(tmp_path):
    reason = why_no_namespace("unshare", "nsenter", "ip", "avahi-daemon", "avahi-browse", "dbus-daemon")
    if reason:
        pytest.skip(f"beside a running avahi-daemon: {reason}")
    with MdnsDaemonNamespace(tmp_path / "daemon") as namespace:
        yield namespace


def test_beside_a_running_avahi_daemon(start_device, daemon_namespace):
    """On the daemon's own interface and address, where a second mDNS stack is easily taken for a rival."""
    device = start_device(bind=daemon_namespace.address, device={"sd": "true"}, wrapper=daemon_namespace.wrapper)
    assert device.log.wait(ADVERTISED)[1] == device.name
    line = wait_until(lambda: daemon_namespace.browse(device.name), "avahi-browse resolves the device")
    assert f";{device.name}.local;{daemon_namespace.address};{device.port};" in line
    assert "auth_upload=no" in line
    assert daemon_namespace.daemon_renames() == 0 and device.log.text().count("advertised as") == 1
