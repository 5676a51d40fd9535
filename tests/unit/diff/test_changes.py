"""The differences between two requests, and the kinds that are recognised."""

import pytest

from segue.diff import Sent
from segue.diff.changes import changes
from segue.diff.kinds import kind
from segue.json import MISSING


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (MISSING, 1, "added"),
        (1, MISSING, "removed"),
        ("a", "", "emptied"),
        (None, "a", "filled"),
        ("Ada@X.co", "ada@x.co", "lower-cased"),
        ("ada", "ADA", "upper-cased"),
        (" a ", "a", "trimmed"),
        (" A ", "a", "trimmed and lower-cased"),
        ("Ada", "aDA", "written in another case"),
        ("a  b", "a b", "spaced differently"),
        ("abcdef", "abc", "cut short"),
        ("abcdef", "def", "cut at its start"),
        ("abc", "abc!", "given an ending"),
        ("abc", "+abc", "given a beginning"),
        ("abc", "xyz", "changed"),
        ("42", 42, "made a number, was text"),
        (1.5, "1.5", "made text, was a number"),
        (True, "true", "made text, was a boolean"),
        ("x", 42, "replaced by a number, was text"),
        ([1], {"a": 1}, "replaced by an object, was a list"),
        (12.5, 1250, "multiplied by 100"),
        (1250, 12.5, "divided by 100"),
        (1.26, 1.3, "rounded"),
        (1.26, 1, "rounded"),
        (3, 4, "changed"),
        (1, 1.0, "written as another form of the number"),
        ([1, "b"], ["b", 1], "put in another order"),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "written as another form of the time"),
        ("2026-01-01T00:00:00Z", 1767225600, "written as another form of the time"),
        ("2026-01-01T00:00:00Z", 1767225600000, "written as another form of the time"),
        ("2026-01-01", "2026-01-02", "changed"),
    ],
)  # fmt: skip
def test_what_became_of_a_value_is_recognised(old, new, expected):
    assert kind(old, new) == expected


def sent(body=MISSING, **more):
    given = {"method": "POST", "url": "https://a.example/x", "query": {}, "headers": {}, **more}
    return Sent(**given, body=body)


def told(old, new):
    return [(one.place, one.kind, one.detail) for one in changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (sent({"a": 1, "b": 2}), sent({"b": 2, "a": 1}), []),
        (sent(method="PUT"), sent(), [("method", "changed", "")]),
        (sent(url="https://a.example/x/y"), sent(), [("url", "cut short", "")]),
        (sent(query={"a": "1"}), sent(query={"b": "2"}), [("query/a", "removed", ""), ("query/b", "added", "")]),
        (sent(headers={"x": "A"}), sent(headers={"x": "a"}), [("header/x", "lower-cased", "")]),
        (sent({"a": {"b": "C"}}), sent({"a": {"b": "c"}}), [("body/a/b", "lower-cased", "")]),
        (sent({"a/b": 1}), sent({}), [("body/a~1b", "removed", "")]),
        (sent(), sent({}), [("body", "added", "")]),
        (sent({"a": "long"}), sent({"b": {"c": "long"}}), [("body/a", "removed", ""), ("body/b", "added", "")]),
        (sent({"a": "long"}), sent({"b": "long"}), [("body/a", "moved", "body/b")]),
        (sent({"a": True}), sent({"b": True}), [("body/a", "removed", ""), ("body/b", "added", "")]),
        (sent({"i": [{"p": 1}, {"p": 2}]}), sent({"i": [{"p": "1"}, {"p": 2}]}), [("body/i/*/p", "made text, was a number", "")]),
        (sent({"i": [1, 2]}), sent({"i": [2, 1]}), [("body/i", "put in another order", "")]),
        (sent({"i": [1]}), sent({"i": [1, 2]}), [("body/i/*", "added", "")]),
        (sent({"a": 1}), sent({"a": True}), [("body/a", "replaced by a boolean, was a number", "")]),
        (sent([1]), sent("text"), [("body", "replaced by text, was a list", "")]),
    ],
)  # fmt: skip
def test_each_difference_is_told_with_its_place(old, new, expected):
    assert told(old, new) == expected
