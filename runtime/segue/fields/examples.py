"""One good value of a schema, always the same: for settings, and for the event that an action is shown with."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from segue.fields.schema import kinds, properties, required
from segue.fields.variants import variants
from segue.json import JsonObject, JsonValue


FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-01-31",
    "date-like": "2026-01-31T09:30:00.000Z",
    "date-time": "2026-01-31T09:30:00.000Z",
    "email": "ada@example.com",
    "hostname": "api.example.com",
    "ipv4": "203.0.113.24",
    "ipv6": "2001:db8::24",
    "regex": "^a+$",
    "time": "09:30:00Z",
    "uri": "https://api.example.com/v1",
    "uri-reference": "/v1",
    "uri-template": "/v1/{id}",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}


def example(schema: JsonObject, name: str = "text") -> JsonValue:
    """A value of this schema in a likely form: an example it gives, the first of its choices, a text."""
    plain = (variants(schema) or [schema])[0]
    given = cast("list[JsonValue]", plain.get("examples") or plain.get("enum") or [])
    if "const" in plain:
        return plain["const"]
    if given:
        return given[0]
    kind = next((kind for kind in kinds(plain) if kind != "null"), "string")
    return _OF[kind](plain, name)


def _text(schema: JsonObject, name: str) -> JsonValue:
    form = cast("str", schema.get("format"))
    least = cast("int", schema.get("minLength", 0))
    most = cast("int", schema.get("maxLength", 10_000))
    return (FORMATS.get(form) or f"{name} 1".ljust(least, "x"))[: max(most, 0)]


def _number(schema: JsonObject, _: str) -> JsonValue:
    low = cast("float", schema.get("minimum", schema.get("exclusiveMinimum", 0)))
    high = cast("float", schema.get("maximum", schema.get("exclusiveMaximum", low + 10)))
    middle = (low + high) / 2
    return int(middle) if low <= int(middle) <= high and int(middle) != low else middle


def _list(schema: JsonObject, name: str) -> JsonValue:
    item = cast("JsonObject", schema.get("items", {}))
    return [example(item, name)] * max(1, cast("int", schema.get("minItems", 1)))


def _object(schema: JsonObject, _: str) -> JsonValue:
    members = properties(schema)
    return {key: example(members.get(key, {}), key) for key in required(schema)}


_OF: Final[Mapping[str, Callable[[JsonObject, str], JsonValue]]] = {
    "string": _text,
    "boolean": lambda _, __: True,
    "number": _number,
    "integer": _number,
    "array": _list,
    "object": _object,
}
