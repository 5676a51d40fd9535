"""Triggers in the form Segment stores: the syntax tree of a destination subscription.

A group is ``{"type": "group", "operator": "and" | "or", "children": […]}``. A leaf names what it
looks at (``event-type``, ``event``, ``name``, ``userId``, or ``event-property``, ``event-trait``,
``event-context`` with the path in ``name``), its ``operator``, and mostly a ``value``. Operators
mean what Segment's evaluator makes of them: "=" compares with the text form of the value,
"number_equals" with its number.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from segue import json
from segue.errors import ConfigError, Problem, pointer, suggest
from segue.json import MISSING, JsonObject, JsonValue, Missing
from segue.trigger import glob
from segue.trigger.functions import number
from segue.trigger.tree import (
    DEPTH,
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Null,
    Number,
    Operator,
    Or,
    Path,
    Scalar,
    Text,
    Trigger,
    Value,
)


Given: TypeAlias = JsonValue | Missing
Keys: TypeAlias = tuple[str | int, ...]
T = TypeVar("T")

LEAVES: Final[Mapping[str, str]] = {
    "event-type": "type",
    "event": "event",
    "name": "name",
    "userId": "userId",
    "event-property": "properties",
    "event-trait": "traits",
    "event-context": "context",
}
GROUPS: Final[Mapping[str, type[And | Or]]] = {"and": And, "or": Or}
TEXT_ROOTS: Final = frozenset({"type", "event", "name", "userId"})
KINDS: Final = {root: kind for kind, root in LEAVES.items()}
NUMBER: Final[Mapping[Operator, str]] = {"=": "number_equals", "!=": "number_not_equals"}
_CUT: Final = re.compile(r"[.\[\]]")
_DECIMAL: Final = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_OTHER_BASE: Final = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")


def trigger_from_segment(ast: JsonValue) -> Trigger:
    """Read Segment's tree; the result means the same, and prints.

    Raises ConfigError with every problem and its place: a node of unknown type, an operator that
    Segment's evaluator would take for false, a leaf without a path.
    """
    problems: list[Problem] = []
    tree = _read(ast, (), problems)
    if problems:
        raise ConfigError(problems)
    return tree


def trigger_to_segment(tree: Trigger) -> JsonObject | None:
    """The tree as Segment stores it, or None when Segment cannot say the same."""
    written = _write(tree)
    if written is None or written["type"] == "group":
        return written
    return {"type": "group", "operator": "and", "children": [written]}


def _read(node: JsonValue, keys: Keys, problems: list[Problem]) -> Trigger:
    """Read one node; what has a problem is noted and stands in as false."""
    try:
        return _node(node, keys, problems)
    except ValueError as refused:
        message, _, hint = str(refused).partition("; ")
        problems.append(Problem(pointer(*keys), message, hint or None))
        return Boolean(value=False)


def _node(node: JsonValue, keys: Keys, problems: list[Problem]) -> Trigger:
    if not isinstance(node, Mapping) or node.get("error"):
        raise ValueError("this is no condition")
    if node.get("type") != "group":
        return _condition(node)
    if len(keys) > 2 * DEPTH:
        raise ValueError(f"more than {DEPTH} groups in one another")
    group, children = _word(node, "operator", GROUPS), node.get("children")
    if not isinstance(children, list):
        raise ValueError("a group has a list of children")  # noqa: TRY004
    parts = [_read(child, (*keys, "children", at), problems) for at, child in enumerate(children)]
    if len(parts) < 2:
        return parts[0] if parts else Boolean(group is And)
    return group(tuple(parts))


def _condition(node: JsonObject) -> Trigger:
    root = _word(node, "type", LEAVES)
    condition = _word(node, "operator", CONDITIONS)
    value = node.get("value", MISSING)
    if isinstance(value, list | Mapping):
        raise ValueError("a value is a text, a number, true, false or null")  # noqa: TRY004
    return condition(_path(root, node.get("name")), value)


def _word(node: JsonObject, key: str, known: Mapping[str, T]) -> T:
    word = str(node.get(key))
    if word in known:
        return known[word]
    hint = suggest(word, known)
    raise ValueError(f'unknown {key} "{word}"' + (f"; {hint}" if hint else ""))


def _path(root: str, name: JsonValue) -> Path:
    if root in TEXT_ROOTS:
        return Path((root,))
    parts = [part for part in _CUT.split(str(name or "")) if part]
    if not parts:
        raise ValueError("the name is not a path")
    return Path((root, *parts))


def _equal(operator: Operator) -> Callable[[Path, Given], Trigger]:
    return lambda path, value: Compare(path, operator, Text(json.text(value)))


def _order(operator: Operator) -> Callable[[Path, Given], Trigger]:
    return lambda path, value: Compare(path, operator, _limit(value) or Text("NaN"))


def _null(operator: Operator) -> Callable[[Path, Given], Trigger]:
    return lambda path, _: Compare(path, operator, Null())


def _exactly(*, value: bool) -> Callable[[Path, Given], Trigger]:
    return lambda path, _: Compare(path, "=", Boolean(value))


def _is_number(path: Path, value: Given) -> Trigger:
    limit = _limit(value)
    return Compare(path, "=", limit) if limit else Boolean(value=False)


def _other_number(path: Path, value: Given) -> Trigger:
    """Every number is other than one that is not a number."""
    limit = _limit(value)
    any_number = Compare(Call("typeof", (path,)), "=", Text("number"))
    return Compare(path, "!=", limit) if limit else any_number


def _contains(path: Path, value: Given) -> Call:
    return Call("contains", (path, Text(json.text(value))))


def _starts(path: Path, value: Given) -> Call:
    return Call("match", (path, Text(glob.escape(json.text(value)) + "*")))


def _ends(path: Path, value: Given) -> Call:
    return Call("match", (path, Text("*" + glob.escape(json.text(value)))))


CONDITIONS: Final[Mapping[str, Callable[[Path, Given], Trigger]]] = {
    "=": _equal("="),
    "!=": _equal("!="),
    "<": _order("<"),
    "<=": _order("<="),
    ">": _order(">"),
    ">=": _order(">="),
    "number_equals": _is_number,
    "number_not_equals": _other_number,
    "exists": _null("!="),
    "not_exists": _null("="),
    "is_true": _exactly(value=True),
    "is_false": _exactly(value=False),
    "contains": _contains,
    "starts_with": _starts,
    "ends_with": _ends,
    "not_contains": lambda path, value: Negative(_contains(path, value)),
    "not_starts_with": lambda path, value: Negative(_starts(path, value)),
    "not_ends_with": lambda path, value: Negative(_ends(path, value)),
}


def _limit(value: Given) -> Number | None:
    """The number that Segment compares with, or None for its NaN."""
    limit = _javascript_number(value)
    return None if math.isnan(limit) else Number(limit)


def _javascript_number(value: Given) -> float:
    """What JavaScript's ``Number()`` makes of a scalar."""
    match value:
        case str():
            return _spelled(value.strip())
        case bool():
            return int(value)
        case int() | float():
            return value
        case _:
            return 0 if value is None else math.nan


def _spelled(text: str) -> float:
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return math.nan if text else 0


def _write(tree: Trigger) -> JsonObject | None:
    match tree:
        case And(conditions):
            return _group("and", conditions)
        case Or(conditions):
            return _group("or", conditions)
        case Boolean(value):
            return _group("and" if value else "or", ())
        case Compare(Path() as path, "in", List(items)):
            return _group("or", [Compare(path, "=", item) for item in items])
        case Compare(Path() as path, operator, right):
            return _leaf(path, _comparison(operator, right))
        case Call(function, (Path() as path, Text(text))):
            return _leaf(path, _search(function, text))
        case Negative(Call(function, (Path() as path, Text(text)))):
            return _leaf(path, _negative(_search(function, text)))
        case _:
            return None


def _group(operator: str, conditions: Sequence[Trigger]) -> JsonObject | None:
    children = [written for each in conditions if (written := _write(each)) is not None]
    if len(children) < len(conditions):
        return None
    return {"type": "group", "operator": operator, "children": children}


def _leaf(path: Path, condition: JsonObject | None) -> JsonObject | None:
    subject = _subject(path)
    return None if subject is None or condition is None else {**subject, **condition}


def _subject(path: Path) -> JsonObject | None:
    root, *others = path.parts
    kind = KINDS.get(root)
    if kind is None or bool(others) is (root in TEXT_ROOTS) or any(map(_CUT.search, others)):
        return None
    return {"type": kind, "name": ".".join(others)} if others else {"type": kind}


def _comparison(operator: Operator, right: Value) -> JsonObject | None:
    match operator, right:
        case "=" | "!=", Text(text):
            return {"operator": operator, "value": text}
        case "=" | "!=", Number(limit):
            return {"operator": NUMBER[operator], "value": limit}
        case "=" | "!=", Null():
            return {"operator": "not_exists" if operator == "=" else "exists"}
        case "=", Boolean(value):
            return {"operator": "is_true" if value else "is_false"}
        case "<" | "<=" | ">" | ">=", Text() | Number() | Boolean() | Null():
            return _bound(operator, right)
        case _:
            return None


def _bound(operator: Operator, right: Scalar) -> JsonObject | None:
    """A limit, if JavaScript reads the same number in it; null is its NaN."""
    value = "null" if isinstance(right, Null) else right.value
    ours, theirs = number(value), _javascript_number(value)
    same = math.isnan(theirs) if ours is None else ours == theirs
    return {"operator": operator, "value": value} if same else None


def _search(function: str, text: str) -> dict[str, JsonValue] | None:
    if function == "contains":
        return {"operator": "contains", "value": text}
    match glob.plain(text):
        case [start, ""]:
            return {"operator": "starts_with", "value": start}
        case ["", end]:
            return {"operator": "ends_with", "value": end}
        case _:
            return None


def _negative(condition: dict[str, JsonValue] | None) -> JsonObject | None:
    return condition and {**condition, "operator": f"not_{condition['operator']}"}
