"""Proxies come from the environment, as other programs read it."""

import pytest

from segue.senders.proxies import direct, proxies


def test_without_a_variable_there_is_no_proxy():
    assert proxies({"PATH": "/bin", "NO_PROXY": "*"}) is direct
    assert direct("https://api.test/") is None


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "http://p:1", "HTTPS_PROXY": "http://p:2"}, "http://p:1"),
        ({"https_proxy": "p:1"}, "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:2"}, "http://p:2"),
        ({"HTTP_PROXY": "http://p:1"}, None),
    ],
    ids=["https", "lower case first", "no scheme", "all", "its own first", "http only"],
)
def test_a_proxy_is_found_by_the_scheme_of_the_url(environ, found):
    assert proxies(environ)("https://api.test/a") == found


@pytest.mark.parametrize(
    ("spared", "direct"),
    [
        ("*", True),
        ("api.test", True),
        (".test", True),
        ("TEST", True),
        ("a.test, api.test", True),
        ("api.test:8443", True),
        ("api.test:9000", False),
        ("pi.test", False),
        ("", False),
        (" , ", False),
    ],
)
def test_some_hosts_are_spared_the_proxy(spared, direct):
    proxy = proxies({"HTTPS_PROXY": "http://p:1", "NO_PROXY": spared})
    assert (proxy("https://u:p@api.test:8443/a") is None) is direct
