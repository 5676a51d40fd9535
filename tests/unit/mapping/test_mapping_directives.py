from types import MappingProxyType

import pytest

from segue.json import MISSING
from segue.mapping import compile_mapping


def made(value, event):
    """What the mapping of one field makes of an event; MISSING where the field is left out."""
    return compile_mapping({"out": value})(event).get("out", MISSING)


def path(where):
    return {"@path": where}


# What stands for itself


def test_texts_are_never_paths():
    assert made("$.a {{a}}", {"a": 1}) == "$.a {{a}}"


def test_a_missing_member_is_left_out_and_a_missing_item_is_null():
    assert made({"a": path("$.x"), "b": [path("$.x"), path("$.y")]}, {"y": None}) == {
        "b": [None, None]
    }


def test_null_is_a_value():
    assert made(path("$.a"), {"a": None}) is None


def test_notes_beside_a_directive_are_ignored_and_elsewhere_data():
    assert made({"@path": "$.a", "_metadata": {"@x": 1}}, {"a": 1}) == 1
    assert made({"_metadata": path("$.a")}, {"a": 1}) == {"_metadata": 1}


@pytest.mark.parametrize(("event", "payload"), [({"a": 1}, 1), ({}, MISSING), ({"a": [1]}, [1])])
def test_a_directive_at_the_root_may_make_anything(event, payload):
    assert compile_mapping({"@path": "$.a"})(event) == payload


def test_what_no_event_changes_is_made_once():
    make = compile_mapping({"a": [{"@case": {"operator": "upper", "value": "x"}}]})
    assert make({}) is make({"a": 1})


@pytest.mark.parametrize("event", [None, True, 5, "text", ["list"], [[{}]]])
def test_what_is_no_object_is_an_event_too(event):
    mapping = {
        "a": path("$.a"),
        "b": path("$.a.b"),
        "n": {"@if": {"exists": path("$.a"), "then": path("$.a"), "else": 1}},
    }
    assert compile_mapping(mapping)(event) == {"n": 1}


# @path, @template


def test_a_path_may_be_found_in_the_event():
    assert made({"@path": path("$.where")}, {"where": "$.a.b", "a": {"b": 1}}) == 1


@pytest.mark.parametrize("where", [None, 5, ["$.a"], {"a": 1}])
def test_a_path_that_is_no_text_finds_nothing(where):
    assert made({"@path": path("$.where")}, {"where": where, "a": 1}) is MISSING


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("{{a}}-{{ b.c }}", "1-true"),
        ("{{{a}}}", "1"),
        ("{{gone}}{{null}}", ""),
        ("{{list}}", "1,,x"),
        ("{{b}}", "[object Object]"),
        ("{{$.a}}{{['d.e']}}", "1dot"),
        ("{{}}}", "{{}}}"),
        ("{{{{a}}}}", "}"),
        ("{a}", "{a}"),
    ],
)
def test_a_template_inserts_values_as_text(template, text):
    event = {"a": 1.0, "b": {"c": True}, "null": None, "list": [1, None, "x"], "d.e": "dot"}
    assert made({"@template": template}, event) == text


def test_a_long_whole_number_keeps_its_digits():
    assert made({"@template": "{{id}}"}, {"id": 12345678901234567890}) == "12345678901234567890"


@pytest.mark.parametrize("template", ["{{a}}", "{{{a}}}", "{{a}}{{{a}}}"])
def test_inserted_text_is_not_read_again(template):
    times = template.count("a")
    assert made({"@template": template}, {"a": "{{b}}", "b": "!"}) == "{{b}}" * times


def test_braces_may_not_meet_across_what_was_inserted():
    assert made({"@template": "{{ {{{a}}} }}"}, {"a": "b", "b": "!"}) == "{{ b }}"


def test_a_template_may_be_found_in_the_event():
    assert made({"@template": path("$.t")}, {"t": "{{a}}", "a": 1}) == "1"
    assert made({"@template": path("$.t")}, {"t": 5}) is MISSING


# @if


@pytest.mark.parametrize(
    ("value", "branch"), [(1, "then"), (0, "then"), ("", "then"), (False, "then"), (None, "else")]
)
def test_if_exists_asks_for_anything_but_null(value, branch):
    assert (
        made({"@if": {"exists": path("$.a"), "then": "then", "else": "else"}}, {"a": value})
        == branch
    )


@pytest.mark.parametrize(
    ("value", "branch"),
    [
        ("x", "then"),
        (" ", "then"),
        (0, "then"),
        (False, "then"),
        ([], "then"),
        ({}, "then"),
        ("", "else"),
        (None, "else"),
    ],
)
def test_if_blank_holds_for_what_is_not_blank(value, branch):
    """As Segment's Coalesce stores it; 0, false and empty lists are values."""
    assert (
        made({"@if": {"blank": path("$.a"), "then": "then", "else": "else"}}, {"a": value})
        == branch
    )


@pytest.mark.parametrize("other", [0, False, "", None, []])
def test_a_falsy_else_is_kept(other):
    assert made({"@if": {"exists": path("$.a"), "then": 1, "else": other}}, {}) == other


def test_if_exists_is_given_blank_does_not_matter():
    assert made({"@if": {"exists": path("$.a"), "blank": "x", "then": 1, "else": 2}}, {}) == 2


def test_a_condition_may_be_written_out():
    assert made({"@if": {"exists": 0, "then": path("$.a")}}, {"a": 1}) == 1
    assert made({"@if": {"exists": None, "then": 1}}, {}) is MISSING


@pytest.mark.parametrize("where", ["$.a", "$.a.b", "$.a.b.c", "$.a.b.c.d"])
@pytest.mark.parametrize("other", [{}, {"else": "x"}, {"else": {"@path": "$.y"}}])
def test_the_first_of_two_is_taken_where_it_is_there(where, other):
    mapping = {"@if": {"exists": path(where), "then": path(where), **other}}
    there = {"a": {"b": {"c": {"d": 1}}}, "y": "y"}
    assert made(mapping, there) == made(path(where), there)
    for event in {"y": "x"}, {"a": None, "y": "x"}, {"a": {"b": None}, "y": "x"}:
        if made(path(where), event) in (None, MISSING):
            assert made(mapping, event) == ("x" if other else MISSING)


# @case, @replace


@pytest.mark.parametrize(
    ("operator", "value", "result"),
    [
        ("lower", "ÀΣ", "àς"),
        ("upper", "straße", "STRASSE"),
        ("upper", "", ""),
        ("lower", 5, 5),
        ("upper", None, None),
    ],
)
def test_case_changes_texts_only(operator, value, result):
    assert made({"@case": {"operator": operator, "value": path("$.a")}}, {"a": value}) == result


def test_case_without_a_value_is_missing():
    assert made({"@case": {"operator": "lower"}}, {}) is MISSING


@pytest.mark.parametrize(
    ("options", "result"),
    [
        ({"pattern": "a"}, "bAb"),
        ({"pattern": "a", "replacement": "x"}, "xbAxb"),
        ({"pattern": "a", "replacement": "x", "ignorecase": True}, "xbxxb"),
        ({"pattern": "a", "replacement": "x", "global": False}, "xbAab"),
        ({"pattern": "b", "replacement": "a", "pattern2": "a", "replacement2": "."}, "..A.."),
        ({"pattern": "b", "replacement": "a", "pattern2": None}, "aaAaa"),
        ({"pattern": ".", "replacement": "x"}, "abAab"),
        ({"pattern": "bA", "replacement": "|"}, "a|ab"),
    ],
)
def test_replace_puts_plain_text_for_plain_text(options, result):
    assert made({"@replace": {**options, "value": path("$.a")}}, {"a": "abAab"}) == result


@pytest.mark.parametrize("replacement", ["$&", "$$", "$1", "\\1", "\\g<0>", "$`$'"])
@pytest.mark.parametrize("ignorecase", [True, False])
def test_a_replacement_has_no_special_characters(replacement, ignorecase):
    options = {
        "pattern": "b",
        "replacement": replacement,
        "ignorecase": ignorecase,
        "value": path("$.a"),
    }
    assert made({"@replace": options}, {"a": "abc"}) == f"a{replacement}c"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (27.5, "27_5"),
        (True, "true"),
        (0, "0"),
        (False, "false"),
        ("", ""),
        (None, None),
        ([1.5], [1.5]),
        ({}, {}),
    ],
)
def test_replace_makes_numbers_and_booleans_text_and_passes_the_rest(value, result):
    assert (
        made({"@replace": {"pattern": ".", "replacement": "_", "value": path("$.a")}}, {"a": value})
        == result
    )


def test_replace_of_nothing_is_missing():
    assert made({"@replace": {"pattern": ".", "value": path("$.a")}}, {}) is MISSING


@pytest.mark.parametrize(
    ("pattern", "value", "result"),
    [
        ("k", "K k \N{KELVIN SIGN}", "x x \N{KELVIN SIGN}"),
        ("s", "S \N{LATIN SMALL LETTER LONG S}", "x \N{LATIN SMALL LETTER LONG S}"),
        ("\u03c3", "\u03a3 \u03c3 \u03c2", "x x x"),
        ("É", "é É e", "x x e"),
        ("ß", "ß SS ẞ", "x SS ẞ"),
        ("ǆ", "ǅ Ǆ ǆ", "x x x"),
        ("[a]", "[A]", "x"),
    ],
)
def test_letter_case_is_ignored_as_javascript_does(pattern, value, result):
    options = {"pattern": pattern, "replacement": "x", "ignorecase": True, "value": value}
    assert made({"@replace": options}, {}) == result


def test_half_a_character_is_not_found():
    assert made({"@replace": {"pattern": "\ud83d", "replacement": "?", "value": "😀"}}, {}) == "😀"


# @json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1.0, None, "é"], "2": 1e21, "1": {}}, '{"1":{},"2":1e+21,"b":[1,null,"é"]}'),
        ("\ud83d", '"\\ud83d"'),
        ("", '""'),
        (0, "0"),
        (None, "null"),
        (float("nan"), "null"),
    ],
)
def test_json_encodes_as_javascript_does(value, text):
    assert made({"@json": {"mode": "encode", "value": path("$.a")}}, {"a": value}) == text


@pytest.mark.parametrize("value", ["", 0, None, False])
def test_json_encodes_a_falsy_value_that_is_written_out(value):
    assert made({"@json": {"mode": "encode", "value": value}}, {}) == made(
        {"@json": {"mode": "encode", "value": path("$.a")}}, {"a": value}
    )


def test_json_of_nothing_is_missing():
    assert made({"@json": {"mode": "encode", "value": path("$.a")}}, {}) is MISSING


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("[1, 2]", [1, 2]),
        (' "x" ', "x"),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("{bad", "{bad"),
        ("NaN", "NaN"),
        ("1e400", "1e400"),
        ("", ""),
        (5, 5),
    ],
)
def test_json_decodes_text_and_passes_the_rest(value, result):
    assert made({"@json": {"mode": "decode", "value": path("$.a")}}, {"a": value}) == result


@pytest.mark.parametrize(("mode", "result"), [("Encode", "[1]"), ("DECODE", [1])])
def test_a_mode_may_be_in_any_letter_case(mode, result):
    assert (
        made(
            {"@json": {"mode": mode, "value": path("$.a")}},
            {"a": [1] if mode == "Encode" else "[1]"},
        )
        == result
    )


# @flatten, @merge, @excludeWhenNull


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ({"a": {"b": 1, "c": [2, {"d": 3}]}}, {"a.b": 1, "a.c.0": 2, "a.c.1.d": 3}),
        ([["x"]], {"0.0": "x"}),
        ({"a": {}, "b": [], "c": None}, {"c": None}),
        ({}, {}),
        ({"": {"a": 1}}, {"a": 1}),
        ({"a.b": 1, "a": {"b": 2}}, {"a.b": 2}),
        ({"1.x": 1, "1": {"x": 2}}, {"1.x": 1}),
    ],
)
def test_flatten_joins_keys(value, flat):
    assert made({"@flatten": {"separator": ".", "value": path("$.a")}}, {"a": value}) == flat


@pytest.mark.parametrize("value", [5, "x", None, True])
def test_what_holds_nothing_cannot_be_flattened(value):
    assert made({"@flatten": {"separator": ".", "value": path("$.a")}}, {"a": value}) is MISSING


def test_flatten_may_leave_arrays_whole():
    options = {"separator": ".", "omitArrays": True, "value": path("$.a")}
    assert made({"@flatten": options}, {"a": {"b": {"c": [{"d": 1}]}}}) == {"b.c": [{"d": 1}]}
    assert made({"@flatten": options}, {"a": [1]}) is MISSING


@pytest.mark.parametrize(("direction", "result"), [("right", 2), ("left", 1), ("LEFT", 1)])
def test_merge_prefers_a_side(direction, result):
    objects = [path("$.a"), {"k": 2}]
    assert made({"@merge": {"direction": direction, "objects": objects}}, {"a": {"k": 1}}) == {
        "k": result
    }


def test_a_missing_member_overrides_nothing_and_null_does():
    objects = [{"a": 1, "b": 1}, {"a": path("$.x"), "b": None}]
    assert made({"@merge": {"direction": "right", "objects": objects}}, {}) == {"a": 1, "b": None}


@pytest.mark.parametrize("value", ["text", ["x"], 5, None, True])
def test_merge_adds_nothing_of_what_is_no_object(value):
    objects = [path("$.a"), path("$.gone"), {"k": 1}]
    assert made({"@merge": {"direction": "right", "objects": objects}}, {"a": value}) == {"k": 1}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (
            {"a": None, "b": {"c": None}, "d": [None, {"e": None}]},
            {"b": {}, "d": [None, {"e": None}]},
        ),
        ("", ""),
        ([None], [None]),
        (None, MISSING),
    ],
)
def test_nulls_are_left_out_of_objects(value, result):
    assert made({"@excludeWhenNull": path("$.a")}, {"a": value}) == result


# @transform, @arrayPath, the root directive


def test_a_transform_reads_only_what_was_applied():
    transform = {"apply": {"x": path("$.a")}, "mapping": {"y": path("$.x"), "z": path("$.a")}}
    assert made({"@transform": transform}, {"a": 1}) == {"y": 1}


@pytest.mark.parametrize(
    ("value", "result"),
    [({"x": 1}, {"y": 1, "k": 0}), (None, {"k": 0}), ("text", MISSING), ([], MISSING)],
)
def test_a_transform_applies_to_objects_and_to_nothing(value, result):
    transform = {"apply": path("$.a"), "mapping": {"y": path("$.x"), "k": 0}}
    assert made({"@transform": transform}, {"a": value}) == result


@pytest.mark.parametrize("source", ["$.a", {"@path": "$.a"}])
@pytest.mark.parametrize(
    ("value", "result"),
    [
        ([{"id": 1}, {"id": 2}], [{"i": 1}, {"i": 2}]),
        ({"id": 1}, [{"i": 1}]),
        ([None, "x", {}], [{}, {}, {}]),
        ([], []),
        ("x", "x"),
        (None, None),
    ],
)
def test_array_path_shapes_each_item(source, value, result):
    assert made({"@arrayPath": [source, {"i": path("$.id")}]}, {"a": value}) == result


@pytest.mark.parametrize("shape", [[], [{}], ["x"], [5], [["x"]], [None]])
def test_array_path_without_a_shape_is_a_path(shape):
    assert made({"@arrayPath": ["$.a", *shape]}, {"a": [1]}) == [1]


def test_an_item_is_the_event_of_its_shape():
    shape = {
        "all": path("$"),
        "length": path("$.length"),
        "inner": {"@arrayPath": ["$.0", path("$.x")]},
    }
    assert made({"@arrayPath": ["$.a", shape]}, {"a": [[[{"x": 1}, {}]]]}) == [
        {"all": [[{"x": 1}, {}]], "length": 1, "inner": [1, None]}
    ]


def test_a_root_directive_takes_the_other_fields_for_its_mapping():
    entry = {"@transform": {"apply": {"x": path("$.a")}}}
    mapping = {"__segment_internal_directive": entry, "y": path("$.x"), "z": path("$.a")}
    assert compile_mapping(mapping)({"a": 1}) == {"y": 1}


def test_what_a_transform_applies_may_have_a_root_directive():
    inner = {
        "__segment_internal_directive": {"@transform": {"apply": {"x": path("$.a")}}},
        "y": path("$.x"),
    }
    assert made({"@transform": {"apply": inner, "mapping": {"z": path("$.y")}}}, {"a": 1}) == {
        "z": 1
    }


def test_liquid_reads_an_event_and_what_is_no_object_as_empty():
    assert made({"@liquid": "<{{ a }}>"}, {"a": 1}) == "<1>"
    assert made({"@arrayPath": ["$.a", {"@liquid": "<{{ a }}>"}]}, {"a": [{"a": 2}, "x"]}) == [
        "<2>",
        "<>",
    ]


# Other containers than JSON's decoder makes


def test_a_read_only_event_is_read_as_any_other():
    inner = MappingProxyType({"b": ({"c": 1}, 2)})
    event = MappingProxyType({"a": inner})
    mapping = {
        "path": path("$.a.b[0].c"),
        "first": {"@if": {"exists": path("$.a.b"), "then": path("$.a.b"), "else": 0}},
        "flat": {"@flatten": {"separator": ".", "value": path("$.a")}},
        "text": {"@json": {"mode": "encode", "value": path("$")}},
        "items": {"@arrayPath": ["$.a.b", path("$.c")]},
        "liquid": {"@liquid": "{{ a.b[1] }}"},
    }
    assert compile_mapping(mapping)(event) == {
        "path": 1,
        "first": ({"c": 1}, 2),
        "flat": {"b.0.c": 1, "b.1": 2},
        "text": '{"a":{"b":[{"c":1},2]}}',
        "items": [1, None],
        "liquid": "2",
    }


def test_a_whole_number_beyond_all_doubles_is_no_json_number():
    assert made({"@json": {"mode": "encode", "value": path("$.a")}}, {"a": 10**400}) == "null"
    assert made({"@template": "{{a}}"}, {"a": -(10**400)}) == "-Infinity"
