"""Send many events to a URL at once."""

import json
from collections.abc import Sequence
from typing import Final, Literal, NotRequired

from segue import JsonObject, JsonValue, Request, Settings, action
from segue_actions.webhook._destination import WEBHOOK
from segue_actions.webhook._request import PLACE, SENT, WHOLE, Place, place
from segue_actions.webhook._rules import FILLED


class Payload(Place):
    method: Literal["POST", "PUT", "PATCH"]
    format: Literal["array", "ndjson"]
    headers: NotRequired[dict[str, str]]
    data: JsonValue


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "required": ["method", "format", "data"],
    "allOf": FILLED,
    "properties": {
        **PLACE,
        "method": {
            "type": "string",
            "title": "Method",
            "enum": ["POST", "PUT", "PATCH"],
            "mapping": "POST",
        },
        "format": {
            "type": "string",
            "title": "Format",
            "description": "A JSON array, or JSON objects a line each.",
            "enum": ["array", "ndjson"],
            "mapping": "array",
        },
        "headers": SENT,
        "data": {
            "title": "Data",
            "description": "An item of the body, as JSON: the whole event unless told otherwise.",
            "mapping": WHOLE,
        },
    },
}
SAME: Final = ("url", "parts", "method", "format", "headers")


@action(WEBHOOK, "sendBatch", trigger="all", fields=FIELDS)
def send_batch(payload: Payload, settings: Settings) -> Request:
    """Send events together, as a JSON array or as lines of JSON; a single one too."""
    return together([payload], settings)


@send_batch.batch(max_items=1000, max_bytes=4_000_000, wait=10.0, keys=SAME)
def send_batches(payloads: Sequence[Payload], settings: Settings) -> Request:
    return together(payloads, settings)


def together(payloads: Sequence[Payload], settings: Settings) -> Request:
    """The request for payloads that differ in their data only."""
    first, items = payloads[0], [payload["data"] for payload in payloads]
    request = Request(
        method=first["method"],
        url=place(first, settings),
        headers=first.get("headers", {}),
        json=items if first["format"] == "array" else None,
        body=lines(items) if first["format"] == "ndjson" else None,
    )
    if first["format"] == "array" or request.header("content-type"):
        return request
    return request.with_headers({"Content-Type": "application/x-ndjson"})


def lines(items: Sequence[JsonValue]) -> bytes:
    """JSON a line each; a line break in a text is escaped there."""
    return b"".join(json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in items)
