"""Delete a person in Customer.io."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from segue import JsonObject, Request, action
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._entity import IDS, LIMITS, WHO, Answered, entity, several, single


class Payload(TypedDict):
    id: NotRequired[str]
    anonymous_id: NotRequired[str]
    email: NotRequired[str]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": WHO,
    "properties": {
        **IDS,
        "email": {"type": "string", "format": "email", "title": "Email Address", "maxLength": 1000},
    },
}


@action(
    CUSTOMERIO,
    "deletePerson",
    title="Delete Person",
    trigger='type = "track" and event = "User Deleted"',
    fields=FIELDS,
)
def delete_person(payload: Payload) -> Request:
    """Delete a person. An event that comes later makes a new one."""
    return single(entity("delete", payload))


@delete_person.batch(**LIMITS)
def delete_people(payloads: Sequence[Payload]) -> Answered:
    return several([entity("delete", payload) for payload in payloads])
