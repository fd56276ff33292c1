"""Keys and signed images by openssl's commands and the byte tables of docs/design/image-format.md: another hand than ours."""
import hashlib
import os
import subprocess

import pytest

ED25519 = ["-algorithm", "ED25519"]
KEY_TYPES = {
    "ed25519": ED25519,
    "rsa2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    "rsa4096": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
}
FOOTER = 24
SIGNATURE = 64
ESP32 = 512


def openssl(*arguments, check=True, **how):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=300, **how)
    assert not check or done.returncode == 0, done.stderr.decode()
    return done


class Key:
    """A key pair in PEM files."""

    def __init__(self, path):
        self.path = path
        self.public = path.with_suffix(".pub.pem")

    @classmethod
    def by_openssl(cls, path, kind):
        openssl("genpkey", *KEY_TYPES[kind], "-out", path)
        key = cls(path)
        openssl("pkey", "-in", path, "-pubout", "-out", key.public)
        return key

    @property
    def id(self):
        der = openssl("pkey", "-pubin", "-in", self.public, "-outform", "DER").stdout
        is_ed25519 = len(der) == 44  # 12 bytes say so, 32 are the key (RFC 8410)
        return hashlib.sha256(der[12:] if is_ed25519 else der).digest()[:8]


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A function that gives a key of a type, made by openssl; the same name, the same key."""
    folder = tmp_path_factory.mktemp("keys")

    def get(kind, name=""):
        path = folder / f"{kind}{name}.pem"
        return Key(path) if path.exists() else Key.by_openssl(path, kind)

    return get


@pytest.fixture
def airlift(binaries):
    """Runs airlift to its end; `exits` is the code it has to end with."""

    def run(*arguments, exits=0, **environment):
        environment = {"PATH": os.environ["PATH"], **environment}
        done = subprocess.run([binaries / "airlift", *map(str, arguments)], capture_output=True, text=True,
                              env=environment, timeout=300, stdin=subprocess.DEVNULL, start_new_session=True)
        assert done.returncode == exits, (done.returncode, done.stdout, done.stderr)
        return done

    return run


def text(value, least=1):
    assert least <= len(value) <= 31
    return bytes([len(value)]) + value.encode()


def manifest(payload, image=None, kind=0, counter=0, built=0, bundle=0, version="1.0", minimum="", boards=(), retired=()):
    """One manifest, as the table in docs/design/image-format.md has it."""
    image = payload if image is None else image
    compression = int(image != payload)
    return b"".join([
        b"ALMF", bytes([1, kind, compression, len(boards)]),
        len(payload).to_bytes(4, "little"), len(image).to_bytes(4, "little"),
        hashlib.sha256(payload).digest(), hashlib.sha256(image).digest(),
        counter.to_bytes(4, "little"), built.to_bytes(8, "little"), bundle.to_bytes(8, "little"),
        text(version), text(minimum, 0), *map(text, boards), bytes([len(retired)]), *retired,
    ])


def footer(key_id, manifest_size, image_size):
    return key_id + manifest_size.to_bytes(2, "little") + b"\x01\x01AirliftM" + image_size.to_bytes(4, "little")


def sign_by_openssl(key, payload, described, folder):
    """payload + Airlift's trailer, the signature by openssl."""
    (folder / "manifest").write_bytes(described)
    openssl("pkeyutl", "-sign", "-inkey", key.path, "-rawin", "-in", folder / "manifest", "-out", folder / "signature")
    image_size = int.from_bytes(described[12:16], "little")
    return payload + described + (folder / "signature").read_bytes() + footer(key.id, len(described), image_size)


def split_airlift(content):
    """(payload, manifest, signature, footer)"""
    end = len(content) - FOOTER
    size = int.from_bytes(content[end + 8:end + 10], "little")
    begin = end - SIGNATURE - size
    return content[:begin], content[begin:begin + size], content[end - SIGNATURE:end], content[end:]


def esp32_options(kind):
    return [] if kind.startswith("p") else ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:max"]
