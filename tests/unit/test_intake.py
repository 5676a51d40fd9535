"""Events on their way into the store, and what is counted beside them."""

import asyncio

import pytest

from segue.dispatch import Dispatcher
from segue.errors import StoreFullError
from segue.events import Rejected
from segue.filters import Filter
from segue.ingest import Full
from segue.ingest.intake import accounted
from segue.intake import StoreIntake
from segue.json import decode
from segue.store import EventQuery, Limits, MemoryStore, Query
from segue.trigger import parse_trigger
from segue.workspace.model import Source


WEB = Source("web", "wk_web")


def event(number=1, **fields):
    return {"type": "track", "event": "Paid", "userId": "u1", "messageId": f"m{number}", **fields}


@pytest.fixture
def took(workspace):
    """``took(connections, *events)`` takes them in one call; the answer and the store."""

    def took(connections, *events, source=WEB, then=lambda intake: None, **limits):
        async def go():
            store = MemoryStore(limits=Limits(**limits))
            dispatcher = Dispatcher(workspace(*connections))
            intake = StoreIntake(store, lambda: dispatcher)
            taken = await intake.take(source, events) if events else []
            then(intake)
            await intake.flush()
            return list(taken), store

        return asyncio.run(go())

    return took


def discarded(store):
    stats = asyncio.run(store.history.stats())
    return {name: dict(one.discarded) for name, one in stats.items() if one.discarded}


def test_an_event_is_stored_whole_with_a_delivery_for_each_mapping(took, connect, put):
    first, second = connect(put, name="first"), connect(put, name="second")
    taken, store = took([first, second], event(properties={"n": 1}))
    found = asyncio.run(store.history.search(Query(), oldest_first=True)).items
    assert taken == [True]
    assert [(one.connection, one.mapping, one.user) for one in found] == [
        ("first", "put", "u1"),
        ("second", "put", "u1"),
    ]
    (kept,) = asyncio.run(store.history.events(EventQuery())).items
    assert decode(kept.text) == event(properties={"n": 1})


def test_a_message_that_came_before_is_neither_new_nor_counted_again(took, connect, put):
    page = event(2, type="page")
    taken, store = took([connect(put)], event(1), event(1), page, page)
    assert taken == [True, False, True, False]
    assert discarded(store) == {"desk": {"NO_MATCHING_MAPPING": 1}}


def test_an_event_without_a_user_has_the_lane_of_its_anonymous_one(took, connect, put):
    _, store = took([connect(put)], event(userId=None, anonymousId="a1"))
    (found,) = asyncio.run(store.history.search(Query())).items
    assert found.user == "a1"


def test_events_of_nobody_do_not_wait_for_each_other(took, connect, put):
    """None gets this far from outside: an event that names nobody is refused where it is checked."""
    _, store = took([connect(put)], event(1, userId=None), event(2, userId=None))
    claims = asyncio.run(store.queue.claim("desk", fresh=5))
    assert [one.user for one in claims] == ["m1", "m2"]


def test_every_way_to_end_without_a_delivery_has_a_code_of_its_own(took, connect, put):
    connections = [
        connect(put, name="off", enabled=False),
        connect(put, name="filtered", filters=(Filter("drop", parse_trigger('event = "Paid"')),)),
        connect(name="unmapped"),
        connect(put, name="good"),
    ]
    taken, store = took(connections, event(1), event(2, integrations={"All": False}))
    assert taken == [True, True]
    assert discarded(store) == {
        "off": {"DESTINATION_DISABLED": 2},
        "filtered": {"FILTERED_BY_RULES": 1, "FILTERED_BY_INTEGRATIONS_OBJECT": 1},
        "unmapped": {"NO_MATCHING_MAPPING": 1, "FILTERED_BY_INTEGRATIONS_OBJECT": 1},
        "good": {"FILTERED_BY_INTEGRATIONS_OBJECT": 1},
    }


def test_whoever_takes_events_is_told_what_became_of_these_and_of_no_others(
    connect, put, workspace
):
    async def go():
        store, dispatcher = MemoryStore(), Dispatcher(workspace(connect(put)))
        intake = StoreIntake(store, lambda: dispatcher)

        async def take(*events):
            with accounted() as account:
                await intake.take(WEB, events)
                await asyncio.sleep(0)
            return dict(account)

        pages = [event(number, type="page") for number in range(2, 5)]
        told = await asyncio.gather(take(event(1), *pages[:1]), take(*pages[1:]), take(event(5)))
        await intake.flush()
        return told

    one, two = ({("desk", "NO_MATCHING_MAPPING"): count} for count in (1, 2))
    assert asyncio.run(go()) == [one, two, {}]


def test_an_event_of_a_source_that_leads_nowhere_is_kept_and_counted(took, connect, put):
    _, store = took([connect(put)], event(), source=Source("app", "wk_app"))
    (kept,) = asyncio.run(store.history.events(EventQuery(unmatched=True))).items
    assert kept.source == "app"
    assert discarded(store) == {"": {"NO_MATCHING_MAPPING": 1}}


def test_what_is_refused_is_counted_and_the_last_of_it_kept(took):
    samples = []

    def refuse(intake):
        for line in range(20):
            intake.refuse(WEB, Rejected(line, "bad_request", "why", "text"))
        intake.refuse(None, Rejected(0, "unknown_source", "why", ""))
        samples.extend(intake.samples.items())

    _, store = took([], then=refuse)
    assert discarded(store) == {"": {"bad_request": 20, "unknown_source": 1}}
    assert [(place, [one.line for one in kept]) for place, kept in samples] == [
        (("web", "bad_request"), list(range(10, 20))),
        (("", "unknown_source"), [0]),
    ]


def test_a_store_without_room_is_said_to_be_full(took, connect, put):
    with pytest.raises(Full) as caught:
        took([connect(put)], event(), size=-1)
    assert isinstance(caught.value.__cause__, StoreFullError)
    assert caught.value.retry_after > 0


def test_counts_that_could_not_be_written_are_written_later(connect, put, workspace):
    class Balky(MemoryStore):
        def __init__(self):
            super().__init__()
            self.full, self.history_ = True, self.history
            self.history = self

        async def discard(self, discards):
            if self.full:
                raise StoreFullError("full")
            await self.history_.discard(discards)

    async def go():
        store, dispatcher = Balky(), Dispatcher(workspace())
        intake = StoreIntake(store, lambda: dispatcher)
        await intake.take(WEB, [event(1)])
        with pytest.raises(StoreFullError):
            await intake.flush()
        store.full = False
        await intake.flush()
        return await store.history_.stats()

    assert asyncio.run(go())[""].discarded == {"NO_MATCHING_MAPPING": 1}
