"""A field spec uses a profile of JSON Schema; whatever else it says is refused by name."""

import json

import pytest

from segue.errors import FieldsError
from segue.fields import check_fields, compile_fields
from segue.fields.validation import ASSERTIONS
from segue_schemas import REGISTRY


def said(field, **rules):
    spec = {"type": "object", "properties": {"x": field}, **rules}
    return [str(problem) for problem in check_fields(spec)]


WRONG = [
    ({"type": "string", "maxLenght": 5}, '/properties/x/maxLenght: "maxLenght" is not a keyword of field specs; did you mean "maxLength"?'),
    ({"$ref": "#"}, '/properties/x/$ref: "$ref" is not a keyword of field specs'),
    ({"type": "array", "items": {"patternProperties": {}}}, '/properties/x/items/patternProperties: "patternProperties" is not a keyword of field specs; did you mean "properties"?'),
    ({"type": ["string", "integer"]}, '/properties/x/type: a field has one type (string, number, integer, boolean, object or array), or a list of it and "null"'),
    ({"type": "null"}, '/properties/x/type: a field has one type (string, number, integer, boolean, object or array), or a list of it and "null"'),
    ({"type": ["string", "number"]}, '/properties/x: only a field with the format "date-like" may be text or a number'),
    ({"type": ["string", "number"], "format": "email"}, '/properties/x/format: only a field with the format "date-like" may be text or a number'),
    ({"type": "string", "maxLength": -1}, '/properties/x/maxLength: "maxLength" must be at least 0, but it is -1'),
    ({"type": "string", "maxLength": "5"}, '/properties/x/maxLength: "maxLength" must be a whole number, but it is the text "5"'),
    ({"type": "string", "enum": []}, '/properties/x/enum: "enum" must not be empty, but it is an empty list'),
    ({"type": "string", "enum": ["a", "a"]}, '/properties/x/enum: "enum" must not repeat an item, but it is a list of 2 items'),
    ({"type": "number", "const": 2**60}, '/properties/x/const: "const" must be at most 9007199254740992, but it is 1152921504606846976'),
    ({"type": "string", "format": "emial"}, 'did you mean "email"?'),
    ({"type": "string", "pattern": "(?=a)"}, "/properties/x/pattern: the pattern cannot be used: look-around is not supported at offset 0"),
    ({"type": "string", "ui": {"hiden": True}}, '/properties/x/ui/hiden: "hiden" is not a keyword of field specs; did you mean "hidden"?'),
    ({"type": "object", "properties": {"y": {"mapping": 1}}}, '/properties/x/properties/y/mapping: "mapping" belongs to a top-level field; give the field on top of this one a mapping for the whole of it'),
    ({"type": "object", "additionalProperties": False, "properties": {"name": {}}, "required": ["nam"]}, '/properties/x/required/0: no field "nam"; did you mean "name"?'),
    ({"type": "object", "anyOf": [{"properties": {"y": {"tipe": 1}}}]}, '/properties/x/anyOf/0/properties/y/tipe: "tipe" is not a keyword of field specs; did you mean "type"?'),
    ("string", '/properties/x: "x" must be an object, but it is the text "string"'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "problem"), WRONG, ids=[json.dumps(case[0])[:60] for case in WRONG]
)
def test_what_is_outside_the_profile_is_refused_by_name(field, problem):
    (found,) = said(field)
    assert found.endswith(problem)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({}, '"type" is missing'),
        ({"type": "array"}, '/type: the top of a field spec has the type "object"; its fields are under "properties"'),
        ([], "a field spec is an object, not an empty list"),
        (None, "a field spec is an object, not null"),
        ({"type": "object", 1: 2}, '/1: "1" is not a keyword of field specs'),
    ],
    ids=str,
)  # fmt: skip
def test_the_top_of_a_spec_is_an_object_of_fields(spec, problem):
    assert [str(found) for found in check_fields(spec)] == [problem]


def test_all_problems_are_found_at_once_and_raised_by_compiling():
    spec = {"type": "object", "properties": {"a": {"tpye": 1}, "b": {"minLength": -1}}}
    with pytest.raises(FieldsError) as caught:
        compile_fields(spec)
    assert [problem.pointer for problem in caught.value.problems] == [
        "/properties/a/tpye",
        "/properties/b/minLength",
    ]


RIGHT = [
    {"type": "string", "title": "T", "description": "D", "examples": ["a"], "deprecated": True},
    {"type": "string", "default": {"any": ["thing"]}, "readOnly": True, "writeOnly": False},
    {"type": ["string", "number", "null"], "format": "date-like"},
    {"type": ["object", "null"], "additionalProperties": {"type": "string"}},
    {"type": "string", "enum": ["a", "b"], "ui": {"labels": {"a": "A"}, "hidden": False}},
    {"type": "string", "mapping": {"@path": "$.a"}},
    {"anyOf": [{"type": ["string", "number"]}, {"type": "null"}]},
    {
        "type": "object",
        "properties": {"y": {}},
        "not": {"properties": {"z": False}, "required": ["z"]},
    },
    {},
]


@pytest.mark.parametrize("field", RIGHT, ids=json.dumps)
def test_what_is_in_the_profile_compiles(field):
    assert said(field) == []


def test_every_keyword_of_the_metaschema_asserts_or_is_a_note():
    definitions = REGISTRY.contents("urn:segue:fields")["$defs"]
    notes = set(definitions["notes"]["properties"]) | {"mapping"}
    assert set(definitions["keyword"]["enum"]) == notes | set(ASSERTIONS)


def test_schemas_are_nested_24_levels_at_most():
    def nested(levels):
        return {"type": "object", "properties": {"a": nested(levels - 1)} if levels else {}}

    assert check_fields(nested(24)) == []
    assert [str(problem) for problem in check_fields(nested(25))] == [
        "the schemas are nested over 24 levels"
    ]


def test_a_spec_that_holds_itself_is_refused():
    spec = {"type": "object", "properties": {}}
    spec["properties"]["self"] = spec
    assert [problem.message for problem in check_fields(spec)] == [
        "the schemas are nested over 24 levels"
    ]


def test_a_deep_default_is_a_note_like_any_other():
    deep = []
    for _ in range(5_000):
        deep = [deep]
    assert said({"type": "string", "default": deep, "mapping": deep}) == []
    assert len(said({"type": "string", "default": deep, "typo": deep})) == 1
