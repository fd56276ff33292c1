"""Integration tests: real processes, real sockets, real mDNS on loopback.

    AIRLIFT_BIN=build/release/bin /usr/bin/python3 -m pytest tests/integration        (-n 4 with python3-pytest-xdist)

Each test has its own device, port, name and directories, so they may run side by side.
"""
import itertools
import os
import pathlib
import secrets
import socket

import pytest

from arduino_device import PROFILES
from arduino_process import Arduino
from device_process import Device
from espota_client import GENERATIONS, Espota
from kept_files import pytest_runtest_makereport, tmp_path  # noqa: F401

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def pytest_configure(config):
    if "s" not in config.option.reportchars:
        config.option.reportchars += "s"  # says what was skipped, and why
    config.addinivalue_line("markers", "long_wait: mostly waits for a timeout of a program; begins first")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("long_wait") is None)


@pytest.fixture(scope="session")
def binaries():
    folder = (REPOSITORY / os.environ.get("AIRLIFT_BIN", "build/release/bin")).resolve()
    for program in ("airlift-device", "airlift", "espota", "airlift-demo-app-1", "airlift-demo-app-2"):
        if not (folder / program).exists():
            pytest.exit(f"{folder / program} is missing: build first, or name the directory with AIRLIFT_BIN", 1)
    return folder


@pytest.fixture(scope="session")
def sanitized(binaries):
    content = (binaries / "airlift-device").read_bytes()
    return any(mark in content for mark in (b"__asan_init", b"__tsan_init"))


@pytest.fixture(scope="session")
def free_port():
    """A function that finds ports free for UDP and TCP; every worker of xdist has a range of its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    candidates = itertools.cycle(range(20000 + 1000 * worker, 21000 + 1000 * worker))

    def find():
        for port in candidates:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
                try:
                    udp.bind(("", port))
                    tcp.bind(("", port))
                    return port
                except OSError:
                    continue

    return find


@pytest.fixture
def make_device(binaries, free_port, tmp_path, request):
    """A function that makes devices; all end with the test, and a failed test shows their logs."""
    devices = []

    def make(**options):
        name = options.pop("name", f"dev{secrets.token_hex(4)}")
        device = Device(binaries, tmp_path / f"device{len(devices)}", free_port(), name, **options)
        devices.append(device)
        return device

    yield make
    for device in devices:
        device.close()
    report = getattr(request.node, "report_call", None)
    if report is None or report.failed:
        for device in devices:
            print(device.report())


@pytest.fixture
def start_device(make_device, binaries):
    """A function that makes, configures and starts a device with version 1 of the demo application."""

    def start(device=None, ota=None, firmware=None, slot_size=None, options=(), env=None, elements=None, **how):
        made = make_device(**how)
        made.configure(device, ota, **(elements or {}))
        made.init(firmware or binaries / "airlift-demo-app-1", slot_size)
        made.start(*options, env=env)
        if firmware is None:
            made.wait_version(1)
        return made

    return start


@pytest.fixture
def start_arduino(tmp_path, request):
    """A function that starts simulated Arduino devices; all end with the test, and a failed test shows what they said."""
    devices = []

    def start(profile, **options):
        devices.append(Arduino(profile, tmp_path / f"arduino{len(devices)}", **options))
        return devices[-1]

    yield start
    for device in devices:
        device.close()
    report = getattr(request.node, "report_call", None)
    if report is None or report.failed:
        for device in devices:
            print(f"--- {device.profile} ---\n{device.log.text()}")


@pytest.fixture(params=PROFILES)
def profile(request):
    return PROFILES[request.param]


@pytest.fixture(params=GENERATIONS)
def generation(request):
    return GENERATIONS[request.param]


@pytest.fixture
def espota(generation):
    """A function that makes one run of the generation's tool against a device."""

    def make(device, password="", **options):
        return Espota(generation, device.address, password, **options)

    return make


@pytest.fixture(scope="session")
def version_2(binaries):
    return (binaries / "airlift-demo-app-2").read_bytes()
