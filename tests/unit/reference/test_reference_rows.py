"""Fields, conditions and mappings in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.reference.conditions import conditions
from segue.reference.markdown import inline
from segue.reference.pieces import words
from segue.reference.rows import kind, others, rows
from segue.reference.yaml import yaml
from segue.workspace.yaml import read


def spec(**keywords):
    names = ("kind", "plan", "seats", "email")
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        **keywords,
    }


IS_PRO = {"required": ["plan"], "properties": {"plan": {"const": "pro"}}}


@pytest.mark.parametrize(
    ("keywords", "needs"),
    [
        ({"dependentRequired": {"plan": ["seats"]}}, {"seats": "if `plan` is given"}),
        ({"if": IS_PRO, "then": {"required": ["seats"]}}, {"seats": "if `plan` is `pro`"}),
        ({"if": IS_PRO, "else": {"required": ["seats"]}}, {"seats": "unless `plan` is `pro`"}),
        (
            {"allOf": [{"if": {"not": IS_PRO}, "then": {"required": ["email"]}}]},
            {"email": "if not (`plan` is `pro`)"},
        ),
        (
            {
                "dependentRequired": {"plan": ["seats"]},
                "if": {"properties": {"kind": {"enum": ["a", "b"]}}},
                "then": {"required": ["seats"]},
            },
            {"seats": "if `plan` is given or if `kind` is `a` or `b`"},
        ),
        (
            {
                "if": {"allOf": [IS_PRO, {"properties": {"kind": {"not": {"const": "x"}}}}]},
                "then": {"required": ["seats"]},
            },
            {"seats": "if `plan` is `pro` and `kind` is not `x`"},
        ),
    ],
)
def test_when_a_field_is_needed_is_said_in_words(keywords, needs):
    found = conditions(spec(**keywords))
    assert {key: inline(phrase) for key, phrase in found.needs.items()} == needs
    assert found.others == []


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        (
            {"anyOf": [{"required": ["email"]}, {"required": ["plan", "seats"]}]},
            "at least one is needed: `email` or `plan` and `seats`",
        ),
        (
            {"oneOf": [{"required": ["email"]}, IS_PRO]},
            "exactly one is needed: `email` or `plan` is `pro`",
        ),
        ({"not": {"required": ["email"]}}, "not allowed: `email` is given"),
        (
            {"if": IS_PRO, "then": {"properties": {"seats": {"enum": ["1", "2"]}}}},
            "if `plan` is `pro`: `seats` is `1` or `2`",
        ),
        (
            {"allOf": [{"properties": {"seats": {"not": {"enum": ["1"]}}}}]},
            "`seats` is none of `1`",
        ),
        (
            {"allOf": [{"properties": {"plan": {"type": "null"}}}, {}]},
            "`plan` is null",
        ),
        (
            {"allOf": [{"properties": {"plan": {"minLength": 2}}}]},
            "`plan` is at least 2 characters",
        ),
        (
            {"allOf": [{"properties": {"plan": {"pattern": "^a"}, "seats": {"format": "uri"}}}]},
            '`plan` matches `^a` and `seats` is like `{"format": "uri"}`',
        ),
        ({"allOf": [{"minProperties": 2}]}, '`{"minProperties": 2}`'),
    ],
)
def test_what_else_must_hold_is_said_in_words(keywords, said):
    found = conditions(spec(**keywords))
    assert ([inline(one) for one in found.others], found.needs) == ([said], {})


def test_fields_of_objects_and_lists_are_rows_of_their_own():
    item = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}
    fields = {
        "type": "object",
        "properties": {
            "address": {"type": "object", "properties": {"city": {"type": "string"}}},
            "items": {"type": "array", "items": item},
        },
    }
    found = [(one.key, inline(one.required)) for one in rows(fields, lambda _: [])]
    assert found == [
        ("address", "no"),
        ("address.city", "no"),
        ("items", "no"),
        ("items[].sku", "yes"),
    ]


def test_conditions_of_inner_objects_name_their_place():
    inner = {"type": "object", "properties": {}, "anyOf": [{"required": ["a"]}]}
    fields = {"type": "object", "properties": {"list": {"type": "array", "items": inner}}}
    assert [inline(one) for one in others(fields)] == ["in `list[]`: at least one is needed: `a`"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"type": "string", "enum": ["a", "b"]}, ["`a`, `b`"]),
        ({"enum": ["a", 2], "ui": {"labels": {"a": "First"}}}, ["`a` (First), `2`"]),
        ({"type": "string", "minLength": 1}, ["at least 1 character"]),
        ({"type": "string", "minLength": 0, "maxLength": 1}, ["at most 1 character"]),
        ({"type": "number", "minimum": 0}, ["at least 0"]),
        ({"type": "number", "minimum": 0, "maximum": 5}, ["0 to 5"]),
        ({"type": "number", "exclusiveMinimum": 0}, ["more than 0"]),
        ({"type": "number", "minimum": 0.5, "maximum": 1000}, ["0.5 to 1,000"]),
        ({"type": "string", "pattern": "^a"}, ["matches `^a`"]),
        ({"type": "string", "pattern": "a" * 61}, ["matches a long pattern"]),
        ({"const": True}, ["always `true`"]),
        (
            {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 9}},
            ["at most 3 items", "each: at most 9 characters"],
        ),
        (
            {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"maxLength": 5},
                "additionalProperties": {"maxLength": 9},
            },
            [
                "at least 1 member",
                "each value: at most 9 characters",
                "each name: at most 5 characters",
            ],
        ),
    ],
)
def test_choices_and_limits_are_said_in_words(field, said):
    (row,) = rows({"type": "object", "properties": {"a": field}}, lambda _: [])
    assert [inline(one) for one in row.choices] == said


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({}, "any"),
        ({"type": "string", "format": "email"}, "string (email)"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "array", "items": {"type": "integer"}}, "array of integer"),
    ],
)
def test_a_type_is_said_in_words(field, said):
    assert inline(kind(field)) == said


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"@path": "$.a"}, "`$.a`"),
        (
            {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": "b"}},
            '`$.a`, else `"b"`',
        ),
        ({"@template": "{{a}} b"}, "`{{a}} b`"),
        (False, "`false`"),
        ({"@lowercase": {"value": "A"}}, '`{"@lowercase": {"value": "A"}}`'),
    ],
)
def test_a_mapping_is_said_in_words(mapping, said):
    assert inline(words(mapping)) == said


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.integers(0, 110), st.integers(0, 3))
def test_a_value_as_yaml_reads_as_that_value(value, depth, blocks):
    document = read("\n".join(yaml({"it": value}, depth, blocks)))
    assert (document.problems, document.value) == ((), {"it": value})


LONG = {"@path": "$.context.traits.address"}


def test_a_long_value_is_a_block_and_a_short_one_a_line():
    long = {"@if": {"exists": LONG, "then": LONG, "else": "yes"}}
    assert yaml({"short": {"@path": "$.a"}, "long": long}) == [
        'short: {"@path": "$.a"}',
        "long:",
        '  "@if":',
        '    exists: {"@path": "$.context.traits.address"}',
        '    then: {"@path": "$.context.traits.address"}',
        '    else: "yes"',
    ]
