"""Segment's field definitions as field specs, so that any published action definition can be read.

What Segment declares but does not enforce is enforced: limits of 0 and those of integer, text and
multiple fields, formats of multiple fields, null where it is allowed, and what an object requires
beside its conditional requirements.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

from segue.compat.definitions import TYPES, Definition, Definitions, conditions, is_list, nested
from segue.compat.requirements import OPERATORS, requirements
from segue.errors import FieldsError, Problem, pointer
from segue.json import JsonObject, JsonValue, quote, script, text


DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_UI: Final = {
    "placeholder": "placeholder",
    "unsafe_hidden": "hidden",
    "hidden": "hidden",
    "dynamic": "dynamic",
    "defaultObjectUI": "editor",
    "category": "category",
    "displayMode": "display",
    "disabledInputMethods": "disabledInputs",
    "depends_on": "dependsOn",
}
"""Segment's attributes that only a form looks at, and their names under `ui`."""


def fields_to_schema(
    fields: Definitions, *, additional_properties: bool = False
) -> dict[str, JsonValue]:
    """The field spec for field definitions by key.

    A field's ``default`` becomes its ``mapping``, inside objects it stays a note.
    ``additional_properties`` keeps members of a payload that are not fields. Raises FieldsError for
    an operator of a condition that Segment does not have.
    """
    problems = [*_odd_operators(fields)]
    if problems:
        raise FieldsError(problems)
    schema = {"$schema": DIALECT, **_object(fields, "mapping", closed=not additional_properties)}
    rules = requirements(fields)
    return {**schema, "allOf": rules} if rules else schema


def _odd_operators(fields: Definitions, *above: str) -> Iterator[Problem]:
    for key, field in fields.items():
        for index, condition in enumerate(conditions(field) or ()):
            operator = str(condition.get("operator"))
            if operator not in OPERATORS:
                where = pointer(*above, key, "required", "conditions", index, "operator")
                hint = f"the operators are {' and '.join(OPERATORS)}"
                yield Problem(where, f"no operator {quote(operator)}", hint)
        yield from _odd_operators(nested(field) or {}, *above, key, "properties")


def _object(fields: Definitions, default: str, *, closed: bool) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "additionalProperties": not closed,
        "properties": {key: _field(field, default) for key, field in fields.items()},
        "required": [key for key, field in fields.items() if field.get("required") is True],
    }


def _field(field: Definition, default: str) -> JsonObject:
    """One field; ``default`` is the keyword for its default."""
    value = _value(field)
    if is_list(field):
        value = {"type": "array", "items": value}
    if field.get("allowNull") is True:
        value = {**value, **_or_null(value)}
    return {**_notes(field, default), **value}


def _value(field: Definition) -> JsonObject:
    """What one value must be, whether or not the field takes several."""
    name, members = field.get("type"), nested(field)
    if members is not None:
        return _object(members, "default", closed=field.get("additionalProperties") is not True)
    given = {"format": field["format"]} if field.get("format") is not None else {}
    choices = [value for value, _ in _choices(field)]
    limits = _LIMITS[name](field) if name in _LIMITS else {}
    return {
        **given,
        **TYPES.get(name, {"type": name}),
        **({"enum": choices} if choices else {}),
        **limits,
    }


def _lengths(field: Definition) -> JsonObject:
    """Limits of a text. One below 0 limits nothing."""
    least, most = (cast("float | None", field.get(word)) for word in ("minimum", "maximum"))
    lengths = {
        "minLength": -1 if least is None else math.ceil(least),
        "maxLength": -1 if most is None else math.floor(most),
    }
    return {word: length for word, length in lengths.items() if length >= 0}


def _bounds(field: Definition) -> JsonObject:
    words = ("minimum", "maximum")
    return {word: field[word] for word in words if field.get(word) is not None}


_LIMITS: Final[Mapping[JsonValue, Callable[[Definition], JsonObject]]] = {
    **dict.fromkeys(("string", "text", "password"), _lengths),
    **dict.fromkeys(("number", "integer"), _bounds),
}


def _choices(field: Definition) -> list[tuple[JsonValue, str]]:
    """The values to choose from, each once, with their labels."""
    choices = cast("list[JsonValue]", field.get("choices") or [])
    pairs = (
        (choice.get("value"), choice.get("label"))
        if isinstance(choice, Mapping)
        else (choice, None)
        for choice in choices
    )
    labelled = ((value, text(value if label is None else label)) for value, label in pairs)
    return [*{script(value): (value, label) for value, label in labelled}.values()]


def _or_null(value: JsonObject) -> JsonObject:
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    choices = cast("list[JsonValue]", value.get("enum", []))
    also = {"enum": [*choices, None]} if choices and None not in choices else {}
    return {"type": [*kinds, "null"], **also}


def _notes(field: Definition, default: str) -> JsonObject:
    """What is said about a field, rather than asked of its value."""
    words = {"label": "title", "description": "description", "default": default}
    notes = {ours: field[theirs] for theirs, ours in words.items() if field.get(theirs) is not None}
    if field.get("readOnly") is True:
        notes["readOnly"] = True
    if field.get("type") == "password":
        notes["writeOnly"] = True
    form = _form(field)
    return {**notes, "ui": form} if form else notes


def _form(field: Definition) -> JsonObject:
    form = {ours: field[theirs] for theirs, ours in _UI.items() if field.get(theirs)}
    labels = {text(value): label for value, label in _choices(field)}
    if any(name != label for name, label in labels.items()):
        form["labels"] = labels
    return form
