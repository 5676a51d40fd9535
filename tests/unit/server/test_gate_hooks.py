"""What the hooks of plugins do to events at the gate."""

import asyncio

import pytest

from segue.hooks import DROPPED, Hooks, Listener
from segue.ingest.intake import Full
from segue.privacy import Hasher, Suppression
from segue.server.gate import Gate
from segue.server.metrics import Meter
from segue.store.memory import MemoryStore
from segue.workspace.model import Source


WEB = Source("web", "wk")


class Shelf:
    """An Intake that remembers."""

    def __init__(self):
        self.taken, self.refused, self.full = [], [], False

    async def take(self, source, events):
        if self.full:
            raise Full(3)
        self.taken += events
        return [True] * len(events)

    def refuse(self, source, rejected):
        self.refused.append(rejected)


@pytest.fixture
def gate():
    """``gate(function)`` has this function as the one hook for events that arrive."""

    def gate(function):
        hooks = Hooks({"segue_event": [Listener("acme", "segue_event", function, ("event",))]})
        suppression = asyncio.run(Suppression.load(MemoryStore().ledger, Hasher(b"k")))
        asyncio.run(suppression.add("gone"))
        meter = Meter(lambda: hooks.errors)
        return Gate(Shelf(), suppression, meter, hooks=lambda: hooks)

    return gate


def event(number=1, **fields):
    times = dict.fromkeys(
        ("timestamp", "originalTimestamp", "receivedAt"), "2026-01-01T00:00:00.000Z"
    )
    return {
        "type": "track",
        "event": "Paid",
        "userId": "ann",
        "messageId": f"m{number}",
        **times,
        **fields,
    }


def take(gate, *events):
    return list(asyncio.run(gate.take(WEB, events)))


def figures(gate):
    return gate.meter.text({}, {}).decode()


def test_what_a_plugin_makes_of_an_event_is_kept(gate):
    door = gate(lambda event: {**event, "event": "Payed"})
    assert take(door, event()) == [True]
    assert door.inner.taken == [event(event="Payed")]


def test_a_dropped_event_counts_as_refused_under_its_code_and_nothing_of_it_is_kept(gate):
    door = gate(lambda event: None if event["messageId"] == "m2" else event)
    assert take(door, event(1), event(2), event(3)) == [True, False, True]
    assert [(one.code, one.text) for one in door.inner.refused] == [(DROPPED, "")]
    assert f'segue_events_refused_total{{code="{DROPPED}",source="web"}} 1.0' in figures(door)


def test_a_batch_that_could_not_be_stored_is_not_counted_as_dropped(gate):
    door = gate(lambda event: None if event["messageId"] == "m2" else event)
    door.inner.full = True
    with pytest.raises(Full):
        take(door, event(1), event(2))
    assert door.inner.refused == []


def test_no_plugin_sees_an_event_of_a_suppressed_person(gate):
    seen = []

    def see(event):
        seen.append(event)
        return event

    assert take(gate(see), event(userId="gone")) == [False]
    assert seen == []


def test_a_plugin_cannot_make_an_event_of_a_suppressed_person(gate):
    door = gate(lambda event: {**event, "userId": "gone"})
    assert take(door, event()) == [False]
    assert [one.code for one in door.inner.refused] == ["suppressed"]


def test_errors_of_a_plugin_are_figures_by_plugin_and_hook(gate):
    door = gate(lambda event: 1 / 0)
    assert take(door, event(1), event(2)) == [True, True]
    assert 'segue_plugin_errors_total{hook="segue_event",plugin="acme"} 2.0' in figures(door)
