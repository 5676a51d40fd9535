"""What every answer of the console tells the browser to keep to."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",  # with no-referrer a form would send Origin: null
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
CACHING: Final = "no-store"
"""Unless an answer says otherwise, as files do whose name changes with their content."""


LASTING: Final = "max-age=15552000"
"""For half a year a browser speaks nothing but HTTPS to this name (RFC 6797)."""


def confined(send: Send, *, lasting: bool = False) -> Send:
    """``send`` with the headers on whatever begins an answer; a page cannot loosen them.

    ``lasting`` tells the browser to come back over HTTPS only.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers.update(HEADERS)
            if lasting:
                headers["strict-transport-security"] = LASTING
            headers.setdefault("cache-control", CACHING)
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending
