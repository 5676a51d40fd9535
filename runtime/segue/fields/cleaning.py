"""Empty values leave a payload before it is judged.

A null goes where its field's type does not include null, an empty text where it does not include
text; at the top of a payload every empty text goes. A value without a declared type is left alone,
so that nulls inside a free-form object survive.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from segue.fields.schema import additional, items, kinds, properties
from segue.json import MISSING, JsonObject, JsonValue, Missing


Clean: TypeAlias = Callable[[JsonValue], JsonValue | Missing]
"""Gives the same object back when there is nothing to remove, MISSING when nothing remains."""


def compile_cleaning(schema: JsonObject) -> Clean:
    """The cleaning of a payload: ``compile_field`` plus the rule for its top."""
    clean_field = compile_field(schema)

    def clean(payload: JsonValue) -> JsonValue | Missing:
        cleaned = clean_field(payload)
        if isinstance(cleaned, dict) and "" in cleaned.values():
            return {key: value for key, value in cleaned.items() if value != ""}
        return cleaned

    return clean


def compile_field(schema: JsonObject) -> Clean:
    """The cleaning of one value and what is in it."""
    types = kinds(schema)
    if not types:
        return _keep
    null: JsonValue | Missing = None if "null" in types else MISSING
    blank: JsonValue | Missing = "" if "string" in types else MISSING
    members, item = _members(schema), _items(schema)

    def clean(value: JsonValue) -> JsonValue | Missing:
        if value is None:
            return null
        if isinstance(value, str):
            return value or blank
        if isinstance(value, dict):
            return members(value)
        return item(value) if isinstance(value, list) else value

    return clean


def _keep(value: JsonValue) -> JsonValue:
    return value


def _members(schema: JsonObject) -> Clean:
    declared = {key: compile_field(field) for key, field in properties(schema).items()}
    other = compile_field(additional(schema))
    if other is _keep and all(clean is _keep for clean in declared.values()):
        return _keep

    def clean(value: JsonValue) -> JsonValue:
        members = cast("Mapping[str, JsonValue]", value)
        cleaned = {key: declared.get(key, other)(member) for key, member in members.items()}
        if all(cleaned[key] is member for key, member in members.items()):
            return value
        return {key: member for key, member in cleaned.items() if member is not MISSING}

    return clean


def _items(schema: JsonObject) -> Clean:
    clean_item = compile_field(items(schema))
    if clean_item is _keep:
        return _keep

    def clean(value: JsonValue) -> JsonValue:
        found = cast("list[JsonValue]", value)
        cleaned = [clean_item(item) for item in found]
        if all(new is old for new, old in zip(cleaned, found, strict=True)):
            return value
        return [item for item in cleaned if item is not MISSING]

    return clean
