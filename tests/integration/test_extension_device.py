"""The device's side of Airlift's extension, spoken to by a client that shares no code with it."""
import socket

import pytest

from extension_client import (FILESYSTEM, NONE, ExtensionClient, ask_status, sha256)

PASSWORD = "open sesame"


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("password", ["", PASSWORD], ids=["open", "password"])
@pytest.mark.parametrize("connects", ["host", "device"])
def test_upload(start_device, version_2, compressed, password, connects):
    device = start_device(ota={"passwd": password})
    mark = device.log.mark()
    with ExtensionClient(device.address, version_2, password) as client:
        answer = client.invite(port=client.listen() if connects == "device" else 0)
        assert ("p" in answer.features) == bool(password) and "z" in answer.features
        client.accept() if connects == "device" else client.connect()
        result = client.upload(compressed)
        assert result.error == NONE and result.proven and result.starts_next
        assert result.image == sha256(version_2)
    device.wait_restarted(mark)
    device.wait_version(2)
    status = ask_status(device.address, password)
    assert status["firmware.running"] == "B"
    assert status["firmware.B"].split()[2] == sha256(version_2).hex()
