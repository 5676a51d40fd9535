"""How much a source may send."""

from segue.ingest.rate import Bucket, Rates


def test_a_second_s_worth_may_come_at_once():
    bucket = Bucket(3, 0.0, 3)
    assert [bucket.take(1, 0.0) for _ in range(4)] == [0, 0, 0, 1 / 3]


def test_more_than_a_second_s_worth_is_a_debt_that_is_waited_for():
    bucket = Bucket(10, 0.0, 10)
    assert bucket.take(60, 0.0) == 0.0
    assert bucket.take(1, 0.0) == 5.1
    assert bucket.take(1, 5.1) == 0.0


def test_what_is_not_used_is_not_saved_up():
    bucket = Bucket(2, 0.0, 2)
    bucket.take(2, 1_000.0)
    assert bucket.take(1, 1_000.0) == 0.5


def test_a_rate_under_one_a_second_lets_one_through_at_once():
    bucket = Bucket(0.1, 0.0, 1)
    assert bucket.take(1, 0.0) == 0.0
    assert bucket.take(1, 0.0) == 10.0


def test_time_does_not_run_backwards():
    bucket = Bucket(1, 10.0, 1)
    bucket.take(1, 10.0)
    assert bucket.take(1, 5.0) == 1.0


def test_without_a_rate_nobody_waits():
    assert Rates(None, lambda: 0.0).take("web", 10**9) == 0.0
