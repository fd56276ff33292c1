"""Safe mode, bad configuration files, and names nobody knows."""
import json

import pytest

from mdns import Browser
from raw_uploader import RawUploader


@pytest.mark.parametrize("safemode", ["true", None], ids=["set", "by default"])
def test_safe_mode_refuses_and_says_so(start_device, safemode):
    device = start_device(device={"safemode": safemode})
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "ERR: safe mode"
    assert device.ask_version() == "version 1"


def test_safe_mode_advertises_nothing(start_device):
    with Browser() as browser:
        hidden = start_device(device={"safemode": "true", "sd": "true"})
        shown = start_device(device={"sd": "true"})
        shown.log.wait(rf"advertised as {shown.name}$")
        browser.wait("added", shown.name)
        assert hidden.name not in browser.seen
        assert "advertised" not in hidden.log.text()


def configured(make_device, binaries, **files):
    device = make_device()
    device.configure()
    for name, text in files.items():
        (device.config / f"{name}.json").write_text(text)
    device.init(binaries / "airlift-demo-app-1")
    return device


BAD_JSON = '{\n  "switch": {\n    "0": { "value": "1" "pin": "D5" }\n  }\n}\n'


def test_bad_config_json_is_named_and_the_device_answers(make_device, binaries):
    device = configured(make_device, binaries, config=BAD_JSON).start()
    device.log.wait(r"\[error\].*config\.json:3:\d+")
    device.wait_version(1)
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "OK"  # port and safemode stand in env.json, which is whole


def test_bad_env_json_leaves_a_bare_device_in_safe_mode(make_device, binaries):
    """Its own address, because without a configuration it uses the default port."""
    device = configured(make_device, binaries, env='{"device": {"0": {"safemode": "false",}}}')
    device.bind, device.port = "127.0.0.66", 8266
    device.start()
    device.log.wait(r"\[error\].*env\.json:1:\d+")
    device.wait_version(1)
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "ERR: safe mode"


def test_missing_files_are_not_fatal(make_device, binaries):
    device = configured(make_device, binaries)
    (device.config / "config.json").unlink()
    device.start()
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "OK"


def test_unknown_element_and_property_are_warned_about_by_name_and_file(make_device, binaries):
    device = configured(make_device, binaries, config=json.dumps({"frobnicator": {"0": {"speed": 3}}}))
    device.configure(ota={"colour": "blue"})
    (device.config / "config.json").write_text(json.dumps({"frobnicator": {"0": {"speed": 3}}}))
    device.start()
    device.log.wait(r"\[warning\].*config\.json.*frobnicator|\[warning\].*frobnicator.*config\.json")
    device.log.wait(r"\[warning\].*env\.json.*colour|\[warning\].*colour.*env\.json")


def test_names_are_not_case_sensitive_and_values_may_be_json_of_any_kind(make_device, binaries):
    device = make_device()
    text = {"Device": {"0": {"NAME": device.name, "SafeMode": False, "SD": 0}}, "OTA": {"0": {"Port": device.port}}}
    (device.config / "env.json").write_text(json.dumps(text))
    (device.config / "config.json").write_text("{}")
    device.init(binaries / "airlift-demo-app-1")
    device.start()
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "OK"
    assert "env.json" not in device.log.text()  # it would be named in a warning


def test_config_json_may_hold_the_elements_too(make_device, binaries):
    device = configured(make_device, binaries)
    (device.config / "config.json").write_text((device.config / "env.json").read_text())
    (device.config / "env.json").write_text("{}")
    device.start()
    with RawUploader(device, b"x" * 100) as uploader:
        assert uploader.invite() == "OK"


def test_a_value_that_makes_no_sense_is_warned_about_by_property_and_file_and_not_quoted(start_device):
    device = start_device(ota={"auth": "rot13", "passwd": "p" * 1000})
    device.log.wait(r"\[warning\].*env\.json.*auth")
    device.log.wait(r"\[warning\].*env\.json.*passwd")
    assert "rot13" not in device.log.text() and "ppp" not in device.log.text()
