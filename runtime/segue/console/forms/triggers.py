"""A trigger as rows of a form, and back.

Every trigger has rows: what no row is made for is one of subject "expression", which holds the
language itself. So ``build(rows(tree)) == tree`` for every tree, and what rows say is said by text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from segue import json
from segue.errors import Problem, TriggerError
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
    Trigger,
    glob,
    parse_trigger,
)
from segue.trigger.functions import numeral
from segue.trigger.tree import Operator, Value


Join: TypeAlias = Literal["all", "any"]

EXPRESSION: Final = "expression"
SUBJECTS: Final[Mapping[str, str]] = {
    "type": "Event type",
    "event": "Event name",
    "property": "Property",
    "trait": "Trait",
    "context": "Context",
    "path": "Other path",
    EXPRESSION: "Expression",
}
"""What a row looks at: its word in the form, and how people read it."""

ALONE: Final[Mapping[str, tuple[str, ...]]] = {"type": ("type",), "event": ("event",)}
ROOTS: Final[Mapping[str, str]] = {
    "property": "properties",
    "trait": "traits",
    "context": "context",
}

_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: what it looks at, the path in there, the operator, and the value as it is typed."""

    subject: str = "event"
    path: str = ""
    operator: str = "is"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a trigger, of which all or any must hold. None at all: every event."""

    join: Join = "all"
    conditions: tuple[Condition, ...] = ()


class RowsError(ValueError):
    """Rows that say nothing yet: the problem of each, by its place."""

    def __init__(self, problems: Mapping[int, Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(one) for one in problems.values()))


@dataclass(frozen=True, slots=True)
class Test:
    """An operator: how people read it, what it makes of a path and a typed value, and what it reads.

    ``read`` gives the typed value of a condition that this operator makes, None for any other.
    ``takes`` is what the value is: text, number, list or nothing.
    """

    label: str
    make: Callable[[Path, str], Trigger]
    read: Callable[[Trigger], str | None]
    takes: Literal["text", "number", "list", "nothing"] = "text"


def rows(tree: Trigger) -> Rows:
    """The rows of a trigger."""
    match tree:
        case Boolean(True):
            return Rows()
        case And(conditions):
            return Rows("all", tuple(map(row, conditions)))
        case Or(conditions):
            return Rows("any", tuple(map(row, conditions)))
        case _:
            return Rows("all", (row(tree),))


def row(tree: Trigger) -> Condition:
    """One condition as a row."""
    path = _subject(tree)
    if path is not None:
        for word, test in TESTS.items():
            typed = test.read(tree)
            made = None if typed is None else Condition(*_located(path), word, typed)
            if made is not None and _says(made, tree):
                return made
    return Condition(EXPRESSION, "", "is", str(tree))


def _says(one: Condition, tree: Trigger) -> bool:
    """Whether a row, as it would be typed, says this: not every path and text can be typed."""
    try:
        return condition(one) == tree
    except (ValueError, TriggerError):
        return False


def build(given: Rows) -> Trigger:
    """The trigger that rows say. Raises RowsError with the problem of every row that says none."""
    made: list[Trigger] = []
    problems: dict[int, Problem] = {}
    for place, one in enumerate(given.conditions):
        try:
            made.append(condition(one))
        except (ValueError, TriggerError) as error:
            problems[place] = _problem(error)
    if problems:
        raise RowsError(problems)
    if len(made) < 2:
        return made[0] if made else Boolean(value=True)
    return And(tuple(made)) if given.join == "all" else Or(tuple(made))


def condition(one: Condition) -> Trigger:
    """What one row says. Raises ValueError or TriggerError."""
    if one.subject == EXPRESSION:
        return parse_trigger(one.value)
    test = TESTS.get(one.operator)
    if test is None:
        raise ValueError("choose how to compare")
    return test.make(place(one.subject, one.path), one.value)


def place(subject: str, path: str) -> Path:
    """The path that a row looks at. Raises ValueError for none."""
    if subject in ALONE:
        return Path(ALONE[subject])
    parts = _parts(path.strip())
    if not parts:
        raise ValueError("say which: write a path such as plan, or address.city")
    return Path((ROOTS[subject], *parts) if subject in ROOTS else parts)


def _parts(text: str) -> tuple[str, ...]:
    """A path as it is typed: in the trigger language, else plain keys between dots."""
    text = text.removeprefix("$.")
    try:
        tree = parse_trigger(text)
    except TriggerError:
        tree = None
    if isinstance(tree, Path):
        return tree.parts
    return tuple(part for part in map(str.strip, text.split(".")) if part)


def _located(path: Path) -> tuple[str, str]:
    """The subject of a row for a path, and what is left of the path."""
    for subject, alone in ALONE.items():
        if path.parts == alone:
            return subject, ""
    first, *rest = path.parts
    for subject, root in ROOTS.items():
        if first == root and rest:
            return subject, str(Path(tuple(rest)))
    return "path", str(path)


def _subject(tree: Trigger) -> Path | None:
    """The path that a condition looks at, if it is about one."""
    match tree:
        case (
            Compare(Path() as path)
            | Call(_, (Path() as path, _))
            | Negative(Call(_, (Path() as path, _)))
            | Not(Compare(Path() as path, "in"))
        ):
            return path
        case _:
            return None


def _problem(error: ValueError | TriggerError) -> Problem:
    if isinstance(error, TriggerError):
        return Problem("", error.reason, error.hint)
    reason, _, hint = str(error).partition("; ")
    return Problem("", reason, hint or None)


# The operators


def _compared(
    operator: Operator, read: Callable[[Value], str | None]
) -> Callable[[Trigger], str | None]:
    """Reads a comparison by this operator, whose right side ``read`` knows."""

    def reads(tree: Trigger) -> str | None:
        match tree:
            case Compare(Path(), found, right) if found == operator:
                return read(right)
            case _:
                return None

    return reads


def _text(operator: Operator, label: str) -> Test:
    return Test(
        label,
        lambda path, typed: Compare(path, operator, Text(typed)),
        _compared(operator, lambda right: right.value if isinstance(right, Text) else None),
    )


def _numeric(operator: Operator, label: str) -> Test:
    """A comparison with a number; the spec's text keys hold it as text."""

    def read(right: Value) -> str | None:
        match right:
            case Number():
                return str(right)
            case Text(text) if operator not in {"=", "!="} and _spells_number(text):
                return text
            case _:
                return None

    return Test(
        label,
        lambda path, typed: Compare(path, operator, _number(typed)),
        _compared(operator, read),
        "number",
    )


def _spells_number(text: str) -> bool:
    """Whether a text is what a number becomes that is compared with one of the spec's text keys."""
    found = numeral(text)
    return found is not None and json.text(found) == text


def _number(typed: str) -> Number:
    found = numeral(typed.strip())
    if found is None:
        raise ValueError("this compares numbers; write one, such as 10 or 2.5")
    return Number(found)


def _fixed(operator: Operator, right: Boolean | Null, label: str) -> Test:
    return Test(
        label,
        lambda path, _: Compare(path, operator, right),
        _compared(operator, lambda found: "" if found == right else None),
        "nothing",
    )


def _listed(label: str, *, negative: bool) -> Test:
    def make(path: Path, typed: str) -> Trigger:
        inside = Compare(path, "in", items(typed))
        return Not(inside) if negative else inside

    def read(tree: Trigger) -> str | None:
        match tree:
            case Not(Compare(Path(), "in", List() as found)) if negative:
                return spelled(found)
            case Compare(Path(), "in", List() as found) if not negative:
                return spelled(found)
            case _:
                return None

    return Test(label, make, read, "list")


def items(typed: str) -> List:
    """A list as it is typed: texts between commas, or in the trigger language, in brackets.

    Raises ValueError.
    """
    text = typed.strip()
    if text.startswith("["):
        tree = parse_trigger(f"x in {text}")
        if isinstance(tree, Compare) and isinstance(tree.right, List):
            return tree.right
        raise ValueError('write the list as ["a", "b"]')
    found = [one for one in map(str.strip, text.split(",")) if one]
    if not found:
        raise ValueError("write the values with commas between them")
    return List(tuple(map(Text, found)))


def spelled(found: List) -> str:
    """A list as people would type it."""
    texts = [one.value for one in found.items if isinstance(one, Text)]
    plain = ", ".join(texts)
    if len(texts) == len(found.items) and not plain.startswith("[") and _plain(plain, texts):
        return plain
    return str(found)


def _plain(typed: str, texts: Sequence[str]) -> bool:
    return [one.strip() for one in typed.split(",")] == list(texts) and all(texts)


def _called(
    function: str,
    label: str,
    make: Callable[[str], str],
    read: Callable[[str], str | None],
    *,
    negative: bool,
) -> Test:
    """A call of contains or match, or its negative, with a text made of what is typed."""

    def build_call(path: Path, typed: str) -> Trigger:
        call = Call(function, (path, Text(make(typed))))
        return Negative(call) if negative else call

    def read_call(tree: Trigger) -> str | None:
        call = tree.call if isinstance(tree, Negative) and negative else tree
        match call:
            case Call(name, (Path(), Text(text))) if (
                name == function and isinstance(tree, Negative) == negative
            ):
                return read(text)
            case _:
                return None

    return Test(label, build_call, read_call)


def _starting(pattern: str) -> str | None:
    text = _ESCAPE.sub(r"\1", pattern[:-1])
    return text if text and f"{glob.escape(text)}*" == pattern else None


def _ending(pattern: str) -> str | None:
    text = _ESCAPE.sub(r"\1", pattern[1:])
    return text if text and f"*{glob.escape(text)}" == pattern else None


def _same(text: str) -> str:
    return text


TESTS: Final[Mapping[str, Test]] = {
    "is": _text("=", "is"),
    "is not": _text("!=", "is not"),
    "in": _listed("is one of", negative=False),
    "not in": _listed("is none of", negative=True),
    "contains": _called("contains", "contains", _same, _same, negative=False),
    "not contains": _called("contains", "does not contain", _same, _same, negative=True),
    "starts": _called(
        "match", "starts with", lambda typed: f"{glob.escape(typed)}*", _starting, negative=False
    ),
    "not starts": _called(
        "match",
        "does not start with",
        lambda typed: f"{glob.escape(typed)}*",
        _starting,
        negative=True,
    ),
    "ends": _called(
        "match", "ends with", lambda typed: f"*{glob.escape(typed)}", _ending, negative=False
    ),
    "not ends": _called(
        "match", "does not end with", lambda typed: f"*{glob.escape(typed)}", _ending, negative=True
    ),
    "matches": _called("match", "matches the pattern", _same, _same, negative=False),
    "not matches": _called("match", "does not match the pattern", _same, _same, negative=True),
    "exists": _fixed("!=", Null(), "exists"),
    "missing": _fixed("=", Null(), "does not exist"),
    "true": _fixed("=", Boolean(value=True), "is true"),
    "false": _fixed("=", Boolean(value=False), "is false"),
    "not true": _fixed("!=", Boolean(value=True), "is not true"),
    "not false": _fixed("!=", Boolean(value=False), "is not false"),
    "=": _numeric("=", "equals (number)"),
    "!=": _numeric("!=", "does not equal (number)"),
    "<": _numeric("<", "is less than"),
    "<=": _numeric("<=", "is at most"),
    ">": _numeric(">", "is more than"),
    ">=": _numeric(">=", "is at least"),
}
"""The operators of the trigger language. What several could have made, the first one reads."""
