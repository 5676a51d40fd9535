"""What is old goes, with all about it; what is unsettled stays, whatever its age."""

from contextlib import suppress

import pytest

from segue.errors import StoreFullError
from segue.store import EventQuery, NewDelivery, Query, Receipt, Replay, State


DAY = 86_400.0
BIG = b"x" * 50_000


def purge(store):
    removed = 0
    while (slice_ := store.purge()).more:
        removed += slice_.events
    return removed


def fill(store):
    """Append events of many users until the store takes no more."""
    with suppress(StoreFullError):
        for number in range(100):
            store.append([store.arrival(str(number), text=BIG)])


def test_an_event_older_than_the_limit_goes_with_all_about_it(opened, clock):
    store = opened(age=7 * DAY)
    store.arrive("ann")
    store.end(store.take())
    clock.now += 7 * DAY + 1
    assert purge(store) == 1
    assert store.show(1) is None
    assert store.events(EventQuery()).items == ()
    assert store.count(Query(user="ann")) == 0


def test_a_younger_event_stays(opened, clock):
    store = opened(age=7 * DAY)
    store.arrive("ann")
    store.end(store.take())
    clock.now += 7 * DAY - 1
    assert purge(store) == 0
    assert store.show(1).attempts != ()


def test_an_event_with_an_unsettled_delivery_stays(opened, clock):
    store = opened(age=DAY)
    store.append([store.arrival(one, to=("desk", "mail")) for one in ("ann", "bob", "cid")])
    ann, bob, cid = store.take()
    store.end([ann, bob, cid])
    on_mail = store.take(connection="mail")
    store.end(on_mail[:1])
    store.retry(on_mail[1:2], after=9 * DAY)
    clock.now += 8 * DAY
    assert purge(store) == 1
    assert [one.user for one in store.events(EventQuery()).items] == ["cid", "bob"]


def test_what_is_settled_later_goes_later(opened, clock):
    store = opened(age=DAY)
    store.arrive("ann", "bob")
    ann, bob = store.take(lease=9 * DAY)
    store.end([bob])
    clock.now += 2 * DAY
    assert purge(store) == 1
    store.end([ann])
    assert purge(store) == 1
    assert purge(store) == 0


def test_an_event_that_matched_nothing_goes_too(opened, clock):
    store = opened(age=DAY)
    store.append([store.arrival(to=())])
    clock.now += 2 * DAY
    assert purge(store) == 1


def test_many_events_go_in_slices(opened, clock):
    store = opened(age=DAY)
    store.append([store.arrival(f"user {number}", to=()) for number in range(3000)])
    clock.now += 2 * DAY
    first = store.purge()
    assert 0 < first.events < 3000
    assert first.more
    assert first.events + purge(store) == 3000


def test_a_message_id_is_known_for_a_day_though_its_event_went(opened, clock):
    store = opened(age=3600.0)
    store.append([store.arrival(message="m1", to=())])
    clock.now += 7200
    assert purge(store) == 1
    assert store.append([store.arrival(message="m1")]) == [Receipt(1, new=False)]
    clock.now += DAY
    purge(store)
    assert store.append([store.arrival(message="m1")])[0].new


def test_a_message_id_is_known_as_long_as_its_event_is_kept(opened, clock):
    store = opened(age=9 * DAY)
    store.append([store.arrival(message="m1", to=())])
    clock.now += 8 * DAY
    purge(store)
    assert not store.append([store.arrival(message="m1")])[0].new
    clock.now += 2 * DAY
    purge(store)
    assert store.append([store.arrival(message="m1")])[0].new


def test_numbers_are_not_given_twice(opened, clock):
    store = opened(age=DAY)
    store.arrive("ann")
    store.end(store.take())
    clock.now += 2 * DAY
    purge(store)
    assert store.arrive("ann") == [2]
    assert store.take()[0].delivery == 2


def test_a_store_full_of_unsettled_events_takes_no_more(opened):
    store = opened(size=2_000_000)
    fill(store)
    with pytest.raises(StoreFullError, match="full"):
        store.append([store.arrival("ann", text=b"{}")])
    with pytest.raises(StoreFullError, match="full"):
        store.replay([Replay(1, (NewDelivery("mail", "send"),))])


def test_a_full_store_still_settles_and_takes_again_when_some_may_go(opened):
    store = opened(size=2_000_000)
    fill(store)
    store.end(store.take(fresh=1000))
    purge(store)
    purge(store)
    assert store.arrive("ann") != []


def test_the_oldest_events_give_way_to_new_ones(opened):
    store = opened(size=2_000_000)
    for number in range(200):
        store.append([store.arrival(str(number), text=BIG)])
        store.end(store.take())
        purge(store)
    kept = [one.user for one in store.events(EventQuery(), limit=1000).items]
    assert kept[0] == "199"
    assert 5 <= len(kept) <= 40
    assert kept == [str(number) for number in range(199, 199 - len(kept), -1)]


def test_dead_letters_of_an_event_that_went_are_gone(opened, clock):
    store = opened(age=DAY)
    store.arrive("ann")
    store.end(store.take(), State.DEAD)
    clock.now += 2 * DAY
    purge(store)
    assert store.count(Query(state=State.DEAD)) == 0
    assert store.replay([Replay(1, (NewDelivery("desk", "put"),))]) == []


def test_old_figures_go(opened, clock):
    store = opened(age=DAY)
    store.arrive("ann")
    store.end(store.take())
    clock.now += 2 * DAY
    purge(store)
    assert "desk" not in store.stats()
