"""The write key of a request: in the header, else in the body, else in its first event."""

import base64
import binascii
from collections.abc import Mapping

from segue.json import JsonObject, JsonValue


def in_header(authorization: str | None) -> str | None:
    """The user name of Basic authentication; the colon after it may be left out."""
    scheme, _, credentials = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(credentials + "==").decode()
    except (binascii.Error, ValueError):
        return None
    return text.partition(":")[0] or None


def in_body(body: JsonObject) -> str | None:
    """``writeKey`` of a batch, else of its first event."""
    items = body.get("batch")
    first = items[0] if isinstance(items, list) and items else None
    return _key(body) or _key(first)


def _key(value: JsonValue) -> str | None:
    key = value.get("writeKey") if isinstance(value, Mapping) else None
    return key if isinstance(key, str) and key else None
