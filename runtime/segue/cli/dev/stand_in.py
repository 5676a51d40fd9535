"""Values made of their schema: settings of no connection, fields that no sample event has."""

from typing import Final, cast

from segue.fields.schema import kinds, properties, required
from segue.json import JsonObject, JsonValue


def settings(schema: JsonObject) -> dict[str, JsonValue]:
    """The settings that are needed or have a default: that, the first choice, else one of its type."""
    needed = required(schema)
    return {
        key: value(key, field)
        for key, field in properties(schema).items()
        if key in needed or "default" in field
    }


def value(key: str, field: JsonObject) -> JsonValue:
    """A value that suits a field: its default, the first choice, else one of its type and format."""
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
            return _FORMATS.get(str(field.get("format")), key)


_FORMATS: Final = {
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "date": "2026-01-01",
    "date-time": "2026-01-01T12:00:00Z",
    "date-like": "2026-01-01T12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_EMPTY: Final[JsonObject] = {"boolean": False, "array": [], "null": None}
