"""airlift inspect: what it tells of whole, signed, cut and hostile files."""
import gzip
import hashlib
import json
import os
import resource
import struct
import subprocess
import zlib

import pytest

from signing_tools import ESP32, airlift, keys, manifest, openssl, sign_by_openssl, split_airlift  # noqa: F401

MIB = 1024 * 1024
LIMIT = 8 * MIB


@pytest.fixture
def inspect(airlift, tmp_path):
    """airlift inspect --json of a file with this content."""

    def call(content, *options):
        (tmp_path / "file").write_bytes(content)
        return json.loads(airlift("inspect", "--json", *options, tmp_path / "file").stdout)

    return call


def esp_image(header, segments):
    """esptool's firmware image format: segments, then a checksum at the end of a block of 16 bytes."""
    body = header
    checksum = 0xEF
    for address, data in segments:
        body += struct.pack("<II", address, len(data)) + data
        for byte in data:
            checksum ^= byte
    return body + bytes(15 - len(body) % 16) + bytes([checksum])


def esp8266_sketch():
    """As esp8266/Arduino's elf2bin.py puts it together."""
    boot = esp_image(struct.pack("<BBBBI", 0xE9, 1, 3, 0x40, 0x4010F000), [(0x4010F000, os.urandom(3000))])
    application = esp_image(struct.pack("<BBBBI", 0xE9, 2, 3, 0x40, 0x401000A8),
                            [(0x40201010, os.urandom(30_000)), (0x40100000, os.urandom(777))])
    return boot.ljust(4096, b"\xaa") + application


def esp32_sketch():
    extended = struct.pack("<BBBBHBHHIB", 0xEE, 0, 0, 0, 5, 0, 0, 99, 0, 1)
    header = struct.pack("<BBBBI", 0xE9, 2, 2, 0x2F, 0x40380000) + extended
    image = esp_image(header, [(0x3C0A0020, os.urandom(5000)), (0x40380000, os.urandom(20_000))])
    return image + hashlib.sha256(image).digest()


def test_digests_and_sizes_of_any_file(inspect):
    content = os.urandom(100_000)
    told = inspect(content)
    assert told["size_bytes"] == told["image"]["size_bytes"] == len(content)
    assert told["md5"] == hashlib.md5(content).hexdigest()
    assert told["sha256"] == told["payload"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert (told["image"]["content"], told["signature"]["format"], told["manifest"]) == ("unknown", "none", None)


def test_an_esp8266_sketch(inspect):
    boot, application = inspect(esp8266_sketch())["image"]["esp"]
    assert (boot["chip"], boot["flash_mode"], boot["flash_size"], boot["flash_frequency"]) == ("ESP8266", "dout", "4MB", "40MHz")
    assert (boot["entry"], application["entry"], application["offset_bytes"]) == (0x4010F000, 0x401000A8, 4096)
    assert [(segment["address"], segment["size_bytes"]) for segment in application["segments"]] == [
        (0x40201010, 30_000), (0x40100000, 777)]
    assert boot["checksum_right"] and application["checksum_right"]


def test_an_esp32_sketch_compressed(inspect):
    image = esp32_sketch()
    told = inspect(gzip.compress(image))
    assert (told["payload"]["compression"], told["image"]["size_bytes"]) == ("gzip", len(image))
    assert told["image"]["sha256"] == hashlib.sha256(image).hexdigest()
    (part,) = told["image"]["esp"]
    assert (part["chip"], part["flash_mode"], part["flash_frequency"]) == ("ESP32-C3", "dio", "80MHz")
    assert part["whole"] and part["checksum_right"] and told["notes"] == []


def test_people_get_it_in_words(airlift, tmp_path, keys):
    path = tmp_path / "sketch.bin"
    path.write_bytes(esp8266_sketch())
    key = keys("ed25519")
    airlift("sign", "--key", key.path, "--version", "1.4", "--board", "devding", "--build-time", "1700000000",
            "--compress", path)
    said = airlift("inspect", f"{path}.signed").stdout
    for words in ["ESP image, compressed with gzip, signed (Airlift)", "firmware 1.4", "devding", key.id.hex(),
                  "2023-11-14 22:13:20 UTC", "entry 0x401000a8", "not checked: no key was given"]:
        assert words in said, said
    assert f"verified with {key.public}" in airlift("inspect", "--key", key.public, f"{path}.signed").stdout


@pytest.mark.parametrize("kept, words", [(0.9, "1 of 2 segments"), (0.1, "cut short")])
def test_a_sketch_that_is_cut_short(inspect, kept, words):
    image = esp32_sketch()
    told = inspect(image[:int(len(image) * (kept if kept < 0.5 else 0.2))])
    assert not told["image"]["esp"][0]["whole"]
    assert words in told["notes"][0]


def test_a_sketch_that_is_damaged(inspect):
    image = bytearray(esp32_sketch())
    image[10_000] ^= 1
    told = inspect(image)
    assert "checksum" in told["notes"][0] and not told["image"]["esp"][0]["checksum_right"]


def test_compressed_data_that_is_cut_short(inspect):
    image = esp32_sketch()
    packed = gzip.compress(image)
    told = inspect(packed[:len(packed) // 2])
    assert (told["image"]["complete"], told["image"]["code"], told["image"]["sha256"]) == (False, "gzip_damaged", None)
    assert 0 < told["image"]["size_bytes"] < len(image) and told["image"]["content"] == "esp_image"
    assert "Unpacking ended after" in told["notes"][0]


def test_signatures_of_the_arduino_cores(inspect, keys, tmp_path):
    image = esp8266_sketch()
    (tmp_path / "image").write_bytes(image)
    rsa, ec = keys("rsa2048"), keys("p256")
    signature = openssl("dgst", "-sha256", "-sign", rsa.path, tmp_path / "image").stdout
    esp8266 = image + signature + len(signature).to_bytes(4, "little")
    told = inspect(esp8266)
    assert (told["signature"]["format"], told["signature"]["verified"], told["payload"]["size_bytes"]) == (
        "esp8266", False, len(image))
    assert inspect(esp8266, "--key", rsa.public)["signature"]["verified"]
    signature = openssl("dgst", "-sha384", "-sign", ec.path, tmp_path / "image").stdout
    esp32 = image + signature.ljust(ESP32, b"\0")
    told = inspect(esp32)
    assert told["signature"]["format"] == "none" and "512 bytes follow the ESP image" in told["notes"][0]
    told = inspect(esp32, "--key", ec.public)
    assert (told["signature"]["verified"], told["signature"]["digest"], told["notes"]) == (True, "sha384", [])


def test_a_signature_that_is_wrong_is_told_not_judged(inspect, keys, tmp_path):
    key = keys("ed25519")
    content = bytearray(sign_by_openssl(key, b"payload", manifest(b"payload"), tmp_path))
    content[0] ^= 1
    told = inspect(content, "--key", key.public)
    assert (told["signature"]["verified"], told["signature"]["code"]) == (False, "manifest_mismatch")
    content[-30] ^= 1
    assert inspect(content, "--key", key.public)["signature"]["code"] == "signature_wrong"
    assert told["manifest"]["version"] == "1.0"


def test_an_airlift_trailer_cut_in_its_middle(inspect, keys, tmp_path):
    content = sign_by_openssl(keys("ed25519"), b"payload", manifest(b"payload"), tmp_path)
    told = inspect(content[len(content) - 100:])
    assert (told["signature"]["format"], told["signature"]["code"]) == ("airlift", "manifest_damaged")


def test_a_file_name_may_be_anything(airlift, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.bin"
    with open(path, "wb") as file:
        file.write(b"x")
    json.loads(airlift("inspect", "--json", os.fsdecode(path)).stdout)


def test_what_is_no_file(airlift, tmp_path):
    (tmp_path / "empty").touch()
    for path, words in [(tmp_path, "not a regular file"), (tmp_path / "empty", "the file is empty"),
                        (tmp_path / "none", "No such file"), ("/dev/zero", "not a regular file")]:
        assert words in airlift("inspect", path, exits=8).stderr
        assert json.loads(airlift("inspect", "--json", path, exits=8).stdout)["code"] == "file_unreadable"


# Memory


def with_little_memory(*command):
    """Runs a command to its good end with LIMIT bytes of memory of its own."""
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=120,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT)))
    assert done.returncode == 0, done


def bomb(size):
    """gzip of `size` zeros."""
    packer = zlib.compressobj(9, wbits=16 + 15)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush()])


@pytest.fixture
def lean(sanitized):
    if sanitized:
        pytest.skip("memory limit: sanitizers need more")


def test_a_bomb_costs_no_memory(lean, binaries, tmp_path):
    (tmp_path / "bomb").write_bytes(bomb(64 * MIB))
    assert (tmp_path / "bomb").stat().st_size < MIB
    with_little_memory(binaries / "airlift", "inspect", tmp_path / "bomb")


@pytest.mark.parametrize("compress", [[], ["--compress"]], ids=["as it is", "compressed"])
def test_memory_does_not_follow_the_size_of_the_image(lean, binaries, keys, tmp_path, compress):
    key = keys("ed25519")
    image = tmp_path / "large"
    with open(image, "wb") as file:
        file.truncate(32 * MIB)
    airlift = binaries / "airlift"
    with_little_memory(airlift, "sign", "--key", key.path, "--version", "1", *compress, image)
    with_little_memory(airlift, "verify", "--key", key.public, f"{image}.signed")
    with_little_memory(airlift, "inspect", image)
