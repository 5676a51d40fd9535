"""What segue check catches: the stored study keeps its bars, and a sample judged anew agrees with it."""

import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from segue.check import Finding


sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))  # scripts, not an installed package

from faults import catches, timing
from faults.catches import caught, counted, joined, rate, stored
from faults.catching import fresh, seen
from faults.corpus import cases
from faults.hidden import hidden
from faults.operators import KINDS, faults
from faults.study import load, name


SEED = 7
SAMPLE = 4
"""Mappings of which every fourth fault is checked anew."""


@cache
def study():
    """Every fault with its verdict and what is stored of its check."""
    return joined(load(), stored())


@cache
def originals():
    return [row for row in stored() if not row["kind"]]


# What is stored


def test_what_is_stored_is_of_the_faults_there_are():
    own = [
        {key: row[key] for key in ("case", "kind", "at", "was", "now")}
        for row in stored()
        if row["kind"]
    ]
    made = [name(fault) for case in cases() for fault in faults(case)]
    assert own == json.loads(json.dumps(made))


def test_what_does_not_load_is_refused_by_the_check_too():
    assert all(row.get("load", False) == (row["word"] == "load") for row in study())


def test_with_schema_at_least_95_of_a_hundred_detectable_faults_are_caught():
    assert rate([row for row in study() if counted(row)], "with") >= 0.95


def test_without_schema_at_least_80_of_a_hundred_detectable_faults_are_caught():
    assert rate([row for row in study() if counted(row)], "without") >= 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_hold_for_each_kind(kind):
    own = [row for row in study() if row["kind"] == kind and counted(row)]
    assert (rate(own, "with") >= 0.95, rate(own, "without") >= 0.8) == (True, True)


def test_a_good_mapping_has_no_error():
    told = [(row["case"], one) for row in originals() for way in catches.WAYS for one in row[way]]
    assert [(case, one) for case, one in told if one.startswith("error")] == []


def test_every_counterexample_went_wrong_in_the_runtime_as_was_said():
    rows = [*study(), *originals()]
    assert sum(row.get("otherwise", 0) for row in rows) == 0
    assert sum(row.get("replayed", 0) for row in rows) > 10_000


def test_a_counterexample_is_small():
    keys = sorted(one for row in study() if counted(row) for one in row["keys"])
    assert keys[len(keys) // 2] <= 3


# What is counted


PERSON = {"userId": "u", "anonymousId": "a"}


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ({"type": "screen", "userId": "u"}, 0),
        ({"type": "screen", **PERSON}, 1),
        ({"type": "screen", "userId": "u", "properties": {"x": {"y": 1}}}, 3),
        ({"type": "track", "event": "Nobody Knows", "userId": "u", "properties": {}}, 1),
    ],
)
def test_keys_are_counted_that_no_schema_asks_for(event, keys):
    bare = replace(cases()[0], schemas={})
    assert catches.extra(bare, event) == keys


def finding(code, severity, field="/a", rule="required"):
    made = Finding(code, severity, "c", "m", "it is wrong", "mend it", "/x")
    return replace(made, field=field, rule=rule)


WARNING = finding("S011", "warning")


@pytest.mark.parametrize(
    ("found", "is_new"),
    [
        (WARNING, False),
        (replace(WARNING, message="other words", pointer="/elsewhere"), False),
        (finding("S011", "error"), True),
        (finding("S010", "warning"), True),
        (finding("S011", "warning", field="/b"), True),
        (finding("S011", "warning", rule="required:empty"), True),
        (finding("S014", "note"), False),
    ],
)
def test_only_a_finding_that_weighs_and_is_not_of_the_original_is_a_catch(found, is_new):
    assert fresh([found], [WARNING]) == ([found] if is_new else [])


def test_a_warning_where_there_was_an_error_is_no_catch():
    assert fresh([WARNING], [finding("S011", "error")]) == []


# Judged anew


@cache
def known(named):
    case = next(one for one in cases() if one.name == named)
    return {way: seen(case, schemas=way == "with") for way in catches.WAYS}


def picked():
    for case in Random(SEED).sample(cases(), SAMPLE):
        for fault in [*faults(case)][::4]:
            yield pytest.param(case, fault, id=f"{case.name} {fault.kind} {fault.at}")


def row_of(fault):
    given = json.loads(json.dumps(name(fault)))
    return next(row for row in study() if {key: row[key] for key in given} == given)


@pytest.mark.parametrize(("case", "fault"), [*picked()])
def test_a_fault_that_is_stored_as_caught_is_caught(case, fault):
    row, made = row_of(fault), caught(case, fault, known(case.name))
    ways = ("load", "static", *catches.WAYS)
    assert [way for way in ways if row.get(way) and not made.get(way)] == []
    assert made.get("otherwise", 0) == 0


def test_what_no_schema_could_reveal_is_judged_as_it_is_stored():
    for case in Random(SEED).sample(cases(), SAMPLE):
        for fault in [*faults(case)][::4]:
            row = row_of(fault)
            assert hidden(case, fault, row["word"]) is row["hidden"]


def test_fifty_mappings_are_a_workspace_that_can_be_timed(tmp_path):
    file = tmp_path / "segue.yaml"
    file.write_text(json.dumps(timing.workspace()))
    report = timing.check(file)
    assert len(report.evidence) == timing.MAPPINGS
