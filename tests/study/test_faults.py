"""The mutation study's foundation: the good mappings are good, and the stored verdicts hold."""

import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import jsonschema_rs
import pytest

from segue import load_plugins


sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))  # scripts, not an installed package

from faults.corpus import cases
from faults.differences import EMPTY, changes, emptied
from faults.generate import corners, events
from faults.operators import KINDS, MOST, faults
from faults.oracle import EFFECTS, compile_fault, judge, problems, replay, send, stream
from faults.study import load, mutants, name


SOME = 1_000
WRITTEN = [case for case in cases() if not case.name.startswith("defaults/")]
SCHEMAS = {
    f"{case.name.split('/')[0]} {event}": (schema, case.reads)
    for case in cases()
    for event, schema in case.schemas.items()
}
by_case = pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)


@cache
def rows():
    return load()


def sent(case):
    """What a good mapping makes of some events that it takes."""
    taken = filter(case.mapping.matches, stream(case, SOME))
    return [send(case, case.mapping, event) for event in taken]


# The corpus


def test_the_corpus_is_as_large_as_the_study_asks_for():
    assert len(WRITTEN) >= 40
    assert len({case.mapping.action.name for case in cases()}) >= 15


def test_every_action_that_ships_is_there_with_its_own_mapping():
    shipped = {one.name for one in load_plugins().actions.values()}
    own = [case.mapping for case in cases() if case.name.startswith("defaults/")]
    assert {one.action.name for one in own if one.fields == one.action.mapping} == shipped


@by_case
def test_a_good_mapping_delivers_every_event_it_takes_and_drops_nothing(case):
    made = sent(case)
    assert {one.refused for one in made} == {None}
    filled = [{key for key, value in one.payload.items() if value not in EMPTY} for one in made]
    mapped = [{key for key, value in one.raw.items() if value not in EMPTY} for one in made]
    assert filled == mapped
    assert set().union(*filled) == {*case.mapping.fields}


# Events


@pytest.mark.parametrize(("schema", "reads"), SCHEMAS.values(), ids=SCHEMAS)
def test_the_events_of_a_schema_are_of_it_and_many_and_the_same_each_time(schema, reads):
    made = [*events(schema, SOME, "seed", reads)]
    assert all(map(jsonschema_rs.validator_for(schema, validate_formats=True).is_valid, made))
    assert len({json.dumps(one) for one in made}) > SOME / 2
    assert made == [*events(schema, SOME, "seed", reads)]


def test_corners_have_every_combination_of_few_optional_members_and_every_boundary():
    text = {"type": "string", "minLength": 2, "maxLength": 3}
    schema = {"type": "object", "properties": {"a": text, "b": {"enum": [1, 2]}}}
    made = [*corners(schema)]
    assert {frozenset(one) for one in made} == {frozenset(one) for one in ("", "a", "b", "ab")}
    assert {len(one["a"]) for one in made if "a" in one} == {2, 3}
    assert {one["b"] for one in made if "b" in one} == {1, 2}


# Faults


@by_case
def test_faults_are_distinct_and_few_of_a_kind_and_the_same_each_time(case):
    made = [*faults(case)]
    own = (str(case.mapping.trigger), case.mapping.fields, 1)
    assert all((one.trigger, one.fields, one.copies) != own for one in made)
    assert max(Counter(one.kind for one in made).values()) <= MOST
    assert made == [*faults(case)]


def test_there_are_enough_faults_and_some_of_every_kind():
    assert len([row for row in rows() if row["word"] != "load"]) >= 400
    assert {row["kind"] for row in rows()} == {*KINDS}


# Verdicts


WAS = {"name": "Ada", "n": 1, "in": {"a": "x"}, "list": [{"b": 1}], "none": ""}


@pytest.mark.parametrize(
    ("now", "where"),
    [
        (WAS, []),
        ({**WAS, "name": "Bob", "none": None}, []),
        ({**WAS, "name": ""}, ["/name"]),
        ({**WAS, "in": {}}, ["/in"]),
        ({**WAS, "in": {"a": None}}, ["/in/a"]),
        ({**WAS, "list": [{}]}, ["/list/0"]),
        ({**WAS, "in": "text"}, []),
    ],
)
def test_a_place_is_emptied_that_had_a_value_and_has_none(now, where):
    assert [*emptied(WAS, now)] == where


@pytest.mark.parametrize(
    ("raw", "coerced", "where"),
    [
        ({"a": 1.0}, {"a": 1}, []),
        ({"a": "1"}, {"a": 1}, ["/a"]),
        ({"a": True}, {"a": 1}, ["/a"]),
        ({"a": None, "b": ""}, {}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["/a/b"]),
        ({"a": [None, 1]}, {"a": ["1"]}, ["/a/0"]),
    ],
)
def test_a_place_is_coerced_whose_value_changes_its_type_or_goes(raw, coerced, where):
    assert [*changes(raw, coerced)] == where


def test_the_stored_verdicts_are_of_the_faults_there_are():
    stored = [{key: row[key] for key in ("case", "kind", "at", "was", "now")} for row in rows()]
    assert stored == [json.loads(json.dumps(name(fault))) for _, fault in mutants()]


def test_the_faults_that_are_said_not_to_load_are_those_that_do_not():
    wrong = [bool(problems(case, fault)) for case, fault in mutants()]
    assert wrong == [row["word"] == "load" for row in rows()]


def test_every_stored_witness_shows_what_its_verdict_says():
    for (case, fault), row in zip(mutants(), rows(), strict=True):
        if fault.kind.startswith("trigger") or row["word"] in {"load", "twice", "equal"}:
            continue
        word, where = replay(case, fault, row["event"])
        assert word == ("differs" if row["word"] == "dead" else row["word"])
        assert where == row["where"] or word in {"refused", "differs"}


def test_every_witness_of_a_trigger_that_is_too_wide_is_taken_by_the_mutant_only():
    for (case, fault), row in zip(mutants(), rows(), strict=True):
        if fault.kind.startswith("trigger") and row["event"] is not None:
            mapping, event = compile_fault(case, fault), row["event"]
            assert (case.mapping.matches(event), mapping.matches(event)) == (False, True)
            assert (send(case, mapping, event).refused is not None) == (row["word"] == "refused")


def test_a_sample_judged_anew_contradicts_no_stored_verdict():
    stored = {(row["case"], row["kind"], row["at"], str(row["now"])): row for row in rows()}
    for case in Random(5).sample(cases(), 4):
        made = [one for one in faults(case) if not one.kind.startswith("trigger")]
        for fault, verdict in zip(made, judge(case, made, 2 * SOME), strict=True):
            row = stored[case.name, fault.kind, fault.at, str(fault.now)]
            detectable = row["word"] in EFFECTS
            if row["judged"] <= SOME or not detectable:
                assert verdict.detectable is detectable
