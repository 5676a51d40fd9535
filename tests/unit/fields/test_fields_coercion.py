"""A value of the wrong type is brought to its field's type where nothing is guessed."""

import pytest

from segue.fields.coercion import compile_coercion


def coerced(field, value):
    coerce = compile_coercion({"type": "object", "properties": {"x": field}})
    return coerce({"x": value})["x"]


def names(cases):
    return [f"{kind}-{given!r:.30}" for kind, given, *_ in cases]


TO = {
    "string": [
        (1, "1"), (2.0, "2"), (1.5, "1.5"), (1e21, "1e+21"), (1e-7, "1e-7"), (-0.0, "0"),
        (12345678901234567890, "12345678901234567890"), (True, "true"), (False, "false"),
        (["a"], "a"), ([1], "1"),
    ],
    "number": [
        ("5", 5), ("5.5", 5.5), ("-3", -3), ("+3", 3), (" 5 ", 5), ("\ufeff5\u2028", 5), ("1e3", 1000),
        (".5", 0.5), ("5.", 5), ("12345678901234567890123", 12345678901234567890123),
        ("1e400", "1e400"), ("0" * 5000 + "7", 7), (True, 1), (False, 0), (["5"], 5),
    ],
    "integer": [("5", 5), ("5.0", 5), ("1e3", 1000), (True, 1), ([7], 7)],
    "boolean": [("true", True), ("false", False), (1, True), (0, False), (1.0, True), (["true"], True)],
    "array": [("a", ["a"]), (1, [1]), (True, [True]), ({"a": 1}, [{"a": 1}])],
}  # fmt: skip
CHANGES = [(kind, given, made) for kind, pairs in TO.items() for given, made in pairs]


@pytest.mark.parametrize(("kind", "given", "made"), CHANGES, ids=names(CHANGES))
def test_a_value_is_brought_to_the_type_of_its_field(kind, given, made):
    result = coerced({"type": kind}, given)
    assert (result, type(result)) == (made, type(made))


LEFT = {
    "string": [None, {"a": 1}, [], ["a", "b"], [["a"]], [None], [""], float("nan"), float("inf")],
    "number": [
        *("", " ", "1,000", "1_000", "0x10", "Infinity", "NaN", "abc", "٣", "1e", "--1", "5 5"),
        *(None, {}, [], [""], [None], ["5", "6"]),
    ],
    "integer": ["1.5", 1.5, "1e-1", float("nan")],
    "boolean": ["True", "TRUE", "yes", "1", "0", 2, -1, 0.5, None, ""],
    "object": ["a", 1, True, [], [{"a": 1}]],
    "array": [None],
}
UNTOUCHED = [(kind, given) for kind, values in LEFT.items() for given in values]


@pytest.mark.parametrize(("kind", "given"), UNTOUCHED, ids=names(UNTOUCHED))
def test_what_would_have_to_be_guessed_stays_as_it_is(kind, given):
    assert coerced({"type": kind}, given) is given


@pytest.mark.parametrize(
    ("kind", "given", "made"),
    [
        ("string", ["a"], "a"),
        ("string", False, "false"),
        ("number", [5], 5),
        ("number", "", None),
        ("object", 0, None),
        ("object", False, None),
        ("array", 0, [0]),
    ],
    ids=str,
)
def test_a_type_comes_before_the_null_beside_it(kind, given, made):
    result = coerced({"type": [kind, "null"]}, given)
    assert (result, type(result)) == (made, type(made))


def test_a_date_stays_the_text_or_the_number_that_it_is():
    field = {"type": ["string", "number"], "format": "date-like"}
    given = ["2024-02-29", 1700000000, "1700000000"]
    assert [coerced(field, value) for value in given] == given


def test_items_and_members_are_coerced_where_they_are():
    field = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "price": {"type": "number"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
        },
    }
    assert coerced(field, [{"price": "5", "tags": 1}]) == [{"price": 5, "tags": ["1"]}]


def test_an_object_becomes_a_list_of_one_only_at_the_top():
    inner = {"type": "object", "properties": {"list": {"type": "array"}}}
    assert coerced({"type": "array", "items": inner}, {"list": {}}) == [{"list": {}}]


def test_undeclared_members_of_a_closed_object_go_and_those_of_an_open_one_stay():
    closed = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"a": {"type": "string"}},
    }
    assert coerced(closed, {"a": 1, "b": 2}) == {"a": "1"}
    assert coerced({**closed, "additionalProperties": True}, {"a": 1, "b": 2}) == {"a": "1", "b": 2}


def test_members_of_a_map_are_brought_to_its_type():
    assert coerced({"type": "object", "additionalProperties": {"type": "string"}}, {"a": 1}) == {
        "a": "1"
    }


def test_combinators_never_steer_coercion():
    field = {"type": "object", "anyOf": [{"properties": {"a": {"type": "string"}}}]}
    assert coerced(field, {"a": 1}) == {"a": 1}


def test_only_what_changes_is_copied():
    coerce = compile_coercion(
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "object"}}}
    )
    payload = {"a": 1, "b": {"c": [1]}}
    result = coerce(payload)
    assert (result, result["b"] is payload["b"], payload["a"]) == (
        {"a": "1", "b": {"c": [1]}},
        True,
        1,
    )


def test_a_payload_of_the_right_types_comes_back_as_it_is():
    payload = {"x": ["a"]}
    coerce = compile_coercion(
        {"type": "object", "properties": {"x": {"type": "array", "items": {"type": "string"}}}}
    )
    assert coerce(payload) is payload
