"""The files of integrations/, used as the Arduino IDE, arduino-cli and PlatformIO use them, against a real device."""
import configparser
import json
import os
import pathlib
import string
import subprocess

import pytest

from arduino_recipe import NetworkUpload, below, expand, load, split_quoted
from device_process import DEADLINE_S

INTEGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "integrations"

# As much of the cores' own files as matters here, by the names they have there: esp8266/Arduino 2.6 to 3.2, espressif/arduino-esp32
# 2.0.3 to 3.3. What our files do not override runs a program that does not exist.
ESP8266 = ("""
tools.esptool.network_cmd={runtime.platform.path}/tools/python3/python3
tools.esptool.upload.protocol=esp
tools.esptool.upload.network_pattern="{network_cmd}" "espota.py" -i "{serial.port}" -p "{network.port}"
""", """
upload.tool=esptool
""")
ESP32 = ("""
pluggable_discovery.required.0=builtin:serial-discovery
pluggable_discovery.required.1=builtin:mdns-discovery
tools.esp_ota.cmd=python3 "{runtime.platform.path}/tools/espota.py" -r
tools.esp_ota.upload.protocol=network
tools.esp_ota.upload.field.password=Password
tools.esp_ota.upload.field.password.secret=true
tools.esp_ota.upload.pattern={cmd} -i {upload.port.address}
tools.esptool_py.upload.protocol=serial
tools.esptool_py.upload.network_pattern={network_cmd} -i "{serial.port}"
""", """
upload.tool=esptool_py
upload.tool.default=esptool_py
upload.tool.network=esp_ota
upload.protocol=serial
""")
CORES = {"esp8266": ESP8266, "esp32": ESP32}


def platform_of(core):
    return load(CORES[core][0], (INTEGRATIONS / "arduino" / core / "platform.local.txt").read_text())


def network_upload(core, **board):
    return NetworkUpload(platform_of(core), load(CORES[core][1]) | board)


def port_of(device):
    """As `airlift discovery` tells it; test_discovery.py holds that against the real thing."""
    return {"address": device.bind, "protocol": "network", "properties": {"port": str(device.port)}}


@pytest.fixture
def run(binaries):
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/")}

    def run(command, typed="", **more):
        return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=2 * DEADLINE_S, env=environment | more)

    return run


@pytest.fixture
def build_path(tmp_path, version_2):
    folder = tmp_path / "build of mine"
    folder.mkdir()
    (folder / "Blink.ino.bin").write_bytes(version_2)
    return folder


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("password", ["", "secret", "two  words 'n' $HOME \\ ; *"])
def test_the_upload_button(start_device, run, build_path, core, password):
    device = start_device(ota={"passwd": password})
    upload = network_upload(core)
    assert upload.fields == {"password": True}
    done = run(upload.command(port_of(device), build_path, "Blink.ino", password=password))
    assert done.returncode == 0, done.stderr
    device.wait_version(2)


@pytest.mark.parametrize("core", CORES)
def test_a_wrong_password_fails_the_upload(start_device, run, build_path, core):
    device = start_device(ota={"passwd": "secret"})
    done = run(network_upload(core).command(port_of(device), build_path, "Blink.ino", password="other"))
    assert done.returncode == 5, done.stderr


@pytest.mark.parametrize("core, port", [("esp8266", "8266"), ("esp32", "3232")])
def test_a_port_that_was_lost_is_the_usual_one(core, port):
    command = network_upload(core).command({"address": "10.0.0.1", "protocol": "network", "properties": {}}, "/b", "p", password="x")
    assert command[command.index("-p") + 1] == port


def test_a_password_from_a_file_is_not_asked_for_nor_shown(start_device, run, build_path, tmp_path):
    device = start_device(ota={"passwd": "secret"})
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    secret.chmod(0o600)
    # ESP32: a line in boards.local.txt
    upload = network_upload("esp32", **{"upload.tool.network": "airlift", "airlift.password_file": str(secret)})
    assert upload.fields == {}
    command = upload.command(port_of(device), build_path, "Blink.ino")
    assert not [word for word in command if word == "secret" or "auth" in word]
    done = run(command)
    assert done.returncode == 0, done.stderr
    device.wait_version(2)


def test_esp8266_without_a_prompt():
    text = (INTEGRATIONS / "arduino/esp8266/platform.local.txt").read_text()
    instead = "#" + text.split("# Instead, ")[1].replace("\n#", "\n")
    upload = NetworkUpload(load(ESP8266[0], text, instead), load(ESP8266[1]))
    assert upload.fields == {}
    command = upload.command({"address": "10.0.0.1", "protocol": "network", "properties": {"port": "1"}}, "/b", "p")
    assert command == ["airlift", "push", "-i", "10.0.0.1", "-p", "1", "--password-file", "/home/USER/.config/airlift-password", "-f",
                       "/b/p.bin"]


def test_the_ide_1_8_recipe_of_esp32():
    pattern = platform_of("esp32")["tools.esptool_py.upload.network_pattern"]
    values = {"airlift.cmd": "airlift", "serial.port": "10.0.0.1", "network.port": "3232", "network.password": "x", "build.path": "/b",
              "build.project_name": "p"}
    assert split_quoted(expand(values, pattern)) == ["airlift", "push", "-i", "10.0.0.1", "-p", "3232", "--auth=x", "-f", "/b/p.bin"]


@pytest.mark.parametrize("core", CORES)
def test_a_cores_file_registers_no_discovery(core):
    """For ESP8266 that would turn off the rewriting on which its recipes, also the serial ones, depend."""
    local = load((INTEGRATIONS / "arduino" / core / "platform.local.txt").read_text())
    assert not below(local, "pluggable_discovery")


def test_the_discovery_is_registered(run):
    platform = load((INTEGRATIONS / "arduino/discovery/platform.txt").read_text())
    assert platform["name"] and platform["version"] and (INTEGRATIONS / "arduino/discovery/boards.txt").exists()
    command = split_quoted(expand(platform, below(platform, "pluggable_discovery")["airlift.pattern"]))
    done = run(command, 'HELLO 1 "arduino-cli 1.5.1"\nSTART_SYNC\nSTOP\nQUIT\n')
    answers = [json.loads(line)["eventType"] for line in done.stdout.splitlines()]
    assert [kind for kind in answers if kind != "add"] == ["hello", "start_sync", "stop", "quit"]


def platformio_options(section):
    project = configparser.ConfigParser(interpolation=None)
    project.read_string((INTEGRATIONS / "platformio/platformio.ini").read_text())
    options = dict(project[section])
    return platformio_options(options["extends"]) | options if "extends" in options else options


@pytest.mark.parametrize("environment", ["firmware", "filesystem"])
def test_platformio(start_device, run, build_path, environment):
    """PlatformIO runs upload_command in a shell, with variables of SCons in it."""
    device = start_device(ota={"passwd": "secret"}, device={"sd": "true"})
    device.log.wait(rf"advertised as {device.name}$")
    options = platformio_options(f"env:{environment}")
    assert options["upload_protocol"] == "custom"
    command = string.Template(options["upload_command"]).substitute(
        UPLOAD_PORT=device.name, UPLOAD_FLAGS=options["upload_flags"], SOURCE=build_path / "Blink.ino.bin")
    done = run(["sh", "-c", command], AIRLIFT_PASSWORD="secret")
    assert done.returncode == 0, done.stderr
    device.wait_status(lambda status: len(status["history"]) == 2 and status["history"][0]["result"] == "confirmed" and
                       status["history"][0]["kind"] == environment,
                       f"the {environment} is there")
