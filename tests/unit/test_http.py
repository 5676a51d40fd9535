"""Requests are values: joined, signed and redacted without a connection."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.http import REDACTED, Request, Response, redact


def test_a_path_is_put_behind_the_base_url():
    assert (
        Request.get("/contacts").under("https://x.test/api/").url == "https://x.test/api/contacts"
    )


def test_parameters_go_to_the_query_in_form_encoding():
    request = Request.get("/find?a=1", params={"email": "a b@c", "all": True}).under(
        "https://x.test"
    )
    assert request.url == "https://x.test/find?a=1&email=a+b%40c&all=true"
    assert request.params == {}


def test_parameters_are_not_lost_behind_a_fragment():
    request = Request.get("/find?a=1#top", params={"b": 2}).under("https://x.test")
    assert request.url == "https://x.test/find?a=1&b=2"


def test_an_absolute_url_stays_as_it_is():
    assert Request.get("https://y.test/z").under("https://x.test").url == "https://y.test/z"


@pytest.mark.parametrize("base", ["https://x.test/s3#cret", "https://x.test?a=s3cret"], ids=str)
def test_a_base_url_that_would_be_cut_is_refused_without_being_shown(base):
    with pytest.raises(ValueError, match="the base URL holds") as caught:
        Request.get("/z").under(base)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["contacts", "/a/../../b", "/a/./b", "/..\\b", "file:///etc/passwd", "ftp://x/y"],
    ids=str,
)
def test_a_url_that_leaves_the_base_or_is_not_http_is_refused(url):
    with pytest.raises(ValueError, match=r"URL|path"):
        Request.get(url).under("https://x.test/api")


def test_a_header_replaces_one_of_the_same_name_in_any_case():
    request = Request.get("/", headers={"X-A": "1", "b": "2"}).with_headers({"x-a": "3"})
    assert request.headers == {"b": "2", "x-a": "3"}
    assert request.header("X-A") == "3"


def test_basic_authentication_is_written_in_utf_8():
    assert Request.get("/").with_basic("é", "p:w").header("authorization") == "Basic w6k6cDp3"


def test_json_is_the_body_unless_there_is_none():
    assert Request.post("/", json={"a": "é"}).content() == '{"a":"é"}'.encode()
    assert Request.post("/", body=b"null").content() == b"null"
    assert Request.post("/", json=0).content() == b"0"
    assert Request.get("/").content() is None


def test_no_secret_survives_redaction():
    request = Request.post(
        "https://x.test/k3y/a?token=k3y&q=p%2Fw",
        json={"deep": ["has k3y"]},
        params={"t": "k3y"},
        headers={"Authorization": "Bearer other", "X-Note": "k3y!"},
    )
    shown = request.redacted(["k3y", "p/w", ""])
    assert "k3y" not in str(shown.content()) + shown.url + str(shown.headers) + str(shown.params)
    assert "p%2Fw" not in shown.url
    assert shown.headers["Authorization"] == REDACTED


SECRETS = [
    'quo"te',
    "back\\slash",
    "new\nline",
    "per%cent/&?=#+ space",
    "ünï",
    "<&'>",
    "[bold]",
    "\udcff",
    "red",
]


@pytest.mark.parametrize("secret", SECRETS, ids=ascii)
def test_a_secret_of_any_characters_is_found_in_any_spelling(secret):
    where = Request.post(
        f"https://x.test/{quote(secret, errors='replace')}",
        json={"a": [secret], secret: 1},
        headers={"X-Note": repr(secret)[1:-1]},
    )
    shown = where.redacted([secret])
    assert shown.content() == b'{"a":["[redacted]"],"[redacted]":1}'
    assert shown.headers == {"X-Note": "[redacted]"}
    assert Response(200, body=where.content()).redacted([secret]).body == shown.content()
    assert redact(json.dumps(secret), [secret]) == '"[redacted]"'


SPELLINGS = {
    "base64": base64.b64encode,
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(b"a" + key).rstrip(b"="),
    "HTTP Basic": lambda key: base64.b64encode(b"api:" + key + b"!"),
    "hexadecimal": lambda key: key.hex().encode(),
    "a URL in lower case": lambda key: quote(key, "").lower().encode(),
    "JSON of PHP": lambda key: json.dumps(key.decode()).replace("/", r"\/").encode(),
    "JSON of .NET": lambda key: key.replace(b"+", rb"\u002B"),
    "JSON of Go": lambda key: key.replace(b"&", rb"\u0026"),
    "HTML": lambda key: key.replace(b"&", b"&amp;"),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_a_key_that_a_vendor_sends_back_is_found_however_it_is_written(spelled):
    key = "s3cret/of+l=" if spelled is not SPELLINGS["JSON of Go"] else "s3cret&of"
    shown = Response(401, body=b"no: " + spelled(key.encode())).redacted([key]).text
    assert REDACTED in shown
    assert len(shown) <= len("no: ") + len(REDACTED) + 10


@given(st.binary(), st.binary(min_size=6), st.binary())
def test_a_secret_is_found_in_base64_wherever_it_begins(before, secret, after):
    text = base64.b64encode(before + secret + after).decode()
    assert REDACTED in redact(text, [secret.decode(errors="surrogateescape")])


def test_of_two_secrets_the_longer_is_hidden_whole():
    assert redact("abc ab", ["ab", "abc"]) == "[redacted] [redacted]"


def test_bytes_around_a_secret_are_kept():
    assert Response(200, body=b"\xff k3y \x80").redacted(["k3y"]).body == b"\xff [redacted] \x80"


def test_a_body_without_a_secret_stays_json_when_redacted():
    assert Request.post("/", json={"a": 1}).redacted(["zzz"]).json == {"a": 1}


def test_what_holds_no_secret_is_not_copied():
    request = Request.post("/p", json={"a": 1}, headers={"X-Note": "fine"})
    response = Response(200, {"x-note": "fine"}, b"fine")
    assert request.redacted(["k3y"]) is request
    assert response.redacted(["k3y"]) is response


def test_no_secret_survives_in_a_response():
    response = Response(200, {"set-cookie": "a=b", "x-echo": "p%2Fw"}, b'{"key": "k3y"}')
    shown = response.redacted(["k3y", "p/w", ""])
    assert shown.headers == {"set-cookie": REDACTED, "x-echo": REDACTED}
    assert shown.json() == {"key": REDACTED}
    assert shown.status == 200


def test_the_repr_of_a_request_shows_no_credential():
    assert "s3cret" not in repr(Request.get("/x").with_bearer("s3cret"))


def test_a_response_gives_its_json_or_none():
    assert Response(200, body=b'{"a":1}').json() == {"a": 1}
    assert Response(200, body=b"oops").json() is None
    assert Response(204).json() is None


def test_a_response_is_ok_in_the_two_hundreds_only():
    assert [status for status in (199, 200, 204, 299, 300, 404) if Response(status).ok] == [
        200,
        204,
        299,
    ]
