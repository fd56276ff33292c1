"""Uploads that are cut, and devices that are killed in the middle of one: the old application runs, and the next
upload works."""
import pytest

from device_process import wait_until
from espota_client import ESP8266, Espota
from raw_uploader import RawUploader


def fractions(size):
    return {"nothing": 0, "one byte": 1, "a chunk": 1460, "half": size // 2, "all but one byte": size - 1}


def assert_next_upload_works(device, image):
    def upload():
        tool = Espota(ESP8266, device.address)
        code = tool.upload(image)
        assert code == 0 or "another upload is running" in tool.said, tool.said  # it may not have noticed the cut yet
        return code == 0

    wait_until(upload, "the next upload works")
    device.wait_version(2)


@pytest.mark.parametrize("ending", ["close", "reset"])
@pytest.mark.parametrize("sent", fractions(0))
def test_uploader_goes_away(start_device, version_2, sent, ending):
    device = start_device()
    pid = device.wait_app_pid()
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, fractions(len(version_2))[sent])
        uploader.connection.close() if ending == "close" else uploader.reset()
    assert device.app_pid() == pid and device.ask_version() == "version 1"
    assert_next_upload_works(device, version_2)


@pytest.mark.long_wait
def test_silent_uploader_is_given_up(start_device, version_2):
    device = start_device()
    pid = device.wait_app_pid()
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, 10000)
        answers = uploader.read_until(b"\n")  # 10 s without a byte
        assert b"ERROR[6]: no data for too long\n" in answers, answers
    assert device.app_pid() == pid
    assert_next_upload_works(device, version_2)


@pytest.mark.parametrize("sent", ["invited", *fractions(0)])
def test_kill_9_in_the_middle(start_device, version_2, sent):
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        if sent == "invited":
            assert uploader.invite() == "OK"
        else:
            uploader.begin()
            count = fractions(len(version_2))[sent]
            uploader.send(0, count)
            answered = b""
            while count > 0 and not answered:
                answered = uploader.connection.recv(4096)
        device.kill()
    device.start()
    device.wait_version(1)
    assert_next_upload_works(device, version_2)


def test_kill_9_when_all_bytes_are_in_leaves_one_of_both_versions(start_device, version_2):
    """The moment of the commit is not known from outside: either version is right, none is not."""
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, len(version_2))
        device.kill()
    device.start()
    wait_until(lambda: device.ask_version() in ("version 1", "version 2"), "an application runs")


def test_kill_9_after_ok_keeps_the_new_version(start_device, version_2):
    device = start_device()
    with RawUploader(device, version_2) as uploader:
        uploader.begin()
        uploader.send(0, len(version_2))
        assert b"OK" in uploader.read_until(b"OK")
        device.kill()
    device.start()
    device.wait_version(2)
