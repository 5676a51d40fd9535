"""What goes on the wire and comes off it, without one."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue import Request, Response
from segue.errors import RefusedError
from segue.senders.wire import LARGEST, incoming, inflate, outgoing, redirected, target


WORDS = st.text(max_size=30)


@given(st.dictionaries(WORDS, WORDS, max_size=4))
def test_no_header_can_end_its_line_whatever_is_given(given_headers):
    try:
        headers = outgoing(Request.get("https://x.test", headers=given_headers))
    except RefusedError:
        return
    lines = b"\r\n".join(f"{name}: {value}".encode() for name, value in headers.items())
    assert lines.count(b"\r") == lines.count(b"\n") == len(headers) - 1


@given(WORDS)
def test_no_url_can_end_its_line_whatever_is_given(path):
    try:
        url = target(Request.get(f"https://x.test/{path}", params={"q": path}))
    except RefusedError:
        return
    assert not (url.isascii() and {" ", "\r", "\n"} & set(url))


@given(st.lists(st.tuples(st.sampled_from([b"A", b"a", b"B-c"]), st.binary(max_size=9))))
def test_headers_that_come_are_text_under_lower_case_names(raw):
    headers = incoming(raw)
    assert headers.keys() == {name.decode().lower() for name, _ in raw}
    text = "".join(headers.values())
    assert text.encode().decode() == text


@given(st.binary(max_size=200), st.integers(0, 100))
def test_a_gzip_body_that_was_cut_is_read_as_far_as_it_goes(body, lost):
    packed = gzipped(body)
    read = inflate(packed[: max(2, len(packed) - lost)], "gzip")
    assert body.startswith(read)


@given(st.binary(max_size=200))
def test_nothing_that_calls_itself_gzip_fails(body):
    assert len(inflate(body, "gzip")) <= LARGEST


def gzipped(body):
    packer = zlib.compressobj(wbits=31)
    return packer.compress(body) + packer.flush()


def test_a_body_in_no_encoding_that_we_asked_for_is_left_as_it_is():
    assert inflate(gzipped(b"x"), "br") == gzipped(b"x")


HOME = "https://api.test/v1/things?key=1"


def onward(location, status=302, **options):
    request = Request(method=options.pop("method", "GET"), url=HOME, **options)
    return redirected(request, Response(status, {"location": location}))


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/on", "https://api.test/on"),
        ("on", "https://api.test/v1/on"),
        ("?page=2", "https://api.test/v1/things?page=2"),
        ("//api.test/on", "https://api.test/on"),
        ("https://api.test:443/on", "https://api.test:443/on"),
        ("https://API.test/on", "https://API.test/on"),
    ],
)
def test_a_place_on_the_same_host_is_asked_with_the_same_headers(location, url):
    found = onward(location, headers={"X-Key": "k"})
    assert (found.url, found.headers) == (url, {"X-Key": "k"})


@pytest.mark.parametrize(
    "location",
    [
        "https://other.test/",
        "https://api.test.evil.test/",
        "https://api.test@evil.test/",
        "https://api.test:444/",
        "http://api.test/",
        "//other.test/",
        "https://api.test\\@evil.test/",
    ],
)
def test_a_place_elsewhere_is_asked_without_headers_or_not_at_all(location):
    found = onward(location, headers={"X-Key": "k"})
    assert found is None or found.headers == {}
    assert onward(location, 307, method="POST", body=b"key", headers={"X-Key": "k"}) is None


def test_parameters_are_not_added_to_a_redirect():
    assert onward("/on", params={"q": 1}).params == {}
