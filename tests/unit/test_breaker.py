"""A breaker keeps requests from a destination that is down, and finds out when it is up."""

import pytest

from segue import Response
from segue.breaker import Breaker, BreakerPolicy, State, is_up
from segue.errors import RetryableError, TimedOutError, UnreachableError
from segue.http import Request
from segue.outcome import Delivered, Discarded, fault, judge


POLICY = BreakerPolicy(failures=3, first=10.0, cap=60.0)


ENDS = {"up": True, "down": False, "nothing": None}


def tell(breaker, ends, now=0.0, chance=0.0):
    for end in ends.split():
        breaker.settle(breaker.admit(now), up=ENDS[end], now=now, chance=chance)
    return breaker


def opened(now=0.0, **options):
    return tell(Breaker(POLICY), "down down down", now=now, **options)


def test_failures_in_a_row_open_it():
    breaker = tell(Breaker(POLICY), "down down")
    assert breaker.state(0.0) is State.CLOSED
    assert tell(breaker, "down").state(0.0) is State.OPEN
    assert breaker.admit(0.0) is None


def test_any_answer_ends_the_row_and_what_shows_nothing_does_not():
    assert tell(Breaker(POLICY), "down down up down down").state(0.0) is State.CLOSED
    assert tell(Breaker(POLICY), "down down nothing down").state(0.0) is State.OPEN


def test_after_a_while_one_request_probes_and_all_others_wait_for_its_end():
    breaker = opened(chance=0.5)
    assert (breaker.wait(0.0), breaker.admit(7.4)) == (7.5, None)
    assert breaker.state(7.5) is State.HALF_OPEN
    assert breaker.admit(7.5) is not None
    assert (breaker.admit(1e9), breaker.wait(1e9)) == (None, None)


def test_a_probe_that_is_answered_closes_it():
    breaker = tell(opened(), "up", now=10.0)
    assert (breaker.state(10.0), breaker.wait(10.0)) == (State.CLOSED, 0.0)
    assert tell(breaker, "down down", now=10.0).state(10.0) is State.CLOSED


def test_probes_that_fail_come_at_growing_intervals():
    breaker, now, waits = opened(), 0.0, []
    for _ in range(6):
        waits.append(breaker.wait(now))
        now += waits[-1]
        tell(breaker, "down", now=now)
    assert waits == [5.0, 10.0, 20.0, 30.0, 30.0, 30.0]


@pytest.mark.parametrize("trip", [1, 2, 3])
def test_jitter_never_makes_an_interval_shorter_than_the_last(trip):
    policy = BreakerPolicy(first=1.0, cap=1e6)
    assert policy.interval(trip, 0.999) < policy.interval(trip + 1, 0.0)


def test_a_hundred_years_of_failures_overflow_nothing():
    assert BreakerPolicy().interval(10**9, 0.0) == 150.0


def test_a_probe_that_shows_nothing_lets_another_try_at_once():
    breaker = opened()
    breaker.settle(breaker.admit(10.0), up=None, now=10.0, chance=0.0)
    assert breaker.state(10.0) is State.HALF_OPEN
    assert breaker.admit(10.0) is not None


def test_answers_to_requests_from_before_it_opened_may_close_it_but_not_keep_it_open():
    breaker = Breaker(POLICY)
    early, late = breaker.admit(0.0), breaker.admit(0.0)
    tell(breaker, "down down down")
    breaker.settle(early, up=False, now=9.0, chance=0.0)
    assert breaker.wait(9.0) == 0.0
    probe = breaker.admit(9.0)
    breaker.settle(late, up=True, now=9.5, chance=0.0)
    assert breaker.state(9.5) is State.CLOSED
    breaker.settle(probe, up=False, now=9.9, chance=0.0)
    assert breaker.state(9.9) is State.CLOSED


def ended(status):
    response = Response(status)
    return is_up(judge(Request.get("https://x.test"), response), response)


def test_server_errors_and_silence_show_a_destination_down():
    assert [ended(status) for status in (500, 502, 503, 504, 599)] == [False] * 5
    silent = TimedOutError("no answer"), UnreachableError("refused")
    assert [is_up(fault(error)) for error in silent] == [False, False]


def test_any_other_answer_shows_it_up():
    statuses = (200, 301, 400, 401, 403, 404, 408, 409, 423, 429, 501)
    assert [ended(status) for status in statuses] == [True] * len(statuses)
    assert is_up(Delivered()) is True


def test_an_action_that_fails_by_itself_shows_nothing():
    assert is_up(Discarded("put failed: KeyError: 'id'", "INTERNAL")) is None
    assert is_up(fault(RetryableError("not yet"))) is None
