"""Which source a request comes from."""

import pytest
from memory_intake import SOURCES


def sources(api):
    return [name for name, _ in api.intake.taken]


@pytest.mark.parametrize("credentials", ["wk_app:", "wk_app", "wk_app:password"])
def test_the_user_name_of_the_authorization_header_is_the_write_key(
    api, track, authorization, credentials
):
    api.batch(track(), key=None, authorization=authorization(credentials))
    assert sources(api) == ["app"]


def test_padding_may_be_left_out_and_the_scheme_be_written_anyhow(api, track, authorization):
    header = authorization("wk_app:").rstrip("=").replace("Basic", "bAsIc ")
    api.batch(track(), key=None, authorization=header)
    assert sources(api) == ["app"]


def test_the_body_may_say_it(api, track):
    api.post("/v1/batch", {"writeKey": "wk_app", "batch": [track()]}, key=None)
    assert sources(api) == ["app"]


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t"])
def test_a_single_event_may_say_it(api, track, path):
    api.post(path, track(writeKey="wk_app"), key=None)
    assert sources(api) == ["app"]
    assert "writeKey" not in api.intake.events[0]


def test_the_first_event_of_a_batch_may_say_it(api, track):
    api.batch(track(writeKey="wk_app"), track(), key=None)
    assert sources(api) == ["app", "app"]


def test_the_header_is_asked_first(api, track):
    body = {"writeKey": "wk_app", "batch": [track(writeKey="wk_other")]}
    api.post("/v1/batch", body, key="wk_web")
    assert sources(api) == ["web"]


@pytest.mark.parametrize(
    "header", ["Bearer token", "Basic", "Basic ====", "Basic _", "Basic gICA", "Digest a", " "]
)
def test_a_header_without_a_key_in_it_is_as_none(api, track, header):
    api.post(
        "/v1/batch", {"writeKey": "wk_app", "batch": [track()]}, key=None, authorization=header
    )
    assert sources(api) == ["app"]


@pytest.mark.parametrize("key", ["wk_nobody", None])
def test_an_unknown_key_is_answered_401_and_made_visible(api, track, key):
    answer = api.batch(track(), key=key)
    assert (answer.status, answer.json["code"]) == (401, "invalid_write_key")
    assert [(name, bad.code) for name, bad in api.intake.refused] == [(None, "unknown_source")]
    assert api.intake.taken == []


@pytest.mark.parametrize("wrong", [7, "", None, {}, ["wk_app"]], ids=repr)
def test_a_key_that_is_no_text_is_no_key(api, track, wrong):
    assert api.post("/v1/batch", {"writeKey": wrong, "batch": [track()]}, key=None).status == 401


def test_an_unknown_key_may_be_answered_as_segment_does(make, track):
    api = make(conceal=True)
    answer = api.batch(track(), key="wk_nobody")
    assert (answer.status, answer.json) == (200, {"success": True})
    assert api.intake.codes == ["unknown_source"]


def test_no_answer_says_a_write_key(api, track):
    assert b"wk_nobody" not in api.batch(track(), key="wk_nobody").body


def test_a_key_that_is_gone_from_the_workspace_is_unknown_at_once(make, track):
    known = {}
    api = make(sources=known.get)
    assert api.batch(track()).status == 401
    known["wk_web"] = SOURCES["wk_web"]
    assert api.batch(track()).status == 200
