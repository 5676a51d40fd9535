"""Slack: what is posted, what an answer of 200 means, and which channels there are."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segue_actions.slack
from segue import (
    Choice,
    Choices,
    Delivered,
    Discarded,
    Held,
    RefusedError,
    Response,
    Retry,
    load_plugins,
)
from segue.outcome import OutcomeError
from segue.testing import deliver
from segue.workspace import parse_workspace
from segue_actions.slack._answers import judge
from segue_actions.slack._choices import PAGE
from segue_actions.slack._destination import SLACK
from segue_actions.slack.post_to_channel import escape, post_to_channel


SETTINGS = {"botToken": "xoxb-1", "channel": "C1"}
EVENT = {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1"}
YES = {"ok": True}


def posted(answer=YES, event=EVENT, **mapping):
    return deliver(post_to_channel, event, settings=SETTINGS, mapping=mapping, answers=[answer])


def said(error, headers=(), **more):
    body = json.dumps({"ok": False, "error": error, **more}).encode()
    return Response(200, dict(headers), body)


def test_an_event_is_named_in_the_connections_channel():
    request = posted().request
    assert (request.method, request.url) == ("POST", "https://slack.com/api/chat.postMessage")
    assert request.json == {"channel": "C1", "text": "Order Completed"}
    assert request.header("authorization") == "Bearer xoxb-1"
    assert request.header("content-type") == "application/json; charset=utf-8"


def test_a_mapping_says_what_slack_is_told():
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}]
    told = {"channel": "general", "username": "Shop", "icon_emoji": ":tada:", "blocks": blocks}
    told |= {"thread_ts": "1700000000.000100", "unfurl_links": False}
    assert posted(**told).request.json == {"text": "Order Completed", **told}


def test_an_event_can_mention_nobody_unless_its_mapping_lets_it():
    event = {**EVENT, "event": "<!channel> a & b"}
    assert posted(event=event).request.json["text"] == "&lt;!channel&gt; a &amp; b"
    assert posted(event=event, plain=False).request.json["text"] == "<!channel> a & b"


@given(st.text())
def test_escaped_text_holds_no_markup_and_reads_the_same(text):
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    plain = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain == text


def test_a_message_without_text_or_blocks_is_refused():
    result = posted(text=None)
    assert (result.requests, type(result.outcome)) == ((), Discarded)
    assert '"Message" or "Blocks" is required' in result.outcome.why


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Response(200, body=b'{"ok": true}'), Delivered(200)),
        (said("invalid_auth"), Held("Slack says invalid_auth", "UNAUTHORIZED")),
        (said("account_inactive"), Held("Slack says account_inactive", "UNAUTHORIZED")),
        (said("token_revoked"), Held("Slack says token_revoked", "UNAUTHORIZED")),
        (said("ratelimited"), Retry("Slack says ratelimited", "TOO_MANY_REQUESTS")),
        (
            said("rate_limited", {"retry-after": "7"}),
            Retry("Slack says rate_limited", "TOO_MANY_REQUESTS", 7.0),
        ),
        (
            said("internal_error"),
            Retry("Slack says internal_error", "SERVICE_UNAVAILABLE", ambiguous=True),
        ),
        (
            said("service_unavailable"),
            Retry("Slack says service_unavailable", "SERVICE_UNAVAILABLE"),
        ),
        (
            said("not_in_channel"),
            Discarded("Slack says not_in_channel: invite the app to the channel", "BAD_REQUEST"),
        ),
        (
            said("missing_scope", needed="chat:write", provided="channels:read"),
            Discarded(
                "Slack says missing_scope: the app needs the scope chat:write", "BAD_REQUEST"
            ),
        ),
        (
            said("invalid_blocks", response_metadata={"messages": ["no text [0]", 5]}),
            Discarded("Slack says invalid_blocks: no text [0]", "BAD_REQUEST"),
        ),
        (said("what_is_new"), Discarded("Slack says what_is_new", "BAD_REQUEST")),
        (
            Response(200, body=b"<h1>Welcome to the wifi</h1>"),
            Retry("what answered is not Slack", "BAD_GATEWAY", ambiguous=True),
        ),
        (
            Response(200, body=b'{"ok": 1}'),
            Retry("what answered is not Slack", "BAD_GATEWAY", ambiguous=True),
        ),
    ],
    ids=lambda value: getattr(value, "why", None),
)
def test_what_slack_says_with_200_decides(answer, outcome):
    assert judge(answer) == outcome


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.sampled_from(["ok", "error", "response_metadata", "messages", "needed"]), one)))  # fmt: skip
def test_nothing_that_answers_breaks_the_judgement(body):
    outcome = judge(Response(200, body=json.dumps(body).encode()))
    assert isinstance(outcome, Delivered) == (isinstance(body, dict) and body.get("ok") is True)


def test_a_message_that_is_refused_is_a_dead_letter():
    outcome = posted(json.loads(said("channel_not_found").body)).outcome
    assert outcome == Discarded(
        "Slack says channel_not_found: is the channel there, and was the app invited to it, if it "
        "is private?",
        "BAD_REQUEST",
    )


def test_the_credential_test_reads_the_answer():
    proof = SLACK.proof(SETTINGS)
    assert next(proof).url == "/auth.test"
    with pytest.raises(OutcomeError) as error:
        proof.send(said("token_revoked"))
    assert isinstance(error.value.outcome, Held)


def choosing(page=None):
    return post_to_channel.choosing("channel").steps(settings=SETTINGS, payload={}, page=page)


def ended(steps, answer):
    with pytest.raises(StopIteration) as end:
        steps.send(answer)
    return end.value.value


def page(*channels, cursor=""):
    body = {"ok": True, "channels": channels, "response_metadata": {"next_cursor": cursor}}
    return Response(200, body=json.dumps(body).encode())


ROOM = {"id": "C1", "name": "general", "purpose": {"value": "all of us"}}
VAULT = {"id": "C2", "name": "money", "is_private": True, "purpose": {"value": ""}}


def test_channels_are_chosen_by_id_and_shown_by_name():
    steps = choosing()
    assert next(steps).params == {
        "types": "public_channel,private_channel",
        "exclude_archived": True,
        "limit": PAGE,
    }
    assert ended(steps, page(ROOM, VAULT, cursor="dGVhbQ==")) == Choices(
        [Choice("C1", "#general", "all of us"), Choice("C2", "#money", "private")], "dGVhbQ=="
    )


def test_the_next_page_is_asked_for_with_its_cursor_and_the_last_has_none():
    steps = choosing("dGVhbQ==")
    assert next(steps).params["cursor"] == "dGVhbQ=="
    assert ended(steps, page(ROOM)).next_page is None


def test_an_app_that_may_not_see_private_channels_is_shown_the_others():
    steps = choosing()
    next(steps)
    assert (
        steps.send(said("missing_scope", needed="groups:read")).params["types"] == "public_channel"
    )
    assert [one.value for one in ended(steps, page(ROOM)).choices] == ["C1"]


def test_channels_that_cannot_be_had_are_no_empty_list():
    steps = choosing()
    next(steps)
    with pytest.raises(RefusedError, match="Slack says invalid_auth"):
        steps.send(said("invalid_auth"))


def test_the_workspaces_of_the_readme_load():
    readme = Path(segue_actions.slack.__file__).with_name("README.md").read_text()
    environ = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_HOOK": "https://hooks.slack.com/services/T/B/x"}
    for text in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL):
        whole = f"version: 1\nsources: {{website: {{write_key: w}}}}\n{text}"
        assert parse_workspace(whole, load_plugins(), environ=environ).notes == ()
