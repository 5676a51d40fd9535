"""Create or update a person in Customer.io."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from segue import JsonObject, Request, action, first_of, path
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._entity import (
    ATTRIBUTES,
    CONVERT,
    IDS,
    LIMITS,
    WHO,
    Answered,
    entity,
    moment,
    moments,
    several,
    single,
)


class Payload(TypedDict):
    id: NotRequired[str]
    anonymous_id: NotRequired[str]
    email: NotRequired[str]
    created_at: NotRequired[str | float]
    custom_attributes: NotRequired[JsonObject]
    convert_timestamp: NotRequired[bool]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": WHO,
    "properties": {
        **IDS,
        "email": {
            "type": "string",
            "format": "email",
            "title": "Email Address",
            "maxLength": 1000,
            "mapping": path("$.traits.email"),
        },
        "created_at": {
            "type": ["string", "number"],
            "format": "date-like",
            "title": "Created At",
            "description": "When the person signed up.",
            "mapping": first_of("$.traits.created_at", "$.traits.createdAt"),
        },
        "custom_attributes": {
            **ATTRIBUTES,
            "title": "Person Attributes",
            "description": "What is given is set; what is not stays as it was.",
            "mapping": path("$.traits"),
        },
        "convert_timestamp": CONVERT,
    },
}


@action(
    CUSTOMERIO,
    "createUpdatePerson",
    title="Create or Update Person",
    trigger='type = "identify"',
    fields=FIELDS,
)
def create_update_person(payload: Payload) -> Request:
    """Create a person in Customer.io, or update the one there is."""
    return single(person(payload))


@create_update_person.batch(**LIMITS)
def create_update_people(payloads: Sequence[Payload]) -> Answered:
    return several([person(payload) for payload in payloads])


def person(payload: Payload) -> JsonObject:
    """The operation."""
    convert = payload.get("convert_timestamp", False)
    own = {
        "email": payload.get("email"),
        "created_at": moment(payload.get("created_at"), convert=convert),
        "anonymous_id": payload.get("anonymous_id"),
    }
    given = moments(payload.get("custom_attributes", {}), convert=convert)
    told = {key: value for key, value in own.items() if value is not None}
    return entity("identify", payload, attributes={**given, **told})
