"""Filesystem images of the boards: a tar archive with env.json in it."""
import io
import json
import tarfile


def file_archive(env):
    """The archive's bytes; `env` is what env.json says."""
    content, archive = json.dumps(env, default=str).encode(), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo("env.json")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def environment(name, **ota):
    """An element of which nothing is said does not exist."""
    return {"device": {"0": {"name": name, "safemode": "false"}}, "ota": {"0": {"port": 8266} | ota}, "web": {"0": {"port": 80}}}
