"""Who may talk to the sandbox: loopback names only, and forms only from its own pages.

A page on the web can make a browser send requests to this machine. A foreign name in Host is how
DNS rebinding looks; a foreign Origin, or a missing token, is how a forged form looks.
"""

import secrets
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send


LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]", "testserver")
_COOKIE: Final = "sandbox_token"


class Hosts:
    """ASGI middleware: answers 421 to a request for a host that is not in ``allowed``."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app, self._allowed = app, frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _name(_host(scope)) in self._allowed:
            await self._app(scope, receive, send)
        else:
            await _misdirected(scope, receive, send)


_misdirected: Final = PlainTextResponse(
    "This sandbox answers only to the names of this machine, such as 127.0.0.1 and localhost.\n",
    status_code=421,
)


def _host(scope: Scope) -> str:
    values = (value for name, value in scope["headers"] if name == b"host")
    return next(values, b"").decode("latin-1")


def _name(host: str) -> str:
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return (host[:end] if end > 0 else host).lower()


def token(request: HTTPConnection) -> str:
    """The token that a form on this page must send back; one for each browser session."""
    return request.cookies.get(_COOKIE) or secrets.token_urlsafe(24)


def remember(response: Response, token: str) -> None:
    """Give the browser the token, for requests that start on our own pages only."""
    response.set_cookie(_COOKIE, token, httponly=True, samesite="strict")


def genuine(request: Request, form: dict[str, str]) -> bool:
    """Whether a form was filled in on a page of this sandbox."""
    sent, kept = form.get("token", ""), request.cookies.get(_COOKIE, "")
    origin = request.headers.get("origin")
    ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return ours and bool(kept) and secrets.compare_digest(sent.encode(), kept.encode())
