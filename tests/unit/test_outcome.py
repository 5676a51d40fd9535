"""Answers become outcomes by one table."""

import pytest

from segue.errors import RefusedError, RetryableError, TimedOutError, UnreachableError
from segue.http import Request, Response
from segue.outcome import (
    DAY,
    SHOWN,
    Delivered,
    Discarded,
    Held,
    Retry,
    fault,
    given_up,
    hide,
    judge,
    wait,
)


PLAIN = Request.post("/x")
KEYED = PLAIN.with_headers({"Idempotency-Key": "k"})


@pytest.mark.parametrize("status", [200, 201, 204])
def test_two_hundreds_are_delivered(status):
    assert judge(PLAIN, Response(status)) == Delivered(status)


def test_a_status_that_the_request_accepts_is_delivered():
    assert judge(Request.post("/x", accept={404}), Response(404)) == Delivered(404)


@pytest.mark.parametrize("status", [408, 423, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(status):
    assert isinstance(judge(PLAIN, Response(status)), Retry)


@pytest.mark.parametrize("status", [301, 400, 404, 409, 410, 422, 501])
def test_what_will_not_pass_is_final(status):
    assert isinstance(judge(PLAIN, Response(status)), Discarded)


@pytest.mark.parametrize("status", [401, 403])
def test_doubtful_credentials_hold(status):
    assert isinstance(judge(PLAIN, Response(status)), Held)


def test_a_conflict_on_our_key_after_an_ambiguous_attempt_is_delivered():
    assert isinstance(judge(KEYED, Response(409), ambiguous=True), Delivered)
    assert isinstance(judge(KEYED, Response(409)), Discarded)
    assert isinstance(judge(PLAIN, Response(409), ambiguous=True), Discarded)


def test_a_fault_after_which_the_destination_may_have_acted_is_ambiguous():
    ambiguous = [
        judge(PLAIN, Response(500)),
        fault(TimedOutError("t")),
        fault(UnreachableError("u")),
    ]
    assert [one.ambiguous for one in ambiguous if isinstance(one, Retry)] == [True, True, True]
    assert judge(PLAIN, Response(429)) == Retry("429", "TOO_MANY_REQUESTS")


def test_an_author_decides_with_errors():
    assert fault(RetryableError("busy", after=7)) == Retry("busy", "RETRY", 7)
    assert fault(RefusedError("no such list")) == Discarded("no such list", "MESSAGE_REJECTED")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"message":"Bad email"}', "400 Bad email"),
        (b'{"error":"nope"}', "400 nope"),
        (b"plain\n text", "400 plain text"),
        (b"", "400"),
    ],
    ids=["message", "error", "text", "nothing"],
)
def test_the_reason_is_what_the_destination_said(body, expected):
    outcome = judge(PLAIN, Response(400, body=body))
    assert outcome == Discarded(expected, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        ("9" * 400, DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
    ids=["seconds", "date", "past", "words", "negative", "empty", "endless", "far date"],
)
def test_retry_after_is_seconds_or_a_date(value, expected):
    assert wait(Response(429, {"retry-after": value}), now=60.0) == expected


def test_what_an_outcome_says_holds_no_secret():
    refused = Discarded("400 no such key: k3y", "BAD_REQUEST")
    assert hide(refused, ["k3y"]) == Discarded("400 no such key: [redacted]", "BAD_REQUEST")
    assert hide(refused, ["other"]) is refused


def test_a_long_reason_is_cut_after_its_secrets_are_gone():
    body = b"x" * (SHOWN - 8) + b" s3cr3t-key"
    refused = hide(judge(PLAIN, Response(400, body=body)), ["s3cr3t-key"])
    assert len(refused.why) == SHOWN
    assert "s3" not in refused.why


@pytest.mark.parametrize(("tries", "count"), [(1, "1 attempt"), (2, "2 attempts")])
def test_a_delivery_that_is_given_up_says_after_how_many_attempts(tries, count):
    given = given_up(tries, Retry("503 busy", "SERVICE_UNAVAILABLE"))
    assert given == Discarded(f"gave up after {count}: 503 busy", "SERVICE_UNAVAILABLE")


def test_an_action_cannot_put_a_delivery_off_for_more_than_a_day():
    assert fault(RetryableError("later", after=float("inf"))).after == DAY
