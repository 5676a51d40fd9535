"""A value of the wrong type is brought to its field's type where nothing is guessed.

Numbers and booleans become text, text that spells a number or a boolean becomes one, a lone value
becomes a list of one and a list of one a lone value. Undeclared members of a closed object go.
What cannot be brought over stays as it is, for validation to report.
"""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias, cast

from segue.fields.schema import additional, closed, items, kinds, properties
from segue.json import MISSING, JsonObject, JsonValue, Missing, number


Coerce: TypeAlias = Callable[[JsonValue], JsonValue]
"""Gives the same object back when there is nothing to change."""


class Kind(NamedTuple):
    """A JSON type: is a value of it, and how another comes to it (MISSING: it does not)."""

    fits: Callable[[JsonValue], bool]
    convert: Callable[[JsonValue], JsonValue | Missing]


_SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NUMBER: Final = re.compile(
    rf"[{_SPACE}]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[{_SPACE}]*"
)
_EXACT: Final = 2**53


def compile_coercion(schema: JsonObject) -> Coerce:
    """The coercion of a payload. A field of it that is a list takes a lone object, too."""
    return _compile(schema, KINDS, {**KINDS, "array": Kind(_is_list, _listed)})


def compile_field(schema: JsonObject) -> Coerce:
    """The coercion of one value and what is in it."""
    return _compile(schema, KINDS, KINDS)


def _compile(schema: JsonObject, table: Mapping[str, Kind], below: Mapping[str, Kind]) -> Coerce:
    chosen = [table[name] for name in kinds(schema)]
    if not chosen:
        return _keep
    fits = _either([kind.fits for kind in chosen])
    lone = _keep if {"object", "array"}.intersection(kinds(schema)) else _lone
    inside = _inside(schema, below)

    def coerce(value: JsonValue) -> JsonValue:
        if fits(value):
            return inside(value)
        given = lone(value)
        if fits(given):
            return given
        made = (kind.convert(given) for kind in chosen)
        return inside(next((one for one in made if one is not MISSING), value))

    return coerce


def _either(tests: list[Callable[[JsonValue], bool]]) -> Callable[[JsonValue], bool]:
    first, *rest = tests
    return (lambda value: first(value) or any(test(value) for test in rest)) if rest else first


def _keep(value: JsonValue) -> JsonValue:
    return value


def _lone(value: JsonValue) -> JsonValue:
    """The item of a list of one, unless it is empty."""
    if isinstance(value, list) and len(value) == 1 and value[0] is not None and value[0] != "":
        return cast("JsonValue", value[0])
    return value


def _inside(schema: JsonObject, table: Mapping[str, Kind]) -> Coerce:
    if not {"object", "array"}.intersection(kinds(schema)):
        return _keep
    members, item = _members(schema, table), _items(schema)

    def coerce(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return members(value)
        return item(value) if isinstance(value, list) else value

    return coerce


def _members(schema: JsonObject, table: Mapping[str, Kind]) -> Coerce:
    declared = {key: _compile(field, table, KINDS) for key, field in properties(schema).items()}
    other = _compile(additional(schema), table, KINDS)
    drop = closed(schema)
    if other is _keep and not declared and not drop:
        return _keep

    def coerce(value: JsonValue) -> JsonValue:
        members = cast("Mapping[str, JsonValue]", value)
        changed: dict[str, JsonValue] = {}
        for key, member in members.items():
            coerced = declared.get(key, other)(member)
            if coerced is not member:
                changed[key] = coerced
        surplus = members.keys() - declared.keys() if drop else ()
        if not changed and not surplus:
            return value
        return {key: changed.get(key, members[key]) for key in members if key not in surplus}

    return coerce


def _items(schema: JsonObject) -> Coerce:
    coerce_item = compile_field(items(schema))

    def coerce(value: JsonValue) -> JsonValue:
        found = cast("list[JsonValue]", value)
        coerced = [coerce_item(item) for item in found]
        same = all(new is old for new, old in zip(coerced, found, strict=True))
        return value if same else coerced

    return coerce


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str)


def _to_text(value: JsonValue) -> JsonValue | Missing:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(cast("float", value)) if is_number(value) else MISSING


def is_number(value: JsonValue) -> bool:
    """A number that JSON can write: not a boolean, not NaN, not infinite."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _to_number(value: JsonValue) -> JsonValue | Missing:
    if isinstance(value, bool):
        return int(value)
    spelled = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return _read(spelled[1]) if spelled else MISSING


def _read(digits: str) -> JsonValue | Missing:
    """The number that is written; a whole one as an int, with all its digits."""
    value = float(digits)
    if not math.isfinite(value):
        return MISSING
    if abs(value) < _EXACT and value.is_integer():
        return int(value)
    return int(Decimal(digits)) if digits.lstrip("+-").isdigit() else value


def _is_integer(value: JsonValue) -> bool:
    return is_number(value) and (isinstance(value, int) or cast("float", value).is_integer())


def _to_integer(value: JsonValue) -> JsonValue | Missing:
    made = _to_number(value)
    return made if made is MISSING or _is_integer(made) else MISSING


def _is_boolean(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _to_boolean(value: JsonValue) -> JsonValue | Missing:
    if is_number(value) and value in {0, 1}:
        return value == 1
    return {"true": True, "false": False}.get(value, MISSING) if isinstance(value, str) else MISSING


def _is_null(value: JsonValue) -> bool:
    return value is None


def _to_null(value: JsonValue) -> JsonValue | Missing:
    empty = value == "" or (value == 0 and not isinstance(value, list | dict))
    return None if empty else MISSING


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, list)


def _listed(value: JsonValue) -> JsonValue | Missing:
    return MISSING if value is None else [value]


def _to_list(value: JsonValue) -> JsonValue | Missing:
    return MISSING if isinstance(value, dict) else _listed(value)


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _to_object(_: JsonValue) -> Missing:
    return MISSING


KINDS: Final[Mapping[str, Kind]] = {
    "string": Kind(_is_text, _to_text),
    "number": Kind(is_number, _to_number),
    "integer": Kind(_is_integer, _to_integer),
    "boolean": Kind(_is_boolean, _to_boolean),
    "null": Kind(_is_null, _to_null),
    "array": Kind(_is_list, _to_list),
    "object": Kind(_is_object, _to_object),
}
