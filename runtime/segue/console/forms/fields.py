"""A mapping as rows of a form, and back: nothing is lost, and nothing is there that no row can show.

``build(read(value)) == value`` for every mapping. What no kind of row is made for is a row of kind
"raw", which holds JSON; so are texts that a browser would not send back as they were.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final, TypeAlias, cast

from segue.console.forms.functions import FUNCTIONS, Option, operand
from segue.errors import Problem
from segue.json import MISSING, JsonObject, JsonValue, Missing
from segue.mapping.shapes import directives


Place: TypeAlias = tuple[int, ...]
"""Where a row is: its number among its siblings, below that of the row around it, and so on."""

LONGEST: Final = 400
MOST: Final = 800
SMALL: Final = 10
"""Rows of a form, and of a field that is never folded where there are more."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CHANGED: Final = re.compile("[\0\r\ud800-\udfff]")
"""What a browser does not send back: half a character, a carriage return, a zero."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a form.

    ``kind`` is a word of KINDS or the name of a function, ``text`` what is typed, ``rows`` what is
    inside: members with their ``key``, items, the options of a function.
    """

    key: str = ""
    kind: str = "out"
    text: str = ""
    rows: tuple["Row", ...] = ()


class FormError(ValueError):
    """What is typed says nothing that a mapping can hold: the problem of each row, by its place."""

    def __init__(self, problems: Mapping[Place, Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(one) for one in problems.values()))


KINDS: Final[Mapping[str, str]] = {
    "path": "From event",
    "first": "First of several",
    "template": "Template",
    "text": "Text",
    "number": "Number",
    "switch": "On or off",
    "choice": "Choice",
    "null": "Null",
    "object": "Edit object",
    "list": "List",
    "raw": "JSON",
    "out": "Leave out",
}
"""The kinds of rows that are no functions, as people read them."""


def read(value: JsonValue | Missing, key: str = "") -> Row:
    """The row of a value."""
    if isinstance(value, Missing):
        return Row(key)
    row = _read(value, key)
    return row if _says(row, value) else Row(key, "raw", spelled(value, indent=2))


def _read(value: JsonValue, key: str) -> Row:
    match value:
        case None:
            return Row(key, "null")
        case bool():
            return Row(key, "switch", "true" if value else "false")
        case int() | float():
            return Row(key, "number", spelled(value))
        case str():
            return Row(key, "text", value)
        case Mapping() if directives(value):
            return _directive(value, key)
        case Mapping():
            return Row(key, "object", rows=tuple(read(one, name) for name, one in value.items()))
        case _:
            return Row(key, "list", rows=tuple(map(read, value)))


def _directive(value: JsonObject, key: str) -> Row:
    match value:
        case {"@path": str(text)}:
            return Row(key, "path", text)
        case {"@template": str(text)}:
            return Row(key, "template", text)
        case _:
            return _function(value, key)


def _function(value: JsonObject, key: str) -> Row:
    firsts = list(_firsts(value))
    if len(firsts) > 1:
        return Row(key, "first", rows=tuple(map(read, firsts)))
    found = operand(value)
    if found is None:
        return Row(key, "raw", spelled(value, indent=2))
    function, options = found
    known = [one.key for one in function.options]
    names = [*known, *(name for name in options if name not in known)]
    rows = tuple(read(options.get(name, MISSING), name) for name in names)
    return Row(key, next(iter(value)), rows=rows)


def _firsts(value: JsonValue) -> Iterator[JsonValue]:
    """The paths of which the first that is there is taken, and what comes after the last."""
    while True:
        match value:
            case {"@if": {"exists": {"@path": str()} as path, "then": then, "else": otherwise}} if (
                then == path
            ):
                yield path
                value = otherwise
            case _:
                yield value
                return


def _says(row: Row, value: JsonValue) -> bool:
    """Whether a row, as a browser sends it back, says this value."""
    if row.kind == "raw":
        return True
    if _CHANGED.search(row.text) or any(_CHANGED.search(one.key) for one in row.rows):
        return False
    if row.kind in {"object", "list"} and not row.rows:
        return exactly({} if row.kind == "object" else [], value)
    try:
        return exactly(build(row), value)
    except FormError:
        return False


def light(row: Row) -> Row:
    """The rows of a mapping, few enough for a form: where there are too many, large fields are JSON."""
    if size(row) <= MOST:
        return row
    inside = [one if size(one) <= SMALL else _folded(one) for one in row.rows]
    return replace(row, rows=tuple(inside))


def size(row: Row) -> int:
    """How many rows there are in a row, itself included."""
    return 1 + sum(map(size, row.rows))


def _folded(row: Row) -> Row:
    return Row(row.key, "raw", spelled(cast("JsonValue", build(row)), indent=2))


def exactly(one: JsonValue | Missing, other: JsonValue | Missing) -> bool:
    """Equal as JSON: 1 is neither true nor 1.0."""
    if isinstance(one, Missing) or isinstance(other, Missing):
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def spelled(value: JsonValue, indent: int | None = None) -> str:
    """JSON text that a browser sends back as it is."""
    plain = json.dumps(value, ensure_ascii=False, indent=indent)
    return json.dumps(value, indent=indent) if _CHANGED.search(plain) else plain


# From rows to a value


def build(row: Row) -> JsonValue | Missing:
    """What a row says; MISSING for one that leaves its field out. Raises FormError."""
    problems: dict[Place, Problem] = {}
    made = _build(row, (), problems)
    if problems:
        raise FormError(problems)
    return made


def _build(row: Row, place: Place, problems: dict[Place, Problem]) -> JsonValue | Missing:
    function = FUNCTIONS.get(row.kind)
    if function is not None:
        options = _members(row, place, problems)
        return {row.kind: function.gives(options)}
    if row.kind in NESTED:
        return NESTED[row.kind](row, place, problems)
    try:
        return PLAIN[row.kind](row.text) if row.kind in PLAIN else MISSING
    except ValueError as error:
        reason, _, hint = str(error).partition("; ")
        problems[place] = Problem("", reason, hint or None)
        return MISSING


def _inside(
    row: Row, place: Place, problems: dict[Place, Problem]
) -> Iterator[tuple[int, Row, JsonValue]]:
    """What is in a row and says something."""
    for index, one in enumerate(row.rows):
        if is_blank(one) and row.kind in NESTED:
            continue
        made = _build(one, (*place, index), problems)
        if not isinstance(made, Missing):
            yield index, one, made


def _members(row: Row, place: Place, problems: dict[Place, Problem]) -> dict[str, JsonValue]:
    return {one.key: made for _, one, made in _inside(row, place, problems)}


def _object(row: Row, place: Place, problems: dict[Place, Problem]) -> JsonValue:
    members: dict[str, JsonValue] = {}
    for index, one, made in _inside(row, place, problems):
        if one.key in members:
            problems[*place, index] = Problem(
                "", f'there is another "{one.key}" here', "rename one"
            )
        elif one.key.startswith("@"):
            problems[*place, index] = Problem("", 'a name cannot begin with "@"')
        members[one.key] = made
    return members


def is_blank(row: Row) -> bool:
    """A line that was added, and nothing typed into it."""
    return not row.key and not row.text and row.kind in {"path", "text", "template"}


def _list(row: Row, place: Place, problems: dict[Place, Problem]) -> JsonValue:
    return [made for _, _, made in _inside(row, place, problems)]


def _first(row: Row, place: Place, problems: dict[Place, Problem]) -> JsonValue | Missing:
    found = list(_inside(row, place, problems))
    if not found:
        return MISSING
    *paths, (_, _, last) = found
    for index, one, made in reversed(paths):
        if one.kind != "path":
            problems[*place, index] = Problem("", "only the last may be something else than a path")
        last = {"@if": {"exists": made, "then": made, "else": last}}
    return last


def _number(text: str) -> JsonValue:
    text = text.strip()
    if len(text) > LONGEST or not _NUMBER.fullmatch(text):
        raise ValueError("this is no number; write one, such as 10 or 2.5")
    number = (
        json.loads(text.removeprefix("+").lstrip("0") or "0") if "." not in text else float(text)
    )
    return _finite(number)


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError("this number is too large")
    return number


def _switch(text: str) -> JsonValue:
    if text not in {"true", "false"}:
        raise ValueError("choose on or off")
    return text == "true"


def _json(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=_constant)
    except RecursionError:
        raise ValueError("this is nested too deep") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"this is not JSON: {error.msg} at {where}") from None
    return value


def _constant(word: str) -> JsonValue:
    raise ValueError(f"JSON has no {word}")


def _path(text: str) -> JsonValue:
    if not text.strip():
        raise ValueError("say which: choose a path, such as $.traits.email; $ is the whole event")
    return {"@path": text}


def _template(text: str) -> JsonValue:
    return {"@template": text}


def _text(text: str) -> JsonValue:
    return text


def _null(_: str) -> JsonValue:
    return None


PLAIN: Final[Mapping[str, Callable[[str], JsonValue]]] = {
    "path": _path,
    "template": _template,
    "text": _text,
    "number": _number,
    "switch": _switch,
    "choice": _json,
    "null": _null,
    "raw": _json,
}
NESTED: Final[Mapping[str, Callable[[Row, Place, dict[Place, Problem]], JsonValue | Missing]]] = {
    "object": _object,
    "list": _list,
    "first": _first,
}


# Another kind for what is there


def turned(row: Row, kind: str) -> Row:
    """The row as one of another kind, with as much of what it says as that can say."""
    if kind == row.kind or kind not in {*KINDS, *FUNCTIONS}:
        return row
    if kind in FUNCTIONS:
        return Row(row.key, kind, rows=tuple(_option(row, kind)))
    return replace(_turn(row, kind), key=row.key, kind=kind)


def _option(row: Row, kind: str) -> Iterator[Row]:
    """The options of a function, the first that takes anything with what was there."""
    left = row if row.kind != "out" else None
    for option in FUNCTIONS[kind].options:
        fresh = _fresh(option)
        if row.kind != "out" and option.again:
            yield replace(row, key=option.key)
        elif left is not None and not option.words and left.kind in (option.kinds or (left.kind,)):
            yield replace(left, key=option.key)
            left = None
        elif left is not None and fresh.kind == "list":
            yield replace(fresh, rows=(replace(left, key=""),))
        else:
            yield fresh


def _fresh(option: Option) -> Row:
    """An option of which nothing is known yet."""
    usual = option.kinds[0] if option.kinds else "path" if option.needed else "out"
    return Row(option.key, usual, option.words[0][0] if option.words else "")


def _turn(row: Row, kind: str) -> Row:
    """A row of this kind, without its key."""
    match row.kind, kind:
        case _, "raw":
            return Row(text=_raw(row))
        case _, "list":
            return Row(rows=() if row.kind == "out" else (replace(row, key=""),))
        case _, "first":
            one, last = Row("", "path"), replace(row, key="")
            return Row(rows=(last, one) if row.kind == "path" else (one, last))
        case _, "switch":
            return Row(text=row.text if row.text in {"true", "false"} else "true")
        case _:
            return Row(text=_typed(row, kind))


def _typed(row: Row, kind: str) -> str:
    """What is typed in a row, as far as it makes sense in one of another kind."""
    match row.kind, kind:
        case "path", "template":
            return f"{{{{{row.text.removeprefix('$.')}}}}}" if row.text else ""
        case "first" | "list", _:
            inner = row.rows[0] if row.rows else Row()
            return inner.text if inner.kind == kind else ""
        case "text" | "template", "text" | "template" | "number":
            return row.text
        case _:
            return ""


def _raw(row: Row) -> str:
    try:
        made = build(row)
    except FormError:
        return row.text
    return "" if isinstance(made, Missing) else spelled(made, indent=2)
