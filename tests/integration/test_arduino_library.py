"""What scripts/arduino-library puts together is a library that the Arduino tools take, with all that a sketch links."""
import pathlib
import subprocess
import zipfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "build/arduino/Airlift"


@pytest.fixture(scope="module")
def package():
    if not (REPOSITORY / "build/sources/http-parser").exists():
        pytest.skip("no sources of libraries: run scripts/fetch-sources")
    result = subprocess.run([REPOSITORY / "scripts/arduino-library"], check=True, capture_output=True, text=True)
    return REPOSITORY / result.stdout.strip()


def test_the_tools_take_it(package):
    subprocess.run([REPOSITORY / "tools/check-arduino", "--library", FOLDER], check=True)
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
    assert "Airlift/library.properties" in names
    assert all(name.startswith("Airlift/") for name in names)


def test_each_backend_is_for_its_board_only(package):
    for name, board in (("bearssl/digests.cpp", "ESP8266"), ("mbedtls/digests.cpp", "ESP32")):
        text = (FOLDER / "src" / name).read_text()
        assert text.startswith(f"#if defined(ARDUINO_ARCH_{board})\n") and text.endswith("#endif\n")


def test_it_is_searched_in_one_folder(package):
    """The Arduino tools put src/ alone on the include path."""
    compiled = subprocess.run(
        ["cc", "-c", "-o", "/dev/null", FOLDER / "src/libsodium/ed25519_ref10.c"], capture_output=True, text=True, check=False
    )
    assert compiled.returncode == 0, compiled.stderr


def test_who_uploads_has_the_advice(package):
    text = (FOLDER / "src/airlift/base/error_list.hpp").read_text()
    assert '"wrong_password", "Authentication Failed", ""}' in text
