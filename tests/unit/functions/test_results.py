"""What a handler returned or raised, as an answer."""

import httpx
import pytest

from segue import AuthorError, Delivered, Discarded, Held, Request, Retry, RetryError
from segue.errors import TimedOutError
from segue.functions.frames import outcome_of, request_data
from segue.functions.results import ended, judged


def frame(*, role="deliver", count=None):
    return {"role": role, "count": count}


def results(made, count):
    return [outcome_of(one) for one in ended(made, frame(count=count))["outcomes"]]


def test_a_request_is_asked_for():
    request = Request.post("/x")
    assert ended(request, frame()) == {"request": request_data(request)}


def test_nothing_is_the_end():
    assert ended(None, frame()) == {"end": None}


def test_what_an_async_handler_returns_is_the_end():
    assert ended(object(), frame(), sends=True) == {"end": None}


@pytest.mark.parametrize(
    ("made", "asked", "sends", "reason"),
    [
        ({"a": 1}, frame(), False, "it returned dict, not a Request or None"),
        ([Request.get("/")], frame(), False, "yield several requests"),
        (Request.get("/"), frame(), True, "sends its requests itself"),
        (None, frame(role="transform"), False, "it returned NoneType, not the event"),
        ("x", frame(count=1), False, "it returned str, not a list"),
        ([], frame(count=2), False, "it returned 0 results for 2 events"),
        (["ok"], frame(count=1), False, "a result of str"),
    ],
)
def test_a_wrong_return_says_what_is_wrong(made, asked, sends, reason):
    with pytest.raises(AuthorError, match=reason):
        ended(made, asked, sends=sends)


def test_an_insert_function_returns_the_event():
    event = {"type": "track"}
    assert ended(event, frame(role="transform")) == {"end": None, "event": event}


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (None, Delivered()),
        (Discarded("no", "X"), Discarded("no", "X")),
        (RetryError("busy"), Retry("busy", "RETRY")),
        ({"status": 200}, Delivered(200)),
        ({"status": 400, "errormessage": "bad"}, Discarded("400 bad", "BAD_REQUEST")),
        ({"status": 401}, Discarded("401 UNAUTHORIZED", "UNAUTHORIZED")),
        ({"status": 500, "errormessage": "oh"}, Retry("500 oh", "INTERNAL_SERVER_ERROR")),
        ({"status": 429}, Retry("429 TOO_MANY_REQUESTS", "TOO_MANY_REQUESTS")),
    ],
)
def test_each_result_of_a_batch_is_an_outcome(one, outcome):
    assert results([one, None], 2) == [outcome, Delivered()]


def test_a_batch_that_says_nothing_is_delivered():
    assert ended(None, frame(count=2)) == {"end": None}


ASKED = httpx.Request("POST", "https://a.example/x")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RetryError("busy"), Retry("busy", "RETRY")),
        (TimedOutError("late"), Retry("late", "ETIMEDOUT", ambiguous=True)),
        (
            TimeoutError(),
            Retry("crm.py:3 in on_track: it took longer than 5 s", "FUNCTION_TIMEOUT", None, True),  # noqa: FBT003
        ),
        (MemoryError(), Retry("crm.py:3 in on_track: it ran out of memory", "FUNCTION_MEMORY")),
        (KeyError("email"), Discarded("crm.py:3 in on_track: KeyError: 'email'", "BAD_REQUEST")),
        (SystemExit(1), Discarded("crm.py:3 in on_track: SystemExit: 1", "BAD_REQUEST")),
        (
            httpx.HTTPStatusError(
                "", request=ASKED, response=httpx.Response(401, text="no", request=ASKED)
            ),
            Held("401 no", "UNAUTHORIZED"),
        ),
        (httpx.ReadTimeout(""), Retry("no answer in time", "ETIMEDOUT", ambiguous=True)),
        (httpx.ConnectError("refused"), Retry("refused", "UNREACHABLE", ambiguous=True)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_is_judged(error, outcome):
    assert judged(error, "crm.py:3 in on_track", 5.0) == outcome
