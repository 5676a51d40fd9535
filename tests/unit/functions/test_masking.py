"""Secrets in requests that wait: named while they wait, put back when they are sent."""

from hypothesis import given
from hypothesis import strategies as st

from segue import Request
from segue.functions.masking import mask, unmask


SETTINGS = {"token": "s3cret/key", "pin": "1234", "region": "eu-central", "port": 8080}
SECRETS = ("s3cret/key", "1234")

PIECES = st.sampled_from(
    [
        "s3cret/key",
        "s3cret%2Fkey",
        "${settings.",
        "${settings.token}",
        "!",
        "}",
        "eu-central",
        "a/",
        ":url",
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
NAMES = st.sampled_from(["a", "b"])
REQUESTS = st.builds(
    Request,
    method=st.just("POST"),
    url=TEXTS,
    json=st.none() | TEXTS | st.dictionaries(TEXTS, st.lists(TEXTS)),
    body=st.none() | TEXTS.map(str.encode) | st.binary(),
    params=st.dictionaries(NAMES, TEXTS | st.integers()),
    headers=st.dictionaries(NAMES, TEXTS),
)


def masked(request):
    return mask(request, SETTINGS, SECRETS)


def test_a_secret_is_named_wherever_it_stands():
    request = Request.post(
        "/s3cret%2Fkey/x",
        json={"a": ["s3cret/key"]},
        params={"key": "s3cret/key"},
        headers={"Authorization": "Bearer s3cret/key"},
    )
    assert masked(request) == Request.post(
        "/${settings.token:url}/x",
        json={"a": ["${settings.token}"]},
        params={"key": "${settings.token}"},
        headers={"Authorization": "Bearer ${settings.token}"},
    )


@given(REQUESTS)
def test_no_secret_is_left_and_nothing_is_lost(request):
    hidden = masked(request)
    assert "s3cret" not in f"{hidden.url}{hidden.json}{hidden.body}{hidden.params}{hidden.headers}"
    assert unmask(hidden, SETTINGS) == request


def test_another_value_of_the_setting_is_sent_from_then_on():
    request = masked(Request.get("/", headers={"X-Token": "s3cret/key"}))
    assert unmask(request, {"token": "new"}).headers == {"X-Token": "new"}


def test_an_event_that_names_a_setting_is_not_told_its_value():
    request = masked(Request.post("/", json={"note": "${settings.token}"}))
    assert unmask(request, SETTINGS).json == {"note": "${settings.token}"}


def test_what_is_short_or_no_secret_stays():
    request = Request.post("/1234", json="eu-central")
    assert masked(request) == request
