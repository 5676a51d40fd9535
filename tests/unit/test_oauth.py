"""The two messages of OAuth, and what is wrong with a declaration."""

import json
from urllib.parse import parse_qsl

import pytest

from segue import Destination, OAuth2, Request, Response
from segue.errors import TokenError
from segue.oauth import Token, said


SETTINGS = {"clientId": "me", "clientSecret": "s&cret", "refreshToken": "r0"}
DECLARED = {
    "type": "object",
    "properties": {
        "clientId": {"type": "string"},
        "clientSecret": {"type": "string", "writeOnly": True},
        "refreshToken": {"type": "string", "writeOnly": True},
    },
}


def _json(**members):
    return json.dumps(members).encode()


def form(request):
    return dict(parse_qsl(request.content().decode()))


def test_a_refresh_token_is_sent_with_the_clients_own_credentials():
    request = OAuth2("https://id.test/token").request(SETTINGS, None)
    assert (request.method, request.url) == ("POST", "https://id.test/token")
    assert form(request) == {"grant_type": "refresh_token", "refresh_token": "r0"}
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    basic = Request.get("/").with_basic("me", "s%26cret")  # encoded first, RFC 6749 §2.3.1
    assert request.header("authorization") == basic.header("authorization")


def test_the_refresh_token_that_came_last_replaces_that_of_the_settings():
    assert form(OAuth2("/t").request(SETTINGS, "r7"))["refresh_token"] == "r7"


def test_a_client_may_ask_for_itself_and_name_what_it_wants():
    oauth = OAuth2("/t", "client_credentials", scope="a b", params={"audience": "api"})
    assert form(oauth.request(SETTINGS, None)) == {
        "grant_type": "client_credentials",
        "scope": "a b",
        "audience": "api",
    }


def test_credentials_may_stand_in_the_body():
    request = OAuth2("/t", "client_credentials", credentials="body").request(SETTINGS, None)
    assert form(request) == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_secret": "s&cret",
    }
    assert request.header("authorization") is None


def test_a_public_client_has_no_secret():
    request = OAuth2("/t", client_secret=None).request(SETTINGS, None)
    assert form(request)["client_id"] == "me"
    assert "client_secret" not in form(request)
    assert request.header("authorization") is None


def test_the_url_may_follow_from_the_settings():
    oauth = OAuth2(lambda settings: f"https://{settings['clientId']}.test/token")
    assert oauth.request(SETTINGS, None).url == "https://me.test/token"


@pytest.mark.parametrize("missing", ["clientId", "clientSecret", "refreshToken"])
def test_a_setting_that_is_missing_is_named(missing):
    with pytest.raises(TokenError, match=f'the setting "{missing}" is missing'):
        OAuth2("/t").request({**SETTINGS, missing: ""}, None)


@pytest.mark.parametrize(
    ("lifetime", "until"),
    [(3600, 4540.0), ("3600", 4540.0), (100, 1050.0), (0, None), (None, None), ("soon", None)],
    ids=["an hour", "as text", "less than two skews", "none", "not told", "words"],
)
def test_a_token_is_renewed_before_it_expires(lifetime, until):
    answer = Response(200, body=_json(access_token="a", expires_in=lifetime))
    token = OAuth2("/t").token(answer, refresh="r0", now=1000.0)
    assert token == Token("a", "r0", 1000.0, until)


@pytest.mark.parametrize(
    "answer",
    [
        Response(400, body=_json(access_token="a")),
        Response(200, body=_json(error="bad_verification_code")),
        Response(200, body=_json(access_token="")),
        Response(200, body=b"[]"),
        Response(200, body=b"<html>"),
    ],
    ids=["refused", "an error", "empty", "a list", "no JSON"],
)
def test_an_answer_may_hold_no_token(answer):
    assert OAuth2("/t").token(answer, refresh="r0", now=0.0) is None


def test_the_vendor_s_words_are_told_without_secrets():
    body = _json(error="invalid_grant", error_description="r0 was\nrevoked")
    assert said(Response(400, body=body), ("r0",)) == "400 invalid_grant: [redacted] was revoked"
    assert said(Response(500, body=b"Oh no")) == "500 Oh no"


def test_a_token_is_good_until_it_is_too_old():
    assert [Token("a", until=5.0).good(now) for now in (4.9, 5.0)] == [True, False]
    assert Token("a").good(1e12)
    assert not Token(refresh="r0").good(0.0)


def test_a_token_does_not_show_itself():
    assert "secret" not in repr(Token("secret", "secret"))


def test_a_request_carries_its_token_before_it_is_authenticated():
    vendor = Destination(
        "v", title="V", url="https://v.test", oauth=OAuth2("/t"), settings=DECLARED
    )

    @vendor.authenticate
    def authenticate(request, settings):
        return request.with_headers({"X-Saw": request.header("authorization")})

    assert vendor.sign(Request.get("/x"), SETTINGS, token="a1").header("x-saw") == "Bearer a1"


def test_a_token_may_go_elsewhere_on_a_request():
    oauth = OAuth2("/t", put=lambda request, token: request.with_headers({"X-Token": token}))
    vendor = Destination("v", title="V", url="https://v.test", oauth=oauth, settings=DECLARED)
    signed = vendor.sign(Request.get("/x"), SETTINGS, token="a1")
    assert (signed.header("x-token"), signed.header("authorization")) == ("a1", None)


@pytest.mark.parametrize(
    ("oauth", "problem"),
    [
        (OAuth2("/t", client_id="clientID"), 'no setting "clientID"; did you mean "clientId"?'),
        (OAuth2("/t", refresh_token="token"), 'no setting "token"'),
        (OAuth2("/t", client_secret="clientId"), '"clientId" should be writeOnly'),
        (OAuth2("id.test/token"), "'id.test/token' is no URL, nor a path"),
    ],
    ids=["unknown", "far from any", "not secret", "no URL"],
)
def test_settings_that_are_not_there_or_not_secret_are_refused(oauth, problem):
    vendor = Destination("v", title="V", url="https://v.test", oauth=oauth, settings=DECLARED)
    assert [problem in str(one) for one in vendor.check()] == [True]


def test_a_client_that_asks_for_itself_needs_no_refresh_token():
    oauth = OAuth2("/t", "client_credentials", refresh_token="none")
    assert oauth.check(DECLARED) == []
