"""The page about suggestions tells the truth."""

import json
import re
from importlib.resources import files

import pytest
from click.testing import CliRunner
from labelled import cases, figures

from segue.cli import main


WORKSPACE = """\
version: 1
sources: {website: {write_key: wk}}
connections:
  loops:
    destination: loops
    settings: {apiKey: "${KEY:-k}"}
    sources: [website]
    mappings: {contacts: {action: createOrUpdateContact}}
"""


@pytest.fixture(scope="module")
def page():
    return files("segue.suggesting").joinpath("README.md").read_text("utf-8")


def block(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)[0]


def test_its_events_lead_to_its_suggestions(page, tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    (tmp_path / "events.ndjson").write_text(block(page, "json"))
    arguments = ["--events", str(tmp_path / "events.ndjson"), "--min", "possible"]
    where = ["-w", str(tmp_path / "segue.yaml")]
    done = CliRunner().invoke(main, [*where, "suggest", "loops", "contacts", *arguments])
    assert done.stdout == block(page, "text")


def test_its_python_runs(page):
    names = {"events": [json.loads(line) for line in block(page, "json").splitlines()]}
    exec(block(page, "python"), names)
    assert names["best"][("email",)] == {"@path": "$.traits.e_mail"}


@pytest.mark.parametrize(("half", "held_out"), [("tuned on", False), ("held out", True)])
def test_its_figures_are_those_measured(page, half, held_out):
    found = figures(cases(held_out=held_out))
    shares = (found.precision, found.recall, found.within_three)
    measured = [found.cases, *(round(100 * share) for share in shares)]
    (row,) = re.findall(rf"^\| {half} \|(.*)\|$", page, re.MULTILINE)
    assert [int(cell) for cell in row.split("|")] == measured
