"""Every `--help`: whole, narrow enough, with examples, and in step with docs/cli.md."""
import pathlib
import re
import subprocess

import pytest

CLI_PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/cli.md"
DEADLINE_S = 30
WIDEST = 100


def help_of(binaries, *command):
    done = subprocess.run([binaries / command[0], *command[1:], "--help"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and not done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def helps(binaries):
    """The help texts by their headline in docs/cli.md; found by asking the program, so that none is left out."""
    overview = help_of(binaries, "airlift")
    commands = re.findall(r"^  ([\w-]+)  ", overview.split("Subcommands:")[1], re.MULTILINE)
    assert len(commands) > 5
    texts = {f"airlift {command}": help_of(binaries, "airlift", command) for command in commands}
    return texts | {"airlift": overview, "espota": help_of(binaries, "espota")}


def options_of(text):
    """Each option's names, as the help lists them."""
    listed = re.findall(r"^  (-[^ ]+)", text.split("Examples:")[0], re.MULTILINE)
    return [names.split(",") for names in listed]


def section_of(headline):
    """What docs/cli.md says below this headline; headlines may name several commands."""
    sections = re.split(r"^## ", CLI_PAGE.read_text(), flags=re.MULTILINE)[1:]
    return "\n".join(section for section in sections if re.match(rf"[^\n]*\b{headline}\b", section))


def documented(section):
    """The options that have a row in a table."""
    cells = re.findall(r"^\| ([^|]*`-[^|]*) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(--?[a-zA-Z][\w-]*)", cell)}


def test_lines_are_narrow_enough(helps):
    wide = [f"{name}: {line}" for name, text in helps.items() for line in text.splitlines() if len(line) > WIDEST]
    assert not wide


def test_every_command_has_examples_that_begin_with_it(helps):
    for name, text in helps.items():
        if name in ("airlift", "espota"):
            continue
        assert "\nExamples:\n" in text, name
        assert re.search(rf"^  .*{name}\b", text.split("\nExamples:\n")[1], re.MULTILINE), name


def test_every_command_tells_its_exit_codes(helps):
    untold = [name for name, text in helps.items() if name not in ("airlift", "espota") and "Exit codes:" not in " ".join(text.split())]
    assert not untold


def test_every_option_is_documented_and_the_reverse(helps):
    problems = []
    for name, text in helps.items():
        if name == "airlift":
            continue
        section = section_of(name)
        if not section:
            problems.append(f"docs/cli.md has no section ## {name}")
            continue
        known = {option for names in options_of(text) for option in names} - {"-h", "--help"}
        told_in_table = documented(section)
        missing = [names for names in options_of(text) if names != ["-h", "--help"]
                   and not any(re.search(rf"`[^`]*(?<![\w-]){re.escape(option)}(?![\w-])", section) for option in names)]
        problems += [f"docs/cli.md, {name}: says nothing of {', '.join(names)}" for names in missing]
        problems += [f"docs/cli.md, {name}: there is no {option}" for option in sorted(told_in_table - known)]
    assert not problems, "\n".join(problems)
