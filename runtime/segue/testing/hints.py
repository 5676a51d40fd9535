"""Whether the TypedDict of ``payload`` says what the field spec says."""

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from segue.errors import suggest
from segue.fields.schema import items, kinds, properties, required
from segue.json import JsonObject, JsonValue
from segue.plugins import AnyAction
from segue.testing.breaking import BrokenError
from segue.testing.subject import ActionSubject


Kinds: TypeAlias = frozenset[str]

# The alias JsonObject says "JsonValue" as a text, which the author's module need not know.
_NAMES: Final = {"JsonValue": JsonValue}

ALL: Final[Kinds] = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
_FIGURES: Final[Kinds] = frozenset(("number", "integer"))
_SIMPLE: Final[Mapping[object, Kinds]] = {
    str: frozenset(("string",)),
    int: frozenset(("integer",)),
    float: frozenset(("number", "integer")),
    bool: frozenset(("boolean",)),
    NoneType: frozenset(("null",)),
    None: frozenset(("null",)),
    dict: frozenset(("object",)),
    Mapping: frozenset(("object",)),
    list: frozenset(("array",)),
    Sequence: frozenset(("array",)),
    tuple: frozenset(("array",)),
    Collection: frozenset(("array", "object")),
    Any: ALL,
    object: ALL,
}


def payload_type(action: AnyAction) -> type | None:
    """The TypedDict that a function takes as its payload, None if it takes something else."""
    try:
        hint = get_type_hints(action.perform, localns=_NAMES).get("payload")
    except Exception:  # noqa: BLE001 an annotation may be anything
        return None
    return hint if isinstance(hint, type) and is_typeddict(hint) else None


def matches(subject: ActionSubject) -> None:
    """Names, what is required, and types are those of the field spec."""
    form = payload_type(subject.action)
    assert form is not None
    problems = list(_differences(form, subject.action.fields, ""))
    if problems:
        raise BrokenError(
            f"the TypedDict {form.__name__} is not what the fields say:\n" + "\n".join(problems),
            "A type checker believes the TypedDict, a delivery brings what the fields allow: make them "
            "say the same.",
        )


def _differences(form: type, schema: JsonObject, where: str) -> Iterator[str]:
    hints = get_type_hints(form, localns=_NAMES, include_extras=True)
    declared, needed = properties(schema), required(schema)
    for key in hints.keys() - declared.keys():
        hint = suggest(key, declared)
        yield f"{where}{key}: the fields have none of that name" + (f"; {hint}" if hint else "")
    for key, part in declared.items():
        if key not in hints:
            yield f"{where}{key}: it is a field, and not in the TypedDict"
            continue
        demanded = _demanded(form, key, hints[key])
        if demanded and key not in needed:
            yield f"{where}{key}: the fields do not require it; write NotRequired[…]"
        if not demanded and key in needed:
            yield f"{where}{key}: the fields require it; leave NotRequired out"
        yield from _types(_bare(hints[key]), part, where + key)


def _demanded(form: type, key: str, hint: object) -> bool:
    """Whether a key must be there; the markers count also where annotations are texts."""
    origin = get_origin(hint)
    if origin in {Required, NotRequired}:
        return origin is Required
    return key in getattr(form, "__required_keys__", ())


def _bare(hint: object) -> object:
    while get_origin(hint) in {Required, NotRequired, Annotated}:
        hint = get_args(hint)[0]
    return hint


def _types(hint: object, schema: JsonObject, where: str) -> Iterator[str]:
    said = _kinds(hint)
    given = frozenset(kinds(schema)) or _of_enum(schema) or ALL
    narrow = sorted(given - said - ({"integer"} if "number" in said else set[str]()))
    figures = given & _FIGURES and _FIGURES
    wide = sorted(said - given - figures) if said != ALL else []
    if narrow:
        yield f"{where}: it may hold {_listed(narrow)}, which the type {_spelled(hint)} does not say"
    elif wide and given != ALL:
        yield f"{where}: the type {_spelled(hint)} also says {_listed(wide)}, which it never holds"
    elif isinstance(hint, type) and is_typeddict(hint):
        yield from _differences(hint, schema, f"{where}.")
    elif get_origin(hint) in {list, Sequence, tuple} and "items" in schema:
        yield from _types(get_args(hint)[0], items(schema), f"{where}[]")
    elif get_origin(hint) is Literal and "enum" in schema:
        yield from _choices(get_args(hint), schema, where)


def _choices(said: tuple[object, ...], schema: JsonObject, where: str) -> Iterator[str]:
    given = schema["enum"]
    missing = [value for value in given if value not in said] if isinstance(given, list) else []
    if missing:
        yield f"{where}: its Literal lacks {', '.join(map(repr, missing))}"


def _kinds(hint: object) -> Kinds:
    """The JSON types that an annotation allows; everything for one that says nothing about JSON."""
    origin = get_origin(hint)
    if isinstance(hint, type) and is_typeddict(hint):
        return _SIMPLE[dict]
    if isinstance(hint, ForwardRef | str):
        return ALL
    if origin is Literal:
        return frozenset[str]().union(*(_SIMPLE.get(type(one), ALL) for one in get_args(hint)))
    if origin in {Union, UnionType}:
        return frozenset[str]().union(*map(_kinds, map(_bare, get_args(hint))))
    found = _SIMPLE.get(origin or hint)
    if found is None and inspect.isclass(origin or hint):
        return ALL
    return found or ALL


def _of_enum(schema: JsonObject) -> Kinds:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    found = values if isinstance(values, list) else []
    return frozenset[str]().union(*(_SIMPLE.get(type(one), ALL) for one in found))


_WORDS: Final = {"array": "a list", "integer": "a whole number", "object": "an object", "null": "null"}  # fmt: skip


def _listed(names: list[str]) -> str:
    return " or ".join(_WORDS.get(name, f"a {name}") for name in names)


def _spelled(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
