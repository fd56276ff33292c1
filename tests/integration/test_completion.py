"""`airlift completion`: bash's for real; zsh's and fish's as far as these shells are installed."""
import contextlib
import os
import re
import shlex
import shutil
import subprocess

import pytest
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from device_process import wait_until
from mdns import SERVICE

DEADLINE_S = 30


def completion(binaries, shell):
    done = subprocess.run([binaries / "airlift", "completion", shell], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and not done.stderr
    return done.stdout


@pytest.fixture
def complete(binaries, tmp_path):
    """A function that gives what bash offers for the last of some words."""
    script = tmp_path / "completion.bash"
    script.write_text(completion(binaries, "bash"))
    folder = tmp_path / "folder"
    folder.mkdir()
    environment = os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}"}

    def run(*words):
        commands = (f"source {shlex.quote(str(script))}; COMP_WORDS=({shlex.join(('airlift', *words))}); "
                    f"COMP_CWORD={len(words)}; $(complete -p airlift | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
                    "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-uc", commands], capture_output=True, text=True, cwd=folder, env=environment,
                              timeout=DEADLINE_S)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout.split("\n")[:-1]

    run.folder = folder
    return run


def subcommands(binaries):
    text = subprocess.run([binaries / "airlift", "--help"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  ([\w-]+)  ", text.split("Subcommands:")[1], re.MULTILINE)


def options_in_help(binaries, command):
    text = subprocess.run([binaries / "airlift", command, "--help"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^  (-[^ ]+)", text.split("Examples:")[0], re.MULTILINE)
    return {name for names in found for name in names.split(",")}


def test_bash_completes_every_subcommand_and_option(complete, binaries):
    commands = subcommands(binaries)
    assert set(complete("")) == {*commands, "--help", "--version"}
    assert complete("disco") == ["discover", "discovery"]
    for command in commands:
        assert set(complete(command, "-")) == options_in_help(binaries, command), command
    assert complete("push", "--passw") == ["--password-file"]


def test_every_shell_knows_every_option(binaries):
    zsh, fish = completion(binaries, "zsh"), completion(binaries, "fish")
    for command in subcommands(binaries):
        in_zsh = zsh.split(f"    {command}) options=(")[1].split("\n      )\n")[0]
        in_fish = "\n".join(line for line in fish.splitlines() if f"seen_subcommand_from {command}'" in line) + " "
        for option in options_in_help(binaries, command):
            assert f"'{option}:" in in_zsh
            assert re.search(rf" -l {option[2:]} " if option.startswith("--") else rf" -s {option[1:]} ", in_fish)


def test_bash_completes_files(complete):
    (complete.folder / "app.bin").touch()
    (complete.folder / "app with blanks.bin").touch()
    (complete.folder / "other").touch()
    for words in (["push", "-f"], ["push", "devding", "--file"], ["push", "--file", "="], ["inspect"], ["verify", "--key"]):
        assert sorted(complete(*words, "app")) == ["app with blanks.bin", "app.bin"], words
    assert len(complete("push", "--file", "=")) == 3
    assert complete("push", "-p", "") == []


def test_bash_completes_devices(complete, start_device):
    device = start_device(device={"sd": "true"})
    device.log.wait(rf"advertised as {device.name}$")
    # One second can be too short: mDNS does not repeat an answer within a second of the last one (RFC 6762, 6).
    for words in (["push"], ["push", "-i"]):
        wait_until(lambda: complete(*words, device.name[:5]) == [device.name], f"{device.name} is offered")
    assert complete("push", "no-device-is-called-so") == []


def test_a_device_cannot_run_commands_by_its_name(complete):
    name = "x$(touch pwned)`touch pwned`; touch pwned"
    service = ServiceInfo(SERVICE, f"{name}.{SERVICE}", addresses=[b"\x7f\x00\x00\x01"], port=8266, server="evil.local.")
    with contextlib.closing(Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)) as zeroconf:
        zeroconf.register_service(service)
        offered = wait_until(lambda: complete("push", "x$"), "the device is offered")
        assert [shlex.split(word) for word in offered] == [[name]]
    assert not list(complete.folder.iterdir())


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_take_it(binaries, tmp_path, shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(completion(binaries, shell))
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_fish_completes(binaries, tmp_path):
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    script = tmp_path / "script.fish"
    script.write_text(completion(binaries, "fish"))
    done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C 'airlift push --no-s'"], capture_output=True,
                          text=True, timeout=DEADLINE_S, env=os.environ | {"HOME": str(tmp_path)})
    assert done.stdout.split("\t")[0] == "--no-signed", done.stderr


def test_other_shells_are_refused(binaries):
    done = subprocess.run([binaries / "airlift", "completion", "tcsh"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 2
