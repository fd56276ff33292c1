"""airlift keygen, sign and verify against the openssl program: what one makes, the other takes."""
import contextlib
import gzip
import hashlib
import json
import os
import stat

import pytest

import fake_device
from fake_device import FakeDevice
from signing_tools import (ESP32, KEY_TYPES, Key, airlift, esp32_options, footer, keys, manifest, openssl,  # noqa: F401
                           sign_by_openssl, split_airlift)
from terminal import Terminal

RSA = ["rsa2048", "rsa3072", "rsa4096"]
EC = ["p256", "p384"]
DIGESTS = ["sha256", "sha384", "sha512"]
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "app.bin"
    path.write_bytes(b"\x7fELF" + bytes(range(256)) * 120)
    return path


@pytest.fixture
def passphrase_file(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def signed(airlift, keys, image):
    """A function that signs the image in Airlift's format and gives the signed file's path."""

    def sign(*options, key=None, version="1.2.3", **environment):
        key = key or keys("ed25519")
        airlift("sign", "--key", key.path, "--version", version, *options, image, **environment)
        return image.with_name(image.name + ".signed")

    return sign


@pytest.fixture
def verify(airlift):
    """airlift verify --json: what it says, after a look at the exit code."""

    def call(path, *trusted, exits=0):
        options = [option for key in trusted for option in ("--key", key.public)]
        result = json.loads(airlift("verify", "--json", *options, path, exits=exits).stdout)
        assert (result["result"] == "ok") == (exits == 0)
        return result

    return call


# Keys


@pytest.mark.parametrize("kind", KEY_TYPES)
def test_keygen_makes_what_openssl_reads(airlift, tmp_path, kind):
    said = airlift("keygen", "--type", kind, "-o", tmp_path / "key.pem").stdout
    key = Key(tmp_path / "key.pem")
    assert key.path.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert openssl("pkey", "-in", key.path, "-pubout").stdout == key.public.read_bytes()
    assert openssl("pkey", "-in", key.path, "-check", "-noout").stdout.strip() == b"Key is valid"
    assert key.id.hex() in said and '"keys": "key.pub.pem"' in said


def test_keygen_makes_the_type_asked_for(airlift, tmp_path):
    for kind, words in {"rsa3072": "3072 bit", "p384": "P-384", "ed25519": "ED25519"}.items():
        airlift("keygen", "--type", kind, "-o", tmp_path / f"{kind}.pem")
        assert words in openssl("pkey", "-in", tmp_path / f"{kind}.pem", "-noout", "-text").stdout.decode()


def test_only_the_owner_can_read_a_private_key(airlift, tmp_path):
    before = os.umask(0)
    try:
        airlift("keygen", "-o", tmp_path / "key.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "key.pub.pem").stat().st_mode) == 0o644


@pytest.mark.parametrize("name", ["key.pem", "key.pub.pem"])
def test_keygen_overwrites_only_when_told(airlift, tmp_path, name):
    (tmp_path / name).write_text("precious")
    done = airlift("keygen", "-o", tmp_path / "key.pem", exits=8)
    assert "exists already" in done.stderr and "--force" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"
    airlift("keygen", "--force", "-o", tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    openssl("pkey", "-in", tmp_path / "key.pem", "-noout")


def test_a_key_with_a_passphrase_is_openssl_s_kind_of_it(airlift, tmp_path, passphrase_file):
    airlift("keygen", "-o", tmp_path / "key.pem", "--passphrase-file", passphrase_file)
    assert (tmp_path / "key.pem").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    openssl("pkey", "-in", tmp_path / "key.pem", "-noout", "-passin", f"file:{passphrase_file}")
    assert openssl("pkey", "-in", tmp_path / "key.pem", "-noout", "-passin", "pass:wrong", check=False).returncode != 0
    described = openssl("asn1parse", "-in", tmp_path / "key.pem").stdout.decode()
    assert "PBKDF2" in described and "hmacWithSHA256" in described and "aes-256-cbc" in described


@pytest.fixture(params=["airlift", "openssl"])
def locked_key(airlift, keys, tmp_path, passphrase_file, request):
    """An Ed25519 key with a passphrase, made by either program."""
    path = tmp_path / "locked.pem"
    if request.param == "airlift":
        airlift("keygen", "-o", path, "--passphrase-file", passphrase_file)
    else:
        openssl("genpkey", *KEY_TYPES["ed25519"], "-aes256", "-pass", f"file:{passphrase_file}", "-out", path)
        path.chmod(0o600)
        openssl("pkey", "-in", path, "-passin", f"file:{passphrase_file}", "-pubout", "-out", Key(path).public)
    return Key(path)


def test_the_passphrase_comes_from_a_file_or_the_environment(signed, verify, locked_key, passphrase_file):
    verify(signed("--passphrase-file", passphrase_file, key=locked_key), locked_key)
    verify(signed(key=locked_key, AIRLIFT_PASSPHRASE=PASSPHRASE), locked_key)
    verify(signed("--passphrase-file", passphrase_file, key=locked_key, AIRLIFT_PASSPHRASE="wrong"), locked_key)


def test_a_wrong_passphrase_is_said(airlift, locked_key, image):
    done = airlift("sign", "--key", locked_key.path, "--version", "1", image, exits=8, AIRLIFT_PASSPHRASE="wrong")
    assert "does not open with this passphrase" in done.stderr and "wrong\n" not in done.stderr


def test_without_a_terminal_nobody_is_asked(airlift, locked_key, image, tmp_path):
    done = airlift("sign", "--key", locked_key.path, "--version", "1", image, exits=8)
    assert "no terminal" in done.stderr and "--passphrase-file" in done.stderr
    done = airlift("keygen", "--passphrase", "-o", tmp_path / "new.pem", exits=8)
    assert "no terminal" in done.stderr and not (tmp_path / "new.pem").exists()


@pytest.fixture
def at_terminal(binaries):
    """Runs airlift at a terminal of its own and types a line at each prompt: (all it showed, exit code)."""

    def run(*arguments, types):
        with contextlib.closing(Terminal([binaries / "airlift", *map(str, arguments)])) as terminal:
            place = 0
            for line in types:
                place = terminal.wait(": ", since=place)
                assert not terminal.echoes()
                terminal.type(line)
            code, shown = terminal.end()
            assert terminal.echoes()
            return shown, code

    return run


def test_the_passphrase_is_asked_for_at_the_terminal_unseen(at_terminal, verify, tmp_path, image):
    key = Key(tmp_path / "asked.pem")
    shown, code = at_terminal("keygen", "--passphrase", "-o", key.path, types=[PASSPHRASE + "\n", PASSPHRASE + "\n"])
    assert code == 0 and PASSPHRASE not in shown, shown
    assert "ENCRYPTED" in key.path.read_text()
    shown, code = at_terminal("sign", "--key", key.path, "--version", "1", image, types=[PASSPHRASE + "\n"])
    assert code == 0 and PASSPHRASE not in shown, shown
    verify(f"{image}.signed", key)


INTERRUPT, END_OF_INPUT = "\x03", "\x04"


@pytest.mark.parametrize("types, said", [
    ([PASSPHRASE + "\n", "something else\n"], "not the same twice"),
    ([PASSPHRASE + "\n", INTERRUPT], "not the same twice"),
    ([PASSPHRASE + INTERRUPT], "no passphrase was typed"),
    ([END_OF_INPUT], "no passphrase was typed"),
    (["\n", "\n"], "the passphrase is empty"),
])
def test_without_the_same_passphrase_twice_there_is_no_key(at_terminal, tmp_path, types, said):
    shown, code = at_terminal("keygen", "--passphrase", "-o", tmp_path / "key.pem", types=types)
    assert code == 8 and said in shown and PASSPHRASE not in shown, shown
    assert not (tmp_path / "key.pem").exists()


def test_a_key_that_others_can_read_is_warned_of(airlift, keys, image, tmp_path):
    key = tmp_path / "shared.pem"
    key.write_bytes(keys("ed25519").path.read_bytes())
    key.chmod(0o644)
    assert "warning: other users" in airlift("sign", "--key", key, "--version", "1", image).stderr
    key.chmod(0o600)
    assert "warning" not in airlift("sign", "--key", key, "--version", "1", image).stderr


# Airlift's format


def test_openssl_verifies_what_we_sign(signed, keys, image, tmp_path):
    key = keys("ed25519")
    options = ["--board", "b2", "--board", "b1", "--board", "b2", "--counter", "7", "--min-version", "0.9",
               "--build-time", "1700000000", "--bundle", "release 1", "--retire", keys("ed25519", "old").public]
    payload, described, signature, end = split_airlift(signed(*options).read_bytes())
    (tmp_path / "manifest").write_bytes(described)
    (tmp_path / "signature").write_bytes(signature)
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", key.public, "-rawin", "-in", tmp_path / "manifest",
            "-sigfile", tmp_path / "signature")
    assert payload == image.read_bytes()
    bundle = int.from_bytes(hashlib.sha256(b"release 1").digest()[:8], "little")
    assert described == manifest(payload, counter=7, built=1700000000, bundle=bundle, version="1.2.3", minimum="0.9",
                                 boards=["b1", "b2"], retired=[keys("ed25519", "old").id])
    assert end == footer(key.id, len(described), len(payload))


def test_we_verify_what_openssl_signs(verify, airlift, keys, tmp_path):
    key = keys("ed25519")
    image = os.urandom(5000)
    payload = gzip.compress(image)
    described = manifest(payload, image, kind=1, counter=9, built=5, version="2.0-rc1", minimum="1", boards=["a", "b"])
    path = tmp_path / "made"
    path.write_bytes(sign_by_openssl(key, payload, described, tmp_path))
    result = verify(path, keys("rsa2048"), keys("ed25519", "other"), key)
    assert result["signature"]["key_id"] == key.id.hex() and result["signature"]["key"] == str(key.public)
    told = result["manifest"]
    assert (told["kind"], told["version"], told["minimum_version"]) == ("filesystem", "2.0-rc1", "1")
    assert (told["boards"], told["security_counter"], told["build_time"]) == (["a", "b"], 9, 5)
    assert (told["payload_bytes"], told["image_bytes"]) == (len(payload), len(image))
    assert told["image_sha256"] == hashlib.sha256(image).hexdigest()


def test_compressed_it_unpacks_to_the_image(signed, verify, keys, image):
    path = signed("--compress")
    payload = split_airlift(path.read_bytes())[0]
    assert gzip.decompress(payload) == image.read_bytes()
    assert payload[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"  # no name, no time
    assert verify(path, keys("ed25519"))["manifest"]["compression"] == "gzip"


def test_a_compressed_image_is_taken_as_it_is(airlift, verify, keys, tmp_path):
    content = bytes(100_000)
    path = tmp_path / "app.bin.gz"
    path.write_bytes(gzip.compress(content))
    airlift("sign", "--key", keys("ed25519").path, "--version", "1", "--compress", path)
    told = verify(f"{path}.signed", keys("ed25519"))["manifest"]
    assert (told["compression"], told["image_bytes"]) == ("gzip", len(content))
    assert told["image_sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:len(b) // 2], lambda b: b + b"x",
                                    lambda b: b[:-8] + b"\0" + b[-7:]], ids=["cut", "half", "longer", "crc"])
def test_what_cannot_be_unpacked_is_not_signed(airlift, keys, tmp_path, damage):
    path = tmp_path / "app.gz"
    path.write_bytes(damage(gzip.compress(os.urandom(2000))))
    done = airlift("sign", "--key", keys("ed25519").path, "--version", "1", path, exits=8)
    assert "cannot be unpacked" in done.stderr
    assert [left.name for left in tmp_path.iterdir()] == ["app.gz"]


def test_the_same_image_and_date_make_the_same_file(airlift, keys, image, tmp_path):
    def sign(name, epoch):
        copy = tmp_path / name
        copy.write_bytes(image.read_bytes())
        airlift("sign", "--key", keys("ed25519").path, "--version", "1", "--compress", copy, SOURCE_DATE_EPOCH=epoch)
        return (tmp_path / f"{name}.signed").read_bytes()

    once = sign("one", "1600000000")
    assert sign("two", "1600000000") == once
    assert sign("three", "1600000001") != once
    airlift("sign", "--key", keys("ed25519").path, "--version", "1", image, exits=2, SOURCE_DATE_EPOCH="now")


TAMPERINGS = {  # which byte from which part's begin, and the code
    "payload, first": ("payload", 0, "manifest_mismatch"),
    "payload, middle": ("payload", 15_000, "manifest_mismatch"),
    "payload, last": ("payload", -1, "manifest_mismatch"),
    "manifest magic": ("manifest", 0, "manifest_damaged"),
    "manifest kind": ("manifest", 5, "signature_wrong"),
    "manifest payload size": ("manifest", 8, "manifest_damaged"),
    "manifest payload digest": ("manifest", 16, "manifest_damaged"),
    "manifest counter": ("manifest", 80, "signature_wrong"),
    "manifest build time": ("manifest", 84, "signature_wrong"),
    "manifest version": ("manifest", 101, "signature_wrong"),
    "signature, first": ("signature", 0, "signature_wrong"),
    "signature, last": ("signature", -1, "signature_wrong"),
    "footer key id": ("footer", 0, "key_unknown"),
    "footer size": ("footer", 8, "manifest_damaged"),
    "footer version": ("footer", 10, "manifest_damaged"),
    "footer algorithm": ("footer", 11, "manifest_damaged"),
    "footer magic": ("footer", 12, "signature_missing"),
    "footer image size": ("footer", 20, "manifest_damaged"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_byte_is_found(signed, verify, keys, name):
    part, offset, code = TAMPERINGS[name]
    path = signed()
    parts = dict(zip(["payload", "manifest", "signature", "footer"], map(bytearray, split_airlift(path.read_bytes()))))
    parts[part][offset] ^= 1
    path.write_bytes(b"".join(parts.values()))
    assert verify(path, keys("ed25519"), exits=1)["code"] == code


def test_verify_knows_the_keys_it_is_given_only(signed, verify, keys, image):
    path = signed()
    result = verify(path, keys("ed25519", "other"), exits=1)
    assert (result["code"], result["signature"]["verified"]) == ("key_unknown", False)
    assert verify(image, keys("ed25519"), exits=1)["code"] == "signature_missing"


def test_verify_says_it_in_words(airlift, signed, keys, image):
    key = keys("ed25519")
    done = airlift("verify", "--key", key.public, signed())
    assert str(key.public) in done.stdout and key.id.hex() in done.stdout and "firmware 1.2.3" in done.stdout
    done = airlift("verify", "--key", key.public, image, exits=1)
    assert done.stderr.startswith("error: signature: ") and "hint: " in done.stderr and "\x1b" not in done.stderr


# The Arduino cores' formats


@pytest.mark.parametrize("kind", RSA)
def test_esp8266_bit_for_bit_as_its_own_tool(airlift, verify, keys, image, kind):
    key = keys(kind)
    airlift("sign", "--format", "esp8266", "--key", key.path, image)
    # esp8266/Arduino 3.x, tools/signing.py: openssl dgst -sha256 -sign, its length in 4 bytes
    signature = openssl("dgst", "-sha256", "-sign", key.path, image).stdout
    assert image.with_name("app.bin.signed").read_bytes() == image.read_bytes() + signature + len(signature).to_bytes(4, "little")
    result = verify(f"{image}.signed", key)
    assert (result["signature"]["format"], result["manifest"]) == ("esp8266", None)


def test_esp8266_s_legacy_form_is_refused(verify, keys, image):
    digest = hashlib.sha256(image.read_bytes()).digest()
    signature = openssl("pkeyutl", "-sign", "-inkey", keys("rsa2048").path, input=digest).stdout
    image.write_bytes(image.read_bytes() + signature + len(signature).to_bytes(4, "little"))
    assert verify(image, keys("rsa2048"), exits=1)["code"] == "legacy_signature"


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("kind", ["rsa2048", "rsa4096", *EC])
def test_openssl_verifies_our_esp32_signatures(airlift, verify, keys, image, tmp_path, kind, digest):
    key = keys(kind)
    airlift("sign", "--format", "esp32", "--digest", digest, "--key", key.path, image)
    content = image.with_name("app.bin.signed").read_bytes()
    field = content[-ESP32:]
    size = field[1] + 2 if kind in EC else int(kind[3:]) // 8
    (tmp_path / "signature").write_bytes(field[:size])
    assert content[:-ESP32] == image.read_bytes() and not any(field[size:])
    openssl("dgst", f"-{digest}", *esp32_options(kind), "-verify", key.public, "-signature", tmp_path / "signature", image)
    assert verify(f"{image}.signed", key)["signature"]["digest"] == digest


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("kind", ["rsa3072", "rsa4096", *EC])
def test_we_verify_openssl_s_esp32_signatures(verify, keys, image, kind, digest):
    key = keys(kind)
    signature = openssl("dgst", f"-{digest}", *esp32_options(kind), "-sign", key.path, image).stdout
    image.write_bytes(image.read_bytes() + signature.ljust(ESP32, b"\0"))
    assert verify(image, keys("ed25519"), key)["signature"]["digest"] == digest
    content = bytearray(image.read_bytes())
    content[100] ^= 1
    image.write_bytes(content)
    assert verify(image, key, exits=1)["code"] == "signature_wrong"


@pytest.mark.parametrize("arguments", [["genrsa", "-traditional", "2048"], ["ecparam", "-genkey", "-name", "prime256v1"]],
                         ids=["RSA PRIVATE KEY", "EC PRIVATE KEY"])
def test_older_forms_of_private_keys(airlift, verify, image, tmp_path, arguments):
    key = Key(tmp_path / "old.pem")
    key.path.write_bytes(openssl(*arguments).stdout)
    openssl("pkey", "-in", key.path, "-pubout", "-out", key.public)
    airlift("sign", "--format", "esp32", "--key", key.path, image)
    verify(f"{image}.signed", key)


# What is refused


@pytest.mark.parametrize("wanted, kind", [("airlift", "rsa2048"), ("airlift", "p256"), ("esp8266", "ed25519"),
                                          ("esp8266", "p384"), ("esp32", "ed25519")])
def test_a_key_that_does_not_suit_the_format(airlift, keys, image, wanted, kind):
    version = ["--version", "1"] if wanted == "airlift" else []
    done = airlift("sign", "--format", wanted, *version, "--key", keys(kind).path, image, exits=8)
    assert f"the {wanted} format cannot be signed with" in done.stderr


@pytest.mark.parametrize("arguments", [["-name", "secp521r1"], ["-name", "secp256k1"]])
def test_keys_no_device_takes(airlift, image, tmp_path, arguments):
    (tmp_path / "key.pem").write_bytes(openssl("ecparam", "-genkey", "-noout", *arguments).stdout)
    done = airlift("sign", "--format", "esp32", "--key", tmp_path / "key.pem", image, exits=8)
    assert "a key that no device takes" in done.stderr


def test_what_is_signed_already_needs_a_word(airlift, signed, verify, keys, image):
    path = signed()
    other = keys("ed25519", "other")
    again = ["sign", "--version", "2", "--key", other.path, path]
    done = airlift(*again, exits=1)
    assert "signed already" in done.stderr and not path.with_name(path.name + ".signed").exists()
    airlift(*again, "--resign", "-o", path)
    assert split_airlift(path.read_bytes())[0] == image.read_bytes()
    assert verify(path, other)["manifest"]["version"] == "2"
    length = path.stat().st_size
    airlift(*again, "--force", "-o", path)
    assert verify(path, other)["manifest"]["payload_bytes"] == length


@pytest.mark.parametrize("wanted, kind", [("esp8266", "rsa2048"), ("esp32", "p256"), ("esp32", "rsa4096")])
def test_the_arduino_cores_signatures_are_replaced_too(airlift, verify, keys, image, wanted, kind):
    original = image.read_bytes()
    common = ["sign", "--format", wanted, "--key", keys(kind).path, image, "-o", image]
    airlift(*common)
    airlift(*common, exits=1)
    airlift(*common, "--resign")
    verify(image, keys(kind))
    assert image.read_bytes()[:len(original)] == original
    assert len(image.read_bytes()) == len(original) + (260 if wanted == "esp8266" else 512)


WRONG_OPTIONS = {
    "no version": [],
    "version too long": ["--version", "1" * 32],
    "version not ASCII": ["--version", "1.ä"],
    "board empty": ["--version", "1", "--board", ""],
    "nine boards": ["--version", "1", *(word for i in range(9) for word in ("--board", f"b{i}"))],
    "counter too large": ["--version", "1", "--counter", "4294967296"],
    "counter negative": ["--version", "1", "--counter", "-1"],
    "unknown kind": ["--version", "1", "--kind", "bootloader"],
    "unknown format": ["--version", "1", "--format", "uboot"],
    "manifest for esp8266": ["--format", "esp8266", "--counter", "1"],
    "digest for airlift": ["--version", "1", "--digest", "sha512"],
    "resign and force": ["--version", "1", "--resign", "--force"],
    "five retired": ["--version", "1", *(word for i in range(5) for word in ("--retire", f"{i:016x}"))],
}


@pytest.mark.parametrize("name", WRONG_OPTIONS)
def test_wrong_options(airlift, keys, image, name):
    airlift("sign", "--key", keys("ed25519").path, *WRONG_OPTIONS[name], image, exits=2)
    assert not image.with_name("app.bin.signed").exists()


def test_an_image_cannot_retire_its_own_key(airlift, keys, image):
    key = keys("ed25519")
    for name in (key.public, key.id.hex()):
        airlift("sign", "--key", key.path, "--version", "1", "--retire", name, image, exits=2)


def test_files_that_cannot_be_used_are_named(airlift, keys, image, tmp_path):
    key = keys("ed25519")
    sign = ["sign", "--version", "1"]
    missing = tmp_path / "missing"
    assert f"{missing}: No such file" in airlift(*sign, "--key", missing, image, exits=8).stderr
    assert f"{missing}: No such file" in airlift(*sign, "--key", key.path, missing, exits=8).stderr
    assert "no private key" in airlift(*sign, "--key", key.public, image, exits=8).stderr
    assert f"{image}: no public key" in airlift("verify", "--key", image, image, exits=8).stderr
    assert "not a regular file" in airlift(*sign, "--key", key.path, image, "-o", tmp_path, exits=8).stderr
    assert "/dev/null" in airlift(*sign, "--key", key.path, image, "-o", "/dev/null", exits=8).stderr
    result = json.loads(airlift("verify", "--json", "--key", key.public, missing, exits=8).stdout)
    assert (result["result"], result["code"]) == ("error", "file_unreadable")
    assert [path.name for path in tmp_path.iterdir()] == ["app.bin"]


# push


@pytest.mark.parametrize("options", [[], ["--no-signed"]])
def test_push_takes_the_signed_file(airlift, signed, image, options):
    path = signed()
    with FakeDevice(fake_device.answers_per_sector_only) as device:
        done = airlift("push", "-i", "127.0.0.1", "-p", device.port, "-f", image, *options)
        assert device.received == (image if options else path).read_bytes()
    assert (f"{path} stands beside the file" in done.stderr) == (not options)
