"""What a newer field spec does to those who fill in an older one."""

import pytest

from segue.fields import compare


def spec(required=(), **fields):
    made = {"type": "object", "additionalProperties": False, "properties": fields}
    return {**made, "required": list(required)} if required else made


TEXT = {"type": "string"}


def told(old, new):
    return [(change.breaking, str(change)) for change in compare(old, new)]


CASES = {
    "the same": (spec(a=TEXT), spec(a={**TEXT, "title": "A"}), []),
    "a new field": (spec(a=TEXT), spec(a=TEXT, b=TEXT), [(False, "/properties/b: it is new")]),
    "a new required field": (
        spec(a=TEXT),
        spec(["b"], a=TEXT, b=TEXT),
        [(True, "/properties/b: it is new, and required")],
    ),
    "a field that is required now": (
        spec(a=TEXT),
        spec(["a"], a=TEXT),
        [(True, "/properties/a: it is required now")],
    ),
    "a field that is gone": (
        spec(a=TEXT, b=TEXT),
        spec(a=TEXT),
        [(True, "/properties/b: it is gone")],
    ),
    "another type": (
        spec(a=TEXT),
        spec(a={"type": "number"}),
        [(True, "/properties/a/type: its type is number; it was string")],
    ),
    "a wider type": (
        spec(a={"type": "integer"}),
        spec(a={"type": ["number", "null"]}),
        [(False, "/properties/a/type: its type is number or null; it was integer")],
    ),
    "choices": (
        spec(a={"enum": ["x", "y"]}),
        spec(a={"enum": ["y", "z"]}),
        [
            (True, '/properties/a: choices are gone: "x"'),
            (False, '/properties/a: choices are new: "z"'),
        ],
    ),
    "one choice in other words": (spec(a={"const": 1}), spec(a={"enum": [1]}), []),
    "fewer characters": (
        spec(a={**TEXT, "maxLength": 500}),
        spec(a={**TEXT, "maxLength": 100}),
        [(True, "/properties/a/maxLength: the limit is 100; it was 500")],
    ),
    "no limit any more": (
        spec(a={**TEXT, "maxLength": 500}),
        spec(a=TEXT),
        [(False, "/properties/a/maxLength: the limit 500 is gone")],
    ),
    "a pattern": (
        spec(a=TEXT),
        spec(a={**TEXT, "pattern": "^a"}),
        [(True, '/properties/a/pattern: "^a" is asked for now')],
    ),
    "a format that is only a note": (spec(a=TEXT), spec(a={**TEXT, "format": "password"}), []),
    "one more alternative": (
        {**spec(a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}]},
        {**spec(a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        [(False, "/anyOf: there are more alternatives")],
    ),
    "a condition": (
        spec(a=TEXT),
        {**spec(a=TEXT), "not": {"required": ["a"]}},
        [(True, "/not: there is a condition now; whether it refuses more cannot be told")],
    ),
    "more that is required together": (
        spec(a=TEXT, b=TEXT),
        {**spec(a=TEXT, b=TEXT), "dependentRequired": {"a": ["b"]}},
        [(True, "/dependentRequired: with a comes b")],
    ),
    "a secret": (
        spec(a={**TEXT, "writeOnly": True}),
        spec(a=TEXT),
        [(True, "/properties/a/writeOnly: it is no secret any more")],
    ),
    "another default mapping": (
        spec(a={**TEXT, "mapping": "x"}),
        spec(a={**TEXT, "mapping": "y"}),
        [(False, "/properties/a/mapping: its default mapping is another")],
    ),
    "members that are dropped": (
        {"type": "object", "properties": {"a": TEXT}},
        spec(a=TEXT),
        [(True, "/additionalProperties: members that are not declared are dropped now")],
    ),
    "a name that was free": (
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"a": TEXT}},
        [(True, "/properties/a/type: its type is string; it was not fixed")],
    ),
    "items of a list": (
        spec(a={"type": "array", "items": TEXT}),
        spec(a={"type": "array", "items": {**TEXT, "format": "email"}}),
        [(True, '/properties/a/items/format: "email" is asked for now')],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_named_with_its_place_and_whether_it_breaks(name):
    old, new, expected = CASES[name]
    assert told(old, new) == expected
