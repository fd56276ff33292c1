"""What must never be seen from outside: passwords, and state files of another user."""
import os
import pathlib
import stat

import pytest

from espota_client import ESP32_NEW, FILESYSTEM, Espota

PASSWORD = "Geheimnis-4711"


@pytest.mark.parametrize("auth", ["md5", "sha256"])
def test_the_password_is_nowhere(start_device, version_2, auth):
    device = start_device(device={"sd": "true"}, ota={"passwd": PASSWORD, "auth": auth})
    assert Espota(ESP32_NEW, device.address, "wrong").upload(version_2) == 1
    assert Espota(ESP32_NEW, device.address, PASSWORD).upload(version_2) == 0
    device.wait_version(2)
    for pid in (device.wait_app_pid(), device.process.pid):
        for part in ("cmdline", "environ"):
            assert PASSWORD.encode() not in pathlib.Path(f"/proc/{pid}/{part}").read_bytes()
    assert device.stop() == 0
    assert PASSWORD not in device.log.text()
    for path in files_below(device.state):
        assert PASSWORD.encode() not in path.read_bytes(), path


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_state_belongs_to_its_user_alone(start_device):
    old = os.umask(0)  # inherited by the device: its own modes must be tight enough
    try:
        device = start_device()
        mark = device.log.mark()
        assert Espota(ESP32_NEW, device.address, command=FILESYSTEM).upload(b"content" * 1000) == 0
        device.wait_restarted(mark)
        device.wait_version(1)
    finally:
        os.umask(old)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [device.state, *device.state.rglob("*")]}
    for path, mode in modes.items():
        if not path.is_socket():  # the application makes its own
            assert mode & 0o077 == 0, f"{path} has mode {mode:o}"
    assert modes[device.state] == 0o700
    assert modes[device.state / "flash.img"] == 0o600
