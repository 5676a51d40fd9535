"""What a handler raises, as Segment names it, and what becomes of the event."""

import pytest

import segue
from segue import Discarded, Retry
from segue.outcome import fault


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("EventNotSupported", Discarded("why", "UNSUPPORTED_EVENT_TYPE")),
        ("InvalidEventPayload", Discarded("why", "MESSAGE_REJECTED")),
        ("ValidationError", Discarded("why", "MESSAGE_REJECTED")),
        ("RetryError", Retry("why", "RETRY")),
        ("DropEvent", Discarded("why", "FILTERED_AT_INSERT_FUNCTION")),
    ],
)
def test_each_error_is_an_outcome(name, outcome):
    assert fault(getattr(segue, name)("why")) == outcome


@pytest.mark.parametrize(
    "name",
    ["EventNotSupported", "InvalidEventPayload", "ValidationError", "RetryError", "DropEvent"],
)
def test_each_error_says_something_by_itself(name):
    assert fault(getattr(segue, name)()).why


def test_an_error_may_ask_to_be_tried_again_later():
    assert fault(segue.RetryError("busy", after=30)) == Retry("busy", "RETRY", 30)
