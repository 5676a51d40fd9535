"""Settings made of their schema, for an action that no connection uses yet."""

from typing import Final, cast

from segue.fields.schema import kinds, properties, required
from segue.json import JsonObject, JsonValue


def settings(schema: JsonObject) -> dict[str, JsonValue]:
    """The settings that are needed or have a default: that, the first choice, else one of its type."""
    needed = required(schema)
    return {
        key: _value(key, field)
        for key, field in properties(schema).items()
        if key in needed or "default" in field
    }


def _value(key: str, field: JsonObject) -> JsonValue:
    for word in ("default", "const"):
        if word in field:
            return field[word]
    if "enum" in field:
        return cast("list[JsonValue]", field["enum"])[0]
    match kinds(field):
        case ["number" | "integer", *_]:
            return field.get("minimum", 1)
        case ["object", *_]:
            return settings(field)
        case [name, *_] if name in _EMPTY:
            return _EMPTY[name]
        case _:
            return key


_EMPTY: Final[JsonObject] = {"boolean": False, "array": [], "null": None}
