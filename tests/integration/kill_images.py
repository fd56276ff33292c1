"""Images for tests that kill the device: each is like no other, and each application writes down what it finds."""
import dataclasses
import gzip
import hashlib

from espota_client import FILESYSTEM, FIRMWARE
from signing_tools import footer, manifest

# One line for each start: process, name, SHA-256 of the program file and of the filesystem image. `exec` does not come
# back, so what follows it is only there to be transferred.
APPLICATION = """#!/bin/sh
files=-
[ -z "$AIRLIFT_FILESYSTEM" ] || files=$(sha256sum < "$AIRLIFT_FILESYSTEM")
own=$(sha256sum < "$0")
echo "$$ {name} ${{own%% *}} ${{files%% *}}" >> '{traces}/starts'
[ -z "$AIRLIFT_FILESYSTEM" ] || [ "$(head -c 4 "$AIRLIFT_FILESYSTEM")" = fine ] || exit 3
{behaviour}
exec '{program}'
"""
BEHAVIOURS = {"good": "", "slow": "sleep 0.2", "exits": "exit 3", "crashes": "kill -KILL $$"}
NO_FILES = "-"


@dataclasses.dataclass(frozen=True)
class Image:
    name: str
    command: int
    content: bytes  # of the slot
    file: bytes  # as it is uploaded
    works: bool

    @property
    def kind(self):
        return "firmware" if self.command == FIRMWARE else "filesystem"

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


class ImageMaker:
    def __init__(self, random, traces, program):
        self.random, self.traces, self.program, self.count = random, traces, program, 0

    def firmware(self, behaviour, bundle=0):
        text = APPLICATION.format(name=self._name(), traces=self.traces, program=self.program,
                                  behaviour=BEHAVIOURS[behaviour])
        return self._image(FIRMWARE, text.encode() + self._filling(), behaviour in ("good", "slow"), bundle)

    def filesystem(self, works, bundle=0):
        self._name()
        return self._image(FILESYSTEM, (b"fine" if works else b"FAIL") + self._filling(), works, bundle)

    def _name(self):
        self.count += 1
        return f"1.{self.count}"

    def _filling(self):
        return self.random.randbytes(self.random.randrange(1, 100_000))

    def _image(self, command, content, works, bundle):
        """Compressed or not, with a manifest or not; a bundle needs one. Nobody looks at the signature."""
        file = gzip.compress(content, 1) if self.random.random() < 0.3 else content
        name = f"1.{self.count}"
        if bundle or self.random.random() < 0.5:
            described = manifest(file, content, kind=int(command == FILESYSTEM), version=name, bundle=bundle)
            file += described + bytes(64) + footer(bytes(8), len(described), len(content))
        return Image(name, command, content, file, works)
