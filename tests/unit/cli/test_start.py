"""How a command starts, and how what is wrong with its arguments is said."""

import json
import os
import subprocess
import sys
from io import BytesIO, TextIOWrapper

import pytest
from click.testing import CliRunner

from segue.cli import COMMANDS, GROUPS, main
from segue.cli.streams import spell


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
    ours = {one for one in names if one.startswith("segue.")}
    assert ours == {"segue.cli", "segue.cli.streams", "segue.errors"}
    assert HEAVY & {one.partition(".")[0] for one in names} == set()


def shell(arguments, folder, **environ):
    """What a command does whose arguments a shell reads."""
    given = {**os.environ, "PYTHONUNBUFFERED": "", **environ}
    call = f"{sys.executable} -m segue {arguments}"
    return subprocess.run(
        call, shell=True, capture_output=True, text=True, check=False, cwd=folder, env=given
    )


def complete(shell, words, place):
    """What the shell is told for a word that is not yet whole."""
    given = words if shell == "fish" else place
    environ = {
        "_SEGUE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(given),
    }
    code = IMPORTED.format(arguments=[])
    call = [sys.executable, "-c", code]
    return subprocess.run(
        call, capture_output=True, text=True, check=True, env=os.environ | environ
    )


def test_every_command_says_in_a_line_what_it_is_for():
    listed = CliRunner().invoke(main, ["--help"]).stdout
    for title, group in GROUPS.items():
        lines = [f"{title}:", *(f"  {name:<12}{about}" for name, about in group.items())]
        assert "\n".join(lines) + "\n\n" in listed


@pytest.mark.parametrize("group", ["new", "schema", "secret", "console user"])
def test_no_line_about_a_command_is_cut_short(group):
    listed = CliRunner().invoke(main, [*group.split(), "--help"]).stdout.partition("Commands:\n")[2]
    assert [line for line in listed.splitlines() if not line.endswith(".")] == []
    assert "..." not in listed


def test_completing_a_command_imports_none():
    told = complete("bash", "segue s", 1)
    names = [one for one in COMMANDS if one.startswith("s")]
    assert told.stdout.split() == [f"plain,{one}" for one in names]
    assert "segue.cli.setup" not in told.stderr.split()


def test_fish_is_told_what_a_command_is_for():
    assert f"plain,hold\t{COMMANDS['hold']}" in complete("fish", "ho", 0).stdout


def test_an_option_is_completed_after_its_command():
    assert complete("bash", "segue deliveries --st", 2).stdout.split() == ["plain,--state"]


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


@pytest.mark.parametrize("arguments", [[], ["new"], ["console", "user"]], ids=" ".join)
def test_a_group_without_a_command_says_what_it_has_once(arguments):
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("Usage:") == 1
    assert done.stderr == CliRunner().invoke(main, [*arguments, "--help"]).stdout


@pytest.mark.parametrize("arguments", ["--help", "--version", "explain"])
def test_a_full_disk_under_stdout_is_named(arguments, tmp_path):
    done = shell(f"{arguments} >/dev/full", tmp_path)
    assert (done.returncode, done.stderr) == (1, "segue: stdout: No space left on device\n")


def test_what_is_wrong_is_said_where_stdout_is_closed(tmp_path):
    done = shell("stats >&-", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("segue: there is no store in ")


def test_a_secret_from_a_closed_stdin_is_refused_in_a_sentence(tmp_path):
    done = shell("secret set loops <&-", tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith(
        "segue: stdin is closed; pipe the value in, or type it at a terminal\n"
    )


def test_what_writes_to_a_closed_stderr_goes_on(tmp_path):
    """As the process for deliveries does before it is forked."""
    code = "import sys; from segue.cli.streams import ready; ready(); sys.stderr.flush(); print(1)"
    call = f"{sys.executable} -c '{code}' 2>&-"
    done = subprocess.run(call, shell=True, stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_a_terminal_that_lacks_a_character_is_given_its_escape(tmp_path):
    done = shell("dev --once", tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("\\u2500\\u2500 ")


def test_what_an_encoding_lacks_is_still_json():
    buffer = BytesIO()
    stream = TextIOWrapper(buffer, encoding="latin-1")
    spell(stream)
    stream.write(json.dumps("é → 🎉", ensure_ascii=False))
    stream.flush()
    assert json.loads(buffer.getvalue().decode("latin-1")) == "é → 🎉"


def test_no_name_of_the_command_line_is_one_of_a_command():
    """The module of a command takes the place of such a name once it is imported."""
    code = "import segue.cli as cli; print(*set(vars(cli)) & set(cli.COMMANDS))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
