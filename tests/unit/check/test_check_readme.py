"""The page about the check keeps its word: a reader who follows it sees what it shows."""

import json
import re
from importlib.resources import files

import pytest
import yaml
from click.testing import CliRunner

import segue.check
from segue.cli import main


PAGE = files("segue.check").joinpath("README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """``run()`` checks the workspace of the page, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "segue.yaml").write_text(blocks("yaml")[0])
    (tmp_path / "order_completed.json").write_text(blocks("json")[0])
    return lambda: CliRunner().invoke(main, ["check"])


def test_a_reader_who_follows_the_page_sees_what_it_shows(run, tmp_path):
    spelling, nobody, nothing = blocks("text")
    file = tmp_path / "segue.yaml"
    first = run()
    assert (first.exit_code, spelling in first.stdout) == (1, True)
    file.write_text(file.read_text().replace("emial", "email"))
    second = run()
    assert (second.exit_code, nobody in second.stdout) == (1, True)
    file.write_text(file.read_text().partition("        trigger:")[0] + blocks("yaml")[1])
    third = run()
    assert (third.exit_code, nothing in third.stdout) == (0, True)


def test_the_library_does_as_the_command(run, tmp_path, capsys):
    exec(blocks("python")[0], {})
    assert capsys.readouterr().out == "2\n"
    assert segue.check.workspace(tmp_path / "segue.yaml").fails()


def test_the_test_of_the_page_is_three_lines_that_fail(run, segue_check):
    space = {}
    exec(blocks("python")[1], space)
    with pytest.raises(AssertionError):
        space["test_the_workspace"](segue_check)


@pytest.mark.parametrize("index", [3, 4, 5])
def test_what_ci_reads_is_yaml_and_runs_a_command_that_there_is(index):
    text = blocks("yaml")[index]
    assert isinstance(yaml.safe_load(text), dict)
    for line in re.findall(r"segue (check[^>\n]*)", text.replace("name: segue check", "")):
        with main.make_context("segue", line.split()):
            pass


def test_the_kept_event_is_the_one_that_is_shown(run, tmp_path):
    run()
    kept = json.loads((tmp_path / "checks" / "emails.orders.json").read_text())
    assert [one["code"] for one in kept] == ["S013"]
