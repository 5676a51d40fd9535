"""Create or update a contact in Loops."""

from typing import NotRequired, TypedDict

from segue import JsonObject, Request, action, first_of, path
from segue_actions.loops._contact import ATTRIBUTES, EITHER_ID, LONGEST, attributes, lists, named
from segue_actions.loops._destination import LOOPS


class Payload(TypedDict):
    createdAt: NotRequired[str | float]
    customAttributes: NotRequired[JsonObject]
    email: NotRequired[str]
    firstName: NotRequired[str]
    lastName: NotRequired[str]
    mailingLists: NotRequired[JsonObject]
    source: NotRequired[str]
    subscribed: NotRequired[bool]
    userGroup: NotRequired[str]
    userId: NotRequired[str]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": EITHER_ID,
    "properties": {
        "createdAt": {
            "type": ["string", "number"],
            "format": "date-like",
            "title": "Contact Created Date",
            "description": "When the contact was created: ISO-8601, or Unix time in milliseconds.",
        },
        "customAttributes": {
            "type": "object",
            "title": "Custom Contact Attributes",
            "description": "Your own contact properties. Create them in Loops first. A `subscribed` "
            "in here can only unsubscribe; to re-subscribe, map the field of that name.",
            "additionalProperties": ATTRIBUTES,
            "mapping": path("$.traits"),
        },
        "email": {
            "type": "string",
            "format": "email",
            "title": "Contact Email",
            "description": "The contact's address. Either this or the user ID is needed.",
            "maxLength": LONGEST,
            "mapping": first_of("$.traits.email", "$.email"),
        },
        "firstName": {
            "type": "string",
            "title": "Contact First Name",
            "maxLength": LONGEST,
            "mapping": path("$.traits.firstName"),
        },
        "lastName": {
            "type": "string",
            "title": "Contact Last Name",
            "maxLength": LONGEST,
            "mapping": path("$.traits.lastName"),
        },
        "mailingLists": {
            "type": "object",
            "title": "Contact Mailing Lists",
            "description": "Mailing list IDs, each true to add the contact or false to remove it.",
        },
        "source": {
            "type": "string",
            "title": "Contact Source",
            "description": "Where the contact came from.",
            "maxLength": LONGEST,
            "mapping": first_of("$.traits.source", default="Segment"),
        },
        "subscribed": {
            "type": "boolean",
            "title": "Contact Subscribed",
            "description": "True re-subscribes someone who has left; leave it unmapped unless you mean it.",
        },
        "userGroup": {
            "type": "string",
            "title": "Contact User Group",
            "description": "One group; a contact has only one.",
            "maxLength": LONGEST,
            "mapping": path("$.traits.userGroup"),
        },
        "userId": {
            "type": "string",
            "title": "User ID",
            "description": "Your own ID of the person. Either this or an email is needed.",
            "maxLength": LONGEST,
            "mapping": path("$.userId"),
        },
    },
}


@action(
    LOOPS,
    "createOrUpdateContact",
    title="Create or update a contact",
    trigger='type = "identify"',
    fields=FIELDS,
)
def create_or_update_contact(payload: Payload) -> Request:
    """Create or update a contact in Loops."""
    custom = payload.get("customAttributes", {})
    return Request.put(
        "/contacts/update",
        json={
            **attributes(custom),
            **named(payload, "customAttributes", "mailingLists"),
            "mailingLists": lists(payload.get("mailingLists"), custom.get("mailingLists")),
        },
    )
