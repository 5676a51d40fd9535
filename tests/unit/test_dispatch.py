"""Which mappings an event goes to, and what they make of it."""

from dataclasses import replace

import pytest

from segue import RefusedError, Request
from segue.dispatch import (
    DROPPED,
    FILTERED,
    OFF,
    UNMATCHED,
    Delivery,
    Dispatcher,
    Skipped,
    allowed,
    prepare,
)
from segue.filters import Filter
from segue.outcome import Discarded
from segue.trigger import parse_trigger
from segue.workspace.model import ActionMapping


EVENT = {
    "type": "track",
    "event": "Paid",
    "userId": "u1",
    "messageId": "m1",
    "properties": {"n": "7"},
}


@pytest.fixture
def delivery(connect, put):
    connection = connect(put)
    return Delivery(EVENT, "web", connection, connection.mappings[0])


def test_an_event_goes_to_every_mapping_that_matches_in_the_order_of_the_file(
    workspace, connect, declare
):
    first, other, third = (
        declare(lambda payload: None, slug, trigger)
        for slug, trigger in [
            ("a", 'type = "track"'),
            ("b", 'type = "page"'),
            ("c", 'event = "Paid"'),
        ]
    )
    dispatcher = Dispatcher(workspace(connect(third, other, name="x"), connect(first, name="y")))
    found = dispatcher.dispatch(EVENT, "web")
    assert [(one.connection.name, one.mapping.name) for one in found] == [("x", "c"), ("y", "a")]


def test_a_connection_that_is_off_or_of_another_source_gets_nothing(workspace, connect, put):
    off, on = connect(put, name="off", enabled=False), connect(put, name="on")
    dispatcher = Dispatcher(workspace(off, on))
    assert [one.connection.name for one in dispatcher.dispatch(EVENT, "web")] == ["on"]
    assert dispatcher.dispatch(EVENT, "app") == []
    assert dispatcher.dispatch(EVENT, "unheard of") == []


def test_a_mapping_that_is_off_gets_nothing(workspace, connect, put):
    mapping = replace(ActionMapping.of(put), enabled=False)
    assert Dispatcher(workspace(connect(mapping))).dispatch(EVENT, "web") == []


@pytest.mark.parametrize(
    ("integrations", "expected"),
    [
        ({}, True),
        ({"All": False}, False),
        ({"All": False, "Desk": True}, True),
        ({"All": False, "desk": {"list": 1}}, True),
        ({"Desk": False}, False),
        ({"DESK": False}, True),
        ({"Other": False}, True),
        ({"Desk": None}, True),
    ],
    ids=str,
)
def test_the_integrations_object_decides_by_title_slug_and_all(desk, integrations, expected):
    assert allowed(integrations, desk) is expected


def test_why_a_connection_got_nothing_is_known(workspace, connect, put):
    dispatcher = Dispatcher(workspace(connect(put)))
    assert dispatcher.skipped({**EVENT, "type": "page"}, "web") == [Skipped("desk", UNMATCHED)]
    assert dispatcher.skipped({**EVENT, "integrations": {"Desk": False}}, "web") == [
        Skipped("desk", FILTERED)
    ]
    assert dispatcher.skipped(EVENT, "web") == []


def test_a_connection_that_is_off_says_so(workspace, connect, put):
    dispatcher = Dispatcher(workspace(connect(put, enabled=False)))
    assert dispatcher.skipped(EVENT, "web") == [Skipped("desk", OFF)]


def test_a_filter_stops_an_event_for_its_own_connection_only(workspace, connect, put):
    drop = Filter("drop", parse_trigger('event = "Paid"'))
    quiet, loud = connect(put, name="quiet", filters=(drop,)), connect(put, name="loud")
    route = Dispatcher(workspace(quiet, loud)).route(EVENT, "web")
    assert [one.connection.name for one in route.deliveries] == ["loud"]
    assert route.skipped == [Skipped("quiet", DROPPED)]


def test_triggers_and_mappings_see_what_the_filters_leave(workspace, connect, put):
    block = Filter("block", fields=("properties.n",))
    paid = replace(ActionMapping.of(put), trigger=parse_trigger("properties.n != null"))
    blind = connect(paid, name="blind", filters=(block,))
    bare = connect(put, name="bare", filters=(block,))
    (delivery,) = Dispatcher(workspace(blind, bare)).dispatch(EVENT, "web")
    assert delivery.connection.name == "bare"
    assert prepare(delivery).payload == {"id": "u1"}
    assert EVENT["properties"] == {"n": "7"}


def test_connections_keep_the_order_of_the_file_whatever_filters_they_have(workspace, connect, put):
    block = Filter("block", fields=("traits",))
    first, second, third = (
        connect(put, name=name, filters=filters)
        for name, filters in [("z", (block,)), ("y", ()), ("x", (block,))]
    )
    found = Dispatcher(workspace(first, second, third)).dispatch(EVENT, "web")
    assert [one.connection.name for one in found] == ["z", "y", "x"]


def test_the_integrations_object_comes_before_the_filters(workspace, connect, put):
    dispatcher = Dispatcher(workspace(connect(put, filters=(Filter("drop"),))))
    event = {**EVENT, "integrations": {"All": False}}
    assert dispatcher.skipped(event, "web") == [Skipped("desk", FILTERED)]


def test_a_filter_that_fails_lets_nothing_through(workspace, connect, put):
    class Odd(dict):
        def items(self):
            raise KeyError("odd")

    connection = connect(put, filters=(Filter("block", fields=("properties.card.number",)),))
    event = {**EVENT, "properties": {"card": Odd(number="4111")}}
    (skipped,) = Dispatcher(workspace(connection)).skipped(event, "web")
    assert skipped.discarded.code == "FILTERED_BY_RULES"
    assert "KeyError" in skipped.discarded.why


def test_a_delivery_is_prepared_without_credentials(delivery):
    prepared = prepare(delivery)
    assert prepared.payload == {"id": "u1", "n": 7}
    assert (prepared.request.method, prepared.request.json) == ("PUT", {"id": "u1", "n": 7})
    assert "s3cret" not in repr(prepared) + str(prepared.request.headers)


def test_a_payload_that_breaks_a_rule_is_discarded_with_every_reason(delivery):
    event = {"type": "track", "event": "Paid", "properties": {"n": "many"}}
    outcome = prepare(replace(delivery, event=event))
    assert isinstance(outcome, Discarded)
    assert outcome.code == "PAYLOAD_VALIDATION_FAILED"
    assert "id" in outcome.why
    assert "n" in outcome.why


def test_an_action_that_fails_discards_its_delivery_and_says_so(connect, declare):
    connection = connect(declare(lambda payload: payload["nothing"]))
    outcome = prepare(Delivery(EVENT, "web", connection, connection.mappings[0]))
    assert outcome.code == "INTERNAL"
    assert outcome.why.startswith("desk.put failed: KeyError: 'nothing' (test_dispatch.py:")
    assert outcome.why.endswith("; correct it, then replay")


def nothing(payload):
    yield from ()


def refuses(payload):
    raise RefusedError("no such list", code="NO_LIST")


def quotes(payload, settings):
    raise RuntimeError(settings)


def exits(payload):
    raise SystemExit(3)


def giant(payload):
    return Request.post("/put", json="x" * 40_000_000)


def cyclic(payload):
    box = []
    box.append(box)
    return Request.post("/put", json=box)


@pytest.mark.parametrize(
    ("perform", "code", "why"),
    [
        (refuses, "NO_LIST", "no such list"),
        (
            lambda payload: Request.get("../x"),
            "INTERNAL",
            "desk.put failed: ValueError: the path '../x' should start with \"/\" (see test_dispatch",
        ),
        (
            quotes,
            "INTERNAL",
            "desk.put failed: RuntimeError: {'token': '[redacted]'} (test_dispatch.py:",
        ),
        (exits, "INTERNAL", "desk.put failed: SystemExit: 3 (test_dispatch.py:"),
        (
            lambda payload: {"id": 1},
            "INTERNAL",
            "desk.put failed: desk.put made dict, not a Request; return Request.post(…) (see test",
        ),
        (giant, "INTERNAL", "desk.put failed: desk.put made a body of 40,000,002 bytes, and"),
        (cyclic, "INTERNAL", "desk.put failed: ValueError: a container that holds itself cannot"),
    ],
    ids=["refused", "url", "secret", "exit", "no request", "giant", "cyclic"],
)
def test_what_an_action_does_instead_of_making_a_request_is_its_outcome(
    connect, declare, perform, code, why
):
    connection = connect(declare(perform))
    outcome = prepare(Delivery(EVENT, "web", connection, connection.mappings[0]))
    assert outcome.code == code
    assert outcome.why.startswith(why)


def test_an_action_that_fails_is_named_with_its_plugin(connect, declare):
    connection = connect(declare(exits))
    mapping = replace(connection.mappings[0], plugin="desk.py")
    outcome = prepare(Delivery(EVENT, "web", connection, mapping))
    assert outcome.why.startswith('desk.put of plugin "desk.py" failed: SystemExit: 3')


def test_a_generator_may_have_nothing_to_send(connect, declare):
    connection = connect(declare(nothing))
    prepared = prepare(Delivery(EVENT, "web", connection, connection.mappings[0]))
    assert (prepared.payload, prepared.request) == ({"id": "u1", "n": 7}, None)


def test_a_lane_is_a_person_of_a_connection_and_source(delivery):
    assert delivery.lane == ("desk", "web", "u1")
    anonymous = replace(delivery, event={"type": "track", "anonymousId": "a1"})
    assert anonymous.lane == ("desk", "web", "a1")


def test_mappings_replays_and_events_have_keys_of_their_own(delivery):
    other = replace(delivery, mapping=replace(delivery.mapping, name="second"))
    replayed = replace(delivery, replay=1)
    later = replace(delivery, event={**EVENT, "messageId": "m2"})
    keys = {one.context.idempotency_key for one in (delivery, other, replayed, later)}
    assert len(keys) == 4
