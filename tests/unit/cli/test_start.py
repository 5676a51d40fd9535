"""How a command starts, and how what is wrong with its arguments is said."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from segue.cli import COMMANDS, main


HEAVY = {"aiohttp", "httpx", "jsonschema", "cryptography", "rich", "starlette", "liquid", "yaml"}
IMPORTED = """
import sys
from segue_command import main
sys.argv = ["segue", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
print("imported", *sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_and_version_import_nothing_of_the_runtime(arguments):
    code = IMPORTED.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = set(done.stderr.split())
    assert "segue.cli" in names
    assert {one for one in names if one.startswith("segue.")} == {"segue.cli", "segue.errors"}
    assert HEAVY & {one.partition(".")[0] for one in names} == set()


def test_every_command_says_in_a_line_what_it_is_for():
    listed = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:\n")[2]
    lines = [f"  {name:<12}{about}" for name, about in COMMANDS.items()]
    assert listed.splitlines()[: len(COMMANDS)] == lines


WRONG = {
    "an option that is none": (["stats", "--sinc"], "No such option"),
    "a value that is none": (["deliveries", "--limit", "many"], "'many' is not a valid integer"),
    "an argument that is missing": (["hold"], "Missing argument"),
    "a workspace that is not there": (["show"], "there is no such workspace"),
    "a command that is none": (["stat"], 'did you mean "stats"?'),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_voice(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    lines = [one for one in done.stderr.splitlines() if one.startswith("segue: ")]
    assert len(lines) == 1
    assert said in done.stderr
    assert "Error: " not in done.stderr


def test_no_name_of_the_command_line_is_one_of_a_command():
    """The module of a command takes the place of such a name once it is imported."""
    code = "import segue.cli as cli; print(*set(vars(cli)) & set(cli.COMMANDS))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
