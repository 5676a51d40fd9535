"""Webhooks: where a request goes whatever the event says, what it carries, and who may trust it."""

import hmac
import json
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segue_actions.webhook
from segue import ConfigError, Discarded, PayloadError, Request, load_plugins
from segue.testing import deliver
from segue.workspace import parse_workspace
from segue_actions.webhook._destination import WEBHOOK, sign
from segue_actions.webhook._rules import FORBIDDEN
from segue_actions.webhook.send import send
from segue_actions.webhook.send_batch import send_batch


README = Path(segue_actions.webhook.__file__).with_name("README.md").read_text()
HOME = {"url": "https://hooks.test/in"}
EVENT = {"type": "track", "event": "Paid", "userId": "u1", "messageId": "m1"}


def sent(payload, **settings):
    """The request of a payload, as it is before it is signed."""
    whole = send.spec.coerce({"method": "POST", **payload})
    return send.request(whole, settings={**HOME, **settings})


def refused(payload):
    with pytest.raises(PayloadError) as error:
        send.spec.coerce({"method": "POST", **payload})
    return str(error.value)


def test_by_default_any_event_is_posted_whole():
    request = deliver(send, EVENT, settings=HOME).request
    assert (request.method, request.url) == ("POST", "https://hooks.test/in")
    assert request.json.items() >= EVENT.items()


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
def test_every_type_of_call_is_sent(kind):
    event = {"type": kind, "userId": "u1", "event": "e", "groupId": "g", "previousId": "p"}
    assert deliver(send, event, settings=HOME).matched


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_any_method_carries_the_data(method):
    request = sent({"method": method, "data": {"n": 1}})
    assert (request.method, request.json) == (method, {"n": 1})


def test_a_get_has_no_body():
    assert sent({"method": "GET", "data": {"n": 1}}).content() is None


@pytest.mark.parametrize(
    ("home", "url", "parts", "there"),
    [
        ("https://a.test/in", "", [], "https://a.test/in"),
        ("https://a.test/in/", "", [], "https://a.test/in/"),
        ("https://a.test/in", "/users/{}", ["u1"], "https://a.test/in/users/u1"),
        ("https://a.test/in/", "/users/{}", ["u1"], "https://a.test/in/users/u1"),
        ("https://a.test?key=1", "/x?a=1", [], "https://a.test/x?a=1"),
        ("https://a.test", "http://b.test:81/{}/{}", ["x", "y"], "http://b.test:81/x/y"),
        ("https://a.test", "/x?q={}&r={}", ["a b", "c&d=e"], "https://a.test/x?q=a%20b&r=c%26d%3De"),
        ("https://a.test", "//evil.test/x", [], "https://a.test//evil.test/x"),
        ("https://a.test", "/{}", ["é/é"], "https://a.test/%C3%A9%2F%C3%A9"),
        ("https://a.test", "/://b.test", [], "https://a.test/://b.test"),
    ],
    ids=["home", "slash", "behind", "behind slash", "query", "elsewhere", "in query", "two slashes", "not ASCII", "path with a scheme's sign"],
)  # fmt: skip
def test_the_url_is_that_of_the_connection_or_behind_it_or_another(home, url, parts, there):
    place = {"url": url, "parts": parts} if url else {}
    assert sent(place, url=home).url == there


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2))
def test_no_part_is_ever_more_than_a_part(parts):
    template = "https://b.test:81/x/{}/y{}?q={}"
    try:
        url = sent({"url": template, "parts": [*parts, parts[0]]}).url
    except PayloadError:
        assert any(not part.strip(".") or len(part) > 500 or not part.strip() for part in parts)
        return
    found = urlsplit(url)
    assert (found.netloc, found.fragment) == ("b.test:81", "")
    _, x, one, other = found.path.split("/")
    assert (x, unquote(one), unquote(other), unquote(found.query)) == (
        *("x", parts[0], f"y{parts[1]}"),
        f"q={parts[0]}",
    )


@pytest.mark.parametrize(
    "parts",
    [["."], [".."], ["..", "x"], [""], []],
    ids=["dot", "dots", "dots first", "empty", "none"],
)
def test_a_part_that_would_lead_elsewhere_or_is_missing_is_refused(parts):
    assert "URL Parts" in refused({"url": "/users/{}/cards", "parts": parts})


@pytest.mark.parametrize(
    ("url", "parts"),
    [("/a/{}/{}", ["x"]), ("/{}/{}/{}/{}/{}", ["1", "2", "3", "4"]), ("/{}", None)],
    ids=["one of two", "four of five", "none"],
)
def test_each_pair_of_braces_needs_a_part(url, parts):
    given_parts = {} if parts is None else {"parts": parts}
    assert "URL Parts" in refused({"url": url, **given_parts})


@pytest.mark.parametrize(
    "url",
    [
        "users",
        "ftp://x.test/",
        "https://{}.test/",
        "https://user:pass@x.test/",
        "https://x.test\\@evil.test/",
        "https://x.test/../admin",
        "/./x",
        "/a/..",
        "/a b",
        "/x#y",
        "/{}{}{}{}{}{}",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_url_to_rely_on_is_refused(url):
    assert refused({"url": url, "parts": ["1", "2", "3", "4", "5"]})


@pytest.mark.parametrize("name", [*FORBIDDEN, "Host", "CONTENT-LENGTH", "Transfer-encoding"])
def test_headers_that_frame_a_request_are_refused_by_name(name):
    assert f'The name "{name}" may not be in "Headers"' in refused({"headers": {name: "x"}})


@pytest.mark.parametrize("header", [{"X Y": "1"}, {"": "1"}, {"X-A:": "1"}, {"X-A": "1\r\nX-B: 2"}])
def test_what_is_no_header_is_refused(header):
    assert refused({"headers": header})


def test_a_forbidden_header_of_the_connection_is_refused_with_its_line():
    text = (
        "version: 1\nconnections:\n  hook:\n    destination: webhook\n    settings:\n"
        "      url: https://x.test\n      headers: {Host: evil.test}\n"
    )
    with pytest.raises(ConfigError) as error:
        parse_workspace(text, load_plugins(), environ={})
    (problem,) = error.value.problems
    assert problem.line == 7
    assert 'A name may not be in "Headers"' in str(problem)


SECRET = {"headers": {"Authorization": "Bearer t0ken", "X-Team": "a"}}


def test_headers_of_the_connection_are_added_when_it_is_sent_and_an_event_cannot_replace_them():
    made = sent({"headers": {"X-Kind": "track", "authorization": "mine"}}, **SECRET)
    assert dict(made.headers) == {"X-Kind": "track", "authorization": "mine"}
    signed = WEBHOOK.sign(made, {**HOME, **SECRET})
    assert (signed.header("authorization"), signed.header("x-team")) == ("Bearer t0ken", "a")
    assert signed.header("x-kind") == "track"


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://hooks.test/in/x", True),
        ("https://hooks.test:443/", True),
        ("https://hooks.test:8443/", False),
        ("http://hooks.test/", False),
        ("https://other.test/", False),
        ("https://hooks.test.other.test/", False),
    ],
)
def test_what_is_private_goes_to_the_host_of_the_connection_only(url, private):
    settings = {**SECRET, "url": "https://hooks.test/in?key=s3cret"}
    signed = WEBHOOK.sign(Request.post(url), settings)
    assert ("authorization" in {name.lower() for name in signed.headers}) is private
    assert ("key=s3cret" in signed.url) is private


def test_the_query_of_the_connection_joins_that_of_the_mapping():
    settings = {"url": "https://hooks.test/in?key=1"}
    made = send.request({"method": "POST", "url": "/x?a=1"}, settings=settings)
    assert WEBHOOK.sign(made, settings).url == "https://hooks.test/in/x?a=1&key=1"


def test_a_signature_is_of_the_body_and_the_time():
    signed = WEBHOOK.sign(
        Request.post("https://x.test", json={"a": 1}), {**HOME, "sharedSecret": "k"}
    )
    at, proof = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", signed.header("x-signature")).groups()
    assert proof == hmac.new(b"k", f'{at}.{{"a":1}}'.encode(), sha256).hexdigest()


def test_the_header_of_the_signature_may_be_another_and_no_event_can_forge_it():
    settings = {**HOME, "sharedSecret": "k", "signatureHeader": "X-Hub"}
    signed = WEBHOOK.sign(Request.post("https://x.test", headers={"x-hub": "t=1,v1=0"}), settings)
    assert re.fullmatch(r"t=\d+,v1=[0-9a-f]{64}", signed.header("x-hub"))
    assert signed.header("x-signature") is None


def test_without_a_secret_nothing_is_signed():
    assert WEBHOOK.sign(Request.post("https://x.test"), HOME).headers == {}


@pytest.fixture(scope="module")
def verify():
    """The function of the README that a receiver verifies a request with."""
    names = {}
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, names)
    return names["verify"]


@pytest.mark.parametrize(
    ("body", "secret", "at", "good"),
    [
        (b'{"a":1}', "k", 1_000_000, True),
        (b'{"a":1}', "k", 1_000_299, True),
        (b'{"a":1}', "k", 1_000_301, False),
        (b'{"a":1}', "k", 999_000, False),
        (b'{"a":2}', "k", 1_000_000, False),
        (b'{"a":1}', "other", 1_000_000, False),
    ],
    ids=["good", "late", "too late", "too early", "another body", "another secret"],
)
def test_the_readme_verifies_what_is_signed_and_nothing_else(verify, body, secret, at, good):
    assert verify(body, sign(b'{"a":1}', "k", 1_000_000), secret, now=at) is good


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=0", "t=x,v1=0", "t=1,v1=", "nonsense", "t=1,v1=é"]
)
def test_the_readme_refuses_what_is_no_signature(verify, header):
    assert verify(b"", header, "k", now=1) is False


def test_the_workspace_of_the_readme_is_one():
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    whole = f"version: 1\nsources: {{website: {{write_key: w}}}}\n{text}"
    environ = {"HOOKS_TOKEN": "t", "HOOKS_SECRET": "s"}
    hooks = parse_workspace(whole, load_plugins(), environ=environ).connections["hooks"]
    assert [one.action for one in hooks.mappings] == [send, send_batch, send]


def batch(*data, **same):
    payloads = [{"method": "POST", "format": "array", **same, "data": one} for one in data]
    return next(send_batch.batch_steps(payloads, settings=HOME, contexts=[]))


def test_a_batch_is_an_array():
    assert batch({"n": 1}, {"n": 2}).json == [{"n": 1}, {"n": 2}]


def test_one_event_is_an_array_too():
    payload = {"method": "POST", "format": "array", "data": {"n": 1}}
    assert send_batch.request(payload, settings=HOME).json == [{"n": 1}]


def test_a_batch_may_be_lines_of_json():
    request = batch({"text": "a\nb"}, {"text": "é\u2028"}, format="ndjson")
    assert [json.loads(line) for line in request.body.splitlines()] == [
        {"text": "a\nb"},
        {"text": "é\u2028"},
    ]
    assert request.header("content-type") == "application/x-ndjson"


def test_lines_may_have_a_content_type_of_their_own():
    request = batch(1, format="ndjson", headers={"content-type": "application/jsonl"})
    assert dict(request.headers) == {"content-type": "application/jsonl"}


def test_a_private_address_is_refused_with_the_remedy():
    outcome = deliver(send, EVENT, settings={"url": "http://169.254.169.254/latest/"}).outcome
    assert isinstance(outcome, Discarded)
    assert outcome.code == "PRIVATE_ADDRESS"
    assert "allow_private: [169.254.169.254]" in outcome.why
