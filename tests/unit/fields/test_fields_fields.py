"""Coercing a payload: clean it, bring it to its types, judge it, and say all that is wrong."""

import pytest

from segue.errors import PayloadError
from segue.fields import compile_fields
from segue.mapping import compile_mapping


EMAIL_OR_ID = [{"required": ["email"]}, {"required": ["userId"]}]
CONTACT = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": EMAIL_OR_ID,
    "properties": {
        "createdAt": {"type": ["string", "number"], "format": "date-like"},
        "customAttributes": {"type": "object", "additionalProperties": {"maxLength": 500}},
        "email": {"type": "string", "format": "email", "maxLength": 500},
        "firstName": {"type": "string", "maxLength": 500},
        "subscribed": {"type": "boolean"},
        "userId": {"type": "string", "maxLength": 500},
        "apiKey": {"type": "string", "writeOnly": True},
    },
}
FIELDS = compile_fields(CONTACT)


def test_a_payload_with_nothing_to_do_comes_back_as_it_is():
    payload = {"email": "ada@example.com", "customAttributes": {"plan": "pro", "seats": None}}
    assert FIELDS.coerce(payload) is payload


def test_a_payload_is_cleaned_coerced_and_judged_in_one_go():
    payload = {"email": "", "userId": 5, "firstName": ["Ada"], "subscribed": "true", "other": 1}
    assert FIELDS.coerce(payload) == {"userId": "5", "firstName": "Ada", "subscribed": True}


def test_an_empty_text_at_the_top_goes_even_where_all_else_is_well():
    assert FIELDS.coerce({"userId": "a", "email": ""}) == {"userId": "a"}
    assert compile_fields({"type": "object"}).coerce({"undeclared": ""}) == {}


def test_numbers_of_thousands_of_digits_are_judged_like_any_other():
    fields = compile_fields(
        {"type": "object", "properties": {"n": {"type": "number", "maximum": 5}}}
    )
    with pytest.raises(PayloadError):
        fields.coerce({"n": 10**5000})


def test_alternatives_are_judged_by_what_remains():
    with pytest.raises(PayloadError) as caught:
        FIELDS.coerce({"email": "", "userId": None})
    assert str(caught.value) == '"email" or "userId" is required, but none is given.'


def test_a_payload_is_never_written_to():
    payload = {"userId": 5, "firstName": None, "customAttributes": {"a": [1]}}
    FIELDS.coerce(payload)
    assert payload == {"userId": 5, "firstName": None, "customAttributes": {"a": [1]}}


def test_whether_a_condition_holds_is_seen_after_coercion():
    spec = {
        "type": "object",
        "properties": {"on": {"type": "boolean"}, "to": {"type": "string"}},
        "if": {"properties": {"on": {"const": True}}, "required": ["on"]},
        "then": {"required": ["to"]},
    }
    with pytest.raises(PayloadError):
        compile_fields(spec).coerce({"on": "true"})


def test_the_secrets_are_the_fields_that_are_write_only():
    assert FIELDS.secrets == ("apiKey",)


@pytest.mark.parametrize("payload", [None, "", "a", 5, True, [], [{}]], ids=repr)
def test_a_payload_that_is_no_object_is_an_error_like_any_other(payload):
    with pytest.raises(PayloadError) as caught:
        FIELDS.coerce(payload)
    (error,) = caught.value.errors
    assert (error.pointer, error.rule, error.field) == ("", "type", "The payload")


def test_what_the_fast_validator_cannot_read_is_judged_by_the_reference():
    assert FIELDS.coerce({"userId": "\ud800"}) == {"userId": "\ud800"}
    assert FIELDS.coerce({"userId": "a", 1: 2}) == {"userId": "a"}
    with pytest.raises(PayloadError):
        FIELDS.coerce({"userId": "\ud800" * 501})


@pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=repr)
def test_numbers_that_json_cannot_write_are_no_numbers(value):
    fields = compile_fields({"type": "object", "properties": {"n": {"type": "number"}}})
    with pytest.raises(PayloadError) as caught:
        fields.coerce({"n": value})
    assert caught.value.errors[0].rule == "type"


def deep(levels):
    value = {}
    for _ in range(levels):
        value = {"a": [value]}
    return value


def test_depth_is_nothing_to_fear_where_the_spec_does_not_look():
    payload = {"userId": "a", "customAttributes": deep(1_000)}
    assert FIELDS.coerce(payload) is payload


@pytest.mark.parametrize(
    "rules",
    [{"type": "string"}, {"type": "array", "items": {"type": "array", "uniqueItems": True}}, {"enum": [1]}, {"not": {}}],
    ids=str,
)  # fmt: skip
def test_depth_is_nothing_to_fear_where_it_is_wrong(rules):
    fields = compile_fields({"type": "object", "properties": {"x": rules}})
    with pytest.raises(PayloadError) as caught:
        fields.coerce({"x": deep(1_000)})
    assert [error.pointer.split("/")[1] for error in caught.value.errors][:1] == ["x"]


def test_items_too_deep_to_compare_count_as_different():
    fields = compile_fields(
        {"type": "object", "properties": {"x": {"type": "array", "uniqueItems": True}}}
    )
    assert fields.coerce({"x": [deep(1_000), deep(1_000)]}).keys() == {"x"}


def test_a_mapping_of_the_defaults_feeds_the_coercion():
    spec = {
        "type": "object",
        "properties": {"id": {"type": "string", "mapping": {"@path": "$.userId"}}},
    }
    fields = compile_fields(spec)
    assert fields.coerce(compile_mapping(fields.mapping)({"userId": 7})) == {"id": "7"}


def test_ten_thousand_fields_compile_and_coerce():
    names = [f"f{index}" for index in range(10_000)]
    properties = {name: {"type": "string", "format": "email"} for name in names}
    fields = compile_fields({"type": "object", "properties": properties})
    assert fields.coerce(dict.fromkeys(names, "a@b.co") | {"f0": None}).keys() == {*names[1:]}
