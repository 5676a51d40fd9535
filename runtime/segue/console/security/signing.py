"""Signing in and out: a name and a password become a session."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from segue.console.security import body
from segue.console.security.door import Door
from segue.console.security.passwords import SALT, opens, seal, stale
from segue.console.security.sessions import LONGEST
from segue.console.security.tokens import FIELD
from segue.console.security.users import Account, Accounts
from segue.errors import StoreError


log: Final = logging.getLogger("segue.console")

LOGIN: Final = "/login"
LOGOUT: Final = "/logout"
HOME: Final = "/"
FORM: Final = 16_384
NAME: Final = 64
AT_ONCE: Final = 2
"""Passwords that are looked at together; each takes some 30 MB for a tenth of a second."""

WAITING: Final = 16

_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Printable ASCII without a backslash; with two slashes it would name another host."""

Render: TypeAlias = Callable[[Mapping[str, object]], str]
"""The page for signing in, of ``next``, ``name``, ``token`` and ``problem``, which may be empty."""


def within(address: str) -> str:
    """Where to go after signing in: a page of ours, whatever was asked for."""
    inside = _PATH.fullmatch(address) and address.partition("?")[0] not in {LOGIN, LOGOUT}
    return address if inside else HOME


def leading(address: str) -> str:
    """The page for signing in that leads on to an address."""
    return LOGIN if address == HOME else f"{LOGIN}?{urlencode({'next': address})}"


@dataclass(slots=True)
class Signing:
    """Answers for the pages ``/login`` and ``/logout``."""

    door: Door
    render: Render
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0
    _decoy: str = field(default="", repr=False)

    async def answer(self, request: Request) -> Response:
        """The page for signing in, or what comes of sending it."""
        if request.method == "POST":
            return await self._enter(request)
        address = within(request.query_params.get("next", HOME))
        if self._inside(request):
            return _go(address)
        if _arrives(request):
            return _step(address)
        return self._page(request, 200, next=address)

    async def leave(self, session: str) -> Response:
        """Sign out."""
        self.door.sessions.end(session)
        await self._strike()
        response = _go(LOGIN)
        self._forget(response, self.door.session_cookie)
        return response

    async def save(self) -> None:
        """Write down who is signed in; what cannot be is known to this process alone."""
        try:
            async with self._writing:
                await asyncio.to_thread(self.door.write)
        except StoreError as error:
            log.warning("who is signed in is not written down: %s", error)

    async def _strike(self) -> None:
        """Write down that a session is over, if need be by removing all of them. Raises StoreError."""
        async with self._writing:
            try:
                await asyncio.to_thread(self.door.write)
            except StoreError as error:
                log.warning("who is signed in is not written down any more: %s", error)
                await asyncio.to_thread(self.door.tear)

    async def _enter(self, request: Request) -> Response:
        form = body.fields(await body.read(request.receive, FORM))
        name, address = form.get("name", "").strip()[:NAME], within(form.get("next", HOME))
        if self._inside(request):
            return _go(address)
        kept = request.cookies.get(self.door.login_cookie, "")
        if not kept or not self.door.tokens.genuine(kept, form.get(FIELD, "")):
            said = "This page was open for too long. Please try again."
            return self._page(request, 403, next=address, name=name, problem=said)
        key = name.lower()
        wait = self.door.attempts.take(key, origin(request, self.door), self.door.clock())
        if wait > 0 or self._waiting >= WAITING:
            return self._wait(request, max(wait, 1.0), next=address, name=name)
        account = await self._known(key, form.get("password", ""))
        if account is None:
            said = "There is no account with this name and this password."
            return self._page(request, 401, next=address, name=name, problem=said)
        self.door.attempts.forgive(key)
        return await self._welcome(request, account, address)

    async def _welcome(self, request: Request, account: Account, address: str) -> Response:
        """Begin a session under an id that nobody has seen, whatever the browser brought."""
        self.door.sessions.end(request.cookies.get(self.door.session_cookie, ""))
        session = self.door.admit(account)
        await self.save()
        response = _go(address)
        self._remember(response, self.door.session_cookie, session)
        self._forget(response, self.door.login_cookie)
        return response

    async def _known(self, name: str, password: str) -> Account | None:
        """The account of this name and password. It takes as long for a name that nobody has."""
        assert self.door.accounts is not None
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._look, self.door.accounts, name, password)
        finally:
            self._waiting -= 1

    def _look(self, accounts: Accounts, name: str, password: str) -> Account | None:
        self._decoy = self._decoy or self.door.decoy()
        account = accounts.find(name)
        kept = account.password if account else self._decoy
        if not opens(password, kept) or account is None:
            return None
        if stale(kept, self.door.cost):
            new = seal(password, self.door.draw(SALT), self.door.cost)
            accounts.refresh(account.name, kept, new)
        return account

    def _inside(self, request: Request) -> bool:
        session = request.cookies.get(self.door.session_cookie, "")
        return self.door.everybody() is not None or self.door.visitor(session) is not None

    def _wait(self, request: Request, wait: float, **values: str) -> Response:
        seconds = int(wait) + 1
        said = f"Too many tries. Please try again in {seconds} s."
        response = self._page(request, 429, **values, problem=said)
        response.headers["retry-after"] = str(seconds)
        return response

    def _page(self, request: Request, status: int, **values: str) -> Response:
        kept = request.cookies.get(self.door.login_cookie) or self.door.draw(32).hex()
        shown = {"name": "", "problem": "", **values, "token": self.door.tokens.issue(kept)}
        response = HTMLResponse(self.render(shown), status)
        self._remember(response, self.door.login_cookie, kept)
        return response

    def _remember(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(LONGEST),
            secure=self.door.secure,
            httponly=True,
            samesite="strict",
        )

    def _forget(self, response: Response, name: str) -> None:
        response.delete_cookie(name, secure=self.door.secure, httponly=True, samesite="strict")


def origin(request: Request, door: Door) -> str:
    """The address a request comes from, as far as we may believe it."""
    said = request.headers.get("x-forwarded-for", "") if door.forwarded else ""
    host = request.client.host if request.client else ""
    return said.rpartition(",")[2].strip()[:NAME] or host


def _arrives(request: Request) -> bool:
    """Whether a link of another site leads here; then the browser keeps its cookie to itself."""
    far = request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    return far and "here" not in request.query_params


def _step(address: str) -> Response:
    """Ask again from a page of ours, so that whoever is signed in is not asked to sign in."""
    target = f"{LOGIN}?{urlencode({'next': address, 'here': '1'})}".replace("&", "&amp;")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><title>Segue</title><meta http-equiv="refresh" content="0;url={target}">'
        f'<p><a href="{target}">Go on to Segue</a></p></html>'
    )


def _go(address: str) -> Response:
    return RedirectResponse(address, 303)
