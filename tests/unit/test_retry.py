"""Backoff and pacing are arithmetic on times that are handed in."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segue.pacing import Bucket, RateLimit
from segue.retry import RetryPolicy


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True))
def test_a_delay_is_never_negative_and_never_over_the_cap(attempt, chance):
    assert 0 <= RetryPolicy(cap=1200).delay(attempt, chance=chance) <= 1200


@given(st.integers(1, 60))
def test_the_ceiling_doubles_until_the_cap(attempt):
    policy = RetryPolicy(base=1, cap=1200)
    assert policy.delay(attempt, chance=1.0) == min(1200, 2 ** (attempt - 1))


def test_what_the_destination_asks_for_is_the_least_that_is_waited():
    assert RetryPolicy().delay(1, chance=0.0, after=30) == 30


def test_the_window_counts_from_the_first_attempt():
    policy = RetryPolicy(window=10)
    assert not policy.spent(9, 1)
    assert policy.spent(9, 1.1)


@given(st.integers(1, 50), st.lists(st.floats(0, 2), max_size=60))
def test_a_bucket_never_lets_more_through_than_the_limit(requests, gaps):
    bucket, now, sent = Bucket(RateLimit(requests)), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(now + bucket.take(now))
    spacing = 1 / requests
    assert all(later - earlier >= spacing * 0.999999 for earlier, later in pairwise(sent))


def test_a_bucket_without_a_limit_never_waits():
    bucket = Bucket(None)
    assert [bucket.take(0.0) for _ in range(3)] == [0.0, 0.0, 0.0]


def test_a_pause_holds_back_what_comes_next():
    bucket = Bucket(None)
    bucket.pause(10.0, 5.0)
    assert bucket.take(12.0) == 3.0
    assert bucket.take(15.0) == 0.0


def test_a_paused_bucket_goes_on_at_its_limit():
    bucket = Bucket(RateLimit(10))
    bucket.pause(0.0, 1.0)
    assert [round(bucket.take(0.5), 3) for _ in range(3)] == [0.5, 0.6, 0.7]
