"""Figures of a connection in words: what failed, and what was never meant to be sent."""

from segue.console.pages.trends import failed, health
from segue.store.records import Stats
from segue.store.values import Hold


def test_events_that_were_not_to_be_sent_have_not_failed():
    unsent = {"NO_MATCHING_MAPPING": 400, "FILTERED_BY_RULES": 30, "DESTINATION_DISABLED": 2}
    stats = Stats(discarded={**unsent, "PAYLOAD_VALIDATION_FAILED": 3}, dead={"BAD_REQUEST": 4})
    assert failed(stats) == 7


def test_a_hold_is_told_as_a_sentence():
    held = Stats(hold=Hold("UNAUTHORIZED", "credentials are invalid", 0.0))
    assert health(None, held).why == "Credentials are invalid."
