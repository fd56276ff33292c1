"""What arduino-cli makes of platform.txt and boards.txt when it uploads to a network port.

Written from the behaviour of arduino-cli 1.5.1: the properties of the platform, of the board and of the tool are laid over one
another, old-style network recipes are rewritten, {names} are replaced until nothing changes, and the result is cut at blanks
outside of quotes. No shell takes part.
"""
import re


def load(*texts):
    """Later files override earlier ones, as platform.local.txt does platform.txt."""
    lines = [line.strip() for text in texts for line in text.splitlines()]
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return {key.strip().replace(".linux", "", 1): value.strip() for key, value in pairs}


def below(properties, prefix):
    return {key[len(prefix) + 1:]: value for key, value in properties.items() if key.startswith(prefix + ".")}


def rewrite_old_style(platform, board):
    """Only for platforms that say nothing of discoveries or monitors. Gives the board its network tool."""
    if below(platform, "pluggable_discovery") or below(platform, "pluggable_monitor"):
        return
    tool = board["upload.tool"]
    pattern = platform.get(f"tools.{tool}.upload.network_pattern")
    if pattern is None:
        return
    converted = f"tools.{tool}__pluggable_network"
    for key, value in below(platform, f"tools.{tool}").items():
        platform[f"{converted}.{key}"] = value
    if "{network.password}" in pattern:
        platform[f"{converted}.upload.field.password"] = "Password"
        platform[f"{converted}.upload.field.password.secret"] = "true"
    for old, new in (("{serial.port}", "{upload.port.address}"), ("{network.port}", "{upload.port.properties.port}"),
                     ("{network.password}", "{upload.field.password}")):
        pattern = pattern.replace(old, new)
    platform[f"{converted}.upload.pattern"] = pattern
    board.setdefault("upload.tool.network", f"{tool}__pluggable_network")


def expand(properties, text):
    for _ in range(10):
        before = text
        text = re.sub(r"\{([^{}]+)\}", lambda match: properties.get(match[1], match[0]), text)
        if text == before:
            break
    return text


def split_quoted(text):
    words, quote, quoted = [], "", ""
    for piece in text.split(" "):
        if not quote:
            if piece[:1] not in ("'", '"'):
                words += [piece] if piece.strip() else []
                continue
            quote, piece, quoted = piece[0], piece[1:], ""
        if piece[-1:] == quote:
            words.append(quoted + piece[:-1])
            quote = ""
        else:
            quoted += piece + " "
    assert not quote, f"no closing {quote} in {text}"
    return words


class NetworkUpload:
    """An upload with the Upload button: `port` is what a discovery told."""

    def __init__(self, platform, board):
        rewrite_old_style(platform, board)
        self._properties = platform | board
        self._tool = self._properties["upload.tool.network"]
        self._properties |= below(self._properties, f"tools.{self._tool}")

    @property
    def fields(self):
        """What the user is asked for."""
        fields = below(self._properties, f"tools.{self._tool}.upload.field")
        return {name: fields.get(f"{name}.secret") == "true" for name in fields if "." not in name}

    def command(self, port, build_path, project, **fields):
        properties = self._properties | {"build.path": str(build_path), "build.project_name": project}
        properties |= {"upload.port.address": port["address"], "upload.port.protocol": port["protocol"]}
        properties |= {f"upload.port.properties.{key}": value for key, value in port["properties"].items()}
        properties |= {f"upload.field.{name}": value for name, value in fields.items()}
        assert properties.get("upload.protocol"), "arduino-cli asks for a programmer when there is no upload.protocol"
        return split_quoted(expand(properties, properties["upload.pattern"]))
