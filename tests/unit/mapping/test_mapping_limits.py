"""Nothing a mapping or an event holds exhausts the process."""

import json
import subprocess
import sys
import time

import pytest
from naive_mapping import run

from segue.json import MISSING
from segue.mapping import check_mapping, compile_mapping, mapping_paths


MEGABYTE = "x" * 1_000_000


def nested(levels, wrap, inner=1):
    value = inner
    for _ in range(levels):
        value = wrap(value)
    return value


def made(value, event):
    return compile_mapping({"out": value})(event).get("out", MISSING)


def member(value):
    return {"a": value}


def item(value):
    return [value]


def literal(value):
    return {"@literal": value}


def branch(value):
    return {"@if": {"exists": 1, "then": value}}


@pytest.mark.parametrize("wrap", [member, item])
@pytest.mark.parametrize(
    "directive",
    [
        {"@path": "$.a"},
        {"@path": "$" + ".a" * 1_000},
        {"@template": "{{a}}"},
        {"@json": {"mode": "encode", "value": {"@path": "$"}}},
        {"@flatten": {"separator": ".", "value": {"@path": "$"}}},
        {"@excludeWhenNull": {"@path": "$"}},
        {"@merge": {"direction": "left", "objects": [{"@path": "$"}]}},
        {"@arrayPath": ["$.a", {"b": {"@arrayPath": ["$.a", {"c": {"@path": "$.a"}}]}}]},
        {"@liquid": "{{ a }}"},
    ],
)
def test_an_event_a_thousand_levels_deep_is_mapped(wrap, directive):
    made(directive, nested(1_000, wrap))


def test_a_deep_event_is_written_whole():
    encoded = made({"@json": {"mode": "encode", "value": {"@path": "$"}}}, nested(5_000, member))
    assert encoded == '{"a":' * 5_000 + "1" + "}" * 5_000
    assert made({"@template": "{{a}}"}, {"a": nested(5_000, item)}) == "1"


@pytest.mark.parametrize("wrap", [member, item, literal, branch])
def test_a_mapping_is_a_hundred_levels_deep_at_most(wrap):
    """As deep as the check lets it be it runs; deeper is a problem, however deep."""
    mappings = [{"out": nested(levels, wrap, {"@path": "$.x"})} for levels in range(101)]
    *_, deepest = [mapping for mapping in mappings if check_mapping(mapping) == []]
    assert compile_mapping(deepest)({"x": 1}) == run(deepest, {"x": 1})
    for levels in 101, 1_000, 100_000:
        problem, *_ = check_mapping({"out": nested(levels, wrap)})
        assert problem.message == "nested over 100 levels"


def test_a_mapping_that_holds_itself_is_refused():
    mapping = {}
    mapping["a"] = mapping["b"] = mapping
    assert [problem.pointer for problem in check_mapping(mapping)] == [""]


def test_a_mapping_has_half_a_million_values_at_most():
    """The mapping and its array are two of them."""
    assert check_mapping({"a": [0] * 499_998}) == []
    [problem] = check_mapping({"a": [0] * 499_999})
    assert problem.message == "a mapping holds at most 500,000 values, and not itself"


FIELDS = {
    f"field{n}": {
        "@if": {
            "exists": {"@path": f"$.a.f{n}"},
            "then": {"@template": f"{{{{a.f{n}}}}}"},
            "else": n,
        }
    }
    for n in range(10_000)
}
TIMED = """
import json, sys, time
from segue.mapping import compile_mapping, mapping_paths

fields = json.load(sys.stdin)

def seconds():
    start = time.process_time()
    compile_mapping(fields)
    mapping_paths(fields)
    return time.process_time() - start

print(min(seconds() for _ in range(3)))  # what else the machine does can only add
"""


def test_ten_thousand_fields_are_checked_compiled_and_read_within_a_second():
    """In a process of its own: what other tests left in memory is not to be looked through."""
    python, text = [sys.executable, "-c", TIMED], json.dumps(FIELDS)
    done = subprocess.run(python, input=text, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1


def test_ten_thousand_fields_are_all_mapped():
    assert len(compile_mapping(FIELDS)({"a": {"f7": "x"}})) == 10_000
    assert len(mapping_paths(FIELDS)) == 20_000


def test_ten_thousand_problems_are_all_found():
    assert len(check_mapping({f"field{n}": {"@pth": n} for n in range(10_000)})) == 10_000


@pytest.mark.parametrize(
    "growing",
    [
        {"@template": "{{a}}{{a}}"},
        {"@template": "{{a}}!"},
        {"@replace": {"pattern": "x", "replacement": "xxxxxxxxxx", "value": {"@path": "$.a"}}},
        {
            "@replace": {
                "pattern": "x",
                "replacement": "xy",
                "ignorecase": True,
                "value": {"@path": "$.a"},
            }
        },
        {"@json": {"mode": "encode", "value": {"@path": "$.a"}}},
    ],
)
def test_a_text_that_grows_past_a_million_characters_is_missing(growing):
    assert made(growing, {"a": MEGABYTE}) is MISSING


def test_a_text_of_a_million_characters_is_kept():
    assert made({"@template": "{{a}}"}, {"a": MEGABYTE}) == MEGABYTE


def test_a_long_key_above_many_leaves_is_not_flattened():
    flatten = {"@flatten": {"separator": ".", "value": {"@path": "$"}}}
    assert made(flatten, {"k" * 10_000: [0] * 1_001}) is MISSING
    assert len(made(flatten, {"k" * 9_000: [0] * 1_001})) == 1_001


def test_more_than_fifty_thousand_items_are_not_shaped():
    mapping = {"@arrayPath": ["$.a", {"k": 1}]}
    assert len(made(mapping, {"a": [0] * 50_000})) == 50_000
    assert made(mapping, {"a": [0] * 50_001}) is MISSING


def test_items_of_items_count_together():
    mapping = {"@arrayPath": ["$.a", {"inner": {"@arrayPath": ["$", {"k": 1}]}}]}
    assert len(made(mapping, {"a": [[0] * 200] * 200})) == 200
    assert made(mapping, {"a": [[0] * 250] * 250}) is MISSING


@pytest.mark.parametrize("name", ["@template", "@path"])
@pytest.mark.parametrize(
    ("part", "times"),
    [
        ("{", 500_000),
        ("{{}", 200_000),
        ("{{a", 200_000),
        ("{{{a}}", 99_999),
        ("['", 300_000),
        ("a.[0", 99_999),
    ],
)
def test_hostile_text_in_an_event_is_read_in_one_pass(name, part, times):
    start = time.process_time()
    made({name: {"@path": "$.t"}}, {"t": part * times})
    assert time.process_time() - start < 10  # under one; reading on from every place takes hours
