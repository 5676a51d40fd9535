"""The one thing in front of every page: whoever gets past it may see what it leads to."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from segue.console.rendering import environment
from segue.console.security import body
from segue.console.security.door import Door
from segue.console.security.headers import confined
from segue.console.security.hosts import began_here, embedded, known, lasts
from segue.console.security.signing import LOGIN, LOGOUT, Signing, leading, within
from segue.console.security.tokens import FIELD, HEADER
from segue.console.security.users import FILE
from segue.console.visit import Who
from segue.errors import StoreError


log: Final = logging.getLogger("segue.console")

SHUT: Final = (
    f"Who may come in cannot be told: {FILE} or its sessions cannot be used. The log says why."
)
STATIC: Final = "/static/"
SAFE: Final = frozenset({"GET", "HEAD"})

Check: TypeAlias = Callable[[Door, Request], None]
"""Raises HTTPException for a request that nobody need look at any further."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that may go on, as the pages are to see it."""

    scope: Scope
    receive: Receive


class Guard:
    """ASGI middleware around the whole console.

    It leaves ``who`` (a Who) and ``token`` (what forms send back) in the state of a request.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        page = environment().get_template("login.html")
        self._app, self._door = app, door
        self._signing = Signing(door, page.render)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            forwarded = self._door.forwarded
            lasting = lasts(scope["scheme"], Headers(scope=scope), forwarded=forwarded)
            await self._answer(scope, receive, confined(send, lasting=lasting))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            decided = await self._decide(Request(scope, receive))
        except HTTPException as error:
            decided = _refusal(error.status_code, error.detail)
        except StoreError as error:
            log.error("nobody can open the console: %s", error)  # noqa: TRY400 a sentence says it
            decided = _refusal(503, SHUT)
        if isinstance(decided, Passed):
            await self._app(decided.scope, decided.receive, send)
        else:
            await decided(scope, receive, send)

    async def _decide(self, request: Request) -> Response | Passed:
        for check in CHECKS:
            check(self._door, request)
        path, safe = request.url.path, request.method in SAFE
        if safe and path.startswith(STATIC):
            return Passed(request.scope, request.receive)
        if path == LOGIN:
            return await self._signing.answer(request)
        session = request.cookies.get(self._door.session_cookie, "")
        everybody = self._door.everybody()
        who = everybody or self._door.visitor(session)
        if who is None:
            return _turned_away(request)
        bound = "" if everybody else session
        return await (self._look(request, who, bound) if safe else self._do(request, who, bound))

    async def _look(self, request: Request, who: Who, session: str) -> Passed:
        if self._door.sessions.see(session, self._door.clock()):
            await self._signing.save()
        return self._pass(request, request.receive, who, session)

    async def _do(self, request: Request, who: Who, session: str) -> Response | Passed:
        text = await body.read(request.receive)
        if text and not request.headers.get("content-type", "").startswith(body.FORM):
            raise HTTPException(415, "Only forms are taken here.")
        token = request.headers.get(HEADER) or body.fields(text).get(FIELD, "")
        if not self._door.tokens.genuine(session, token):
            raise HTTPException(
                403, "This form is not one of your session. Reload its page and send it again."
            )
        if request.url.path == LOGOUT:
            return await self._signing.leave(session)
        if not who.edits:
            raise HTTPException(403, "You may look at everything here, and change nothing.")
        return self._pass(request, body.again(text, request.receive), who, session)

    def _pass(self, request: Request, receive: Receive, who: Who, session: str) -> Passed:
        token = self._door.tokens.issue(session)
        state = {**request.scope.get("state", {}), "who": who, "token": token}
        return Passed({**request.scope, "state": state}, receive)


def _hosted(door: Door, request: Request) -> None:
    hosts = request.headers.getlist("host")
    if len(hosts) != 1 or not known(hosts[0], door.hosts):
        named = ", ".join(sorted(door.hosts))
        reason = f"This console answers to {named}; name others with: segue console --name NAME"
        raise HTTPException(421, reason)


def _spoken(_: Door, request: Request) -> None:
    if request.method not in {*SAFE, "POST"}:
        raise HTTPException(405, "Pages are looked at (GET) and forms are sent (POST) here.")


def _asked_for(door: Door, request: Request) -> None:
    if request.method in SAFE:
        if embedded(request.headers):
            raise HTTPException(403, "Pages of other sites may link to this console, not use it.")
    elif not began_here(request.headers, door.scheme, request.headers["host"]):
        raise HTTPException(403, "This form was sent by a page of another site.")


CHECKS: Final[Sequence[Check]] = (_hosted, _spoken, _asked_for)


def _turned_away(request: Request) -> Response:
    """To where one signs in, and from there back to where one was."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"hx-redirect": leading(_before(request))})
    here = _address(request.scope) if request.method in SAFE else _before(request)
    return RedirectResponse(leading(within(here)), 303)


def _address(scope: Scope) -> str:
    """The page that is asked for, quoted as it was."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _before(request: Request) -> str:
    """The page that a form, or a part of a page, was asked for from."""
    scheme, _, rest = request.headers.get("referer", "").partition("://")
    host, slash, path = rest.partition("/")
    ours = scheme in {"http", "https"} and host == request.headers["host"]
    return within(slash + path) if ours else "/"


def _refusal(status: int, reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", status)
