"""Reports of every kind, held against the published schemas of their forms."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from jsonschema import Draft4Validator, FormatChecker
from xsd import problems

from segue.check import CODES
from segue.check.junit import junit
from segue.check.model import Evidence, Finding, Report
from segue.check.sarif import CERTAIN, REMARKS, sarif
from segue.cli import main
from segue.cli.setup import Setup


DATA = Path(__file__).parents[2] / "data" / "reports"
SCHEMA = json.loads(gzip.decompress((DATA / "sarif-2.1.0.json.gz").read_bytes()))
JUNIT = ET.fromstring((DATA / "junit-10.xsd").read_bytes())

STATIC = Finding("S005", "error", "books", "orders", "no schema has it", "did you mean total?", "/connections/books/mappings/orders/fields/total", "/total", "", 3, 9)  # fmt: skip
EXAMPLE = replace(
    STATIC,
    code="S012",
    severity="warning",
    rule="maxLength",
    event={"type": "track", "properties": {"a\x00\ud800": "[see](https://evil.example) {0} ]]>"}},
    payload={},
    error="too long",
)
NOTE = replace(STATIC, code="S019", severity="note", pointer="/x", field="")
ODD = replace(
    STATIC, connection="Bücher <&>", mapping='"注文"', message="\x1b[31m", line=0, column=0
)
IGNORED = replace(STATIC, code="S011", ignored="the old shop has none")
LINES = ["version: 1", "connections:", "  books:  {total: 日本語}", ""]
SEEN = (Evidence("books", "orders", 501), Evidence("books", "people", 500))


def report(*findings, ignored=(), file="segue.yaml"):
    return Report(file, findings, SEEN, ignored)


REPORTS = {
    "nothing is found": report(),
    "static": report(STATIC),
    "counterexample": report(EXAMPLE),
    "note": report(NOTE),
    "ignored": report(ignored=(IGNORED,)),
    "odd names and no place": report(ODD),
    "beyond the last line": report(replace(STATIC, line=900)),
    "no file": report(STATIC, file=""),
    "everything": report(STATIC, EXAMPLE, NOTE, ODD, ignored=(IGNORED,), file="a b/süß#1?.yaml"),
}
each = pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)


def written(*arguments, **more):
    """SARIF as a reader gets it."""
    return json.loads(json.dumps(sarif(*arguments, **more), ensure_ascii=False))


@each
@pytest.mark.parametrize("lines", [(), LINES], ids=["without text", "with text"])
def test_sarif_is_as_its_schema_says(made, lines):
    found = written(made, "1.0", file=made.file, lines=lines)
    assert [*Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(found)] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("level", "fatal"), ("message", {}), ("locations", [{"physicalLocation": {"region": {"startLine": 0}}}])],
)  # fmt: skip
def test_the_schema_would_tell(key, value):
    found = written(report(STATIC), "1.0")
    found["runs"][0]["results"][0][key] = value
    assert [*Draft4Validator(SCHEMA).iter_errors(found)] != []


@each
def test_junit_is_as_the_schema_of_jenkins_says(made):
    assert problems(ET.fromstring(junit(made)), JUNIT) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "<testsuites><testcase name='a'/></testsuites>",
        "<testsuite name='a' tests='1' failures='0' errors='0'><testcase/></testsuite>",
        "<testsuite name='a' tests='1' failures='0' errors='0' time='soon'/>",
        "<testcase name='a' file='b'/>",
        "<testsuites>text</testsuites>",
        "<report/>",
    ],
)
def test_that_schema_would_tell(wrong):
    assert len(problems(ET.fromstring(wrong), JUNIT)) == 1


def test_a_region_counts_characters_from_one_and_ends_with_its_line():
    (one,) = written(report(STATIC), "1.0", lines=LINES)["runs"][0]["results"]
    region = one["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 23}


def test_a_path_is_a_reference_below_the_root_of_the_source():
    (one,) = written(report(STATIC), "1.0", file="a b/c:süß#1?.yaml")["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "a%20b/c%3As%C3%BC%C3%9F%231%3F.yaml",
        "uriBaseId": "%SRCROOT%",
    }


def test_a_finding_is_known_again_wherever_it_moves_and_whatever_its_example():
    def mark(*findings, file="segue.yaml"):
        (one,) = written(report(*findings), "2.0", file=file)["runs"][0]["results"]
        return one["partialFingerprints"]

    moved = replace(EXAMPLE, line=90, column=1, event={}, message="said otherwise", severity="error")  # fmt: skip
    assert mark(moved) == mark(EXAMPLE)
    assert len({str(mark(one)) for one in (EXAMPLE, STATIC, NOTE, ODD)}) == 4
    assert mark(EXAMPLE, file="other.yaml") != mark(EXAMPLE)


def test_no_example_makes_a_link():
    (one,) = written(report(EXAMPLE), "1.0")["runs"][0]["results"]
    assert r"\[see\](https" in one["message"]["text"]


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_a_run_says_how_the_command_ended(strict, code):
    (run,) = written(report(EXAMPLE), "1.0", strict=strict)["runs"]
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": code}]


def test_a_rule_says_what_it_is_how_bad_and_what_to_do():
    everything = report(*(replace(STATIC, code=code) for code in CODES))
    rules = written(everything, "1.0")["runs"][0]["tool"]["driver"]["rules"]
    levels = {one["id"]: one["defaultConfiguration"]["level"] for one in rules}
    assert [*levels] == [*CODES]
    assert {code for code, level in levels.items() if level == "error"} == CERTAIN
    assert {code for code, level in levels.items() if level == "note"} == REMARKS
    assert all("## What to do" in one["help"]["markdown"] for one in rules)


@pytest.fixture
def repository(check, tmp_path, atlas, monkeypatch):
    """``run(*arguments)`` is the command in a folder of a repository whose workspace has mistakes."""
    folder = tmp_path / "below it" / "shop"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    wrong = 'orders:\n  action: order\n  fields:\n    order: {"@path": $.properties.long_id}\n    note: boom'
    check(wrong)
    (tmp_path / "segue.yaml").rename(folder / "segue.yaml")
    monkeypatch.chdir(folder)

    def run(*arguments, file="segue.yaml"):
        setup = Setup(Path(file), tmp_path / ".segue")
        setup.installed = atlas
        return CliRunner().invoke(main, arguments, obj=setup)

    return run


@pytest.mark.parametrize("absolute", [False, True])
def test_a_place_is_told_from_the_root_of_the_repository_and_of_no_machine(
    repository, tmp_path, absolute
):
    file = str(tmp_path / "below it" / "shop" / "segue.yaml") if absolute else "segue.yaml"
    said = repository("check", "--no-save", "--format", "sarif", file=file).stdout
    assert set(re.findall(r'"uri": "(.*)"', said)) == {"below%20it/shop/segue.yaml"}
    assert str(tmp_path) not in said
    assert '"ruleId": "S017"' in said


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (None, (), 1),
        ("version: 1\n", (), 0),
        ("version: 1\nnonsense: {}\n", (), 2),
        ("version: 1\n", ("--budget", "soon"), 2),
    ],
    ids=["errors", "none", "no workspace", "no such option"],
)
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_how_it_ends_says_what_is_wrong(repository, form, text, arguments, code):
    if text is not None:
        Path("segue.yaml").write_text(text)
    assert repository("check", "--no-save", "--format", form, *arguments).exit_code == code


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_fails_a_strict_check_only(repository, check, tmp_path, arguments, code):
    check('orders:\n  action: order\n  fields:\n    order: {"@path": $.properties.id}', schemas="")
    (tmp_path / "segue.yaml").rename("segue.yaml")
    assert repository("check", "--no-save", *arguments).exit_code == code
