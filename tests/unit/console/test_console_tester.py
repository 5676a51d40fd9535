"""One event through a connection, for a try."""

import json
import threading
from dataclasses import replace

import pytest
from console_site import WORKSPACE, site

from segue.console.app import create_app
from segue.console.turns import NAME, Turns


PAGE = "/connections/loops/test"
EVENT = {"type": "identify", "userId": "ada", "traits": {"email": "ada@harbour.test"}}


def test_without_events_it_tries_samples(console):
    assert "These are samples" in console.get(PAGE).text


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


def test_a_mapping_that_takes_too_long_is_neither_shown_nor_sent_and_is_ended(endless):
    own = {"type": "track", "event": "Bought", "userId": "ada"}
    form = {"sample": "own", "mapping": "events"}
    own["properties"] = {"items": [{"x": "abc"}] * 3000}
    page = endless.post(PAGE, {**form, "own": json.dumps(own)}).text
    assert "This takes too long to be shown." in page
    assert "The mapping takes too long for this event." in page
    for one in (one for one in threading.enumerate() if one.name == NAME):
        one.join(5)
        assert not one.is_alive()


@pytest.fixture
def endless(tmp_path):
    """A mapping that makes far too much of an event with a long list."""
    texts = {f"a{number}": {"@template": "{{x}}" * 100} for number in range(100)}
    shape = {"eventProperties": {"all": {"@arrayPath": ["$.properties.items", texts]}}}
    text = WORKSPACE.replace(
        "{action: sendEvent}", f"{{action: sendEvent, override: {json.dumps(shape)}}}"
    )
    with site(tmp_path, text) as found:
        yield replace(found, app=create_app(replace(found.desk, turns=Turns(patience=0.3))))
