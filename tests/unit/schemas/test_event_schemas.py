"""Schemas of events: which one an event has, and what is wrong with one."""

import jsonschema_rs
import pytest

from segue.schemas import EventSchema, Schemas, check_schema


TOTAL = {"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}}
NAMED = {
    "properties": {"id": {"$ref": "#/definitions/id"}},
    "definitions": {"id": {"minLength": 3}},
}


def test_track_has_a_schema_for_each_name_and_the_other_calls_have_one_each():
    order, person = EventSchema(TOTAL, "properties"), EventSchema({}, "traits")
    schemas = Schemas({"Paid": order}, {"identify": person})
    assert schemas.find("track", "Paid") is order
    assert schemas.find("identify") is person
    assert schemas.find("track", "Left") is schemas.find("track") is schemas.find("page") is None


def test_there_is_no_schema_of_an_event_that_nothing_is_declared_for():
    assert Schemas({"Paid": EventSchema(TOTAL, "properties")}).of("track", "Left") is None


@pytest.mark.parametrize(
    ("event", "valid"),
    [
        pytest.param({"properties": {"total": 1}}, True, id="good"),
        pytest.param({"properties": {"total": "1"}}, False, id="bad"),
        pytest.param({"properties": {}}, False, id="incomplete"),
        pytest.param({}, False, id="without the part"),
    ],
)
def test_the_schema_of_the_whole_event_says_what_that_of_its_part_says(event, valid):
    schema = Schemas({"Paid": EventSchema(TOTAL, "properties")}).of("track", "Paid")
    assert jsonschema_rs.is_valid(schema, event) is valid


def test_a_part_that_may_be_empty_may_be_missing():
    assert jsonschema_rs.is_valid(EventSchema({"type": "object"}, "traits").whole, {})


@pytest.mark.parametrize(("id", "valid"), [("abc", True), ("ab", False)])
def test_the_references_of_a_part_lead_within_the_part(id, valid):  # noqa: A002
    whole = EventSchema(NAMED, "properties").whole
    assert jsonschema_rs.is_valid(whole, {"properties": {"id": id}}) is valid


def test_what_is_common_to_all_events_is_part_of_the_schema_of_each():
    common = EventSchema({"required": ["userId"]}, None)
    schema = Schemas({"Paid": EventSchema(TOTAL, "properties")}, common=common).of("track", "Paid")
    assert jsonschema_rs.is_valid(schema, {"userId": "u", "properties": {"total": 1}})
    assert not jsonschema_rs.is_valid(schema, {"properties": {"total": 1}})
    assert Schemas(common=common).of("page") == common.document


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param({"type": "object"}, [], id="good"),
        pytest.param(
            {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{}]}, [], id="draft 7"
        ),
        pytest.param([], ["a schema must be a JSON object"], id="no object"),
        pytest.param(
            {"minimum": "1", "maximum": "2"},
            ["/maximum: '2' is not of type 'number'", "/minimum: '1' is not of type 'number'"],
            id="all at once",
        ),
        pytest.param(
            {"$schema": "https://acme.example/schema"},
            [
                (
                    "/$schema: this version of JSON Schema is not known; write "
                    "http://json-schema.org/draft-07/schema#, or leave it out for 2020-12"
                )
            ],
            id="another language",
        ),
    ],
)
def test_a_schema_is_checked_before_it_is_used(document, problems):
    assert [str(one) for one in check_schema(document)] == problems


@pytest.mark.parametrize("reference", ["https://acme.example/x.json", "other.json", "#/$defs/no"])
def test_a_reference_leads_nowhere_but_into_its_own_document(reference):
    (problem,) = check_schema({"$ref": reference})
    assert problem.hint == 'a "$ref" may lead to a place in the same file only: "#/$defs/…"'


def test_a_pattern_that_cannot_be_compiled_is_told_with_its_place():
    assert [one.pointer for one in check_schema({"properties": {"a": {"pattern": "("}}})] == [
        "/properties/a/pattern"
    ]


def nested(levels):
    schema = {}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("levels", "problems"), [(99, []), (100, ["it is nested over 100 levels"]), (5000, ["it is nested over 100 levels"])]
)  # fmt: skip
def test_a_schema_is_no_deeper_than_those_that_read_it_can_follow(levels, problems):
    assert [one.message for one in check_schema(nested(levels))] == problems
