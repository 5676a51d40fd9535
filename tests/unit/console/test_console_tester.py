"""One event through a connection, for a try."""

import json

import pytest


PAGE = "/connections/loops/test"
EVENT = {"type": "identify", "userId": "ada", "traits": {"email": "ada@harbour.test"}}


def test_without_events_it_tries_samples(console):
    assert "these are made up" in console.get(PAGE).text


def test_it_shows_what_each_mapping_makes_of_an_event(full):
    page = full.get(f"{PAGE}?sample=e1").text
    assert "user-1@b.test" in page
    assert "Does not match" in page


def test_an_event_can_be_pasted(console):
    page = console.post(PAGE, {"sample": "own", "own": json.dumps(EVENT)}).text
    assert "/contacts/update" in page


@pytest.mark.parametrize("own", ["", "{", "[]", '{"type": "dance"}'])
def test_what_is_no_event_is_said(console, own):
    page = console.post(PAGE, {"sample": "own", "own": own}).text
    assert "This is no event that would be taken" in page


def test_a_test_event_says_why_nobody_answered(full):
    page = full.post(PAGE, {"sample": "e1", "mapping": "contacts"}).text
    assert "Not delivered: UNREACHABLE" in page
    assert f'action="{PAGE}"' in page


def test_a_mapping_that_is_not_there_sends_nothing(full):
    assert "Test event" not in full.post(PAGE, {"sample": "e1", "mapping": "none"}).text
