"""Backoff is arithmetic on times that are handed in."""

from hypothesis import given
from hypothesis import strategies as st

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
