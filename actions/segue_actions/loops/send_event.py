"""Send an event for a contact in Loops."""

from typing import NotRequired, TypedDict

from segue import Context, JsonObject, Request, action, first_of, path
from segue_actions.loops._contact import ATTRIBUTES, EITHER_ID, LONGEST, attributes, lists, named
from segue_actions.loops._destination import LOOPS


class Payload(TypedDict):
    eventName: str
    email: NotRequired[str]
    userId: NotRequired[str]
    contactProperties: NotRequired[JsonObject]
    eventProperties: NotRequired[JsonObject]
    mailingLists: NotRequired[JsonObject]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "required": ["eventName"],
    "anyOf": EITHER_ID,
    "properties": {
        "email": {
            "type": "string",
            "format": "email",
            "title": "Contact Email",
            "description": "Creates the contact if there is none. Either this or the user ID is needed.",
            "maxLength": LONGEST,
            "mapping": first_of("$.properties.email", "$.context.traits.email"),
        },
        "eventName": {
            "type": "string",
            "title": "Event Name",
            "minLength": 1,
            "maxLength": LONGEST,
            "mapping": path("$.event"),
        },
        "userId": {
            "type": "string",
            "title": "User ID",
            "description": "Your own ID of the person. Without an email the contact must exist already.",
            "maxLength": LONGEST,
            "mapping": path("$.userId"),
        },
        "contactProperties": {
            "type": "object",
            "title": "Contact Properties",
            "description": "Contact properties to update along with the event.",
            "additionalProperties": ATTRIBUTES,
        },
        "eventProperties": {
            "type": "object",
            "title": "Event Properties",
            "description": "Values that the emails can show. Declare them on the event in Loops first.",
            "additionalProperties": ATTRIBUTES,
            "mapping": path("$.properties"),
        },
        "mailingLists": {
            "type": "object",
            "title": "Mailing Lists",
            "description": "Mailing list IDs, each true to add the contact or false to remove it.",
        },
    },
}


@action(LOOPS, "sendEvent", title="Send Event", trigger='type = "track"', fields=FIELDS)
def send_event(payload: Payload, context: Context) -> Request:
    """Send an event for a contact in Loops."""
    member_of = lists(payload.get("mailingLists"))
    return Request.post(
        "/events/send",
        json={
            **named(payload, "contactProperties", "mailingLists"),
            **attributes(payload.get("contactProperties", {})),
            **({"mailingLists": member_of} if member_of else {}),
        },
        headers={"Idempotency-Key": context.idempotency_key},
    )
