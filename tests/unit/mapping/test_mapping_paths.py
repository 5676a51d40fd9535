import pytest

from segue.json import MISSING
from segue.mapping import compile_path, split_path


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("$.a.b", ("a", "b")),
        ("a.b", ("a", "b")),
        ("$.a[0].b", ("a", "0", "b")),
        ("$[0]", ("0",)),
        ("a['b']", ("a", "b")),
        ('$["a"]["b"]', ("a", "b")),
    ],
)
def test_a_path_is_keys_between_dots_and_brackets(path, keys):
    assert split_path(path) == keys


@pytest.mark.parametrize("path", ["", ".", "$", "$.", ".."])
def test_the_whole_event_has_short_names(path):
    assert split_path(path) == ()


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("traits['first.name']", ("traits", "first.name")),
        ("$['a/b[0]']", ("a/b[0]",)),
        ("""$["it's"]""", ("it's",)),
        (r"""$['it\'s \"so\" \\ \n']""", ('it\'s "so" \\ \\n',)),
        ("$['']", ("",)),
        ("['$.a'].b", ("$.a", "b")),
        ("['$']", ("$",)),
    ],
)
def test_a_quoted_key_in_brackets_may_hold_anything(path, keys):
    assert split_path(path) == keys


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("a..b.", ("a", "b")),
        ("a[0", ("a", "0")),
        ("a1].b", ("a1", "b")),
        ("a[b].c", ("a[b]", "c")),
        ("a.'b c'", ("a", "b c")),
        (' a . "b"', (" a ", " b")),
        ("a$.b", ("a$", "b")),
    ],
)
def test_odd_spellings_are_forgiven(path, keys):
    assert split_path(path) == keys


EVENT = {
    "a": {"b": {"c": {"d": 1}}, "0": "zero"},
    "list": [7, {"x": None}, [8]],
    "text": "é😀",
    "null": None,
    "zero": 0,
    "length": "mine",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.0", "zero"),
        ("a.b.c.d", 1),
        ("list.0", 7),
        ("list[1].x", None),
        ("list[2][0]", 8),
        ("list.length", 3),
        ("length", "mine"),
        ("null", None),
    ],
)
def test_a_path_finds_members_items_and_lengths(path, found):
    assert compile_path(path)(EVENT) == found


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "a.x",
        "a.b.x",
        "a.b.c.x",
        "a.b.c.d.x",
        "list.3",
        "list.-1",
        "list.01",
        "list.0x",
        "a.length",
    ],
)
def test_a_path_to_nowhere_is_missing(path):
    assert compile_path(path)(EVENT) is MISSING


@pytest.mark.parametrize(
    "path", ["null.x", "zero.x", "text.x", "list.0.x", "null.x.y.z", "null.length"]
)
def test_no_path_leads_through_null_or_a_scalar(path):
    assert compile_path(path)(EVENT) is MISSING


@pytest.mark.parametrize(
    "path",
    [
        "constructor",
        "a.constructor.name",
        "text.toString",
        "list.map",
        "a.__class__",
        "list.append",
    ],
)
def test_only_what_json_holds_can_be_reached(path):
    assert compile_path(path)(EVENT) is MISSING


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("text.length", 3),
        ("text.0", "é"),
        ("text.1", "\ud83d"),
        ("text.2", "\ude00"),
        ("text.3", MISSING),
    ],
)
def test_texts_are_counted_in_utf_16_units(path, found):
    assert compile_path(path)(EVENT) == found


@pytest.mark.parametrize("path", ["$", "a", "a.b", "a.b.c", "a.b.c.d"])
@pytest.mark.parametrize(
    "event", [None, True, 0, 1.5, "text", [], [[]], {}, {"a": None}, {"a": [1]}]
)
def test_any_value_can_be_searched(path, event):
    assert compile_path(path)(event) in (
        MISSING,
        event,
        event["a"] if isinstance(event, dict) and event else event,
    )


def test_a_path_of_ten_thousand_brackets_is_cut_at_once():
    assert split_path("['" * 10_000) == ("",) * 10_000
    assert split_path("['a']" * 10_000) == ("a",) * 10_000
