"""Every format accepts what its specification does, and nothing else."""

import pytest

from segue.fields import FORMATS
from segue.fields.formats import CHECKS
from segue_schemas import REGISTRY


JUDGED = {
    "date": (["2024-02-29"], ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", "٢٠٢٤-01-01"]),
    "time": (
        ["10:00:00", "10:00:00Z", "10:00:00.5+02:00", "23:59:60Z"],
        ["24:00:01Z", "10:60:00Z", "10:00", "22:59:60Z", "10:00:00+99:00"],
    ),
    "date-time": (
        ["2024-02-29T10:00:00Z", "2024-02-29t10:00:00z", "2024-02-29 10:00:00.123-05:30"],
        ["2024-02-29T10:00:00", "2023-02-29T10:00:00Z", "2024-02-29", "2024-02-29T", "x"],
    ),
    "date-like": (
        [
            *("2024-02-29", "2024/2/9", "2024-02", "2024-02-29 10:00", "2024-02-29T24:00:00"),
            *("2024-02-29T10:00:00.123456Z", "2024-02-29 10:00 PM", "-000001-01-01"),
            *("3 April 2024", "April 3, 2024", "Apr 3rd 2024", "3-Apr-2024", "04/03/2024"),
            *("Fri, 03 Apr 2020 10:00:00 GMT", "Fri Apr  3 10:00:00 2020"),
            *("Fri Apr 03 2020 10:00:00 GMT+0200 (CEST)", "1700000000", "1700000000000", "-1.5"),
        ],
        [
            *(
                "2023-02-29",
                "2024-13-01",
                "2024-02-29T25:00",
                "13/04/2024",
                "2024-00",
                "0 May 2024",
            ),
            *("abc 1", "yesterday", "", " ", "T", "1e10", " 5 ", "99999999999999999999", "10:00"),
            *("3 Foo 2024", "2024-02/29", "0 April 2024", "2024-02-29 13:00 PM"),
        ],
    ),
    "email": (
        ["ada@example.com", "A.B+c@x.co", "o'brien@x.ie", "a@1.2.3.4"],
        [
            "a@b",
            "a@",
            "a b@c.de",
            "a..b@c.de",
            '"a b"@c.de',
            "é@b.co",
            "a@b.co ",
            "a@-b.co",
            "a@b-.co",
        ],
    ),
    "hostname": (
        ["x.test", "localhost", "1.2.3.4", "x.test.", "a" * 63 + ".b"],
        ["", "a_b", "-a", "a" * 64, "é.de", ".".join(["a" * 62] * 5)],
    ),
    "ipv4": (["1.2.3.4", "01.2.3.4", "255.255.255.255"], ["256.1.1.1", "1.2.3", "::1", "1.2.3.4 "]),
    "ipv6": (["::1", "::ffff:1.2.3.4", "2001:db8::"], ["1.2.3.4", "fe80::1%eth0", "::g", ""]),
    "regex": (["a+", "[a-z]", "(?<n>a)"], ["(", "\\", "a**", "(?=a)"]),
    "uri": (
        [
            "https://x.test/a?b=c#d",
            "mailto:a@b.c",
            "urn:x:y",
            "http://[::1]:80/",
            "https://x.test:99999/a",
        ],
        ["x.test", "//x.test", "http://x.test/a b", "http://é.test", "http://x.test/%zz", ""],
    ),
    "uri-reference": (["a", "#x", "?q=1", "../a", "//x.test", "https://x.test", ""], ["\\", "a b"]),
    "uri-template": (["https://x.test/{id}", "x", "{?a,b*}", "{a:3}"], ["{", "}", "{a b}", "a b"]),
    "uuid": (
        ["123e4567-e89b-12d3-a456-426614174000", "urn:uuid:123E4567-E89B-12D3-A456-426614174000"],
        ["123e4567e89b12d3a456426614174000", "x", "123e4567-e89b-12d3-a456-42661417400g"],
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_a_format_accepts_its_own_and_refuses_its_likeness(name):
    fit, miss = JUDGED[name]
    assert [text for text in [*fit, *miss] if CHECKS[name](text)] == fit


def test_every_format_that_asserts_is_judged_above():
    assert JUDGED.keys() == CHECKS.keys()


def test_the_metaschema_knows_the_same_formats():
    rules = REGISTRY.contents("urn:segue:fields")["$defs"]["rules"]["properties"]
    assert set(rules["format"]["enum"]) == FORMATS


@pytest.mark.parametrize("name", JUDGED)
def test_a_format_never_raises_on_odd_text(name):
    """Lone surrogates, control characters, length, digits of other scripts."""
    for text in ("\ud800", "\0", "9" * 5000, "٢" * 10, "a" * 100_000, "1" * 39 + "."):
        assert CHECKS[name](text) in {True, False}
