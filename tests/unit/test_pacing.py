"""Pacing is arithmetic on times that are handed in, and on what answers say."""

import pytest

from segue import Response
from segue.outcome import DAY
from segue.pacing import Advice, Bucket, Gate, RateLimit, Window, advice


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


def test_a_shorter_pause_does_not_end_a_longer_one():
    bucket = Bucket(None)
    bucket.pause(0.0, 60.0)
    bucket.pause(1.0, 2.0)
    assert bucket.take(10.0) == 50.0


NOW = 1_700_000_000.0


def quota(limit, remaining, reset=None, status=200, **more):
    headers = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining}
    headers |= {} if reset is None else {"x-ratelimit-reset": reset}
    return Response(status, {name: str(value) for name, value in (headers | more).items()})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response(200), Advice()),
        (Response(500), Advice()),
        (Response(429), Advice(1.0)),
        (Response(429, {"retry-after": "30"}), Advice(30.0)),
        (Response(503, {"retry-after": "30"}), Advice(30.0)),
        (Response(200, {"retry-after": "2"}), Advice(2.0)),
        (Response(503, {"retry-after": "Tue, 14 Nov 2023 22:14:00 GMT"}), Advice(40.0)),
        (Response(503, {"retry-after": "soon"}), Advice()),
        (Response(429, {"retry-after": "9" * 400}), Advice(DAY)),
        (quota(100, 40, 12), Advice(0.0, Window(100, 40, 12.0))),
        (quota("100, 100;w=60", 40, "12.5"), Advice(0.0, Window(100, 40, 12.5))),
        (quota(100, 40, NOW + 12), Advice(0.0, Window(100, 40, 12.0))),
        (quota(100, 40, (NOW + 12) * 1000), Advice(0.0, Window(100, 40, 12.0))),
        (quota(100, 40, NOW - 5), Advice(0.0, Window(100, 40, 1.0))),
        (quota(100, 40, 0), Advice(0.0, Window(100, 40, 1.0))),
        (quota(100, 0, 12), Advice(12.0, Window(100, 0, 12.0))),
        (quota(100, 40, 3000, 429), Advice(1.0, Window(100, 40, 3000.0))),
        (quota(100, 0, 3000, 429), Advice(3000.0, Window(100, 0, 3000.0))),
        (quota(100, 0, 3000, 429, **{"retry-after": 7}), Advice(7.0, Window(100, 0, 3000.0))),
        (quota(10, 4), Advice()),
        (quota(10, 0), Advice(1.0)),
        (quota("ten", "-1", "nan", 429), Advice(1.0)),
        (quota(10, 4, "-3"), Advice()),
        (quota(10, 4, "inf"), Advice()),
        (quota(10, 4, "tomorrow"), Advice()),
    ],
    ids=[
        "nothing",
        "an error",
        "too many",
        "too many, and how long",
        "busy, and how long",
        "fine, but",
        "until a date",
        "no time",
        "for ever is a day",
        "a window",
        "a window with a policy",
        "a window until a date",
        "in milliseconds",
        "that is past",
        "rounded down",
        "nothing left",
        "too many of another count",
        "too many, nothing left",
        "the time asked for rules",
        "no end",
        "nothing left, no end",
        "no numbers",
        "a negative end",
        "no end ever",
        "words",
    ],
)
def test_an_answer_says_how_fast_to_go_on(answer, said):
    assert advice(answer, NOW) == said


def slots(bucket, now, count):
    return [now + bucket.take(now) for _ in range(count)]


def test_what_is_left_may_be_used_at_once_and_the_rest_waits_for_the_next_window():
    bucket = Bucket(None)
    bucket.observe(quota(4, 2, 60), 0.0)
    assert slots(bucket, 0.0, 8) == [0, 0, 60, 60, 60, 60, 120, 120]


def test_of_one_window_the_least_count_is_believed_whatever_the_order_of_answers():
    bucket = Bucket(None)
    for remaining in (7, 2, 5):
        bucket.observe(quota(10, remaining, 60), 0.0)
    assert slots(bucket, 0.0, 3) == [0, 0, 60]


def test_a_new_window_is_believed():
    bucket = Bucket(None)
    bucket.observe(quota(10, 0, 60), 0.0)
    bucket.observe(quota(10, 3, 60), 60.0)
    assert slots(bucket, 61.0, 4) == [61, 61, 61, 120]


def test_a_late_answer_of_a_window_that_is_over_says_nothing():
    bucket = Bucket(None)
    bucket.observe(quota(10, 1, 60), 0.0)
    slots(bucket, 0.0, 2)  # the second goes into the next window
    bucket.observe(quota(10, 1, 2), 58.0)
    assert slots(bucket, 60.0, 10) == [60] * 9 + [120]


def test_another_limit_begins_anew():
    bucket = Bucket(None)
    bucket.observe(quota(10, 0, 2), 0.0)
    bucket.observe(quota(100, 1, 10), 3.0)
    assert slots(bucket, 3.0, 2) == [3, 13]


def test_windows_that_pass_unused_are_not_saved_up():
    bucket = Bucket(None)
    bucket.observe(quota(2, 2, 10), 0.0)
    assert slots(bucket, 95.0, 5) == [95, 95, 100, 100, 110]


def test_a_limit_of_nothing_lets_one_through_in_a_window():
    bucket = Bucket(None)
    bucket.observe(quota(0, 0, 10), 0.0)
    assert slots(bucket, 0.0, 3) == [10, 20, 30]


def test_the_rate_stays_even_within_what_is_left():
    bucket = Bucket(RateLimit(1))
    bucket.observe(quota(100, 3, 60), 0.0)
    assert slots(bucket, 0.0, 5) == [0, 1, 2, 60, 61]


def gate(limit=None, first="", again="", now=0.0):
    made = Gate(Bucket(limit))
    for one in first:
        made.join(one, now, again=False)
    for one in again:
        made.join(one, now, again=True)
    return made


def everyone(gate, now):
    return list(iter(lambda: gate.admit(now), None))


def test_of_five_tokens_one_is_a_retrys():
    assert everyone(gate(first="abcdefghij", again="RST"), 0.0) == list("RabcdSefghTij")


def test_those_of_a_kind_go_in_the_order_they_came():
    assert everyone(gate(first="cab"), 0.0) == list("cab")
    assert everyone(gate(again="TRS"), 0.0) == list("TRS")


def test_who_leaves_is_not_let_in():
    made = gate(first="abc", again="R")
    for one in "bRx":
        made.leave(one)
    assert everyone(made, 0.0) == ["a", "c"]


def test_a_gate_says_when_the_next_may_go():
    made = gate(RateLimit(10), first="abc")
    assert (made.wait(0.0), made.admit(0.0)) == (0.0, "a")
    assert (made.wait(0.04), made.admit(0.04)) == (pytest.approx(0.06), None)
    assert (made.wait(0.1), made.admit(0.1)) == (0.0, "b")


def test_a_gate_where_nobody_waits_has_no_next():
    made = gate()
    assert (made.wait(0.0), made.admit(0.0)) == (None, None)


def test_a_first_try_that_comes_late_goes_before_the_retries_that_wait():
    made = gate(RateLimit(10), again="RST")
    assert made.admit(0.0) == "R"
    made.join("a", 0.05, again=False)
    assert (made.admit(0.1), made.admit(0.2)) == ("a", "S")


def test_a_timer_that_is_a_little_late_costs_no_tokens():
    made = gate(RateLimit(100), first=range(50))
    let_in = [len(everyone(made, at)) for at in (0.005, 0.032, 0.063, 0.09)]
    assert let_in == [1, 3, 3, 3]


def test_a_timer_that_is_very_late_is_no_burst():
    made = gate(RateLimit(100), first=range(500))
    assert len(everyone(made, 100.0)) <= 11


def test_nobody_passes_a_gate_in_a_pause():
    made = gate(first="a")
    made.bucket.observe(Response(429, {"retry-after": "30"}), 0.0)
    assert (made.admit(29.0), made.wait(29.0), made.admit(30.0)) == (None, 1.0, "a")


def test_a_faster_limit_holds_at_once():
    bucket = Bucket(RateLimit(1, per=3600.0))
    bucket.take(0.0)
    bucket.change(RateLimit(10), 5.0)
    assert bucket.due(5.0) == pytest.approx(5.1)
    bucket.change(None, 5.0)
    assert bucket.due(5.0) == 5.0


def test_another_limit_does_not_shorten_a_pause_that_the_destination_asked_for():
    bucket = Bucket(RateLimit(1))
    bucket.pause(0.0, 60.0)
    bucket.change(RateLimit(10), 5.0)
    assert bucket.due(5.0) == 60.0
