"""Which events a connection lets through, and what of them."""

from copy import deepcopy

import pytest

from segue.filters import ENVELOPE, Filter, Screen, chance, check_field
from segue.trigger import parse_trigger


EVENT = {
    "type": "track",
    "event": "Paid",
    "userId": "u1",
    "messageId": "m1",
    "integrations": {"All": True},
    "properties": {
        "plan": "pro",
        "card": {"number": "4111", "brand": "visa"},
        "items": [{"sku": "a", "price": 1}, {"sku": "b", "price": 2}, "gift"],
    },
    "traits": {"email": "ada@example.com"},
    "context": {"ip": "8.8.8.8", "page": {"path": "/"}},
    "custom": 1,
}
KEPT = {"type": "track", "event": "Paid", "userId": "u1", "messageId": "m1"}
KEPT["integrations"] = {"All": True}


def sieve(kind, *fields, when="all", rate=1.0):
    return Filter(kind, parse_trigger(when), fields, rate)


def test_a_drop_stops_the_events_it_matches():
    screen = Screen([sieve("drop", when='event = "Paid"'), sieve("drop", when='type = "page"')])
    assert not screen.admits(EVENT)
    assert not screen.admits({"type": "page"})
    assert screen.admits({"type": "track", "event": "Seen"})


def test_a_sample_lets_its_share_through_and_all_that_it_does_not_match():
    screen = Screen([sieve("sample", when='event = "Ping"', rate=0.1)])
    pings = [{"event": "Ping", "messageId": str(n)} for n in range(5000)]
    assert sum(map(screen.admits, pings)) == pytest.approx(500, rel=0.15)
    assert all(screen.admits({**one, "event": "Pong"}) for one in pings)


def test_an_event_falls_the_same_way_every_time_and_into_every_larger_sample():
    events = [{"messageId": f"m{n}"} for n in range(200)]
    small, large = Screen([sieve("sample", rate=0.2)]), Screen([sieve("sample", rate=0.6)])
    admitted = [one for one in events if small.admits(one)]
    assert admitted == [one for one in events if small.admits(one)]
    assert all(map(large.admits, admitted))


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 0), (1.0, 100)])
def test_a_sample_of_nothing_and_of_everything_are_exact(rate, expected):
    screen = Screen([sieve("sample", rate=rate)])
    assert sum(screen.admits({"messageId": str(n)}) for n in range(100)) == expected


def test_chance_needs_no_messageid_and_takes_any():
    assert 0 <= chance({}) < 1
    assert 0 <= chance({"messageId": "\ud800"}) < 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["traits.email"], {**EVENT, "traits": {}}),
        (["context", "custom"], {k: v for k, v in EVENT.items() if k not in {"context", "custom"}}),
        (
            ["properties.card.number", "properties.items"],
            {**EVENT, "properties": {"plan": "pro", "card": {"brand": "visa"}}},
        ),
        (
            ["properties.items.price"],
            {
                **EVENT,
                "properties": {
                    **EVENT["properties"],
                    "items": [{"sku": "a"}, {"sku": "b"}, "gift"],
                },
            },
        ),
        (["properties.plan.name", "nowhere.at.all"], EVENT),
        (
            ["properties.card", "properties.card.number"],
            {**EVENT, "properties": {k: v for k, v in EVENT["properties"].items() if k != "card"}},
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else "",
)
def test_a_block_removes_fields_wherever_they_are(fields, expected):
    assert Screen([sieve("block", *fields)]).reduce(EVENT) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["properties.plan"], {"properties": {"plan": "pro"}}),
        (["context.page", "custom"], {"context": {"page": {"path": "/"}}, "custom": 1}),
        (
            ["properties.items.sku", "properties.plan.name"],
            {"properties": {"items": [{"sku": "a"}, {"sku": "b"}]}},
        ),
        (["nowhere"], {}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else "",
)
def test_an_allow_keeps_its_fields_and_the_envelope(fields, expected):
    assert Screen([sieve("allow", *fields)]).reduce(EVENT) == {**KEPT, **expected}


def test_what_is_blocked_is_not_allowed_back():
    screen = Screen([sieve("allow", "properties"), sieve("block", "properties.card")])
    assert set(screen.reduce(EVENT)["properties"]) == {"plan", "items"}


def test_of_two_allows_what_both_list_is_kept():
    screen = Screen([sieve("allow", "properties", "traits"), sieve("allow", "properties.plan")])
    assert screen.reduce(EVENT) == {**KEPT, "properties": {"plan": "pro"}}


def test_every_trigger_is_asked_of_the_event_as_it_arrived():
    screen = Screen(
        [sieve("block", "traits"), sieve("block", "custom", when="traits.email != null")]
    )
    assert "custom" not in screen.reduce(EVENT)


def test_only_the_events_that_match_lose_fields():
    screen = Screen([sieve("allow", "nothing", when='type = "page"')])
    assert screen.reduce(EVENT) is EVENT
    assert screen.changes
    assert not Screen([sieve("drop")]).changes


def test_the_event_is_not_written_to():
    before = deepcopy(EVENT)
    Screen([sieve("block", "properties.items.price"), sieve("allow", "traits")]).reduce(EVENT)
    assert before == EVENT


@pytest.mark.parametrize(
    "path", ["", "$", *ENVELOPE, "$.userId", "a[0]", "a.0.b", ".".join("a" * 101)]
)
def test_a_path_that_is_no_field_for_a_filter_is_told(path):
    assert check_field(path)


@pytest.mark.parametrize("path", ["properties", "$.context.ip", "traits['first.name']", "custom"])
def test_any_other_path_is_good(path):
    assert check_field(path) is None
