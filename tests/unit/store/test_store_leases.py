"""A claim is the caller's until its lease runs out; then another may have it, and is warned."""

from segue.http import Request, Response
from segue.store import State, Step


STEP = Step(Request.get("/me"), Response(200, {}, b"{}"))


def test_a_lease_that_ran_out_can_be_claimed_again(store, clock):
    store.arrive("ann", "bob")
    store.take(fresh=1, lease=60)
    clock.now += 60
    assert [one.delivery for one in store.take()] == [1, 2]


def test_what_may_have_been_sent_by_another_is_ambiguous(store, clock):
    store.arrive("ann")
    assert not store.take(lease=60)[0].ambiguous
    clock.now += 60
    assert store.take()[0].ambiguous


def test_an_ambiguous_try_is_remembered_at_every_later_one(store):
    store.arrive("ann")
    store.retry(store.take(), after=0, ambiguous=True)
    store.retry(store.take(), after=0, ambiguous=False)
    assert store.take()[0].ambiguous


def test_a_settlement_of_a_lost_lease_changes_nothing(store, clock):
    store.arrive("ann")
    late = store.take(lease=60)
    clock.now += 60
    store.take()
    assert store.end(late) == [1]
    assert store.states() == ["waiting"]


def test_a_settlement_that_comes_late_but_before_another_claim_counts(store, clock):
    store.arrive("ann")
    claims = store.take(lease=60)
    clock.now += 600
    assert store.end(claims) == []
    assert store.states() == ["delivered"]


def test_a_claim_is_settled_once(store):
    store.arrive("ann")
    claims = store.take()
    assert store.end(claims) == []
    assert store.end(claims, State.DEAD) == [1]
    assert store.states() == ["delivered"]


def test_a_lease_can_be_extended(store, clock):
    store.arrive("ann")
    claims = store.take(lease=60)
    clock.now += 50
    assert store.extend(claims, 60) == []
    clock.now += 50
    assert store.take() == []


def test_a_lost_lease_cannot_be_extended(store, clock):
    store.arrive("ann")
    claims = store.take(lease=60)
    clock.now += 60
    store.take()
    assert store.extend(claims) == [1]


def test_a_claim_that_is_given_back_is_as_before(store):
    store.arrive("ann", "bob", "ann")
    claims = store.take()
    store.release(claims)
    again = store.take()
    assert [(one.delivery, one.ambiguous) for one in again] == [(1, False), (2, False)]
    assert store.end(claims) == [1, 2]


def test_a_retry_that_is_given_back_is_due_at_once(store, clock):
    store.arrive("ann")
    store.retry(store.take(), after=0)
    store.release(store.take())
    assert store.due("desk") == clock.now
    assert store.users() == ["ann"]


def test_who_watches_is_told_of_claims_given_back(store):
    store.arrive("ann")
    claims, woken = store.take(), []
    store.watch(woken.append)
    store.release(claims)
    assert woken == ["desk"]


def test_steps_are_handed_to_the_next_claim_in_order(store):
    store.arrive("ann")
    (claim,) = store.take()
    later = Step(Request.post("/notes", json={"a": [1, None]}), Response(201, {"x": "y"}, b"ok"))
    assert store.keep(claim, STEP)
    assert store.keep(claim, later)
    store.retry([claim], after=0)
    assert store.take()[0].steps == (STEP, later)


def test_steps_survive_a_lease_that_ran_out(store, clock):
    store.arrive("ann")
    (claim,) = store.take(lease=60)
    store.keep(claim, STEP)
    clock.now += 60
    assert store.take()[0].steps == (STEP,)
    assert not store.keep(claim, STEP)
