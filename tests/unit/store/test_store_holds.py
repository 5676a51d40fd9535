"""Holding stops deliveries, resuming lets all of them go on, cancelling takes them back."""

from segue.store import Backlog, Cancelled, Hold, Query, State


def test_nothing_is_claimed_from_a_held_connection(store):
    store.arrive("ann", to=("desk", "mail"))
    store.hold("desk", "INVALID_AUTHENTICATION", "401 bad key")
    assert store.take(connection="desk") == []
    assert store.due("desk") is None
    assert store.users(connection="mail") == ["ann"]


def test_a_hold_tells_its_reason_and_since_when(store, clock):
    store.hold("desk", "INVALID_AUTHENTICATION", "401 bad key")
    assert store.holds() == {"desk": Hold("INVALID_AUTHENTICATION", "401 bad key", clock.now)}


def test_a_connection_can_be_held_before_anything_arrives(store):
    store.hold("desk", "PAUSED", "by hand")
    store.arrive("ann")
    assert store.take() == []


def test_what_waits_on_a_held_connection_is_held_with_its_reason(store):
    store.arrive("ann", "bob")
    store.retry(store.take(fresh=1), after=9)
    store.hold("desk", "PAUSED", "by hand")
    found = store.search(Query(state=State.HELD)).items
    assert [(one.user, one.code, one.why, one.due) for one in found] == [
        ("bob", "PAUSED", "by hand", None),
        ("ann", "PAUSED", "by hand", None),
    ]
    assert store.backlog() == {"desk": Backlog(held=2)}
    assert store.count(Query(state=State.WAITING)) == 0
    assert store.count(Query(code="PAUSED")) == 2


def test_a_resumed_connection_goes_on_where_it_stopped(store, clock):
    store.arrive("ann", "bob", "ann")
    ann, bob = store.take()
    store.retry([ann], after=5)
    store.hold("desk", "PAUSED", "by hand")
    store.end([bob])
    assert store.resume("desk") == 0
    assert store.holds() == {}
    assert store.take() == []
    clock.now += 5
    assert [one.delivery for one in store.take()] == [1]


def test_resuming_lets_go_of_deliveries_that_are_held_one_by_one(store):
    store.arrive("ann", "bob", "ann")
    ann, bob = store.take()
    store.end([ann, bob], State.HELD, code="MAPPING_GONE")
    assert store.backlog() == {"desk": Backlog(waiting=1, held=2)}
    assert store.resume("desk") == 2
    assert store.backlog() == {"desk": Backlog(waiting=1, retrying=2)}
    assert [one.delivery for one in store.take()] == [1, 2]


def test_a_delivery_that_was_held_untried_is_a_first_try_when_resumed(store):
    store.arrive("ann")
    store.end(store.take(), State.HELD, attempts=())
    store.resume("desk")
    assert store.states() == ["waiting"]
    assert store.users(fresh=1, retries=0) == ["ann"]


def test_resuming_what_is_not_held_does_nothing(store):
    store.arrive("ann")
    assert store.resume("desk") == 0
    assert store.resume("nowhere") == 0
    assert store.users() == ["ann"]


def test_many_held_deliveries_are_all_let_go(store):
    store.arrive(*map(str, range(1234)))
    store.end(store.take(fresh=1234), State.HELD)
    assert store.resume("desk") == 1234
    assert len(store.take(retries=2000)) == 1234


def test_a_hold_can_be_given_another_reason(store, clock):
    store.hold("desk", "A", "first")
    store.hold("desk", "B", "second")
    assert store.holds() == {"desk": Hold("B", "second", clock.now)}


def test_who_watches_is_told_of_a_hold(store):
    woken = []
    store.watch(woken.append)
    store.hold("desk", "PAUSED", "by hand")
    store.holds()
    assert set(woken) == {"desk"}


def test_who_watches_is_told_of_a_resumed_connection(store):
    store.hold("desk", "PAUSED", "by hand")
    woken = []
    store.watch(woken.append)
    store.resume("desk")
    assert set(woken) == {"desk"}


def test_cancelling_takes_back_all_that_is_unsettled_of_a_user(store):
    store.arrive("ann", "bob", "ann", "ann", source="web")
    store.arrive("ann", source="app", to=("desk", "mail"))
    store.end(store.take(fresh=1))
    assert store.cancel(["ann"]) == Cancelled(4, 0)
    assert store.states() == ["delivered", "waiting", *["cancelled"] * 4]
    assert store.users() == ["bob"]
    assert store.take(connection="mail") == []


def test_a_cancelled_delivery_in_hand_ends_as_cancelled_when_it_fails(store):
    store.arrive("ann")
    claims = store.take()
    assert store.cancel(["ann"]) == Cancelled(0, 1)
    store.retry(claims, after=1)
    assert store.states() == ["cancelled"]
    assert store.backlog() == {}


def test_a_cancelled_delivery_in_hand_is_delivered_when_it_succeeds(store):
    store.arrive("ann", "ann")
    claims = store.take()
    assert store.cancel(["ann"]) == Cancelled(1, 1)
    store.end(claims)
    assert store.states() == ["delivered", "cancelled"]
    assert store.take() == []


def test_cancelling_takes_back_what_waits_for_another_try_or_is_held(store, clock):
    store.arrive("ann", "ann", source="web")
    store.arrive("ann", source="app")
    web, app = store.take()
    store.retry([web], after=9)
    store.end([app], State.HELD)
    assert store.cancel(["ann"]) == Cancelled(3, 0)
    clock.now += 9
    assert store.take() == []
    assert store.resume("desk") == 0


def test_a_user_who_was_cancelled_can_send_again(store):
    store.arrive("ann", "ann")
    store.release(store.take())
    store.cancel(["ann"])
    store.arrive("ann")
    assert [one.delivery for one in store.take()] == [3]


def test_a_cancelled_delivery_that_is_given_back_ends_as_cancelled(store, clock):
    store.arrive("ann", "bob")
    store.retry(store.take(), after=0)
    ann, _ = store.take(lease=60)
    store.cancel(["ann", "bob"])
    store.release([ann])
    assert store.states() == ["cancelled", "retrying"]
    clock.now += 60
    assert store.take() == []
    assert store.states() == ["cancelled", "cancelled"]
    store.arrive("ann", "bob")
    assert store.users() == ["ann", "bob"]


def test_a_user_who_was_cancelled_while_waiting_can_send_again(store):
    store.arrive("ann", "ann")
    store.retry(store.take(), after=60)
    store.cancel(["ann"])
    store.arrive("ann")
    assert [one.delivery for one in store.take()] == [3]


def test_cancelling_a_long_line_takes_all_of_it(store):
    store.arrive(*["ann"] * 1300)
    store.take(fresh=1)
    store.take(fresh=1)
    assert store.cancel(["ann"]) == Cancelled(1299, 1)


def test_cancelling_nobody_takes_nothing(store):
    store.arrive("ann")
    assert store.cancel([]) == Cancelled(0, 0)
    assert store.cancel(["zoe"]) == Cancelled(0, 0)
