"""Segment's field definitions become field specs that enforce what the definitions declare."""

import pytest

from segue.compat.segment import fields_to_schema
from segue.errors import FieldsError, PayloadError
from segue.fields import check_fields, compile_fields


def field(**attributes):
    schema = fields_to_schema({"x": {"label": "X", "description": "D", **attributes}})
    assert check_fields(schema) == []
    assert schema["properties"]["x"].pop("title") == "X"
    assert schema["properties"]["x"].pop("description") == "D"
    return schema["properties"]["x"]


CASES = {
    "string": ({"type": "string"}, {"type": "string"}),
    "text": ({"type": "text"}, {"type": "string", "format": "text"}),
    "password": ({"type": "password"}, {"type": "string", "format": "password", "writeOnly": True}),
    "datetime": ({"type": "datetime"}, {"type": ["string", "number"], "format": "date-like"}),
    "integer": ({"type": "integer"}, {"type": "integer"}),
    "object": ({"type": "object"}, {"type": "object"}),
    "a format": ({"type": "string", "format": "email"}, {"type": "string", "format": "email"}),
    "a format that the type overrides": ({"type": "datetime", "format": "date"}, {"type": ["string", "number"], "format": "date-like"}),
    "allowNull": ({"type": "string", "allowNull": True}, {"type": ["string", "null"]}),
    "allowNull of a date": ({"type": "datetime", "allowNull": True}, {"type": ["string", "number", "null"], "format": "date-like"}),
    "multiple": ({"type": "number", "multiple": True}, {"type": "array", "items": {"type": "number"}}),
    "multiple and allowNull": ({"type": "number", "multiple": True, "allowNull": True}, {"type": ["array", "null"], "items": {"type": "number"}}),
    "lengths": ({"type": "string", "minimum": 0, "maximum": 5}, {"type": "string", "minLength": 0, "maxLength": 5}),
    "lengths of text": ({"type": "text", "maximum": 5}, {"type": "string", "format": "text", "maxLength": 5}),
    "lengths that are no lengths": ({"type": "string", "minimum": -1, "maximum": -1}, {"type": "string"}),
    "lengths between": ({"type": "string", "minimum": 1.5, "maximum": 2.5}, {"type": "string", "minLength": 2, "maxLength": 2}),
    "bounds": ({"type": "integer", "minimum": 0, "maximum": -1}, {"type": "integer", "minimum": 0, "maximum": -1}),
    "bounds of several": ({"type": "number", "multiple": True, "minimum": 1}, {"type": "array", "items": {"type": "number", "minimum": 1}}),
    "choices": ({"type": "string", "choices": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
    "choices and allowNull": ({"type": "string", "choices": ["a"], "allowNull": True}, {"type": ["string", "null"], "enum": ["a", None]}),
    "choices with labels": ({"type": "number", "choices": [{"value": 1, "label": "One"}]}, {"type": "number", "enum": [1], "ui": {"labels": {"1": "One"}}}),
    "choices of several": ({"type": "string", "choices": ["a"], "multiple": True}, {"type": "array", "items": {"type": "string", "enum": ["a"]}}),
    "the same choice twice": ({"type": "string", "choices": ["a", "a"]}, {"type": "string", "enum": ["a"]}),
    "no choices": ({"type": "string", "choices": []}, {"type": "string"}),
    "a default": ({"type": "string", "default": {"@path": "$.a"}}, {"type": "string", "mapping": {"@path": "$.a"}}),
    "readOnly": ({"type": "string", "readOnly": True}, {"type": "string", "readOnly": True}),
    "members": (
        {"type": "object", "allowNull": True, "properties": {"a": {"type": "string", "required": True, "default": "b"}}},
        {"type": ["object", "null"], "additionalProperties": False, "required": ["a"], "properties": {"a": {"type": "string", "default": "b"}}},
    ),
    "open members": (
        {"type": "object", "multiple": True, "additionalProperties": True, "properties": {}},
        {"type": "array", "items": {"type": "object", "additionalProperties": True, "required": [], "properties": {}}},
    ),
    "properties of what is no object": ({"type": "string", "properties": {"a": {"type": "string"}}}, {"type": "string"}),
    "what only a form looks at": (
        {
            "type": "string", "placeholder": "p", "unsafe_hidden": True, "dynamic": True, "category": "data",
            "displayMode": "collapsed", "defaultObjectUI": "keyvalue", "disabledInputMethods": ["literal"],
            "depends_on": {"match": "any", "conditions": [{"fieldKey": "y", "operator": "is", "value": 1}]},
        },
        {
            "type": "string",
            "ui": {
                "placeholder": "p", "hidden": True, "dynamic": True, "category": "data",
                "display": "collapsed", "editor": "keyvalue", "disabledInputs": ["literal"],
                "dependsOn": {"match": "any", "conditions": [{"fieldKey": "y", "operator": "is", "value": 1}]},
            },
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attributes", "expected"), CASES.values(), ids=CASES)
def test_a_definition_becomes_a_field(attributes, expected):
    assert field(**attributes) == expected


def test_attributes_that_are_not_set_may_be_null_as_in_a_published_catalogue():
    unset = dict.fromkeys(
        ("default", "choices", "placeholder", "properties", "category", "depends_on", "readOnly",
         "hidden", "minimum", "maximum", "defaultObjectUI", "disabledInputMethods", "displayMode", "format")
    )  # fmt: skip
    flags = {"required": False, "multiple": False, "allowNull": False, "dynamic": False}
    assert field(type="object", additionalProperties=False, **flags, **unset) == {"type": "object"}


def test_the_whole_is_a_closed_object_with_its_dialect():
    schema = fields_to_schema({"a": {"type": "string", "required": True}, "b": {"type": "number"}})
    assert schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {"a": {"type": "string"}, "b": {"type": "number"}},
        "required": ["a"],
    }


def test_additional_properties_can_be_kept():
    schema = fields_to_schema({}, additional_properties=True)
    assert compile_fields(schema).coerce({"a": 1}) == {"a": 1}


def test_a_type_that_does_not_exist_is_refused_when_the_spec_is_compiled():
    with pytest.raises(FieldsError) as caught:
        compile_fields(fields_to_schema({"x": {"type": "strnig"}}))
    assert [problem.pointer for problem in caught.value.problems] == ["/properties/x/type"]


def required(rule, *, top="x", **others):
    """Is the field required for a payload? A function that says so for each."""
    fields = {
        "a": {"type": "string"},
        "n": {"type": "number"},
        "on": {"type": "boolean"},
        "o": {"type": "object", "properties": {"k": {"type": "string"}, "j": {"type": "string"}}},
        top: {"type": "string", "required": rule},
        **others,
    }
    compiled = compile_fields(fields_to_schema(fields))

    def judge(payload):
        try:
            compiled.coerce(payload)
        except PayloadError as error:
            return [found.pointer for found in error.errors]
        return []

    return judge


def rule(*conditions, match="all"):
    keys = ("fieldKey", "operator", "value")
    return {
        "match": match,
        "conditions": [dict(zip(keys, one, strict=False)) for one in conditions],
    }


CONDITIONS = [
    (rule(("a", "is", "v")), [{"a": "v"}], [{}, {"a": "w"}]),
    (rule(("a", "is_not", "v")), [{"a": "w"}], [{}, {"a": "v"}]),
    (rule(("a", "is")), [{}, {"a": None}, {"a": ""}], [{"a": "v"}]),
    (rule(("a", "is_not")), [{"a": "v"}], [{}, {"a": None}]),
    (rule(("on", "is", True)), [{"on": True}, {"on": "true"}, {"on": 1}], [{"on": False}, {}]),
    (rule(("n", "is", "5")), [{"n": 5}, {"n": "5.0"}], [{"n": 6}]),
    (rule(("o.k", "is", "v")), [{"o": {"k": "v"}}], [{}, {"o": {}}, {"o": {"k": "w"}}]),
    (rule(("o.k", "is")), [{}, {"o": {}}, {"o": {"k": None}}], [{"o": {"k": "v"}}]),
    (rule(("o.k", "is_not")), [{"o": {"k": "v"}}], [{}, {"o": {}}]),
    (rule(("a", "is", "v"), ("n", "is", 5)), [{"a": "v", "n": 5}], [{"a": "v"}, {"n": 5}]),
    (rule(("a", "is", "v"), ("n", "is", 5), match="any"), [{"a": "v"}, {"n": 5}], [{"a": "w"}, {}]),
    (rule(("a", "is"), ("n", "is")), [{}, {"a": None}], [{"a": "v"}, {"n": 5}]),
    (rule(("a", "is", ["v", "w"])), [], [{"a": "v"}, {"a": "w"}]),
    (rule(), [{}], []),
    (rule(match="any"), [], [{}]),
]


@pytest.mark.parametrize(("conditions", "yes", "no"), CONDITIONS, ids=lambda value: str(value)[:80])
def test_a_conditional_field_is_required_where_its_conditions_hold(conditions, yes, no):
    judge = required(conditions)
    assert [judge(payload) for payload in [*yes, *no]] == [["/x"]] * len(yes) + [[]] * len(no)


def test_a_sync_mode_is_not_in_the_payload_and_leaves_the_field_optional():
    sync = {"type": "syncMode", "operator": "is", "value": "add"}
    other = {"fieldKey": "a", "operator": "is", "value": "v"}
    assert required({"conditions": [sync]})({}) == []
    assert required({"conditions": [sync, other]})({"a": "v"}) == []
    assert required({"match": "any", "conditions": [sync, other]})({"a": "v"}) == ["/x"]


def test_a_key_with_a_dot_is_one_key_where_a_field_is_called_so():
    judge = required(rule(("b.c", "is", "v")), top="x.y", **{"b.c": {"type": "string"}})
    assert judge({"b.c": "v"}) == ["/x.y"]


def nested(rule, *, multiple=False):
    members = {
        "k": {"type": "string"},
        "j": {"type": "string", "required": rule},
        "r": {"type": "string", "required": True},
    }
    return required(
        {},
        top="_",
        o={"type": "object", "multiple": multiple, "properties": members},
        _={"type": "string"},
    )


def test_a_field_in_an_object_is_required_there_beside_the_unconditional_ones():
    judge = nested(rule(("a", "is", "v"), ("o.k", "is", "w")))
    assert judge({"a": "v", "o": {"k": "w", "r": "r"}}) == ["/o/j"]
    assert judge({"a": "v", "o": {"k": "w"}}) == ["/o/j", "/o/r"]
    assert judge({"a": "v"}) == []


def test_an_object_is_required_for_the_sake_of_a_field_in_it():
    assert nested(rule(("a", "is", "v")))({"a": "v"}) == ["/o"]


def test_each_item_of_a_list_is_judged_by_itself():
    judge = nested(rule(("o.k", "is", "v")), multiple=True)
    items = [{"k": "v", "r": "r"}, {"k": "w", "r": "r"}, {"k": "v", "j": "j", "r": "r"}]
    assert judge({"o": items}) == ["/o/0/j"]
    assert judge({}) == []


def test_every_item_of_a_list_is_judged_by_what_is_outside():
    judge = nested(rule(("a", "is", "v")), multiple=True)
    assert judge({"a": "v", "o": [{"j": "j", "r": "r"}, {"r": "r"}]}) == ["/o/1/j"]


@pytest.mark.parametrize("match", ["all", "any"])
def test_an_operator_that_does_not_exist_is_refused_by_name(match):
    inner = {"type": "string", "required": rule(("a", "gt", 1), ("a", "is", 1), match=match)}
    with pytest.raises(FieldsError) as caught:
        fields_to_schema({"o": {"type": "object", "properties": {"j": inner}}})
    assert str(caught.value) == (
        '/o/properties/j/required/conditions/0/operator: no operator "gt"; the operators are is and is_not'
    )
