"""Segment's field definitions as they are written, in source code or in a published catalogue.

In a catalogue an attribute that is not set is null; here both are the same.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias, cast

from segue.json import JsonObject, JsonValue


Definition: TypeAlias = Mapping[str, JsonValue]
Definitions: TypeAlias = Mapping[str, Definition]
Condition: TypeAlias = Mapping[str, JsonValue]

TYPES: Final[Mapping[JsonValue, JsonObject]] = {
    "string": {"type": "string"},
    "text": {"type": "string", "format": "text"},
    "password": {"type": "string", "format": "password"},
    "datetime": {"type": ["string", "number"], "format": "date-like"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
}
"""What each type is in JSON Schema."""


def nested(field: Definition) -> Definitions | None:
    """The fields of an object, None where its members are not described."""
    described = field.get("properties") if field.get("type") == "object" else None
    return cast("Definitions", described) if isinstance(described, Mapping) else None


def conditions(field: Definition) -> list[Condition] | None:
    """The conditions under which a field is required, None where there are none."""
    rule = field.get("required")
    return cast("list[Condition]", rule["conditions"]) if isinstance(rule, Mapping) else None


def is_list(field: Definition) -> bool:
    return field.get("multiple") is True
