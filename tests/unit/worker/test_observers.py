"""Who observes settled deliveries is told of each end, once it is stored."""

from dataclasses import replace

import pytest
import virtual_time

from segue import Response
from segue.hooks import Hooks, Listener
from segue.json import encode
from segue.store import Arrival, MemoryStore, NewDelivery, Query
from segue.worker import Worker


@pytest.fixture
def observe(workspace, connect, put):
    """``observe(function, *statuses)`` delivers an event to a vendor that answers so."""

    def observe(function, *statuses, event=None):
        left = list(statuses)

        async def send(request):
            return Response(left.pop(0))

        async def go(clock):
            store = MemoryStore(clock=clock.now)
            text = encode(event or {"type": "track", "userId": "ann", "messageId": "m1"})
            arrival = Arrival("web", "ann", "m1", text, (NewDelivery("desk", "put"),))
            await store.queue.append([arrival])
            listener = Listener("acme", "segue_settled", function(store), ("settled",))
            hooks = Hooks({"segue_settled": [listener]})
            given = replace(workspace(connect(put)), hooks=hooks)
            sender = type("Vendor", (), {"send": staticmethod(send)})()
            async with Worker(store, given, sender, clock=clock):
                while await store.queue.backlog():
                    await clock.sleep(60.0)
            (found,) = (await store.history.search(Query())).items
            return found, hooks

        return virtual_time.run(go)

    return observe


def keeping(told):
    def keep(store):
        def settled(settled):
            told.append(settled)

        return settled

    return keep


def test_a_delivery_is_told_once_at_its_end_and_not_before(observe):
    told = []
    found, _ = observe(keeping(told), 503, 503, 200)
    assert [(one.delivery, one.state, one.tries) for one in told] == [
        (found.delivery, "delivered", 3)
    ]
    assert (told[0].source, told[0].connection, told[0].mapping) == ("web", "desk", "put")
    assert (told[0].message_id, told[0].code) == ("m1", "OK")


def test_a_dead_letter_is_told_with_its_reason(observe):
    told = []
    observe(keeping(told), 400)
    assert [(one.state, one.code, one.tries) for one in told] == [("dead", "BAD_REQUEST", 1)]


def test_what_is_not_sent_at_all_is_told_as_discarded(observe):
    told = []
    nobody = {"type": "track", "anonymousId": "a", "messageId": "m1"}
    observe(keeping(told), event=nobody)
    assert [(one.state, one.code, one.tries) for one in told] == [
        ("discarded", "PAYLOAD_VALIDATION_FAILED", 0)
    ]


def test_an_observer_finds_in_the_store_what_it_is_told(observe):
    states = []

    def look(store):
        def settled(settled):
            states.append(store.queue._data.deliveries[settled.delivery].state)

        return settled

    observe(look, 200)
    assert states == ["delivered"]


def test_an_observer_that_fails_changes_nothing(observe, caplog):
    def fail(store):
        def settled(settled):
            raise SystemExit(3)

        return settled

    found, hooks = observe(fail, 200)
    assert found.state == "delivered"
    assert hooks.errors == {("acme", "segue_settled"): 1}
    assert 'plugin "acme": segue_settled failed: SystemExit: 3' in caplog.text
