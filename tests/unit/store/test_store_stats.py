"""Figures by connection: of the period what ended, of now what waits."""

import pytest

from segue.store import Backlog, Discard, Hold, State, Stats
from segue.store.records import Beat


def test_a_first_try_and_a_later_one_are_told_apart(store):
    store.arrive("ann", "bob")
    ann, bob = store.take()
    store.end([ann])
    store.retry([bob], after=0)
    store.end(store.take())
    found = store.stats()["desk"]
    assert (found.first, found.retried) == (1, 1)


def test_what_ended_badly_is_counted_by_reason(store):
    store.arrive(*"abcd")
    a, b, c, d = store.take()
    store.end([a, b], State.DEAD, code="NOT_FOUND")
    store.end([c], State.DEAD, code="GONE")
    store.end([d], State.DISCARDED, code="INVALID")
    found = store.stats()["desk"]
    assert found.dead == {"NOT_FOUND": 2, "GONE": 1}
    assert found.discarded == {"INVALID": 1}


def test_what_waits_is_counted_as_it_is_now(store, clock):
    store.arrive(*"abcd")
    a, b, *_ = store.take()
    store.retry([a], after=60)
    store.end([b], State.HELD)
    found = store.stats(since=clock.now + 10_000)["desk"]
    assert (found.waiting, found.retrying, found.held) == (2, 1, 1)


def test_a_held_connection_shows_its_hold(store, clock):
    store.arrive("ann")
    store.hold("desk", "PAUSED", "by hand")
    found = store.stats()["desk"]
    assert (found.waiting, found.held) == (0, 1)
    assert found.hold == Hold("PAUSED", "by hand", clock.now)


def test_events_without_a_delivery_are_counted_by_code(store):
    store.discard([Discard("desk", "FILTERED_BY_RULES", 3), Discard("", "unknown_source")])
    store.discard([Discard("desk", "FILTERED_BY_RULES")])
    found = store.stats()
    assert found["desk"].discarded == {"FILTERED_BY_RULES": 4}
    assert found[""].discarded == {"unknown_source": 1}


def test_cancelled_deliveries_are_counted(store):
    store.arrive("ann", "ann")
    store.cancel(["ann"])
    assert store.stats()["desk"].cancelled == 2


def test_the_period_begins_when_it_is_told_to(store, clock):
    store.discard([Discard("desk", "OLD")])
    clock.now += 3600
    store.discard([Discard("desk", "NEW")])
    assert store.stats(since=clock.now - 60)["desk"].discarded == {"NEW": 1}
    assert store.stats()["desk"].discarded == {"OLD": 1, "NEW": 1}


@pytest.mark.parametrize("seconds", [0.004, 0.3, 2.0, 90.0, 14_000.0])
def test_percentiles_are_right_within_five_percent(store, clock, seconds):
    store.arrive("ann")
    claims = store.take(lease=1e6)
    clock.now += seconds
    store.end(claims)
    assert store.stats()["desk"].p50 == pytest.approx(seconds, rel=0.0513)


def test_percentiles_are_of_all_deliveries(store, clock):
    for number in range(100):
        store.arrive(f"user {number}")
        claims = store.take()
        clock.now += 1.0 if number < 94 else 50.0
        store.end(claims)
    found = store.stats()["desk"]
    assert found.p50 == pytest.approx(1.0, rel=0.0513)
    assert found.p95 == pytest.approx(50.0, rel=0.0513)


def test_a_store_without_anything_has_no_figures(store):
    assert store.stats() == {}
    assert store.backlog() == {}


def test_a_connection_that_only_waits_has_no_percentiles(store):
    store.arrive("ann")
    assert store.stats() == {"desk": Stats(waiting=1)}
    assert store.backlog() == {"desk": Backlog(waiting=1)}


def test_a_trend_puts_what_ended_into_stretches_of_time(store, clock):
    start = clock.now
    store.arrive(*"abc")
    a, b, c = store.take()
    store.end([a])
    store.end([b], State.DEAD, code="GONE")
    clock.now += 3600
    store.end([c])
    begin = start // 3600 * 3600
    assert store.trend(since=start, every=3600) == {
        "desk": [Beat(begin, first=1, dead=1), Beat(begin + 3600, first=1)]
    }


def test_a_trend_leaves_out_what_was_before_it(store, clock):
    store.discard([Discard("", "OLD")])
    clock.now += 86_400
    store.discard([Discard("desk", "NEW"), Discard("desk", "FILTERED_BY_RULES")])
    found = store.trend(since=clock.now, every=60)
    assert found == {"desk": [Beat(clock.now // 300 * 300, discarded=2)]}


def test_a_trend_adds_up_to_the_figures(store, clock):
    for number in range(30):
        store.arrive(f"user {number}")
        store.end(store.take(), State.DELIVERED if number % 3 else State.DEAD, code="GONE")
        clock.now += 700
    beats = store.trend(since=0, every=7200)["desk"]
    assert sum(one.first for one in beats) == store.stats()["desk"].first == 20
    assert sum(one.dead for one in beats) == 10
