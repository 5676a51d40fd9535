"""A mapping suits a field spec when every field of it is a directive or a literal of its type."""

import pytest
from jsonschema import Draft202012Validator

from segue.fields import compile_fields
from segue_schemas import REGISTRY


FIELDS = compile_fields(
    {
        "type": "object",
        "required": ["id"],
        "anyOf": [{"required": ["email"]}, {"allOf": [{"required": ["phone"]}]}],
        "properties": {
            "id": {"type": "string", "title": "ID", "mapping": {"@path": "$.userId"}},
            "email": {"type": "string", "format": "email"},
            "phone": {"type": ["string", "null"], "maxLength": 3},
            "on": {"type": "boolean", "title": "On", "mapping": False},
            "when": {"type": ["string", "number"], "format": "date-like"},
            "tags": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "address": {
                "type": "object",
                "required": ["city"],
                "additionalProperties": False,
                "properties": {"city": {"type": "string"}},
            },
            "extra": {"type": "object", "additionalProperties": {"type": "number"}},
            "any": {},
        },
    }
)
PATH = {"@path": "$.x"}
WHOLE = {"id": PATH, "email": PATH}

SUITABLE = {
    "directives": WHOLE,
    "a directive that is wrong in itself": {**WHOLE, "on": {"@pth": 1, "beside": 2}},
    "literals": {"id": "a", "email": "a@b.co", "on": True, "when": 5, "any": None, "tags": ["a", PATH]},
    "an object of both": {**WHOLE, "address": {"city": PATH}, "extra": {"a": 1, "b": PATH}},
    "null where it is allowed": {"id": "a", "phone": None},
    "a directive for the whole": {"@path": "$.properties"},
    "keys of the platform": {**WHOLE, "__segment_internal_directive": {"@transform": {}}, "__segment_internal_sync_mode": "add"},
}  # fmt: skip


@pytest.mark.parametrize("mapping", SUITABLE.values(), ids=SUITABLE)
def test_a_mapping_of_directives_and_literals_suits(mapping):
    assert FIELDS.check(mapping) == []


UNSUITABLE = [
    ({"id": PATH}, ['"email" or "phone" is required, but none is given']),
    ({"email": PATH}, ['"ID" is required, but it is missing']),
    ({**WHOLE, "emial": PATH}, ['/emial: no field "emial"; did you mean "email"?']),
    ({**WHOLE, "on": "yes"}, ['/on: "On" must be true or false, but it is the text "yes"; write such a value, or a directive']),
    ({**WHOLE, "on": None}, ['/on: "On" must be true or false, but it is null; write such a value, or a directive']),
    ({**WHOLE, "email": "a"}, ['/email: "email" must be an email address, but it is the text "a"']),
    ({**WHOLE, "when": "soon"}, ['/when: "when" must be a date such as 2024-02-29T10:00:00Z, or Unix time, but it is the text "soon"']),
    ({**WHOLE, "tags": "a"}, ['/tags: "tags" must be a list, but it is the text "a"; write such a value, or a directive']),
    ({**WHOLE, "tags": ["a", 5]}, ['/tags/1: "tags" (/tags/1) must be text, but it is 5; write such a value, or a directive']),
    ({**WHOLE, "tags": []}, ['/tags: "tags" must not be empty, but it is an empty list']),
    ({**WHOLE, "address": {"town": "a"}}, ['/address: "city" (/address/city) is required, but it is missing', '/address/town: no field "town"']),
    ({**WHOLE, "extra": {"a": "b"}}, ['/extra/a: "a" (/extra/a) must be a number, but it is the text "b"; write such a value, or a directive']),
    ([1], ["The mapping must be an object, but it is a list of 1 item; write such a value, or a directive"]),
    (None, ["The mapping must be an object, but it is null; write such a value, or a directive"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "problems"), UNSUITABLE, ids=[case[1][0][:50] for case in UNSUITABLE]
)
def test_every_problem_of_a_mapping_is_found_and_named(mapping, problems):
    assert [str(problem) for problem in FIELDS.check(mapping)] == problems


def validator(schema):
    return Draft202012Validator(schema, registry=REGISTRY, format_checker=None)


@pytest.mark.parametrize("mapping", SUITABLE.values(), ids=SUITABLE)
def test_the_mapping_schema_agrees_and_judges_directives_too(mapping):
    wrong_in_itself = "@pth" in str(mapping)
    assert validator(FIELDS.mapping_schema).is_valid(mapping) is not wrong_in_itself


def test_the_mapping_schema_is_itself_a_valid_schema():
    Draft202012Validator.check_schema(FIELDS.mapping_schema)
    assert FIELDS.mapping_schema["anyOf"][0] == {"$ref": "urn:segue:directive"}


def test_titles_and_descriptions_are_kept_for_editors():
    fields = compile_fields(
        {
            "type": "object",
            "properties": {
                "a": {"type": "string", "title": "A", "description": "D", "writeOnly": True}
            },
        }
    )
    _, literal = fields.mapping_schema["anyOf"]
    assert literal["properties"]["a"] == {
        "title": "A",
        "description": "D",
        "anyOf": [{"$ref": "urn:segue:directive"}, {"type": "string"}],
    }


def test_a_field_that_is_not_declared_is_refused_unless_the_spec_says_otherwise():
    """In a payload, JSON Schema lets it pass; in a mapping it is a slip."""
    silent, open_ = (
        compile_fields({"type": "object", **rule}) for rule in ({}, {"additionalProperties": True})
    )
    assert [len(fields.check({"a": 1})) for fields in (silent, open_)] == [1, 0]
    assert silent.coerce({"a": 1}) == {"a": 1}


def test_the_default_mapping_is_made_of_the_mapping_keywords():
    assert FIELDS.mapping == {"id": {"@path": "$.userId"}, "on": False}
