"""Frames: nothing is lost on the way, and nothing odd is believed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue import Delivered, Discarded, Held, Request, Response, Retry
from segue.functions import frames
from segue.functions.frames import UnfitError


TEXTS = st.text()
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    url=TEXTS,
    json=VALUES,
    body=st.none() | st.binary(),
    params=st.dictionaries(TEXTS, TEXTS | NUMBERS | st.booleans()),
    headers=st.dictionaries(TEXTS, TEXTS),
    timeout=st.floats(0.1, 3600),
    accept=st.frozensets(st.integers(100, 599)),
)
OUTCOMES = (
    st.builds(Delivered, st.none() | st.integers(100, 599), TEXTS, TEXTS)
    | st.builds(Retry, TEXTS, TEXTS, st.none() | st.floats(0, 1e6), ambiguous=st.booleans())
    | st.builds(Discarded, TEXTS, TEXTS)
    | st.builds(Held, TEXTS, TEXTS)
)


def sent(value):
    data = frames.frame({"value": value})
    size = frames.length(data[: frames.HEAD])
    assert size == len(data) - frames.HEAD
    return frames.read(data[frames.HEAD :])["value"]


@given(REQUESTS)
def test_a_request_comes_back_as_it_was(request):
    request = replace(request, accept=request.accept or ())
    assert frames.request_of(sent(frames.request_data(request))) == request


@given(st.integers(100, 599), st.dictionaries(TEXTS, TEXTS), st.binary())
def test_a_response_comes_back_as_it_was(status, headers, body):
    response = Response(status, headers, body)
    assert frames.response_of(sent(frames.response_data(response))) == response


@given(OUTCOMES)
def test_an_outcome_comes_back_as_it_was(outcome):
    assert frames.outcome_of(sent(frames.outcome_data(outcome))) == outcome


GOOD = frames.request_data(Request.post("/x", json=1))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {**GOOD, "method": 1},
        {**GOOD, "url": None},
        {**GOOD, "headers": {"a": 1}},
        {**GOOD, "headers": []},
        {**GOOD, "params": {"a": [1]}},
        {**GOOD, "accept": "404"},
        {**GOOD, "accept": [True]},
        {**GOOD, "body": "not base 64!"},
        {**GOOD, "timeout": 0},
        {**GOOD, "timeout": 1e9},
        {**GOOD, "timeout": True},
    ],
    ids=str,
)
def test_what_is_no_request_is_refused(data):
    with pytest.raises(UnfitError):
        frames.request_of(data)


@pytest.mark.parametrize(
    "data",
    [None, {}, {"kind": "sent", "why": "", "code": ""}, {"kind": "retry", "why": 1, "code": ""}],
    ids=str,
)
def test_what_is_no_outcome_is_refused(data):
    with pytest.raises(UnfitError):
        frames.outcome_of(data)


def test_a_failure_is_not_delivered():
    with pytest.raises(UnfitError):
        frames.failure_of(frames.outcome_data(Delivered()))


def test_a_frame_that_is_too_large_is_never_written():
    with pytest.raises(UnfitError, match="at most"):
        frames.frame({"a": "x" * frames.LARGEST})


def test_a_frame_that_says_it_is_too_large_is_never_read():
    with pytest.raises(UnfitError):
        frames.length(b"\xff\xff\xff\xff")


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, {"a": {"b": object()}}],
    ids=["an object", "a set", "an object inside"],
)
def test_what_is_no_json_is_said_to_be_none(value):
    with pytest.raises(UnfitError, match="not JSON"):
        frames.pack(value)


@pytest.mark.parametrize("value", ["\ud83d", 2**70], ids=["lone surrogate", "large number"])
def test_json_that_only_some_write_goes_through(value):
    assert frames.pack({"a": value})
