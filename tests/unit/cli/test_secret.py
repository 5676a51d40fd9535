"""segue secret: values come from a pipe, are never shown, and fill in a workspace."""

import json

import pytest
from click.testing import CliRunner

from segue.cli import main
from segue.cli.setup import Setup
from segue.vault import VARIABLE, Vault


SECRET = "sk-live-9d3f"
WORKSPACE = """\
version: 1
sources: {web: {write_key: wk_web}}
connections:
  loops:
    destination: loops
    settings: {apiKey: "${secret:loops}"}
    sources: [web]
    mappings: {events: {action: sendEvent}}
"""


@pytest.fixture
def segue(tmp_path):
    """``segue("list")`` is what ``segue secret list`` comes to."""

    def run(*arguments, input=None, **environ):  # noqa: A002
        given = {VARIABLE: None, **environ}
        data = ["--data", str(tmp_path), "-w", str(tmp_path / "segue.yaml")]
        runner = CliRunner(env=given)
        return runner.invoke(main, [*data, "secret", *arguments], input=input)

    return run


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_value_comes_from_a_pipe_without_its_line_end(segue, tmp_path, end):
    answer = segue("set", "loops", input=SECRET + end)
    assert (answer.exit_code, SECRET in answer.output) == (0, False)
    assert Vault(tmp_path, {}).read("loops") == SECRET


def test_names_are_listed_and_values_are_not(segue):
    segue("set", "b", input=SECRET)
    segue("set", "a", input=SECRET)
    assert segue("list").stdout == "a\nb\n"
    assert json.loads(segue("list", "--json").stdout) == ["a", "b"]


def test_a_near_name_is_suggested_when_there_is_none_to_remove(segue):
    segue("set", "loops", input=SECRET)
    answer = segue("remove", "loop")
    assert answer.exit_code == 2
    assert 'did you mean "loops"?' in answer.stderr
    assert segue("remove", "loops").exit_code == 0
    assert segue("list").stdout == ""


def test_what_is_not_text_is_refused(segue):
    answer = segue("set", "a", input=b"\xff")
    assert (answer.exit_code, "not UTF-8" in answer.stderr) == (2, True)


def test_a_workspace_is_filled_in_from_the_vault(segue, tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    segue("set", "loops", input=SECRET)
    workspace = Setup(tmp_path / "segue.yaml", tmp_path).load()
    assert workspace.connections["loops"].settings["apiKey"] == SECRET


def test_a_rotation_says_how_many_and_under_what(segue, tmp_path):
    segue("set", "loops", input=SECRET)
    assert segue("rotate").stderr == "1 secret is under a new key now\n"
    made = segue("key").stdout.strip()
    answer = segue("rotate", SEGUE_VAULT_KEY=made)
    assert answer.stderr == "1 secret is under the first key of SEGUE_VAULT_KEY now\n"
    assert Vault(tmp_path, {VARIABLE: made}).read("loops") == SECRET


def test_a_lost_key_is_told_by_every_command_that_needs_it(segue, tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    segue("set", "loops", input=SECRET)
    (tmp_path / "vault.key").unlink()
    given = ["--data", str(tmp_path), "-w", str(tmp_path / "segue.yaml"), "serve"]
    answer = CliRunner().invoke(main, given)
    assert answer.exit_code == 2
    assert 'the secret "loops"' in answer.stderr
    assert "bring back the key" in answer.stderr
