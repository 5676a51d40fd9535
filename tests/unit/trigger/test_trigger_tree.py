import re

import pytest

from segue.trigger import (
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Null,
    Number,
    Or,
    Path,
    Text,
    parse_trigger,
    trigger_paths,
)


A, B = Path(("a",)), Path(("b",))
LONG = Call("length", (A,))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Path(("properties", "items", "0")), "properties.items.0"),
        (Path(("a b", "c.d", "é")), r"a\ b.c\.d.\é"),
        (Path(("0",)), r"\0"),
        (Path(("-x",)), r"\-x"),
        (Path(("null",)), r"\null"),
        (Path(("in", "and")), r"\in.and"),
        (Compare(A, "=", B), r"a = \b"),
        (Compare(A, "=", Path(("b", "c"))), "a = b.c"),
        (Compare(Text("x"), "in", B), '"x" in b'),
        (Compare(Number(5), "<", B), "5 < b"),
        (Compare(A, "=", Text(r"a\*b")), r'a = "a\*b"'),
        (Compare(A, "=", Text("\\")), r'a = "\\"'),
        (Compare(A, "=", Text(r"\\")), r'a = "\\\\"'),
        (Compare(A, "=", Text('"')), r'a = "\""'),
        (Compare(A, "=", Text("'")), """a = "'\""""),
        (Compare(A, "=", Text(r"\'")), r'''a = "\\'"'''),
        (Compare(A, "=", Number(5.0)), "a = 5"),
        (Compare(A, "=", Number(-0.0)), "a = 0"),
        (Compare(A, "=", Number(1e22)), "a = 1e+22"),
        (Compare(A, "=", Number(10**22)), "a = 10000000000000000000000"),
        (Compare(A, "in", List((Text("x"), Null()))), 'a in ["x", null]'),
        (Call("contains", (A, Number(5))), 'contains(a, "5")'),
        (Call("contains", (A, B)), r"contains(a, \b)"),
        (Negative(Call("match", (A, Text("x*")))), '!match(a, "x*")'),
        (Not(Call("match", (A, Text("x*")))), '!(match(a, "x*"))'),
        (Not(A), "!(a)"),
        (Or((And((A, B)), A)), "(a and b) or a"),
        (And((Not(Or((A, B))), A)), "!(a or b) and a"),
        (Compare(LONG, ">", Number(3)), "length(a) > 3"),
        (Boolean(value=False), "false"),
    ],
)
def test_a_tree_prints_as_text_that_reads_back(tree, text):
    assert (str(tree), parse_trigger(text)) == (text, tree)


EMPTY = "a path needs parts, and none of them empty"
INFINITE = "a number must be finite, below 1.8e308"
NO_TRUTH = "length() gives a value; compare it with something"
REFUSED = {
    "a path without parts": (lambda: Path(()), EMPTY),
    "an empty part": (lambda: Path(("a", "")), EMPTY),
    "not a number": (lambda: Number(float("nan")), INFINITE),
    "a number too large": (lambda: Number(10**400), INFINITE),
    "a boolean as number": (lambda: Number(value=True), INFINITE),
    "an empty list": (lambda: List(()), "a list needs an item"),
    "an unknown function": (lambda: Call("size", (A,)), 'there is no function "size"'),
    "an argument too many": (
        lambda: Call("length", (A, B)),
        "length() takes 1 argument, got 2",
    ),
    "a pattern that is read": (
        lambda: Call("match", (A, B)),
        'match() needs its pattern as text, such as "Order *"',
    ),
    "an unknown operator": (lambda: Compare(A, "==", B), 'there is no operator "=="'),
    "in a text": (
        lambda: Compare(A, "in", Text("x")),
        '"in" needs a list, such as ["a", "b"]',
    ),
    "a negative length": (lambda: Negative(LONG), "length() has no negative form"),
    "the opposite of a length": (lambda: Not(LONG), NO_TRUTH),
    "a group with a length": (lambda: Or((A, LONG)), NO_TRUTH),
    "a group of one": (lambda: And((A,)), "a group needs two conditions"),
}


@pytest.mark.parametrize(("build", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_node_refuses_what_the_language_cannot_say(build, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        build()


def deep(levels):
    tree = A
    for _ in range(levels):
        tree = Not(tree)
    return tree


def test_a_tree_of_100_levels_prints_and_reads_back():
    assert parse_trigger(str(deep(100))) == deep(100)


def test_a_tree_has_at_most_100_levels():
    with pytest.raises(ValueError, match="more than 100 levels"):
        deep(101)


def test_one_and_true_are_different():
    assert Number(1) != Boolean(value=True)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("true", []),
        ('type = "track" and !(event = "x" or type = "y")', ["type", "event"]),
        ("!contains(lowercase(a.b), c.d) or e in f.g", ["a.b", "c.d", "e", "f.g"]),
    ],
)
def test_the_paths_that_a_trigger_reads(text, paths):
    assert [str(path) for path in trigger_paths(parse_trigger(text))] == paths
