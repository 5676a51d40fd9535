"""The two validators have one opinion: every pattern and format, and every pair of items."""

from itertools import product

import pytest

from segue.fields.formats import CHECKS
from segue.fields.validation import compile_judge, compile_verdict


PATTERNS = [
    "^a",
    "b$",
    r"^\d+$",
    "^.$",
    "[^a-c]",
    r"\bfoo\b",
    "a|^$",
    r"^\w{2,3}$",
    r"\s",
    "é",
    "^[^]$",
]
TEXTS = [
    *("", " ", "a", "b", "ab", "foo", "éfoo", "5", "٣", "5\n", "ab\n", "\r", "\u2028", "\x85", "é", "😀"),
    *("ada@example.com", "a@b", "2024-02-29", "2023-02-29", "2024-02-29T10:00:00Z", "10:00:00", "::1"),
    *("1.2.3.4", "https://x.test/a", "123e4567-e89b-12d3-a456-426614174000", "x.test", "a+", "(", "{a}"),
]  # fmt: skip
ITEMS = [
    None,
    0,
    1,
    1.0,
    True,
    False,
    "1",
    "",
    [],
    [1],
    [True],
    {},
    {"a": 1},
    {"a": 1.0},
    {"a": True},
    2**70,
    0.1,
]


def disagreements(schema, values):
    verdict, judge = compile_verdict(schema), compile_judge(schema)
    return [value for value in values if verdict(value) is any(judge(value))]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_they_agree_on_every_pattern(pattern):
    assert disagreements({"pattern": pattern}, [*TEXTS, 5, None]) == []


@pytest.mark.parametrize("name", CHECKS)
def test_they_agree_on_every_format_and_on_one_beside_a_pattern(name):
    assert disagreements({"format": name}, [*TEXTS, 5, None]) == []
    assert disagreements({"format": name, "pattern": "^.{3}"}, TEXTS) == []


def test_they_agree_on_which_items_are_equal():
    pairs = [list(pair) for pair in product(ITEMS, repeat=2)]
    assert disagreements({"uniqueItems": True}, pairs) == []


@pytest.mark.parametrize("constant", [None, 0, 1, True, "1", "", 0.5, [], [1], [True]], ids=repr)
def test_they_agree_on_what_equals_a_constant(constant):
    assert disagreements({"const": constant}, ITEMS) == []
    assert disagreements({"enum": [constant]}, ITEMS) == []


@pytest.mark.parametrize(
    "name", ["string", "number", "integer", "boolean", "object", "array", "null"]
)
def test_they_agree_on_what_is_of_a_type(name):
    odd = [float("nan"), float("inf"), 1e300, -0.0, 10**400]
    assert disagreements({"type": name}, [*ITEMS, *odd]) == []


def test_a_verdict_on_what_cannot_be_read_is_an_error_and_never_a_guess():
    verdict = compile_verdict({"maxLength": 1})
    for value in ("\ud800", {1: 2}, {1}):
        with pytest.raises(ValueError, match=r"surrogates|Dict key|Unsupported"):
            verdict(value)
