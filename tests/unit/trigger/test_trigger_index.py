import pytest

from segue.trigger import Index, parse_trigger
from segue.trigger.index import admitted


def index(*triggers):
    return Index((parse_trigger(trigger), trigger) for trigger in triggers)


EVERYTHING = (
    "true",
    'type = "track"',
    'event = "A" and type = "track"',
    'type = "page"',
    'event in ["A", "B"]',
    'event != "A"',
    'type = "track" and properties.x = 1',
    "event = null",
    "false",
)


@pytest.mark.parametrize(
    ("event", "matching"),
    [
        ({"type": "track", "event": "A"}, [0, 1, 2, 4]),
        ({"type": "track", "event": "C", "properties": {"x": 1}}, [0, 1, 5, 6]),
        ({"type": "track"}, [0, 1, 5, 7]),
        ({"type": "page", "event": None}, [0, 3, 5, 7]),
        ({"event": "B"}, [0, 4, 5]),
        ({}, [0, 5, 7]),
        ({"type": ["track"], "event": {"A": 1}}, [0, 5]),
        (None, [0, 5, 7]),
    ],
)
def test_an_index_gives_what_matches_once_and_in_order(event, matching):
    assert index(*EVERYTHING).match(event) == [EVERYTHING[at] for at in matching]


@pytest.mark.parametrize(
    ("trigger", "names", "types"),
    [
        ('type = "track"', None, {"track"}),
        ('event = "A" and type = "track"', {"A"}, {"track"}),
        ('event in ["A", "B"] and event in ["B", "C"]', {"B"}, None),
        ('(event = "A" or event = "B") and properties.x', {"A", "B"}, None),
        ('event = "A" or type = "page"', None, None),
        ('event = "A" or event = "B" and type = "page"', {"A", "B"}, None),
        ('event = "A" and event = "B"', set(), None),
        ('event in ["A", null]', None, None),
        ("event in [1, 2]", {"1", "2"}, None),
        ("event = null", None, None),
        ('!(event = "A")', None, None),
        ('event != "A"', None, None),
        ('properties.event = "A" or lowercase(event) = "a"', None, None),
        ("false", set(), set()),
        ("true", None, None),
    ],
)
def test_what_a_trigger_asks_of_the_name_and_the_type(trigger, names, types):
    tree = parse_trigger(trigger)
    assert (admitted(tree, "event"), admitted(tree, "type")) == (names, types)


def test_only_triggers_that_may_match_are_asked():
    thousand = index(*(f'type = "track" and event = "E{at}"' for at in range(1000)))
    assert len(thousand.candidates({"type": "track", "event": "E7"})) == 1


def test_an_index_without_triggers_gives_nothing():
    assert index().match({"type": "track"}) == []
