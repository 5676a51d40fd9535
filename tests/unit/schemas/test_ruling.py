"""What becomes of an event that breaks its schema."""

import pytest

from segue.schemas import EventSchema, Schemas, compile_rule


ITEM = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
ORDER = {
    "type": "object",
    "required": ["total"],
    "additionalProperties": False,
    "properties": {
        "total": {"type": "number"},
        "currency": {"enum": ["EUR", "USD"]},
        "items": {"type": "array", "items": ITEM},
    },
}
STRICT_COMMON = EventSchema({"required": ["userId"]}, None, "block")


def event(**properties):
    return {"type": "track", "event": "Paid", "anonymousId": "a", "properties": properties}


def rule(enforce="tag", document=ORDER, **others):
    made = compile_rule(Schemas({"Paid": EventSchema(document, "properties", enforce)}, **others))
    assert made is not None
    return made


def test_nothing_is_asked_where_nothing_is_enforced():
    assert compile_rule(Schemas({"Paid": EventSchema(ORDER, "properties")})) is None


@pytest.mark.parametrize("enforce", ["tag", "drop_fields", "block"])
def test_a_good_event_is_passed_over(enforce):
    assert rule(enforce)(event(total=1)) is None


def test_events_without_a_schema_are_passed_over():
    judge = rule("block")
    assert judge({"type": "track", "event": "Left", "userId": "u"}) is None
    assert judge({"type": "identify", "userId": "u"}) is None


def test_a_tagged_event_goes_on_as_it_came():
    bad = event(total="1")
    ruling = rule("tag")(bad)
    assert (ruling.event, ruling.code, ruling.result) == (bad, "schema_violation", "tagged")
    assert ruling.reason == '/properties/total: "1" is not of type "number"'


def test_a_blocked_event_does_not():
    ruling = rule("block")(event())
    assert (ruling.event, ruling.code, ruling.result) == (None, "schema_violation", "blocked")


@pytest.mark.parametrize(
    ("properties", "left", "result"),
    [
        pytest.param({"total": 1, "tax": 2}, {"total": 1}, "trimmed", id="undeclared"),
        pytest.param({"total": 1, "currency": "X"}, {"total": 1}, "trimmed", id="invalid"),
        pytest.param({"total": "1"}, {}, "tagged", id="needed"),
        pytest.param(
            {"total": 1, "items": [{"id": "a"}, {}]}, {"total": 1}, "trimmed", id="the list around an item"
        ),
        pytest.param(
            {"total": 1, "items": [{"id": 7}]}, {"total": 1}, "trimmed", id="what is incomplete without it"
        ),
        pytest.param({"currency": "X"}, {}, "tagged", id="still incomplete"),
    ],
)  # fmt: skip
def test_fields_that_break_the_schema_are_dropped(properties, left, result):
    bad = event(**properties)
    ruling = rule("drop_fields")(bad)
    assert (ruling.event["properties"], ruling.result) == (left, result)
    assert bad["properties"] == properties


def test_the_envelope_of_an_event_is_never_dropped():
    document = {
        "properties": {"userId": {"pattern": "^u"}, "context": {"properties": {"ip": False}}}
    }
    schemas = Schemas(common=EventSchema(document, None, "drop_fields"))
    bad = {"type": "page", "userId": "x", "context": {"ip": "1.2.3.4", "locale": "de"}}
    ruling = compile_rule(schemas)(bad)
    assert ruling.event == {"type": "page", "userId": "x", "context": {"locale": "de"}}
    assert (ruling.code, ruling.result) == ("common_schema_violation", "tagged")


@pytest.mark.parametrize(
    ("undeclared", "common", "code", "result"),
    [
        pytest.param("tag", None, "unplanned", "tagged", id="tag"),
        pytest.param("block", None, "unplanned", "blocked", id="block"),
        pytest.param("tag", STRICT_COMMON, "common_schema_violation", "blocked", id="the stricter decides"),
        pytest.param("block", STRICT_COMMON, "unplanned_and_schema_violation", "blocked", id="both"),
    ],
)  # fmt: skip
def test_an_event_that_no_schema_is_declared_for(undeclared, common, code, result):
    judge = rule("tag", undeclared=undeclared, common=common)
    ruling = judge({"type": "track", "event": "Left", "anonymousId": "a"})
    assert (ruling.code, ruling.result) == (code, result)


def test_of_much_that_is_wrong_the_first_is_told():
    document = {"required": ["a", "b", "c", "d", "e"]}
    assert rule("tag", document)(event()).reason == '/properties: "a" is a required property'


def test_what_is_shown_of_an_event_is_its_beginning_and_safe_to_print():
    ruling = rule("tag")(event(total="\x1b[31m" + "x" * 500))
    told = ruling.told(event(total="\x1b[31m" + "x" * 500))
    assert told.reason.startswith("kept all the same: /properties/total: ")
    assert len(told.text) == 120
    assert (told.text + told.reason).isprintable()


def test_a_text_that_is_no_unicode_breaks_every_schema_and_nothing_else():
    ruling = rule("tag")(event(total="\ud800"))
    assert (ruling.code, ruling.result) == ("schema_violation", "tagged")


def test_thousands_of_wrong_fields_are_dropped_at_once():
    properties = {"total": 1, **{f"k{number}": 1 for number in range(4000)}}
    ruling = rule("drop_fields")(event(**properties))
    assert (ruling.event["properties"], ruling.result) == ({"total": 1}, "trimmed")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"required": ["b"]}, id="one is missing"),
        pytest.param({"allOf": [{"required": ["b"]}]}, id="one is missing, said within"),
        pytest.param({"maxProperties": 1}, id="there are too many"),
        pytest.param(
            {
                "if": {"required": ["a"]},
                "then": {"required": ["b"]},
                "not": {"not": {"$ref": "#/then"}},
            },
            id="one refers to another",
        ),
        pytest.param(
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}}, id="one asks for another"
        ),
    ],
)
def test_where_no_property_is_wrong_by_itself_none_is_dropped(document):
    bad = event(a=1, c=2)
    ruling = rule("drop_fields", document)(bad)
    assert (ruling.event, ruling.result) == (bad, "tagged")


def test_a_schema_of_the_whole_event_drops_what_is_wrong_in_its_parts():
    inner = {
        "required": ["total"],
        "properties": {"total": {"type": "number"}, "tax": {"$ref": "#/definitions/n"}},
    }
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "required": ["userId"],
        "definitions": {"n": {"type": "number"}},
        "properties": {"properties": inner},
    }
    judge = compile_rule(Schemas({"Paid": EventSchema(document, None, "drop_fields")}))
    ruling = judge({**event(total=1, tax="x", note=""), "userId": "u"})
    assert (ruling.event["properties"], ruling.result) == ({"total": 1, "note": ""}, "trimmed")


def test_a_hostile_pattern_ends():
    document = {"properties": {"total": {"pattern": r"^(?=(a+)+$)\1$"}}}
    assert rule("tag", document)(event(total="a" * 5000 + "b")) is not None
