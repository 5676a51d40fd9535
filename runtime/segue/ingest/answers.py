"""What the API says: success, and ``{"code", "message"}`` for everything else.

SDKs in use decide by the status whether to try again, and one of them takes anything but exactly
200 for a failure: no 202, no 204, no redirect is ever sent.
"""

from collections.abc import Mapping
from math import ceil
from typing import Final

from starlette.responses import Response

from segue.json import JsonValue, encode


SHARED: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Retry-After, X-RateLimit-Reset",
    "x-content-type-options": "nosniff",
}


def answer(
    body: JsonValue, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON that a page of any origin may read."""
    given = {**SHARED, **(headers or {})}
    return Response(encode(body), status, given, media_type="application/json")


ACCEPTED: Final = answer({"success": True})

PREFLIGHT: Final = Response(
    headers={
        **SHARED,
        "access-control-allow-methods": "GET, POST, OPTIONS",
        "access-control-allow-headers": "authorization, content-type, x-retry-count",
        "access-control-max-age": "86400",
    }
)


class Refusal(Exception):  # noqa: N818 an answer, not a fault
    """A request that ends here.

    ``code`` and ``message`` tell the sender, ``reason`` is Segment's code for the one who runs
    this, None when the sender will try again. Status 200 keeps it from the sender, as Segment does.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.message = status, code, message
        self.reason, self.headers = reason, headers
        super().__init__(message)

    def answer(self) -> Response:
        if self.status == 200:
            return ACCEPTED
        body = {"code": self.code, "message": self.message}
        return answer(body, self.status, self.headers)


CLOSE: Final = {"connection": "close"}


def malformed(why: str, *, status: int = 400, close: bool = False) -> Refusal:
    """The body is not what it must be."""
    headers = CLOSE if close else None
    return Refusal(status, "bad_request", why, reason="bad_request", headers=headers)


def nobody(key: str | None, status: int) -> Refusal:
    """No source has this write key."""
    why = "no source has this write key" if key else "no write key came with the request"
    where = 'send it as user name of the Authorization header, or as "writeKey" in the body'
    return Refusal(status, "invalid_write_key", f"{why}; {where}", reason="unknown_source")


def unauthorized() -> Refusal:
    """Deleting takes more than a write key."""
    why = "deleting needs the admin token, as Authorization: Bearer; a write key is not enough"
    return Refusal(401, "unauthorized", why, headers={"www-authenticate": "Bearer"})


def incomplete() -> Refusal:
    """A deletion that is not done yet."""
    why = "a destination did not delete the user; nothing was removed here yet, ask again"
    return Refusal(502, "incomplete", why)


def hasty(source: str, seconds: float) -> Refusal:
    """Too many events for this source's rate."""
    why = f'the source "{source}" is over its rate; try again in {_whole(seconds)} s'
    headers = {**_later(seconds), "x-ratelimit-reset": _whole(seconds)}
    return Refusal(429, "too_many_requests", why, reason="too_many_requests", headers=headers)


def slow(seconds: float) -> Refusal:
    """The body takes too long."""
    why = f"the body did not arrive within {seconds:g} s; send less at once"
    return Refusal(408, "timeout", why, headers=CLOSE)


def full(seconds: float, *, close: bool = False) -> Refusal:
    """Nothing more can be kept."""
    why = f"no events can be stored now; try again in {_whole(seconds)} s"
    headers = {**_later(seconds), **(CLOSE if close else {})}
    return Refusal(503, "unavailable", why, headers=headers)


BROKEN: Final = Refusal(
    500, "internal", "something is wrong here, not with the request; try again later"
).answer()


def _later(seconds: float) -> dict[str, str]:
    return {"retry-after": _whole(seconds)}


def _whole(seconds: float) -> str:
    return str(max(1, ceil(seconds)))
