"""What every shipped action promises."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payload_strategies import payloads

from segue import Context, PayloadError, compile_mapping, compile_trigger, load_plugins, samples
from segue.json import encode


CATALOGUE = load_plugins()
ACTIONS = list(CATALOGUE.actions.values())
CONTEXT = Context("web", "connection", "mapping", "m1", "2026-01-01T00:00:00.000Z")

every_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)


@every_action
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_valid_payload_yields_a_request(action, data):
    payload = data.draw(payloads(action))
    before = copy.deepcopy(payload)
    request = action.request(payload, context=CONTEXT)
    assert request == action.request(payload, context=CONTEXT)
    assert repr(payload) == repr(before)
    base = action.destination.base({})
    assert request.under(base).url.startswith(base)
    json.loads(request.content())


@every_action
def test_the_declaration_is_sound(action):
    assert action.check() == []
    assert action.title
    assert action.description


@every_action
def test_a_sample_event_that_matches_becomes_a_request(action):
    matches, made = compile_trigger(action.trigger), compile_mapping(action.mapping)
    matching = [event for event in samples.by_type().values() if matches(event)]
    assert matching
    for event in matching:
        assert action.request(action.spec.coerce(made(event)), context=CONTEXT).content()


@every_action
def test_a_sample_event_gives_a_payload_or_a_payload_error_and_nothing_else(action):
    made = compile_mapping(action.mapping)
    for event in samples.by_type().values():
        with suppress(PayloadError):
            assert isinstance(action.spec.coerce(made(event)), dict)


@pytest.mark.parametrize("destination", CATALOGUE.destinations.values(), ids=lambda one: one.slug)
def test_a_credential_never_shows_in_a_signed_request(destination):
    secret = "k3y-that-must-not-show"
    settings = dict.fromkeys(destination.fields.secrets, secret)
    signed = destination.sign(destination.probe(settings), settings)
    assert secret in str(dict(signed.headers)) + signed.url
    assert secret not in repr(signed)
    shown = signed.redacted(destination.secrets(settings))
    assert secret.encode() not in encode([dict(shown.headers), shown.url])
