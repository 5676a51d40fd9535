"""Customer.io: who is meant, dates, ids that repeat, and a batch of which some is refused."""

import json
import re

import pytest

from segue import Context, Delivered, Discarded, Person, Request, Response
from segue.testing import deliver
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._event import ulid
from segue_actions.customerio.create_update_person import create_update_person
from segue_actions.customerio.delete_person import delete_person
from segue_actions.customerio.track_event import track_event
from segue_actions.customerio.track_page_view import track_page_view
from segue_actions.customerio.track_screen_view import track_screen_view


SETTINGS = {"siteId": "s1", "apiKey": "k1"}


def event(**more):
    return {"messageId": "m1", "userId": "u1", "timestamp": "2026-01-02T03:04:05Z", **more}


def sent(action, **more):
    return deliver(action, event(**more), settings=SETTINGS).request


def test_an_identify_call_becomes_a_person_with_unix_times():
    traits = {
        "email": "ada@b.co",
        "createdAt": "2026-01-02",
        "plan": {"until": "2026-01-02T00:00Z"},
    }
    request = sent(create_update_person, type="identify", traits=traits)
    assert request.url == "https://track.customer.io/api/v2/entity"
    assert request.json == {
        "type": "person",
        "action": "identify",
        "identifiers": {"id": "u1"},
        "attributes": {
            "email": "ada@b.co",
            "createdAt": 1767312000,
            "plan": {"until": 1767312000},
            "created_at": 1767312000,
        },
    }


def test_dates_stay_as_they_are_where_that_is_wanted():
    found = deliver(
        create_update_person,
        event(type="identify", traits={"since": "2026-01-02"}),
        settings=SETTINGS,
        mapping={"convert_timestamp": False},
    )
    assert found.request.json["attributes"] == {"since": "2026-01-02"}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"id": "u1", "email": "a@b.co"}, {"id": "u1"}),
        ({"id": "a@b.co"}, {"email": "a@b.co"}),
        ({"id": "cio_0300"}, {"cio_id": "cio_0300"}),
        ({"email": "a@b.co", "anonymous_id": "x"}, {"email": "a@b.co"}),
        ({"anonymous_id": "x"}, {"anonymous_id": "x"}),
    ],
    ids=["own", "an email as id", "theirs", "email", "anonymous"],
)
def test_a_person_is_named_by_the_surest_id(ids, expected):
    assert delete_person.request(ids).json["identifiers"] == expected


@pytest.mark.parametrize(
    ("action", "kind", "given", "name"),
    [
        (track_event, "event", {"type": "track", "event": "Paid"}, "Paid"),
        (track_page_view, "page", {"type": "page", "properties": {"url": "https://x/y"}}, "https://x/y"),
        (track_page_view, "page", {"type": "page", "name": "Home", "properties": {}}, "Home"),
        (track_screen_view, "screen", {"type": "screen", "name": "Cart", "properties": {}}, "Cart"),
    ],
    ids=["track", "page", "page by its name", "screen"],
)  # fmt: skip
def test_events_say_what_happened_and_when(action, kind, given, name):
    body = sent(action, **given).json
    assert (body["action"], body["name"], body["timestamp"]) == (kind, name, 1767323045)


def test_an_event_has_the_same_ulid_at_every_attempt_and_another_in_another_connection():
    payload = {"id": "u1", "name": "Paid"}
    made = [
        track_event.request(payload, context=Context(connection=name)).json["id"]
        for name in ("crm", "crm", "eu")
    ]
    assert made[0] == made[1] != made[2]
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", made[0])


def test_a_ulid_holds_all_bits():
    assert len({ulid(f"key {n}") for n in range(1000)}) == 1000


def test_only_what_has_an_error_in_a_batch_is_refused():
    steps = create_update_person.batch_steps(
        [{"id": "u1"}, {"id": "u2"}, {"id": "u3"}], settings=SETTINGS, contexts=[Context()] * 3
    )
    request = next(steps)
    assert [one["identifiers"]["id"] for one in request.json["batch"]] == ["u1", "u2", "u3"]
    error = {"batch_index": 1, "field": "attributes", "reason": "invalid", "message": "too large"}
    refused = Discarded("attributes: too large", "BAD_REQUEST")
    assert outcomes(steps, 207, {"errors": [error]}) == [Delivered(), refused, Delivered()]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"errors": [{"message": "bad JSON"}]}, "bad JSON"),
        ({"errors": []}, "Customer.io refused the batch and did not say why"),
        ([], "Customer.io refused the batch and did not say why"),
    ],
    ids=["told", "not told", "something else"],
)
def test_a_batch_that_is_refused_as_a_whole_is_refused_for_each(body, why):
    steps = delete_person.batch_steps(
        [{"id": "u1"}, {"id": "u2"}], settings=SETTINGS, contexts=[Context()] * 2
    )
    next(steps)
    assert outcomes(steps, 400, body) == [Discarded(why, "BAD_REQUEST")] * 2


def outcomes(steps, status, body):
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status, body=json.dumps(body).encode()))
    return end.value.value


def test_the_region_chooses_the_host():
    eu = {**SETTINGS, "region": "eu"}
    assert CUSTOMERIO.base(eu) == "https://track-eu.customer.io"
    assert CUSTOMERIO.base(SETTINGS) == "https://track.customer.io"


def test_a_deletion_names_the_person_it_knows():
    (request,) = CUSTOMERIO.forget(Person(None, "x1"), SETTINGS)
    body = {"type": "person", "action": "delete", "identifiers": {"anonymous_id": "x1"}}
    assert request == Request.post("/api/v2/entity", json=body)


def test_user_deleted_deletes_and_is_no_event():
    told = {"type": "track", "event": "User Deleted"}
    matched = [
        deliver(action, event(**told), settings=SETTINGS).matched
        for action in (track_event, delete_person)
    ]
    assert matched == [False, True]
