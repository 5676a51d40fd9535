"""A receiver of webhooks for trying things out: it takes any request and shows the latest."""

import time
from collections import deque
from typing import TYPE_CHECKING, Final

from segue import JsonObject
from segue_actions.webhook._destination import SIGNATURE, sign


if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

KEPT: Final = 100
SECRET: Final = "webhook_sandbox_secret"  # noqa: S105 public on purpose

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def open_receiver(secret: str = SECRET) -> "Starlette":
    """An application whose ``/requests`` lists what came, the newest first; all else is taken."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    seen: deque[JsonObject] = deque(maxlen=KEPT)

    async def take(request: "Request") -> "Response":
        seen.appendleft(shown(request, await request.body(), secret))
        return Response(status_code=204)

    async def show(_: "Request") -> "Response":
        return JSONResponse(list(seen))

    return Starlette(
        routes=[Route("/requests", show), Route("/{rest:path}", take, methods=list(_METHODS))]
    )


def shown(request: "Request", body: bytes, secret: str) -> JsonObject:
    """A request as JSON, and whether its signature is good: null for one without."""
    signature = request.headers.get(SIGNATURE)
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "method": request.method,
        "url": request.url.path + query,
        "headers": dict(request.headers),
        "body": body.decode(errors="replace"),
        "signed": None if signature is None else is_signed(signature, body, secret),
    }


def is_signed(signature: str, body: bytes, secret: str) -> bool:
    """Whether a signature is of this body, and of the last five minutes."""
    at = signature.partition(",")[0].removeprefix("t=")
    known = at.isascii() and at.isdecimal() and abs(time.time() - int(at)) <= 300
    return known and signature == sign(body, secret, int(at))
