"""Where URLs lead."""

import pytest

from segue.errors import RefusedError
from segue.senders.place import Origin, place


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("http://api.test/a", Origin("api.test", 80, secure=False), "api.test"),
        ("https://API.test/a", Origin("api.test", 443, secure=True), "API.test"),
        ("https://api.test:8443", Origin("api.test", 8443, secure=True), "api.test:8443"),
        ("http://[::1]:8080/", Origin("::1", 8080, secure=False), "[::1]:8080"),
        ("https://é.test/", Origin("xn--9ca.test", 443, secure=True), "xn--9ca.test"),
    ],
)
def test_an_origin_is_whom_to_connect_to(url, origin, host):
    found = place(url)
    assert (found.origin, found.host) == (origin, host)


@pytest.mark.parametrize("url", ["http://", "/a", "mailto:a@b.test", "http://[::1"])
def test_what_names_no_host_is_refused(url):
    with pytest.raises(RefusedError):
        place(url)
