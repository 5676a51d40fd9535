"""An error names the field, what was expected, and what was found."""

import pytest

from segue.errors import PayloadError
from segue.fields import compile_fields


def errors(fields, payload, **rules):
    spec = {"type": "object", "properties": fields, **rules}
    with pytest.raises(PayloadError) as caught:
        compile_fields(spec).coerce(payload)
    return caught.value.errors


def message(field, value, **rules):
    return errors({"x": {"title": "Plan", **field}}, {"x": value}, **rules)[0].message


SENTENCES = [
    ({"type": "string"}, {"a": 1}, '"Plan" must be text, but it is an object.'),
    ({"type": "string"}, ["a", "b"], '"Plan" must be text, but it is a list of 2 items.'),
    ({"type": "string"}, [], '"Plan" must be text, but it is an empty list.'),
    ({"type": ["number", "null"]}, "a", '"Plan" must be a number or null, but it is the text "a".'),
    ({"type": "integer"}, 1.5, '"Plan" must be a whole number, but it is 1.5.'),
    ({"type": "boolean"}, 2, '"Plan" must be true or false, but it is 2.'),
    ({"type": "object"}, True, '"Plan" must be an object, but it is true.'),
    ({"type": "string", "enum": ["a"]}, "b", '"Plan" must be "a", but it is the text "b".'),
    ({"type": "integer", "enum": [1, 2]}, 3, '"Plan" must be one of 1 or 2, but it is 3.'),
    ({"type": "string", "const": "a"}, "c", '"Plan" must be "a", but it is the text "c".'),
    ({"type": "string", "minLength": 3}, "é", '"Plan" must have at least 3 characters, but it is the text "é".'),
    ({"type": "string", "maxLength": 1}, "ab", '"Plan" must have at most 1 character, but it is the text "ab".'),
    ({"type": "number", "minimum": 5}, 4, '"Plan" must be at least 5, but it is 4.'),
    ({"type": "number", "maximum": 0.5}, 4, '"Plan" must be at most 0.5, but it is 4.'),
    ({"type": "number", "exclusiveMinimum": 5}, 5, '"Plan" must be more than 5, but it is 5.'),
    ({"type": "number", "exclusiveMaximum": 5}, 5, '"Plan" must be less than 5, but it is 5.'),
    ({"type": "string", "pattern": "^a"}, "b", '"Plan" must match the pattern ^a, but it is the text "b".'),
    ({"type": "string", "format": "email"}, "b", '"Plan" must be an email address, but it is the text "b".'),
    ({"type": "array", "minItems": 1}, [], '"Plan" must not be empty, but it is an empty list.'),
    ({"type": "array", "maxItems": 1}, [1, 2], '"Plan" must have at most 1 item, but it is a list of 2 items.'),
    ({"type": "array", "uniqueItems": True}, [1, 1], '"Plan" must not repeat an item, but it is a list of 2 items.'),
    ({"type": "object", "minProperties": 1}, {}, '"Plan" must not be empty, but it is an empty object.'),
    ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 2}, '"Plan" must have at most 1 member, but it is an object.'),
    (
        {"type": "object", "propertyNames": {"maxLength": 1}},
        {"ab": 1},
        'The name "ab" in "Plan" must have at most 1 character.',
    ),
    (
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        {"a": 1},
        '"b" (/x/b) is required beside "a" (/x/a), but it is missing.',
    ),
    (
        {"type": "object", "not": {"required": ["a"]}},
        {"a": 1},
        '"Plan" has a form that is ruled out: {"required":["a"]}.',
    ),
    (
        {"type": "object", "propertyNames": {"not": {"pattern": "^b"}}},
        {"b": 1},
        'The name "b" may not be in "Plan".',
    ),
    (
        {"type": "number", "anyOf": [{"maximum": 1}, {"minimum": 5}]},
        3,
        '"Plan" must be at most 1 or must be at least 5, but it is 3.',
    ),
    (
        {"type": "object", "anyOf": [{"required": ["a"]}, {"properties": {"b": {"const": 1}}}]},
        {"b": 2},
        """"Plan" fits none of the forms it may have: "a" (/x/a) is required, but it is missing; "b" (/x/b) must be 1, but it is 2.""",
    ),
    (
        {"type": "number", "oneOf": [{"minimum": 1}, {"minimum": 2}]},
        3,
        '"Plan" fits several of the forms of which it must have one.',
    ),
    (
        {"type": "number", "oneOf": [{"maximum": 1}, {"minimum": 5}]},
        4,
        '"Plan" must be at most 1 or must be at least 5, but it is 4.',
    ),
    (
        {"type": "object", "if": {"required": ["a"]}, "then": {"additionalProperties": False}},
        {"a": 1},
        'The name "a" may not be in "Plan" here.',
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "sentence"), SENTENCES, ids=[case[2] for case in SENTENCES]
)
def test_every_rule_has_its_sentence(field, value, sentence):
    assert message(field, value) == sentence


def test_a_missing_field_is_named_by_its_title_and_pointed_at():
    (error,) = errors({"userId": {"type": "string", "title": "User ID"}}, {}, required=["userId"])
    assert (error.pointer, error.field, error.rule, error.value) == (
        "/userId",
        "User ID",
        "required",
        None,
    )
    assert error.message == '"User ID" is required, but it is missing.'


def test_alternatives_of_presence_are_one_sentence():
    fields = {"email": {"type": "string", "title": "Email"}, "id": {"type": "string"}}
    (error,) = errors(fields, {}, anyOf=[{"required": ["email"]}, {"required": ["id"]}])
    assert error.message == '"Email" or "id" is required, but none is given.'


def test_a_nested_value_is_named_by_its_own_title_and_its_pointer():
    price = {"type": "number", "title": "Price"}
    field = {"type": "array", "items": {"type": "object", "properties": {"price": price}}}
    (error,) = errors({"items": field}, {"items": [{"price": 1}, {"price": "a"}]})
    assert (error.pointer, error.field, error.value) == ("/items/1/price", "Price", "a")
    assert error.message == '"Price" (/items/1/price) must be a number, but it is the text "a".'


def test_an_item_is_named_by_its_list():
    field = {"type": "array", "title": "Tags", "items": {"type": "string"}}
    (error,) = errors({"tags": field}, {"tags": [{}]})
    assert error.message == '"Tags" (/tags/0) must be text, but it is an empty object.'


def test_a_long_text_is_cut_short_and_measured():
    assert message({"type": "string", "maxLength": 50}, "a" * 60) == (
        f'"Plan" must have at most 50 characters, but it is the text "{"a" * 40}…" (60 characters).'
    )


def test_a_long_list_of_choices_is_cut_short():
    assert message({"type": "integer", "enum": [*range(20)]}, 99).startswith(
        '"Plan" must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or another, but'
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"type": "string", "pattern": "^a"}, "hunter2"),
        ({"type": "object", "properties": {"key": {"type": "boolean"}}}, {"key": "hunter2"}),
        ({"type": "string", "anyOf": [{"maxLength": 1}, {"const": "a"}]}, "hunter2"),
        ({"type": "object", "propertyNames": {"maxLength": 1}}, {"hunter2": 1}),
        ({"type": "object", "propertyNames": {"not": {"maxLength": 9}}}, {"hunter2": 1}),
        ({"type": "object", "not": {"required": ["hunter"]}}, {"hunter": "hunter2"}),
    ],
    ids=["itself", "within it", "in alternatives", "its names", "ruled out", "as a whole"],
)
def test_the_value_of_a_secret_is_never_shown(field, value):
    (error,) = errors({"x": {**field, "writeOnly": True}}, {"x": value})
    assert "hunter2" not in repr(error)


def test_what_holds_a_secret_is_not_shown_either():
    fields = {"key": {"type": "string", "writeOnly": True}}
    (error,) = errors(fields, {"key": "hunter2"}, anyOf=[{"required": ["other"]}])
    assert "hunter2" not in repr(error)


def test_every_error_is_reported_once_and_in_the_order_of_the_spec():
    fields = {
        "b": {"type": "number"},
        "a": {"type": "boolean"},
        "c": {"type": "string", "enum": ["x"]},
    }
    rules = {"required": ["e", "d"], "allOf": [{"required": ["f"]}, {"required": ["f"]}]}
    found = errors(fields, {"c": {}, "a": "a", "b": "b"}, **rules)
    assert [(error.pointer, error.rule) for error in found] == [
        ("/f", "required"),
        ("/e", "required"),
        ("/d", "required"),
        ("/b", "type"),
        ("/a", "type"),
        ("/c", "type"),
        ("/c", "enum"),
    ]


def test_an_error_reads_as_its_message_and_a_payload_error_as_all_of_them():
    fields = {"a": {"type": "number"}, "b": {"type": "number"}}
    with pytest.raises(PayloadError) as caught:
        compile_fields({"type": "object", "properties": fields}).coerce({"a": "x", "b": "y"})
    assert str(caught.value) == (
        '"a" must be a number, but it is the text "x". "b" must be a number, but it is the text "y".'
    )
