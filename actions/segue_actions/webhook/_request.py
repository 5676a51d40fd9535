"""What both actions know: their fields, and the URL that these make."""

from collections.abc import Mapping
from typing import Final, NotRequired, TypedDict
from urllib.parse import quote

from segue import JsonObject, JsonValue, Settings, path
from segue_actions.webhook._destination import base
from segue_actions.webhook._rules import HEADERS, MOST, TEMPLATE


class Place(TypedDict):
    """Where a request goes."""

    url: NotRequired[str]
    parts: NotRequired[list[str]]


PLACE: Final[Mapping[str, JsonObject]] = {
    "url": {
        "type": "string",
        "title": "URL",
        "description": "Instead of the connection's URL, or a path behind it: /users/{}. Each {} is one of the parts.",
        "pattern": TEMPLATE,
        "maxLength": 2000,
    },
    "parts": {
        "type": "array",
        "title": "URL Parts",
        "description": "What stands for each {} in the URL, in this order; quoted, so that it stays one part.",
        "maxItems": MOST,
        "items": {"type": "string", "pattern": "[^.]", "maxLength": 500},
    },
}

WHOLE: Final[JsonValue] = path("$.")

SENT: Final[JsonObject] = {
    **HEADERS,
    "title": "Headers",
    "description": "Sent beside those of the connection, which come first.",
}


def place(payload: Place, settings: Settings) -> str:
    """The URL of a request. A part can be no more than a part, for it is quoted."""
    first, *others = payload.get("url", "").split("{}")
    filled = zip(payload.get("parts", []), others, strict=False)
    made = first + "".join(quote(part, safe="") + rest for part, rest in filled)
    if made.startswith(("http://", "https://")):  # a path may hold "://" too
        return made
    return base(settings).rstrip("/") + made if made else base(settings)
