"""The request bodies Loops publishes, as JSON Schemas, and how a body differs from them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from segue.errors import pointer
from segue.json import JsonObject
from segue_actions.loops.sandbox.model import Note


_TEXT: Final = {"type": "string"}
_RESETTABLE: Final = {"type": ["string", "null"]}
_LISTS: Final = {"type": "object", "additionalProperties": {"type": "boolean"}}

# Loops' schema leaves null out of custom properties and events; its pages allow it for contacts.
_CONTACT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "email": _TEXT,
        "firstName": _RESETTABLE,
        "lastName": _RESETTABLE,
        "source": _RESETTABLE,
        "subscribed": {"type": "boolean"},
        "userGroup": _RESETTABLE,
        "userId": _TEXT,
        "mailingLists": _LISTS,
    },
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}

SHAPES: Final[Mapping[str, dict[str, Any]]] = {
    "contacts/create": {**_CONTACT, "required": ["email"]},
    "contacts/update": {**_CONTACT, "anyOf": [{"required": ["email"]}, {"required": ["userId"]}]},
    "contacts/delete": {
        "type": "object",
        "properties": {"email": _TEXT, "userId": _TEXT},
        "oneOf": [{"required": ["email"]}, {"required": ["userId"]}],
        "additionalProperties": False,
    },
    "properties/create": {
        "type": "object",
        "properties": {"name": _TEXT, "type": {"enum": ["string", "number", "boolean", "date"]}},
        "required": ["name", "type"],
        "additionalProperties": False,
    },
    "events/send": {
        **_CONTACT,
        "properties": {
            **_CONTACT["properties"],
            "eventName": _TEXT,
            "eventProperties": {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean"]},
            },
        },
        "required": ["eventName"],
        "anyOf": [{"required": ["email"]}, {"required": ["userId"]}],
    },
}


def deviations(operation: str, body: JsonObject) -> list[Note]:
    """What in the body is not as published; nothing for an operation without a body."""
    validator = _validator(operation)
    if validator is None or validator.is_valid(body):
        return []
    return [note for error in validator.iter_errors(body) for note in _notes(error)]


@cache
def _validator(operation: str) -> Draft202012Validator | None:
    return Draft202012Validator(SHAPES[operation]) if operation in SHAPES else None


def _notes(error: ValidationError) -> Iterator[Note]:
    at = pointer(*error.instance_path)
    match error.kind:
        case ValidationErrorKind.Type(types):
            expected = " or ".join(sorted(types))
            yield Note(at, f"is {_kind(error.instance)}, published as {expected}", wrong=True)
        case ValidationErrorKind.AdditionalProperties(unexpected):
            for key in unexpected:
                yield Note(pointer(key), "is not a published key; ignored")
        case ValidationErrorKind.Required(name):
            yield Note(pointer(name), "is required")
        case kind:  # the combinations of email and userId, and the type of a property
            yield Note(at, _OTHERS[kind.name])


_OTHERS: Final[Mapping[str, str]] = {
    "anyOf": "needs an email or a userId",
    "oneOf": "needs exactly one of email and userId",
    "enum": "is not one of the published values",
}


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case Mapping():
            return "object"
        case _:
            return "array"
