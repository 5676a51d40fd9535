"""What the three actions that send events have in common."""

from hashlib import sha256
from typing import Final, NotRequired, TypedDict

from segue import Context, JsonObject, JsonValue, path
from segue_actions.customerio._entity import (
    ATTRIBUTES,
    CONVERT,
    IDS,
    WHO,
    entity,
    moment,
    moments,
)


_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, as ULIDs use it


class Payload(TypedDict):
    name: str
    id: NotRequired[str]
    anonymous_id: NotRequired[str]
    email: NotRequired[str]
    timestamp: NotRequired[str | float]
    data: NotRequired[JsonObject]
    convert_timestamp: NotRequired[bool]


def fields(title: str, name: JsonValue) -> JsonObject:
    """The field spec of an action whose events are named by ``name``."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "anyOf": WHO,
        "properties": {
            "name": {
                "type": "string",
                "title": title,
                "minLength": 1,
                "maxLength": 100,
                "mapping": name,
            },
            **IDS,
            "email": {
                "type": "string",
                "format": "email",
                "title": "Email Address",
                "description": "Stands for the person where no ID is known.",
                "maxLength": 1000,
                "mapping": path("$.context.traits.email"),
            },
            "timestamp": {
                "type": ["string", "number"],
                "format": "date-like",
                "title": "Timestamp",
                "description": "When it happened.",
                "mapping": path("$.timestamp"),
            },
            "data": {
                **ATTRIBUTES,
                "title": "Event Attributes",
                "description": "What campaigns and messages can use.",
                "mapping": path("$.properties"),
            },
            "convert_timestamp": CONVERT,
        },
    }


def event(kind: str, payload: Payload, context: Context) -> JsonObject:
    """The operation. Its ``id`` is the same at every attempt, so that Customer.io takes it once."""
    convert = payload.get("convert_timestamp", False)
    return entity(
        kind,
        payload,
        name=payload["name"],
        id=ulid(context.idempotency_key),
        timestamp=moment(payload.get("timestamp"), convert=True),
        attributes=moments(payload.get("data", {}), convert=convert),
    )


def ulid(key: str) -> str:
    """A ULID made of an idempotency key: 128 bits as 26 characters, the first at most 7."""
    bits = int.from_bytes(sha256(key.encode()).digest()[:16])
    return "".join(_BASE32[bits >> shift & 31] for shift in range(125, -1, -5))
