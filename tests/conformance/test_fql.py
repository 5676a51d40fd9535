"""The trigger language against recorded runs of the reference implementation.

A case that differs falls into one class of ``deviations.md``: the first that applies, in
the order of the tables here. The size of every class is asserted, and what we do instead.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from segue.compat.trigger import trigger_from_segment, trigger_to_segment
from segue.errors import ConfigError, TriggerError
from segue.trigger import (
    Boolean,
    Call,
    Compare,
    Not,
    Null,
    Path,
    Trigger,
    compile_trigger,
    parse_trigger,
    trigger_paths,
)
from segue.trigger.reader import reader


Case = dict[str, Any]
Classes = Mapping[str, Callable[[Case], Any]]

TEXTS = {"type", "event", "name", "userId"}
LEAVES = {"event-type", "event", "name", "userId"}
CONTAINERS = {"properties", "traits", "context"}
OPERATORS = {
    *("=", "!=", "<", "<=", ">", ">=", "exists", "not_exists", "is_true", "is_false"),
    *("number_equals", "number_not_equals", "contains", "starts_with", "ends_with"),
    *("not_contains", "not_starts_with", "not_ends_with"),
}


def parsed(text: str) -> Trigger | None:
    try:
        return parse_trigger(text)
    except TriggerError:
        return None


def read(ast: Any) -> Trigger | None:
    try:
        return trigger_from_segment(ast)
    except ConfigError:
        return None


def nodes(tree: Any) -> Iterator[Any]:
    yield tree
    for name in ("conditions", "arguments"):
        for child in getattr(tree, name, ()):
            yield from nodes(child)
    for name in ("condition", "call", "left", "right"):
        if hasattr(tree, name):
            yield from nodes(getattr(tree, name))


def leaves(ast: Any) -> Iterator[Any]:
    if isinstance(ast, dict) and isinstance(ast.get("children"), list):
        for child in ast["children"]:
            yield from leaves(child)
    else:
        yield ast


def node(holds: Callable[[Any], Any]) -> Callable[[Case], bool]:
    """A class of texts: some node of our tree."""
    return lambda case: any(holds(each) for each in nodes(parse_trigger(case["fql"])))


def call(holds: Callable[[Call], Any]) -> Callable[[Case], bool]:
    return node(lambda each: isinstance(each, Call) and holds(each))


def part(holds: Callable[[str], Any]) -> Callable[[Case], bool]:
    return node(lambda each: isinstance(each, Path) and any(map(holds, each.parts)))


def text(pattern: str) -> Callable[[Case], Any]:
    return lambda case: re.search(pattern, case["fql"])


def leaf(holds: Callable[[Any], Any]) -> Callable[[Case], bool]:
    """A class of Segment's trees: some leaf."""
    return lambda case: any(holds(each) for each in leaves(case["ast"]))


def unquoted(fql: str) -> str:
    return re.sub(r'"[^"]*"', '""', fql)


def mixed(case: Case) -> bool:
    """ "and" and "or" side by side, once every parenthesis is put aside."""
    fql = unquoted(case["fql"])
    while True:
        if any(
            {"and", "or"} <= set(re.findall(r"\b(?:and|or)\b", level))
            for level in [re.sub(r"\([^()]*\)", "", fql), *re.findall(r"\(([^()]*)\)", fql)]
        ):
            return True
        if fql == (fql := re.sub(r"\([^()]*\)", "", fql)):
            return False


def nested(case: Case) -> Any:
    """A parenthesis, even of a call, within a parenthesis."""
    return re.search(r"\([^()]*\(", unquoted(case["fql"]))


def other_path(path: Path) -> bool:
    root, *others = path.parts
    return root not in TEXTS | CONTAINERS or (root in TEXTS) is bool(others)


def other_glob(each: Call) -> bool:
    """A pattern that is neither "text*" nor "*text"."""
    pattern = str(getattr(each.arguments[-1], "value", ""))
    return each.function == "match" and not re.fullmatch(
        r"[^*?\[\\]*\*|\*[^*?\[\\]*", pattern, re.DOTALL
    )


TREES: Classes = {
    "mixed connectives": mixed,
    "nested parentheses": nested,
    "negation": node(lambda each: isinstance(each, Not)),
    "truths": lambda case: isinstance(parse_trigger(case["fql"]), Path | Boolean),
    "any path": lambda case: any(map(other_path, trigger_paths(parse_trigger(case["fql"])))),
    "calls on the type": call(lambda each: each.arguments[0] == Path(("type",))),
    "functions": call(lambda each: each.function not in {"contains", "match"}),
    "numeric parts": part(str.isdecimal),
    "keywords as keys": part({"and", "or", "null"}.__contains__),
    "escaped keys": part(re.compile(r"[.\[\]]").search),
    "single quotes": text(r"[=(,] *'"),
    "quotes in text": text(r'"[^"]*\\["\\]'),
    "null type or event": node(
        lambda each: (
            isinstance(each, Compare)
            and each.right == Null()
            and each.left in {Path(("type",)), Path(("event",))}
        )
    ),
    "globs": call(other_glob),
    "not a boolean": text(r"!= *(true|false)"),
    "boolean user id": text(r"userId = (true|false)"),
    "exponents": text(r"[0-9]e[+-]?[0-9]"),
    "spaces": text(r'[!<>]=[^ ]|\r|"(and|or)\b'),
    "short words": text(r"= [an]\w{1,2}$"),
}

REFUSED: Classes = {
    "random tokens": lambda case: case["src"] == "soup",
    "odd numbers": text(r"= *(?:\.|[+-](?![0-9])|[0-9]x)"),
    "calls as operators": text(r"^\S+ contains "),
    "unknown operators": text(r'==|=<|=>|<>|^type \s*"a"$'),
    "connectives": text(r'\b(and|or) +(and|or)\b|And|not |, event|= and$|Completed|" an$|""""'),
    "empty parts": text(r"\.\.|\. ="),
    "arguments": text(r'match\(event(\)|, null|, "a", "b")'),
    "unfinished": text(r'(=|,|and|"x"|"a"\)|or \(\))$'),
}

SEGMENT: Classes = {
    "malformed trees": lambda case: (
        any(map(malformed, leaves(case["ast"]))) or case["ast"].get("operator") not in {"and", "or"}
    ),
    "empty names": leaf(lambda each: not re.search(r"[^.\[\]]", each.get("name", "x"))),
}

EVENTS: Classes = {
    "no event": lambda case: case["event"] is None,
    "no members": lambda case: any(
        past_the_end(path, case["event"]) for path in trigger_paths(read(case["ast"]))
    ),
    "boolean user id": leaf(lambda each: each["operator"] == "is_true" and each["type"] in LEAVES),
}

PRINTED: Classes = {
    "brackets": leaf(lambda each: "[" in each.get("name", "")),
    "halves of an emoji": leaf(lambda each: any(char > "\uffff" for char in each.get("name", ""))),
    "not a number": leaf(
        lambda each: (
            each["operator"].startswith("number")
            and not isinstance(each.get("value", ""), bool | int | float | None)
        )
    ),
    "numbers as text": leaf(
        lambda each: (
            each["operator"] in {"=", "!="} and isinstance(each.get("value"), bool | int | float)
        )
    ),
    "quotes in text": leaf(lambda each: re.search(r'["\\]', str(each.get("value")))),
    "globs": leaf(lambda each: re.search(r"[*?\[\\]", str(each.get("value")))),
}


def malformed(each: Any) -> bool:
    if not isinstance(each, dict) or each.get("operator") not in OPERATORS:
        return True
    kinds = LEAVES | {"event-property", "event-trait", "event-context"}
    return each.get("type") not in kinds


def past_the_end(path: Path, event: Any) -> bool:
    """The path goes on where we see no members: a scalar, or a name in a list."""
    for name in path.parts:
        if isinstance(event, str | int | float) or (isinstance(event, list) and name == "length"):
            return True
        event = reader(Path((name,)))(event)
    return False


def first(case: Case, *tables: Classes) -> str:
    classes = [pair for table in tables for pair in table.items()]
    return next((name for name, applies in classes if applies(case)), "unlisted")


def agrees(case: Case, same: Callable[[Any, Any], bool]) -> bool:
    """Our tree of a text, in Segment's form, is the recorded one; or both refuse the text."""
    tree, recorded = parsed(case["fql"]), case["output"]
    if tree is None or "error" in recorded:
        return tree is None and "error" in recorded
    return same(trigger_to_segment(tree), recorded)


def test_a_text_reads_as_recorded_unless_its_class_is_listed(cases, same):
    differ = [case for case in cases("fql_parse") if not agrees(case, same)]
    read_otherwise = Counter(first(case, TREES) for case in differ if parsed(case["fql"]))
    assert read_otherwise == {
        "any path": 342,
        "mixed connectives": 51,
        "nested parentheses": 21,
        "calls on the type": 20,
        "not a boolean": 20,
        "globs": 19,
        "negation": 16,
        "single quotes": 8,
        "exponents": 8,
        "escaped keys": 8,
        "numeric parts": 8,
        "spaces": 7,
        "short words": 6,
        "null type or event": 5,
        "truths": 5,
        "functions": 3,
        "boolean user id": 2,
        "quotes in text": 2,
        "keywords as keys": 1,
    }


def test_a_text_that_only_the_reference_reads_is_refused_for_a_listed_reason(cases, same):
    differ = [case for case in cases("fql_parse") if not agrees(case, same)]
    refused = Counter(first(case, REFUSED) for case in differ if not parsed(case["fql"]))
    assert refused == {
        "odd numbers": 36,
        "random tokens": 26,
        "connectives": 10,
        "calls as operators": 6,
        "unknown operators": 6,
        "unfinished": 6,
        "arguments": 3,
        "empty parts": 2,
    }


def result(case: Case) -> bool | None:
    """Whether the event matches; None for a trigger that is refused."""
    tree = parsed(case["fql"]) if "fql" in case else read(case["ast"])
    return compile_trigger(tree)(case["event"]) if tree else None


def test_an_event_matches_as_recorded_unless_its_class_is_listed(cases):
    differ = [case for case in cases("fql_eval") if result(case) is not case.get("output")]
    texts = [case for case in differ if "fql" in case and parsed(case["fql"])]
    trees = [case for case in differ if "ast" in case]
    assert Counter(first(case, TREES) for case in texts) == {
        "any path": 51,
        "negation": 23,
        "mixed connectives": 13,
        "globs": 12,
        "calls on the type": 8,
        "spaces": 6,
        "nested parentheses": 5,
        "truths": 3,
        "single quotes": 2,
        "exponents": 2,
        "boolean user id": 1,
        "escaped keys": 1,
        "numeric parts": 1,
        "not a boolean": 1,
    }
    assert Counter(first(case, SEGMENT, EVENTS) for case in trees) == {
        "empty names": 60,
        "malformed trees": 58,
        "no members": 42,
        "boolean user id": 2,
        "no event": 1,
    }


def test_a_trigger_that_is_refused_hardly_ever_fires_in_the_reference(cases):
    refused = [case for case in cases("fql_eval") if "fql" in case and not parsed(case["fql"])]
    fires = [case for case in refused if case["output"]]
    assert len(refused) == 322
    assert Counter(first(case, REFUSED) for case in fires) == {
        "calls as operators": 6,
        "odd numbers": 1,
        "unfinished": 1,
        "random tokens": 1,
    }


def prints(case: Case) -> bool:
    tree, recorded = read(case["ast"]), case.get("output")
    if tree is None or recorded is None:
        return tree is recorded is None
    return str(tree) == recorded or parsed(recorded) == tree


def test_a_tree_prints_as_recorded_unless_its_class_is_listed(cases):
    differ = [case for case in cases("fql_generate") if not prints(case)]
    assert Counter(first(case, SEGMENT, PRINTED) for case in differ) == {
        "malformed trees": 96,
        "empty names": 76,
        "quotes in text": 68,
        "brackets": 62,
        "not a number": 53,
        "numbers as text": 25,
        "globs": 23,
        "halves of an emoji": 2,
    }


def test_every_tree_that_is_read_prints_as_text_that_reads_back(cases):
    trees = [tree for case in cases("fql_generate") if (tree := read(case["ast"]))]
    assert [str(tree) for tree in trees if parsed(str(tree)) != tree] == []


def test_a_tree_of_segment_and_its_text_match_the_same_events(cases):
    differ = [
        case["id"]
        for case in cases("fql_eval")
        if "ast" in case
        and (tree := read(case["ast"]))
        and compile_trigger(str(tree))(case["event"]) is not compile_trigger(tree)(case["event"])
    ]
    assert differ == []


ORDER = {
    "type": "track",
    "event": "Order Completed",
    "userId": "42",
    "plan": {"and": 1, "a.b": "x"},
    "properties": {"total": 1000, "gift": True, "note": 'say ""', "items": [{"sku": "A"}]},
}


@pytest.mark.parametrize(
    ("deviation", "trigger"),
    [
        ("any path", "plan.and = 1"),
        ("mixed connectives", 'type = "track" or type = "x" and event = "y"'),
        ("nested parentheses", '(type = "x" or (type = "track" and (event != "y")))'),
        ("calls on the type", 'contains(type, "ra")'),
        ("not a boolean", "!(properties.gift != true) and properties.total != true"),
        ("globs", 'match(event, "*Comp*") and match(event, "Order?Completed")'),
        ("negation", '!(type = "x") and !type = "x" and !(properties.none = "x")'),
        ("single quotes", "type = 'track'"),
        ("exponents", "properties.total = 1e3"),
        ("escaped keys", "plan.a\\.b = 'x'"),
        ("numeric parts", 'properties.items.0.sku = "A"'),
        ("spaces", 'type="track"and event!="x"\r\n'),
        ("short words", 'event != an and !(event = "a")'),
        ("null type or event", "type != null and !(event = null)"),
        ("truths", "properties.gift"),
        ("functions", 'length(properties.items) = 1 and uppercase(type) = "TRACK"'),
        ("boolean user id", 'userId != true and !(userId = "true")'),
        ("quotes in text", r'properties.note = "say \"\""'),
        ("keywords as keys", "plan.and != null"),
    ],
)
def test_a_trigger_that_the_reference_reads_otherwise_says_what_it_seems_to(deviation, trigger):
    assert compile_trigger(trigger)(ORDER) is True
    assert deviation in TREES


@pytest.mark.parametrize(
    ("deviation", "trigger", "offset"),
    [
        ("odd numbers", "properties.a = .5", 15),
        ("odd numbers", "properties.a = 5x", 16),
        ("connectives", 'type = "a" and or event = "b"', 15),
        ("calls as operators", 'type contains "x"', 5),
        ("unknown operators", "properties.a => 5", 13),
        ("unfinished", "type =", 6),
        ("arguments", "match(event)", 0),
        ("empty parts", 'properties..a = "x"', 10),
        ("random tokens", "userId foo", 7),
    ],
)
def test_a_trigger_that_the_reference_guesses_at_is_refused_with_its_place(
    deviation, trigger, offset
):
    with pytest.raises(TriggerError) as caught:
        parse_trigger(trigger)
    assert caught.value.offset == offset
    assert deviation in REFUSED


@pytest.mark.parametrize(
    ("leaf", "problem"),
    [
        ({"type": "event", "operator": "="}, None),
        ({"type": "event", "operator": "equals"}, 'unknown operator "equals"'),
        ({"type": "evnt", "operator": "="}, 'unknown type "evnt"'),
        ({"type": "event-property", "name": "", "operator": "exists"}, "the name is not a path"),
        (None, "this is no condition"),
    ],
)
def test_a_malformed_tree_is_refused_where_the_reference_takes_it_for_false(leaf, problem):
    ast = {"type": "group", "operator": "and", "children": [leaf]}
    assert refusal(ast) == problem


def refusal(ast: Any) -> str | None:
    try:
        trigger_from_segment(ast)
    except ConfigError as refused:
        return refused.problems[0].message
    return None


@pytest.mark.parametrize(
    ("deviation", "leaf", "printed"),
    [
        ("brackets", {"name": "a[0]", "operator": "exists"}, "properties.a.0 != null"),
        (
            "halves of an emoji",
            {"name": "\U0001f600", "operator": "exists"},
            "properties.\\\U0001f600 != null",
        ),
        ("not a number", {"operator": "number_equals", "value": "x"}, "false"),
        (
            "not a number",
            {"operator": "number_not_equals", "value": "x"},
            'typeof(properties.p) = "number"',
        ),
        ("numbers as text", {"operator": "=", "value": 5}, 'properties.p = "5"'),
        ("numbers as text", {"operator": "!=", "value": True}, 'properties.p != "true"'),
        ("quotes in text", {"operator": "=", "value": 'a"b'}, r'properties.p = "a\"b"'),
        ("globs", {"operator": "starts_with", "value": "*"}, r'match(properties.p, "\**")'),
    ],
)
def test_a_tree_prints_as_text_that_means_the_same(deviation, leaf, printed):
    ast = {"type": "group", "operator": "and", "children": [EVERY_LEAF | leaf]}
    assert str(trigger_from_segment(ast)) == printed
    assert deviation in PRINTED


EVERY_LEAF = {"type": "event-property", "name": "p"}


@pytest.mark.parametrize(
    ("deviation", "trigger", "event"),
    [
        ("no members", "properties.a.b != null", {"properties": {"a": 0}}),
        ("no members", "properties.a.0 != null", {"properties": {"a": "text"}}),
        ("no members", "properties.length != null", {"properties": [1]}),
        ("no event", 'type = "track"', None),
        ("boolean user id", "userId = true", {"userId": True}),
    ],
)
def test_an_event_has_members_only_in_objects_and_lists(deviation, trigger, event):
    assert compile_trigger(trigger)(event) is False
    assert deviation in EVENTS
