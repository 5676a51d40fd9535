"""One delivery of a lane at a time, in order; no lane waits for another."""

import pytest

from segue.store import State


def test_of_one_user_one_delivery_is_claimed_at_a_time(store):
    store.arrive("ann", "bob", "ann")
    assert store.users() == ["ann", "bob"]
    assert store.users() == []


def test_the_next_of_a_lane_comes_when_the_one_before_it_is_over(store):
    store.arrive("ann", "ann", "ann")
    order = []
    while claims := store.take():
        order += [one.delivery for one in claims]
        store.end(claims)
    assert order == [1, 2, 3]


@pytest.mark.parametrize("state", [State.DELIVERED, State.DISCARDED, State.DEAD])
def test_any_end_lets_the_next_of_the_lane_go(store, state):
    store.arrive("ann", "ann")
    store.end(store.take(), state)
    assert [one.delivery for one in store.take()] == [2]


def test_a_lane_that_waits_for_another_try_delays_only_itself(store, clock):
    store.arrive("ann", "bob", "ann", "bob")
    ann, bob = store.take()
    store.retry([ann], after=30)
    store.end([bob])
    assert store.users() == ["bob"]
    clock.now += 30
    assert [one.delivery for one in store.take()] == [1]


def test_a_lane_whose_head_is_held_delays_only_itself(store):
    store.arrive("ann", "bob", "ann")
    ann, bob = store.take()
    store.end([ann], State.HELD)
    store.end([bob])
    store.arrive("ann", "cid")
    assert store.users() == ["cid"]


def test_what_arrives_behind_a_waiting_head_waits_too(store, clock):
    store.arrive("ann")
    store.retry(store.take(), after=30)
    store.arrive("ann", "bob")
    assert store.users() == ["bob"]
    clock.now += 30
    assert [one.delivery for one in store.take()] == [1]


def test_lanes_of_one_user_do_not_merge(store):
    store.arrive("ann", source="web", to=("desk", "mail"))
    store.arrive("ann", source="app", to=("desk",))
    assert [one.source for one in store.take(connection="desk")] == ["web", "app"]
    assert [one.source for one in store.take(connection="mail")] == ["web"]


def test_mappings_of_one_connection_share_a_lane(store):
    store.append([store.arrival("ann", "put", "post")])
    assert [one.mapping for one in store.take()] == ["put"]


def test_no_more_is_claimed_than_was_asked_for(store):
    store.arrive("ann", "bob", "cid")
    assert store.users(fresh=2) == ["ann", "bob"]
    assert store.users(fresh=0) == []
    assert store.users(fresh=2) == ["cid"]


def test_first_tries_and_retries_are_asked_for_apart(store, clock):
    store.arrive("ann", "bob")
    store.retry(store.take(), after=1)
    store.arrive("cid", "dee")
    clock.now += 1
    assert store.users(fresh=1, retries=0) == ["cid"]
    assert store.users(fresh=0, retries=1) == ["ann"]
    assert store.users(fresh=5, retries=5) == ["dee", "bob"]


def test_retries_come_in_the_order_in_which_they_are_due(store, clock):
    store.arrive("ann", "bob", "cid")
    ann, bob, cid = store.take()
    store.retry([ann], after=30)
    store.retry([bob], after=10)
    store.retry([cid], after=20)
    clock.now += 30
    assert store.users() == ["bob", "cid", "ann"]


def test_a_busy_user_does_not_hold_up_the_others(store):
    store.arrive(*["hot"] * 300, *"abcdefgh")
    served = []
    for _ in range(40):
        claims = store.take(fresh=1)
        served += [one.user for one in claims]
        store.end(claims)
    assert {*"abcdefgh"} <= {*served[:20]}
    assert served.count("hot") >= 20


def test_the_deliveries_of_a_busy_user_stay_in_order(store):
    store.arrive(*["hot"] * 700)
    seen = []
    for number in range(800):
        claims = store.take(fresh=2)
        seen += [one.event_id for one in claims]
        store.end(claims)
        if number == 3:
            store.arrive(*["hot"] * 50)
    assert seen == list(range(1, 751))


def test_a_user_behind_a_long_line_is_found(store):
    store.arrive(*["hot"] * 2000, "cold")
    store.take(fresh=1)
    for _ in range(20):
        if store.due("desk") != store.clock.now:
            break
        if (users := store.users(fresh=1)) != []:
            assert users == ["cold"]
            return
    pytest.fail("the other user was not found")


def test_nothing_is_claimed_of_a_connection_that_is_not_known(store):
    assert store.take(connection="nowhere") == []
    assert store.due("nowhere") is None


def test_due_is_now_when_there_is_something_to_claim(store, clock):
    store.arrive("ann")
    assert store.due("desk") <= clock.now


def test_due_is_the_time_of_the_next_retry(store, clock):
    store.arrive("ann", "bob")
    ann, bob = store.take()
    store.retry([ann], after=90)
    store.retry([bob], after=30)
    assert store.due("desk") == clock.now + 30


def test_due_is_never_when_all_is_done(store):
    store.arrive("ann")
    store.end(store.take())
    assert store.due("desk") is None


def test_due_is_the_end_of_the_lease_while_all_is_in_hand(store, clock):
    store.arrive("ann")
    store.take(lease=45)
    assert store.due("desk") == clock.now + 45


def test_who_watches_is_told_when_the_next_of_a_lane_may_go(store):
    store.arrive("ann", "ann")
    claims = store.take(fresh=5)
    woken = []
    store.watch(woken.append)
    store.end(claims)
    assert woken == ["desk"]
