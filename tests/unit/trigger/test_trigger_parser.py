import pytest

from segue.errors import TriggerError
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
)


A, B, C = (Path((name,)) for name in "abc")


def refused(text):
    with pytest.raises(TriggerError) as caught:
        parse_trigger(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a and b or c", Or((And((A, B)), C))),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("a and b and c", And((A, B, C))),
        ("(a and b) and c", And((And((A, B)), C))),
        ("((a)) and (b)", And((A, B))),
        ("!a and b", And((Not(A), B))),
        ("!(a and b)", Not(And((A, B)))),
        ("!!a", Not(Not(A))),
        ('!a = "x"', Not(Compare(A, "=", Text("x")))),
        ("a and!(b)or!c", Or((And((A, Not(B))), Not(C)))),
    ],
)
def test_not_binds_closer_than_and_and_and_closer_than_or(text, tree):
    assert parse_trigger(text) == tree


CONTAINS = Call("contains", (A, Text("x")))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('contains(a, "x")', CONTAINS),
        ('!contains(a, "x")', Negative(CONTAINS)),
        ('!(contains(a, "x"))', Not(CONTAINS)),
        ('!!contains(a, "x")', Not(Negative(CONTAINS))),
        ('!contains(a, "x") = true', Not(Compare(CONTAINS, "=", Boolean(value=True)))),
    ],
)
def test_a_bang_right_before_contains_is_its_negative_form(text, tree):
    assert parse_trigger(text) == tree


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a = 5", Number(5)),
        ("a=-5", Number(-5)),
        ("a = +1.50", Number(1.5)),
        ("a = 007", Number(7)),
        ("a = 1e3", Number(1000)),
        ("a = 12345678901234567890123", Number(12345678901234567890123)),
        ("a = true", Boolean(value=True)),
        ("a = null", Null()),
        ("a = 'it\"s'", Text('it"s')),
        (r'a = "\"\'\\\n\*"', Text(r""""'\\n\*""")),
        ("a = track", Text("track")),
        (r"a = order\ completed", Text("order completed")),
        (r"a = \track", Path(("track",))),
        ("a = b.c", Path(("b", "c"))),
        ("a = b . c", Path(("b", "c"))),
        ("a = [1, 'x', y, null]", List((Number(1), Text("x"), Text("y"), Null()))),
        ("a = length(b)", Call("length", (B,))),
    ],
)
def test_the_right_side_is_a_literal_a_bare_word_a_path_or_a_call(text, right):
    assert parse_trigger(text) == Compare(A, "=", right)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("properties.items.0.name", ("properties", "items", "0", "name")),
        (r"properties.product\ 1.a\.b", ("properties", "product 1", "a.b")),
        (r"properties.\é.\\", ("properties", "é", "\\")),
        ("a-b._c", ("a-b", "_c")),
        (r"\null", ("null",)),
        ("a.and.null", ("a", "and", "null")),
        (r"\0.x", ("0", "x")),
        ("contains", ("contains",)),
    ],
)
def test_a_path_has_parts_between_dots(text, parts):
    assert parse_trigger(text) == Path(parts)


@pytest.mark.parametrize("text", ["all", " all\n", "true"])
def test_all_and_true_take_every_event(text):
    assert parse_trigger(text) == Boolean(value=True)


@pytest.mark.parametrize("text", ["type = 5", "event in [5, true]", "name > 5", "userId != 5"])
def test_a_number_beside_a_key_that_holds_text_is_text(text):
    assert '"5"' in str(parse_trigger(text))


@pytest.mark.parametrize(
    ("text", "offset", "reason", "hint"),
    [
        ("", 0, "expected a condition, found the end", 'write "true" for every event'),
        (" \n", 2, "expected a condition, found the end", 'write "true" for every event'),
        ("()", 1, 'expected a condition, found ")"', None),
        ("a and", 5, "expected a condition, found the end", None),
        ("a = ", 4, "expected a value, found the end", None),
        ("a = and", 4, 'expected a value, found "and"', None),
        ("(a", 0, '"(" is never closed', None),
        ("a)", 1, 'no "(" is open here', None),
        ('"x"', 3, 'expected an operator after "x"', None),
        ('contians(a, "b")', 0, 'there is no function "contians"', 'did you mean "contains"?'),
        ('Contains(a, "b")', 0, 'there is no function "Contains"', 'did you mean "contains"?'),
        ("contains(a)", 0, "contains() takes 2 arguments, got 1", None),
        ("length()", 0, "length() takes 1 argument, got 0", None),
        ("length(a", 8, 'expected "," or ")", found the end', None),
        ("length(a)", 0, "length() gives a value", "compare it with something"),
        ("lower(a", 0, 'there is no function "lower"', 'did you mean "lowercase"?'),
        ("a => 5", 2, 'there is no operator "=>"', 'did you mean ">="?'),
        ("a == 5", 2, 'there is no operator "=="', 'did you mean "="?'),
        ("a <> 5", 2, 'there is no operator "<>"', 'did you mean "!="?'),
        ("a && b", 2, 'there is no operator "&&"', 'did you mean "and"?'),
        ("a || b", 2, 'there is no operator "||"', 'did you mean "or"?'),
        ("a =! b", 3, 'expected a value, found "!"', None),
        ("a <<< b", 2, 'there is no operator "<<<"', "the operators are = != < <= > >="),
        (
            "a AND b",
            2,
            'expected an operator, "and" or "or", found "AND"',
            'did you mean "and"?',
        ),
        ("not a", 0, 'there is no "not"', 'write "!" before a call or a parenthesis'),
        (
            'type contains "x"',
            5,
            'expected an operator, "and" or "or", found "contains"',
            'a function stands before its arguments: contains(event, "x")',
        ),
        (
            "items[0] = 1",
            5,
            'expected an operator, "and" or "or", found "["',
            'an index is a part of the path: "items.0", not "items[0]"',
        ),
        ('a = "x" "y"', 8, 'expected an operator, "and" or "or", found "y"', None),
        ('a = "x', 4, "a text is never closed", "close the text with a quote"),
        ("caf\u00e9 = 1", 3, 'unexpected character "\u00e9"', 'in a path, write it "\\\u00e9"'),
        (
            "$.a = 1",
            0,
            'unexpected character "$"',
            'a path starts at the event: write "properties.plan", not "$.properties.plan"',
        ),
        (
            "a = .5",
            4,
            'unexpected character "."',
            'a number starts with a digit ("0.5"), a part of a path with a letter',
        ),
        ("a = 1e999", 4, "the number is too large", None),
        ('a in "x"', 0, '"in" needs a list, such as ["a", "b"]', None),
        ("a in []", 5, "a list needs an item", None),
        ("a in [b.c]", 5, "a list holds texts, numbers, true, false and null", None),
        ('match(a, "[")', 0, '"[" is never closed', 'write "\\[" for a bracket itself'),
        ("match(a, b.c)", 0, 'match() needs its pattern as text, such as "Order *"', None),
        (
            "a \\",
            2,
            'unexpected character "\\"',
            "a backslash stands before the character it escapes",
        ),
    ],
)
def test_an_error_says_where_and_what_to_do(text, offset, reason, hint):
    error = refused(text)
    assert (error.offset, error.reason, error.hint) == (offset, reason, hint)


def test_an_error_shows_the_place_with_a_caret():
    assert str(refused("type = 'a'\nand a => 5")).splitlines()[1:] == [
        "  and a => 5",
        "        ^",
    ]


def test_a_trigger_of_5120_bytes_is_read():
    assert parse_trigger('a = "' + "é" * 2557 + '"') == Compare(A, "=", Text("é" * 2557))


def test_a_longer_trigger_is_refused():
    error = refused('a = "' + "é" * 2558 + '"')
    assert error.reason == "the trigger is too long: 5122 bytes of UTF-8, at most 5120"


@pytest.mark.parametrize(
    "text",
    ["(" * 2500 + "a" + ")" * 2500, "!" * 100 + "a", "length(" * 99 + "a" + ")" * 99 + " = b"],
    ids=["parentheses", "negations", "functions"],
)
def test_100_levels_and_any_number_of_parentheses_are_read(text):
    tree = parse_trigger(text)
    assert parse_trigger(str(tree)) == tree


def test_parentheses_that_stay_open_are_refused_however_many():
    assert refused("(" * 5000 + "a").reason == '"(" is never closed'


@pytest.mark.parametrize(
    "text",
    ["!" * 101 + "a", "lowercase(" * 101 + "a" + ")" * 101 + " = b", "lowercase(" * 500],
    ids=["negations", "functions", "open functions"],
)
def test_more_than_100_levels_are_refused(text):
    assert refused(text).reason == "more than 100 levels"
