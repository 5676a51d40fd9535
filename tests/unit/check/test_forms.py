"""The report in the forms that machines read, the events that are kept, and the command."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from segue.check import CODES
from segue.check.junit import junit
from segue.check.regressions import FOLDER, load, save
from segue.check.sarif import sarif
from segue.cli import main


WRONG = """
orders:
  action: order
  ignore: {S011: the old shop has none}
  fields:
    order: {"@path": $.properties.long_id}
    status: {"@path": $.properties.status}
"""


@pytest.fixture
def report(check):
    return check(WRONG)


def test_sarif_names_the_rule_of_each_result_and_what_is_ignored(report):
    (run,) = sarif(report, "1.0")["runs"]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]
    assert [one["ruleId"] for one in run["results"] if "suppressions" in one] == ["S011"]


def test_junit_has_a_test_for_each_mapping_which_fails_for_its_errors(report):
    root = ET.fromstring(junit(report))
    (case,) = root.iter("testcase")
    assert (case.get("classname"), case.get("name")) == ("books", "orders")
    assert case.find("failure").get("type") == report.errors[0].code
    assert root.get("failures") == "1"


def test_a_counterexample_is_kept_once_and_tried_first(report, check, tmp_path):
    (file,) = save(tmp_path / FOLDER, report.findings)
    assert file.name == "books.orders.json"
    assert save(tmp_path / FOLDER, report.findings) == []
    kept = load(tmp_path / FOLDER, "books", "orders")
    assert [one.event for one in report.errors] == sorted(
        kept, key=[one.event for one in report.errors].index
    )
    assert check(WRONG, most=1).errors != []


def test_a_file_of_kept_events_that_cannot_be_read_holds_none(tmp_path):
    (tmp_path / "a.b.json").write_text("{")
    assert load(tmp_path, "a", "b") == []


@pytest.fixture
def segue(check, tmp_path, atlas, monkeypatch):
    """The command line beside a workspace with mistakes."""
    from segue.cli.setup import Setup

    check(WRONG)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        setup = Setup(tmp_path / "segue.yaml", tmp_path / ".segue")
        setup.installed = atlas
        return CliRunner().invoke(main, arguments, obj=setup)

    return run


def test_the_command_fails_on_errors_and_keeps_their_events(segue, tmp_path):
    found = segue("check")
    assert found.exit_code == 1
    assert found.stdout.splitlines()[0].endswith("is valid: 1 source, 1 connection, 1 mapping")
    assert "error S010 books/orders" in found.stdout
    assert (tmp_path / FOLDER / "books.orders.json").exists()


def test_nothing_is_kept_that_need_not_be(segue, tmp_path):
    segue("check", "--no-save")
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_form_for_machines_is_one_document(segue, form):
    assert isinstance(json.loads(segue("check", "--format", form, "--no-save").stdout), dict)


def test_json_has_findings_beside_what_is_said_of_the_file(segue):
    found = json.loads(segue("check", "--json", "--no-save").stdout)
    assert (found["valid"], found["problems"], found["failed"]) == (True, [], True)
    assert {one["code"] for one in found["findings"]} >= {"S010"}
    assert [one["ignored"] for one in found["ignored"]] == ["the old shop has none"]


def test_a_time_that_is_none_is_refused(segue):
    assert segue("check", "--budget", "soon").exit_code == 2


@pytest.mark.parametrize("seed", ["0", "7"])
def test_what_is_found_does_not_depend_on_the_order_of_sets(seed, check, tmp_path, atlas_text):
    expected = check(WRONG, schemas="").findings
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "atlas.py").write_text(atlas_text)
    code = (
        "import sys, segue.check; from pathlib import Path; from segue import load_plugins;"
        "found = segue.check.workspace('segue.yaml', catalogue=load_plugins(folder=Path('plugins')));"
        "print(*found.findings, sep=chr(10)); print(*(one.event for one in found.findings), sep=chr(10))"
    )
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [*map(str, expected), *(str(one.event) for one in expected)]
    assert ran.stdout.splitlines() == "\n".join(lines).splitlines()


def test_a_code_is_explained(segue):
    assert segue("explain", "s012").stdout.startswith("# S012 · ")
    assert segue("explain").stdout.count("\n") == len(CODES)
    assert segue("explain", "S999").exit_code == 2


def test_the_fixture_checks_a_workspace(segue_check, tmp_path):
    (tmp_path / "segue.yaml").write_text("version: 1\n")
    assert not segue_check(tmp_path / "segue.yaml").errors
