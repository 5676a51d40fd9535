"""Rows as a page shows them: each with its name in the form, its label and what it may become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from segue.console.forms.fields import KINDS, FormError, Place, Row, build, exactly, spelled
from segue.console.forms.functions import FUNCTIONS, Option
from segue.errors import Problem
from segue.fields.schema import additional, closed, items, kinds, properties, required
from segue.json import JsonObject, JsonValue


Offer: TypeAlias = tuple[str, str]
"""An option of a list: its value and its label."""

_LITERALS: Final[Mapping[str, str]] = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "switch",
    "null": "null",
    "object": "object",
    "array": "list",
}
_ANY: Final[JsonObject] = {}
_TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "on or off",
    "object": "object",
    "array": "list",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One row on a page.

    ``kinds`` are groups of kinds to choose from, ``options`` the values. ``named``: its key can be
    typed. ``adds`` is what a button says that adds a row inside, "" where none can be; ``removed``:
    it can be taken away. ``pointer`` leads to it in the payload. ``asks`` is the field whose choices
    the destination knows.
    """

    name: str
    row: Row
    label: str
    type: str = ""
    about: str = ""
    required: bool = False
    kinds: tuple[tuple[str, tuple[Offer, ...]], ...] = ()
    options: tuple[Offer, ...] = ()
    inside: tuple["Shown", ...] = ()
    named: bool = False
    removed: bool = False
    adds: str = ""
    problems: tuple[Problem, ...] = ()
    changed: bool = False
    asks: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row is shown by: its schema, whether it is required or named, and how it may change."""

    schema: JsonObject = field(default_factory=dict[str, JsonValue])
    label: str = ""
    required: bool = False
    named: bool = False
    removed: bool = False
    option: Option | None = None


def fitted(row: Row, schema: JsonObject) -> Row:
    """The row with a row for every member that its schema declares, and choices as choices."""
    if row.kind == "object":
        known = {one.key: one for one in row.rows if one.key in properties(schema)}
        declared = [
            fitted(known.get(key, Row(key)), one) for key, one in properties(schema).items()
        ]
        others = [fitted(one, additional(schema)) for one in row.rows if one.key not in known]
        return replace(row, rows=(*declared, *others))
    if row.kind in {"list", "first"}:
        inner = items(schema) if row.kind == "list" else schema
        return replace(row, rows=tuple(fitted(one, inner) for one in row.rows))
    if row.kind in {"text", "number", "switch", "choice"} and "enum" in schema:
        return _chosen(row, _enum(schema))
    return row


def _chosen(row: Row, choices: Sequence[JsonValue]) -> Row:
    try:
        value = build(row)
    except FormError:  # of a choice: none yet
        return (
            Row(row.key, "choice", spelled(choices[0])) if row.kind == "choice" and choices else row
        )
    found = next((one for one in choices if exactly(one, value)), None)
    return row if found is None else Row(row.key, "choice", spelled(found))


def _enum(schema: JsonObject) -> Sequence[JsonValue]:
    found = schema.get("enum")
    return found if isinstance(found, Sequence) and not isinstance(found, str) else ()


@dataclass(frozen=True, slots=True)
class Show:
    """Shows the rows of one form.

    ``problems`` are those of what is typed, by place, ``live`` those of the payload, by keys. ``asks``
    are the fields whose choices the destination knows, each with the kind of row that has use for them.
    """

    problems: Mapping[Place, Problem]
    live: Mapping[tuple[str, ...], tuple[Problem, ...]]
    asks: frozenset[tuple[str, str]] = frozenset()
    base: Mapping[str, Row] | None = None

    def root(self, row: Row, schema: JsonObject) -> tuple[Shown, ...]:
        """The fields of a mapping; where the whole is one directive, that alone."""
        if row.kind != "object":
            return (self.one(row, (), (), Setting(label="The whole mapping")),)
        return self.inside(row, (), (), schema)

    def one(self, row: Row, place: Place, path: tuple[str, ...], setting: Setting) -> Shown:
        """A row and all in it."""
        schema = setting.schema
        top = len(place) == 1 and self.base is not None
        problem = self.problems.get(place)
        return Shown(
            name=".".join(["f", *map(str, place)]),
            row=row,
            label=setting.label or _label(row, schema),
            type=" or ".join(_TYPES.get(one, one) for one in kinds(schema)),
            about=_text(schema, "description"),
            required=setting.required,
            kinds=_kinds(row, schema, setting.option),
            options=_options(row, schema, setting.option),
            inside=self.inside(row, place, path, schema),
            named=setting.named,
            removed=setting.removed,
            adds=_adds(row, schema),
            problems=(*((problem,) if problem else ()), *self.live.get(path, ())),
            changed=top and _differs((self.base or {}).get(row.key, Row()), row),
            asks=row.key if (row.key, row.kind) in self.asks and len(place) == 1 else "",
        )

    def inside(
        self, row: Row, place: Place, path: tuple[str, ...], schema: JsonObject
    ) -> tuple[Shown, ...]:
        """What is in a row."""
        if row.kind == "object":
            settings = [_member(one, schema) for one in row.rows]
            paths = [(*path, one.key) for one in row.rows]
        elif row.kind == "list":
            settings = [_item(schema, at) for at, _ in enumerate(row.rows)]
            paths = [(*path, str(at)) for at, _ in enumerate(row.rows)]
        elif row.kind == "first":
            settings = [_choice(schema, at, len(row.rows)) for at, _ in enumerate(row.rows)]
            paths = [()] * len(row.rows)
        else:
            settings = [_part(row.kind, one) for one in row.rows]
            paths = [()] * len(row.rows)
        return tuple(
            self.one(one, (*place, at), inner, setting)
            for at, (one, inner, setting) in enumerate(zip(row.rows, paths, settings, strict=True))
        )


def _differs(one: Row, other: Row) -> bool:
    """Whether two rows say different things, or one of them nothing that can be told."""
    try:
        return not exactly(build(one), build(other))
    except FormError:
        return True


def _member(row: Row, schema: JsonObject) -> Setting:
    known = properties(schema)
    if row.key in known:
        return Setting(known[row.key], required=row.key in required(schema))
    return Setting(additional(schema), row.key or "New", named=True, removed=True)


def _item(schema: JsonObject, at: int) -> Setting:
    return Setting(items(schema), f"Item {at + 1}", removed=True)


def _choice(schema: JsonObject, at: int, count: int) -> Setting:
    return Setting(
        schema, "First" if at == 0 else "Else" if at == count - 1 else "Then", removed=count > 2
    )


def _part(kind: str, row: Row) -> Setting:
    option = FUNCTIONS[kind].option(row.key) if kind in FUNCTIONS else None
    return Setting(
        _ANY, option.label if option else row.key, bool(option and option.needed), option=option
    )


def _label(row: Row, schema: JsonObject) -> str:
    return _text(schema, "title") or row.key


def _text(schema: JsonObject, word: str) -> str:
    found = schema.get(word)
    return found if isinstance(found, str) else ""


def _kinds(
    row: Row, schema: JsonObject, option: Option | None
) -> tuple[tuple[str, tuple[Offer, ...]], ...]:
    """The kinds that a row may become, in groups."""
    if option is not None and option.kinds:
        words = dict.fromkeys([*option.kinds, row.kind])
        return (("", tuple((one, _kind(one, schema)) for one in words)),)
    literal = [_LITERALS[one] for one in kinds(schema) if one in _LITERALS]
    literal = literal or ["text", "number", "switch", "object", "list"]
    if "enum" in schema:
        literal = ["choice"]
    texts = [] if {*literal} <= {"object", "list"} else ["template"]
    plain = dict.fromkeys(["path", "first", *texts, *literal, "out", "raw"])
    if row.kind not in {*plain, *FUNCTIONS}:
        plain[row.kind] = None
    return (
        ("", tuple((one, _kind(one, schema)) for one in plain)),
        ("Functions", tuple((name, one.label) for name, one in FUNCTIONS.items())),
    )


def _kind(word: str, schema: JsonObject) -> str:
    if word == "path" and "object" in kinds(schema):
        return "Select object"
    return KINDS.get(word, word)


def _options(row: Row, schema: JsonObject, option: Option | None) -> tuple[Offer, ...]:
    if row.kind == "switch":
        return (("true", "On (true)"), ("false", "Off (false)"))
    if row.kind == "choice":
        return tuple((spelled(one), str(one)) for one in _enum(schema))
    return option.words if option is not None and row.kind == "text" else ()


def _adds(row: Row, schema: JsonObject) -> str:
    if row.kind == "object":
        return "" if closed(schema) else "Add attribute"
    return {"list": "Add item", "first": "Add fallback"}.get(row.kind, "")
