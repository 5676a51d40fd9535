"""The page about the difference keeps its word: a reader who follows it sees what it shows."""

import json
import re
import subprocess
from importlib.resources import files

import pytest
import yaml
from click.testing import CliRunner

from segue.cli import main


PAGE = files("segue.diff").joinpath("README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """The repository of the page, with its edit, not yet committed."""
    monkeypatch.chdir(tmp_path)
    before, after, *_ = blocks("yaml")
    (tmp_path / "segue.yaml").write_text(before)
    (tmp_path / "orders.jsonl").write_text(blocks("json")[0])
    names = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", *names, *command], check=True)
    (tmp_path / "segue.yaml").write_text(before.partition("          eventName")[0] + after)
    return lambda *arguments: CliRunner().invoke(main, ["diff", *arguments])


def test_a_reader_who_follows_the_page_sees_what_it_shows(shop):
    done = shop("--events", "orders.jsonl")
    assert done.exit_code == 1
    for shown in blocks("text"):
        assert shown in done.stdout


def test_the_library_does_as_the_page_says(capsys):
    space = {
        "TEXT": blocks("yaml")[0],
        "EVENTS": [json.loads(one) for one in blocks("json")[0].splitlines()],
    }
    exec(blocks("python")[0], space)
    assert capsys.readouterr().out == "emails/orders body/eventName changed 3 of 3\n"


def test_what_ci_runs_is_a_command_that_there_is():
    text = blocks("yaml")[2]
    assert isinstance(yaml.safe_load(text), dict)
    (line,) = re.findall(r"segue (diff [^>\n]*)", text)
    words = (
        line.replace('"origin/$GITHUB_BASE_REF...HEAD"', "origin/main...HEAD")
        .replace("samples.jsonl.gz", "-")
        .split()
    )
    with main.make_context("segue", words):
        pass


def test_the_commands_of_the_page_are_commands(shop, tmp_path):
    for name in ("old.yaml", "new.yaml"):
        (tmp_path / name).write_text(blocks("yaml")[0])
    for arguments in (["HEAD"], ["HEAD..HEAD"], ["old.yaml", "new.yaml"], ["HEAD:segue.yaml"]):
        assert shop(*arguments, "--events", "orders.jsonl").exit_code in {0, 1}
    assert shop("--generate", "20", "--examples", "0", "--format", "markdown").exit_code == 1
