"""Events that are made: of any type, and for a trigger."""

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from segue import compile_trigger, samples
from segue.errors import TriggerError
from segue.events import check
from segue.solving import solve
from segue.testing import events, matching, triggers
from segue.trigger import parse_trigger


SAMPLES = list(samples.by_type().values())
REACHABLE = [
    'type = "track"',
    'event = "Complaint Filed"',
    'type = "identify" and traits.plan in ["Pro", "Team"]',
    "properties.n > 5 and properties.n <= 6",
    'match(event, "Order *") and length(properties.items) > 2',
    'lowercase(event) = "foo" or false',
    'snakecase(event) = "order_paid"',
    "context.a.0.b = true",
    '!(type = "track") and userId = null',
    'contains(event, "a") and contains(event, "b") and !contains(event, "c")',
    'typeof(properties.x) = "list"',
    'string(properties.q) = "5"',
    "properties.a = properties.b and properties.a = 3",
    'match(name, "[A-C]?\\\\*")',
    "length(event) = 3",
    'properties.a != "x" and traits.b != null',
    "!(properties.a = 1 or properties.b = 2)",
]
UNREACHABLE = [
    'type = "Track"',
    "false",
    'event = "A" and event = "B"',
    "properties.n < 3 and properties.n > 5",
    "userId = null and anonymousId = null",
    'type = "track" and !(type = "track")',
]


@pytest.mark.parametrize("trigger", REACHABLE)
def test_an_event_is_found_that_a_trigger_matches(trigger):
    found = solve(parse_trigger(trigger), SAMPLES)
    assert found is not None
    assert compile_trigger(trigger)(found)
    check(found)


@pytest.mark.parametrize("trigger", UNREACHABLE)
def test_no_event_is_found_for_a_trigger_that_nothing_matches(trigger):
    assert solve(parse_trigger(trigger), SAMPLES) is None


@pytest.mark.parametrize("trigger", REACHABLE[:7])
def test_matching_events_match(trigger):
    @settings(max_examples=15, deadline=None)
    @given(matching(trigger))
    def all_match(event):
        assert compile_trigger(trigger)(event)
        check(event)

    all_match()


def test_an_event_that_matches_anyway_stays_as_it_is():
    assert solve(parse_trigger('type = "page"'), SAMPLES) is SAMPLES[2]


def test_matching_reads_its_trigger_at_once():
    with pytest.raises(TriggerError):
        matching('type == "track"')


@pytest.mark.parametrize("call", ["identify", "track", "page", "screen", "group", "alias"])
def test_events_are_of_the_type_that_is_asked_for(call):
    @settings(max_examples=5, deadline=None)
    @given(events(call))
    def of_that_type(event):
        assert event["type"] == call

    of_that_type()


def test_a_type_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match='there is no call type "Track"; did you mean "track"'):
        events("Track")


ORDERS = {
    "properties": {
        "event": {"const": "Order Completed"},
        "properties": {
            "required": ["total", "placed"],
            "properties": {
                "total": {"type": "number", "minimum": 1, "multipleOf": 0.25},
                "placed": {"type": "string", "format": "date-time"},
                "lines": {"minItems": 1, "items": {"$ref": "#/$defs/line"}},
            },
            "additionalProperties": False,
        },
    },
    "required": ["properties"],
    "$defs": {"line": {"properties": {"sku": {"pattern": "^[A-Z]{2}$"}}, "required": ["sku"]}},
}
CLOSED = {
    "properties": {"type": {"enum": ["page", "alias"]}, "userId": {"minLength": 3}},
    "required": ["type", "userId"],
    "additionalProperties": False,
}
SCHEMAS = {"orders": ("track", ORDERS), "closed": ("page", CLOSED), "any": (None, {})}


@pytest.mark.parametrize(("call", "schema"), SCHEMAS.values(), ids=SCHEMAS)
def test_events_satisfy_the_schema_they_are_to_have_and_are_accepted_on_arrival(call, schema):
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    @settings(max_examples=30, deadline=None)
    @given(events(call, schema=schema))
    def satisfied(event):
        assert list(validator.iter_errors(event)) == []
        assert call in {None, event["type"]}
        check(event)

    satisfied()


def test_a_schema_decides_which_types_there_are_where_none_is_asked_for():
    @settings(max_examples=10, deadline=None)
    @given(events(schema={"properties": {"type": {"const": "group"}}}))
    def of_groups(event):
        assert event["type"] == "group"

    of_groups()


def test_a_schema_that_allows_no_event_of_the_type_is_refused():
    with pytest.raises(ValueError, match="the schema allows no event of type track"):
        events("track", schema={"properties": {"type": {"const": "page"}}})


def test_what_is_no_schema_is_refused_with_its_place():
    with pytest.raises(ValueError, match="/properties/userId/type"):
        events(schema={"properties": {"userId": {"type": "txt"}}})


@settings(max_examples=150, deadline=None)
@given(triggers())
def test_what_is_found_for_any_trigger_is_an_event_that_it_matches(tree):
    found = solve(tree, SAMPLES)
    if found is not None:
        assert compile_trigger(tree)(found)
        check(found)
