"""Send an event to a URL."""

from typing import Literal, NotRequired

from segue import JsonObject, JsonValue, Request, Settings, action
from segue_actions.webhook._destination import WEBHOOK
from segue_actions.webhook._request import PLACE, SENT, WHOLE, Place, place
from segue_actions.webhook._rules import FILLED


class Payload(Place):
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"]
    headers: NotRequired[dict[str, str]]
    data: NotRequired[JsonValue]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "required": ["method"],
    "allOf": FILLED,
    "properties": {
        **PLACE,
        "method": {
            "type": "string",
            "title": "Method",
            "description": "A GET is sent without data.",
            "enum": ["POST", "PUT", "PATCH", "DELETE", "GET"],
            "mapping": "POST",
        },
        "headers": SENT,
        "data": {
            "title": "Data",
            "description": "The body, as JSON: the whole event unless told otherwise.",
            "mapping": WHOLE,
        },
    },
}


@action(WEBHOOK, "send", trigger="all", fields=FIELDS)
def send(payload: Payload, settings: Settings) -> Request:
    """Send an event in a request of its own."""
    return Request(
        method=payload["method"],
        url=place(payload, settings),
        json=None if payload["method"] == "GET" else payload.get("data"),
        headers=payload.get("headers", {}),
    )


send.preset("Every event")
