import sys
from collections import UserDict, UserList
from types import MappingProxyType

import pytest

from segue.trigger import And, Boolean, Compare, Number, Or, Path, Text, compile_trigger


def matches(trigger, **event):
    return compile_trigger(trigger)(event)


MISSING = object()


def of_value(trigger, value):
    return compile_trigger(trigger)({} if value is MISSING else {"a": value})


VALUES = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "false": False,
    "0": 0,
    "5": 5,
    "5.0": 5.0,
    "6": 6,
    "nan": float("nan"),
    "''": "",
    "'x'": "x",
    "'5'": "5",
    "'true'": "true",
    "[]": [],
    "['x']": ["x"],
    "{}": {},
}


@pytest.mark.parametrize(
    ("trigger", "holds"),
    [
        ('a = "x"', {"'x'"}),
        ('a != "x"', VALUES.keys() - {"'x'"}),
        ("a = 5", {"5", "5.0"}),
        ("a != 5", {"0", "6", "nan"}),
        ("a = true", {"true"}),
        ("a != true", VALUES.keys() - {"true"}),
        ("a = false", {"false"}),
        ("a = null", {"missing", "null"}),
        ("a != null", VALUES.keys() - {"missing", "null"}),
        ("a > 4", {"5", "5.0", "6"}),
        ("a >= 5", {"5", "5.0", "6"}),
        ("a < 5", {"0"}),
        ("a <= 5", {"0", "5", "5.0"}),
        ('a <= "5"', {"0", "5", "5.0"}),
        ('a <= "x"', set()),
        ("a > null", set()),
        ("a > [1]", set()),
        ("a < true", {"0"}),
        ("5 < a", {"6"}),
        ("5 <= a", {"5", "5.0", "6"}),
        ("5 > a", {"0"}),
        ("5 >= a", {"0", "5", "5.0"}),
        ("5 = a", {"5", "5.0"}),
        ("5 != a", {"0", "6", "nan"}),
        ('"x" != a', VALUES.keys() - {"'x'"}),
        ('a in ["x", "5"]', {"'x'", "'5'"}),
        ("a in [5, true, null]", {"missing", "null", "true", "5", "5.0"}),
        ("a = ['x']", {"['x']"}),
        ("a != ['x']", VALUES.keys() - {"['x']"}),
        ('"x" in a', {"['x']"}),
        ("a", {"true"}),
        ("!a", VALUES.keys() - {"true"}),
        ("bool(a)", {"true", "5", "5.0", "6", "nan", "'x'", "'5'", "'true'", "['x']"}),
        ('contains(a, "")', {"''", "'x'", "'5'", "'true'"}),
        ('!contains(a, "x")', {"''", "'5'", "'true'"}),
        ('!(contains(a, "x"))', VALUES.keys() - {"'x'"}),
        ('match(a, "?")', {"'x'", "'5'"}),
        ('!match(a, "?")', {"''", "'true'"}),
        ("contains(a, null)", set()),
        ("!contains(a, null)", set()),
        ("length(a) = 0", {"missing", "null", "''", "[]"}),
        ("length(a) > 0", {"'x'", "'5'", "'true'", "['x']"}),
        ('typeof(a) = "null"', {"missing", "null"}),
        ("true", VALUES.keys()),
        ("false", set()),
    ],
)
def test_a_condition_holds_for_these_values(trigger, holds):
    assert {name for name, value in VALUES.items() if of_value(trigger, value)} == set(holds)


@pytest.mark.parametrize(
    ("trigger", "holds"),
    [
        ("a = b.c", True),
        ("a != b.c", False),
        ("a < b.c", False),
        ("a <= b.c", True),
        ("a in b.d", True),
        ("b.e in b.d", False),
        ("b.none = b.nothing", True),
        ('contains("12", b.text)', True),
        ('!contains("12", b.text)', False),
        ('!contains("12", b.c)', False),
    ],
)
def test_two_places_of_an_event_are_compared(trigger, holds):
    b = {"c": 1.0, "d": [0, 1], "e": True, "text": "1"}
    assert matches(trigger, a=1, b=b) is holds


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", 1),
        ("a.list.0", "x"),
        ("a.list.1.y.0", 2),
        ("a.list.2", None),
        ("a.list.-1", None),
        ("a.list.01", None),
        ("a.list.length", None),
        ("a.text.0", None),
        ("a.b.c", None),
        ("a.empty.c", None),
        ("none.b.c", None),
        (r"a.odd\ key", 3),
        ("a.0", 4),
    ],
)
def test_a_path_walks_into_objects_and_lists_only(path, found):
    inner = {"b": 1, "list": ["x", {"y": (2,)}], "text": "t", "empty": "", "odd key": 3, "0": 4}
    literal = "null" if found is None else f'"{found}"' if isinstance(found, str) else found
    assert matches(f"{path} = {literal}", a=inner)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_a_group_of_any_size_asks_all_its_conditions(count):
    conditions = tuple(Compare(Path((f"k{at}",)), "=", Number(1)) for at in range(count))
    every, some = compile_trigger(And(conditions)), compile_trigger(Or(conditions))
    full = {f"k{at}": 1 for at in range(count)}
    lacking = [{**full, f"k{at}": 0} for at in range(count)]
    single = [{f"k{at}": 1} for at in range(count)]
    assert (every(full), [every(event) for event in lacking]) == (True, [False] * count)
    assert (some({}), [some(event) for event in single]) == (False, [True] * count)


ANYTHING = (
    'type = "x" or properties.a.b > 5 or contains(properties.a, "x") or a in b.c or a.b = c.d'
    ' or length(a.b) > 3 or string(a.b) = "x" or number(a.b) > 3 or match(snakecase(a), "?*")'
    ' or "x" in a or bool(a.b.c) and typeof(a) = b or kebabcase(a.b) = titlecase(b) or a.0.1 != 5'
)


ODD = {
    "nan": float("nan"),
    "a large number": 10**5000,
    "a small number": -(10**5000),
    "half an emoji": "\ud83d",
    "1 MB": "x" * 1_000_000,
    "an object": object(),
    "bytes": b"x",
    "a set": {1, 2},
    "odd keys": {1: {2: 3}, None: 4},
    "a mapping": UserDict(a=1),
    "a sequence": UserList([1]),
    "a tuple": (1, (2,)),
    "a function": len,
    "a complex number": complex(1, 2),
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_no_value_makes_it_raise(value):
    event = {"type": value, "properties": {"a": value}, "a": value, "b": {"c": [value]}, "c": value}
    assert compile_trigger(ANYTHING)(event) in {True, False}


@pytest.mark.parametrize(
    "event", [None, 5, "text", ["x"], object()], ids=["null", "number", "text", "list", "object"]
)
def test_what_is_no_event_has_nothing_in_it(event):
    event_reads_nothing = compile_trigger("type = null and a.b = null and a.b.c = null")
    assert event_reads_nothing(event)


@pytest.mark.parametrize("event", [MappingProxyType({"a": {"b": 1}}), UserDict(a=UserDict(b=1))])
def test_any_mapping_will_do_as_an_event(event):
    assert compile_trigger("a.b = 1 and a != null")(event)


def nest(levels, wrap):
    value = 1
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"]
)
def test_an_event_is_compared_however_deep_it_is(wrap):
    levels = sys.getrecursionlimit() * 2
    one, other = nest(levels, wrap), nest(levels, wrap)
    assert matches("a.x = b.x and a.x != c.x", a={"x": one}, b={"x": other}, c={"x": wrap(one)})


def test_a_value_within_itself_is_compared():
    one, other = [1], [1]
    one.append(one)
    other.append(other)
    assert matches("a.x = b.x", a={"x": one}, b={"x": other})


def test_a_path_of_many_parts_reaches_deep():
    path = Path(("a",) * 1000)
    event = nest(1000, lambda inner: {"a": inner})
    assert compile_trigger(Compare(path, "=", Number(1)))(event)


def test_a_tree_of_100_levels_is_evaluated():
    tree = Boolean(value=True)
    for _ in range(50):
        tree = And((Or((tree, Boolean(value=False))), Boolean(value=True)))
    assert compile_trigger(tree)({})


def test_a_trigger_of_5_kb_is_evaluated():
    names = [f'event = "Event number {at}"' for at in range(170)]
    wanted = compile_trigger(" or ".join(names))
    assert (wanted({"event": "Event number 169"}), wanted({"event": "Event"})) == (True, False)


def test_a_text_key_takes_a_number_as_text_in_a_tree_too():
    assert Compare(Path(("userId",)), "=", Number(5)).right == Text("5")
