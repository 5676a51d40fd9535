"""Every settlement leaves a state, a reason and a record of its attempts."""

import pytest

from segue.http import Request, Response
from segue.store import Query, Settlement, State


REQUEST = Request.post("/a", json={"é": [1.5, None, {"b": True}]}, params={"q": 1}, accept={404})


def test_a_retry_sends_the_request_that_the_first_try_froze(store):
    store.arrive("ann")
    store.retry(store.take(), after=0, frozen=REQUEST)
    store.retry(store.take(), after=0, frozen=Request.get("/other"))
    assert store.take()[0].frozen == REQUEST


@pytest.mark.parametrize("request_", [None, REQUEST], ids=["alone", "with its request"])
def test_a_retry_begins_with_the_payload_of_the_first_try(store, request_):
    store.arrive("ann")
    store.retry(store.take(), after=0, frozen=request_, payload={"email": "a@b.test", "n": [1]})
    store.retry(store.take(), after=0, frozen=None, payload={"email": "other"})
    (claim,) = store.take()
    assert (claim.frozen, claim.payload) == (request_, {"email": "a@b.test", "n": [1]})


def test_tries_are_counted_and_the_first_one_is_dated(store, clock):
    store.arrive("ann")
    began = clock.now
    for expected in (1, 2, 3):
        store.retry(store.take(), after=10)
        clock.now += 10
        (claim,) = store.take()
        assert (claim.attempts, claim.first_attempt_at) == (expected, began)
        store.release([claim])


def test_a_settlement_without_an_attempt_is_no_try(store, clock):
    store.arrive("ann")
    store.retry(store.take(), after=0, attempts=())
    (claim,) = store.take(fresh=1, retries=0)
    assert (claim.attempts, claim.first_attempt_at) == (0, None)


def test_the_part_of_the_window_that_is_spent_is_kept(store):
    store.arrive("ann")
    store.retry(store.take(), after=0, spent=12.5)
    assert store.take()[0].spent == 12.5


def test_attempts_are_shown_in_order_with_what_was_sent_and_what_came_back(store, clock):
    store.arrive("ann")
    store.retry(store.take(), after=0, attempts=(store.attempt(503, why="busy"),))
    clock.now += 1
    store.end(store.take())
    first, second = store.show(1).attempts
    assert (first.number, first.status, first.ok, first.why) == (1, 503, False, "busy")
    assert (second.number, second.status, second.ok, second.at) == (2, 200, True, clock.now)
    assert (first.request, second.response.body) == (store.attempt().request, b'{"success":true}')


def test_the_requests_of_one_try_are_its_steps(store):
    store.arrive("ann")
    store.end(store.take(), attempts=(store.attempt(step=0), store.attempt(step=1)))
    assert [(one.number, one.step) for one in store.show(1).attempts] == [(1, 0), (1, 1)]


def test_a_delivery_shows_its_event_its_reason_and_what_made_it(store, clock):
    store.arrive("ann", text=b'{"n":1}')
    store.end(
        store.take(), State.DEAD, code="BAD_REQUEST", why="no", revision="r1", plugin="loops 0.1"
    )
    found = store.show(1)
    assert (found.text, found.revision, found.plugin) == (b'{"n":1}', "r1", "loops 0.1")
    assert (found.summary.state, found.summary.code) == (State.DEAD, "BAD_REQUEST")
    assert (found.summary.why, found.summary.ended_at) == ("no", clock.now)


def test_the_first_revision_is_the_one_that_is_recorded(store):
    store.arrive("ann")
    store.retry(store.take(), after=0, revision="r1", plugin="p1")
    store.end(store.take(), revision="r2", plugin="p2")
    assert (store.show(1).revision, store.show(1).plugin) == ("r1", "p1")


def test_an_unknown_delivery_is_none(store):
    assert store.show(77) is None


def test_a_retrying_delivery_tells_when_it_is_due(store, clock):
    store.arrive("ann")
    store.retry(store.take(), after=30)
    assert store.show(1).summary.due == clock.now + 30


def test_many_claims_are_settled_at_once_each_in_its_way(store, clock):
    store.arrive(*"abcd")
    a, b, c, d = store.take()
    lost = store.settle(
        [
            Settlement(a, State.DELIVERED),
            Settlement(b, State.RETRYING, due=clock.now + 1),
            Settlement(c, State.HELD, "MAPPING_GONE", "no mapping put"),
            Settlement(d, State.DEAD, "NOT_FOUND"),
            Settlement(d, State.DELIVERED),
        ]
    )
    assert lost == [d.delivery]
    assert store.states() == ["delivered", "retrying", "held", "dead"]


@pytest.mark.parametrize("state", [State.WAITING, State.REPLAYED, State.CANCELLED])
def test_a_claim_cannot_be_settled_as(store, state):
    store.arrive("ann")
    (claim,) = store.take()
    with pytest.raises(ValueError, match=state):
        Settlement(claim, state)


def test_only_a_retry_has_a_time_and_it_must_have_one(store):
    store.arrive("ann")
    (claim,) = store.take()
    with pytest.raises(ValueError, match="due"):
        Settlement(claim, State.RETRYING)
    with pytest.raises(ValueError, match="due"):
        Settlement(claim, State.DELIVERED, due=1.0)


def test_a_long_body_is_cut(opened):
    store = opened(body=10)
    store.arrive("ann")
    long = Response(500, {}, b"0123456789 and more")
    store.end(store.take(), State.DEAD, attempts=(store.attempt(500, response=long),))
    (attempt,) = store.show(1).attempts
    assert (attempt.response.body, attempt.request.body) == (b"0123456789", b'{"email":"')
    assert attempt.cut


def test_a_body_as_long_as_it_may_be_is_whole(opened):
    store = opened(body=100)
    store.arrive("ann")
    store.end(store.take())
    assert not store.show(1).attempts[0].cut


def test_the_bodies_of_successes_give_way_to_newer_ones_those_of_failures_stay(opened):
    store = opened(samples=20_000)
    body = Response(200, {}, b"x" * 4_000)
    store.arrive(*"abcdefghij")
    store.end(store.take(fresh=1), State.DEAD, 500)
    while claims := store.take(fresh=1):
        store.end(claims, attempts=(store.attempt(response=body),))
    kept = [store.show(number).attempts[0].response is not None for number in range(1, 11)]
    assert kept[0]
    assert kept[-1]
    assert not kept[1]
    assert 2 <= kept.count(True) <= 6
    assert store.show(2).attempts[0].status == 200


def test_no_bodies_of_successes_are_kept_when_there_is_no_room_for_any(opened):
    store = opened(samples=0)
    store.arrive("ann")
    store.end(store.take())
    assert store.show(1).attempts[0].response is None


def test_an_attempt_may_have_no_request_and_no_response(store):
    store.arrive("ann")
    store.end(store.take(), attempts=(store.attempt(request=None, response=None, status=None),))
    (attempt,) = store.show(1).attempts
    assert (attempt.request, attempt.response, attempt.status) == (None, None, None)


def test_a_reason_is_found_again(store):
    store.arrive(*"abc")
    a, b, c = store.take()
    store.end([a, c], State.DEAD, code="NOT_FOUND")
    store.end([b], State.DEAD, code="GONE")
    found = store.search(Query(code="NOT_FOUND")).items
    assert [one.user for one in found] == ["c", "a"]
