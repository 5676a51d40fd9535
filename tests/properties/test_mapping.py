import copy
import math

import mapping_strategies as strategies
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from naive_mapping import run

from segue.errors import MappingError
from segue.json import MISSING
from segue.mapping import check_mapping, compile_mapping, compile_path, mapping_paths, split_path
from segue.mapping.paths import join_path


def alike(one, other):
    """Equal as JSON, not-a-number too, and true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@settings(max_examples=400)
@given(strategies.mappings(), strategies.events())
def test_a_compiled_mapping_equals_a_naive_interpreter(mapping, event):
    assert alike(compile_mapping(mapping)(event), run(mapping, event))


@given(strategies.mappings(), strategies.json_values(strategies.scalars | st.floats()))
def test_a_compiled_mapping_equals_it_on_what_is_no_object(mapping, event):
    assert alike(compile_mapping(mapping)(event), run(mapping, event))


@given(strategies.mappings(), strategies.events())
def test_neither_the_mapping_nor_the_event_is_changed(mapping, event):
    before = copy.deepcopy((mapping, event))
    compile_mapping(mapping)(event)
    assert alike([mapping, event], list(before))


@given(strategies.mappings(), strategies.events())
def test_a_later_change_of_the_mapping_is_not_seen(mapping, event):
    make = compile_mapping(mapping)
    made = copy.deepcopy(make(event))
    scramble(mapping)
    assert alike(make(event), made)


def scramble(value):
    for inner in [*value.values()] if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            scramble(inner)
    value.clear()


@given(strategies.mappings())
def test_mappings_that_are_right_pass_the_check(mapping):
    assert check_mapping(mapping) == []


@settings(max_examples=300)
@given(strategies.almost(), strategies.events())
@example({"@if": {"exists": {"@path": "$.a"}, "thn": 1}}, {})
def test_what_passes_the_check_compiles_and_never_raises_and_nothing_else_does(mapping, event):
    problems = check_mapping(mapping)
    if problems:
        with pytest.raises(MappingError) as raised:
            compile_mapping(mapping)
        assert raised.value.problems == tuple(problems)
    else:
        compile_mapping(mapping)(event)
        mapping_paths(mapping)


@given(strategies.almost())
def test_every_problem_points_into_the_mapping(mapping):
    for problem in check_mapping(mapping):
        assert reached(mapping, problem.pointer)


def reached(value, pointer):
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return True


@given(strategies.mappings(liquid=False), strategies.events())
def test_what_a_mapping_does_not_read_does_not_change_its_result(mapping, event):
    """A field that no path begins with, nor the whole event, is not read."""
    readings = mapping_paths(mapping)
    if all(reading.keys for reading in readings if reading.within is None):
        unread = event | {"unread": 1}
        assert alike(compile_mapping(mapping)(unread), compile_mapping(mapping)(event))


@given(strategies.paths(), strategies.json_values())
def test_a_path_finds_a_value_or_nothing_in_any_value(path, value):
    found = value
    for key in split_path(path):
        found = compile_path("['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']")(found)
        if found is MISSING:
            break
    assert compile_path(path)(value) == found


@given(st.lists(st.text(), max_size=4))
def test_any_keys_can_be_spelled_in_brackets(keys):
    quoted = [key.replace("\\", "\\\\").replace("'", "\\'") for key in keys]
    assert split_path("$" + "".join(f"['{key}']" for key in quoted)) == tuple(keys)


@given(st.lists(st.text() | st.from_regex(r"[0-9]+|[a-z.'\"\\\[\]$_-]+", fullmatch=True)))
def test_a_path_made_of_keys_has_these_keys(keys):
    assert split_path(join_path(keys)) == tuple(keys)
