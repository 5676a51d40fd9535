"""The shape of the file: its keys and their types, as the workspace schema has them."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import reduce
from itertools import takewhile
from typing import Final, Literal, NamedTuple, Required, TypeAlias, TypedDict, cast

import jsonschema_rs
from jsonschema_rs import ValidationError, ValidationErrorKind

from segue.errors import pointer, suggest
from segue.filters import Kind
from segue.json import JsonObject, JsonValue, quote, script
from segue.schemas import Enforce, Undeclared
from segue.workspace.report import Report
from segue_schemas import REGISTRY


class SourceText(TypedDict, total=False):
    """A source as it stands in the file."""

    write_key: str


class MappingText(TypedDict, total=False):
    """A mapping as it stands in the file."""

    action: str
    trigger: str
    fields: JsonObject
    override: JsonObject
    sync_mode: str
    matching_key: str
    enabled: bool
    ignore: Mapping[str, str]


# Functional, for the key "if".
FilterText = TypedDict(
    "FilterText",
    {"if": str, "action": Required[Kind], "fields": list[str], "rate": float},
    total=False,
)
"""A filter as it stands in the file."""


class InsertText(TypedDict, total=False):
    """A function that changes events on their way, as it stands in the file."""

    function: Required[str]
    settings: JsonObject


class ConnectionText(TypedDict, total=False):
    """A connection as it stands in the file."""

    destination: str
    base_url: str
    settings: JsonObject
    sources: list[str]
    enabled: bool
    mappings: Mapping[str, MappingText]
    rate_limit: str | None
    retry: Mapping[str, str | float]
    concurrency: float
    filters: list[FilterText]
    functions: list[str | InsertText]
    allow_private: list[str]


class EventSchemaText(TypedDict, total=False):
    """A schema in its long form, as it stands in the file."""

    schema: Required[str | JsonObject]
    of: Literal["properties", "traits", "event"]
    enforce: Enforce


class SchemasText(TypedDict, total=False):
    """The schemas of events, as they stand in the file."""

    track: Mapping[str, str | EventSchemaText]
    identify: str | EventSchemaText
    page: str | EventSchemaText
    screen: str | EventSchemaText
    group: str | EventSchemaText
    common: str | EventSchemaText
    enforce: Enforce
    undeclared: Undeclared


class FileText(TypedDict, total=False):
    """A whole file."""

    sources: Mapping[str, SourceText]
    connections: Mapping[str, ConnectionText]
    functions: str
    schemas: SchemasText
    plugins: str


Path: TypeAlias = Sequence[str | int]
_Node: TypeAlias = dict[str, "_Node"]

_NOUNS: Final = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_YAML_1_1: Final = {
    **dict.fromkeys(("yes", "on", "y"), "write true"),
    **dict.fromkeys(("no", "off", "n"), "write false"),
}
_TYPES: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    type(None): "null",
}

STATIC: Final = cast("JsonObject", REGISTRY.contents("urn:segue:workspace"))
"""The part of the workspace schema that no plugin changes."""

_errors: Final = jsonschema_rs.validator_for(dict(STATIC)).iter_errors


def check(value: JsonValue, report: Report) -> FileText:
    """Report what is ill-shaped, and return the file without it.

    So the rest can be read, and everything that is wrong with it be told at once. A key that must be
    there may therefore be absent from the result.
    """
    flaws = [flaw for error in _errors(value) for flaw in _flaws(error)]
    for flaw in flaws:
        report.add(pointer(*flaw.path), flaw.message, flaw.hint, key=flaw.key)
    return cast("FileText", _without(value, [flaw.path for flaw in flaws if not flaw.kept]))


class _Flaw(NamedTuple):
    """One thing that is ill-shaped.

    ``key``: it is the key that is, not its value. ``kept``: what stands there can be read all the same.
    """

    path: Path
    message: str
    hint: str | None = None
    key: bool = False
    kept: bool = False


def _flaws(error: ValidationError) -> Iterator[_Flaw]:
    path, rule = error.instance_path, _rule(error)
    match error.kind:
        case ValidationErrorKind.Required(name):
            hint = "add version: 1" if name == "version" else f"add {name}: …"
            yield _Flaw([*path, name], f'the key "{name}" is missing', hint)
        case ValidationErrorKind.AdditionalProperties(names):
            known = list(cast("JsonObject", rule["properties"]))
            for name in names:
                hint = suggest(name, known) or f"known here: {', '.join(known)}"
                yield _Flaw([*path, name], f"unknown key {quote(name)}", hint, key=True)
        case ValidationErrorKind.PropertyNames(inner):
            name = str(inner.instance)
            yield _Flaw([*path, name], str(rule["errorMessage"]), key=True, kept=True)
        case kind if "errorMessage" in rule:
            kept = isinstance(kind, ValidationErrorKind.Not)
            yield _Flaw(path, str(rule["errorMessage"]), kept=kept)
        case _:
            yield _Flaw(path, *mistyped(error.instance, str(rule["type"])))


def _rule(error: ValidationError) -> JsonObject:
    """The schema whose keyword failed."""
    *parents, _ = error.schema_path
    return cast("JsonObject", reduce(_member, parents, cast("JsonValue", STATIC)))


def _member(value: JsonValue, key: str | int) -> JsonValue:
    return (
        value[str(key)] if isinstance(value, Mapping) else cast("list[JsonValue]", value)[int(key)]
    )


def mistyped(value: object, wanted: str) -> tuple[str, str | None]:
    """Message and hint for a value that is not of the wanted type, or an empty text."""
    if value is None:
        return (
            f"should be {_NOUNS[wanted]}, but nothing stands here",
            "write one, or remove the key",
        )
    if value == "":
        return "should not be empty", "write something, or remove the key"
    found = _TYPES.get(type(value), "number")
    seen = script(value) if isinstance(value, bool) else _NOUNS[found]
    return f"should be {_NOUNS[wanted]}, not {seen}", _remedy(value, wanted, found)


def _remedy(value: object, wanted: str, found: str) -> str | None:
    if wanted == "string" and found in {"number", "boolean"}:
        return "put it in quotes"
    if wanted == "boolean" and isinstance(value, str):
        return _YAML_1_1.get(value.lower())
    return None


def _without(value: JsonValue, paths: Sequence[Path]) -> JsonValue:
    """A value without what is at these paths; a list with a bad item is left out whole."""
    rest = deepcopy(value) if paths else value
    for path in paths:
        keys = cast("list[str]", list(takewhile(lambda key: isinstance(key, str), path)))
        if not keys:
            return {}
        *parents, last = keys
        node = reduce(lambda node, key: node.get(key, {}), parents, cast("_Node", rest))
        node.pop(last, None)
    return rest
