"""The pages: what arrived, and the few things Loops lets one set up by hand."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from segue_actions.loops.sandbox import DEMO_KEY, guard, views
from segue_actions.loops.sandbox.exchanges import Exchanges
from segue_actions.loops.sandbox.keyring import identity
from segue_actions.loops.sandbox.model import Call, MailingList, Refused
from segue_actions.loops.sandbox.properties import create as create_property
from segue_actions.loops.sandbox.team import Team


_HERE: Final = Path(__file__).parent
_STATIC: Final[Mapping[str, str]] = {"sandbox.css": "text/css", "icon.svg": "image/svg+xml"}
_HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a form would send Origin: null
    "cache-control": "no-store",
}
_SETTINGS: Final[Mapping[str, str]] = {"api": "/keys", "events": "/events", "lists": "/lists"}
_PAGE: Final = 50
_FORM: Final = 16_384  # bytes


class Pages:
    """Server-rendered pages over a team. ``facts`` are the sandbox's switches in words."""

    def __init__(
        self, team: Team, exchanges: Exchanges, commit: Callable[[], None], facts: list[str]
    ) -> None:
        self._team, self._exchanges, self._commit = team, exchanges, commit
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(views.FILTERS)
        self._shared: Mapping[str, object] = {
            "team": team,
            "exchanges": exchanges,
            "facts": facts,
            "demo_key": DEMO_KEY,
            "demo_id": identity(DEMO_KEY),
        }
        self._fresh: dict[str, str] = {}  # generated keys, until they have been shown

    def routes(self) -> list[Route]:
        return [
            Route("/", _go("/audience")),
            Route("/settings", self.settings),
            Route("/audience", self.audience),
            Route("/audience/{id}", self.contact),
            Route("/events", self.events),
            Route("/keys", self.keys),
            Route("/keys", self.generate, methods=["POST"]),
            Route("/keys/{id}/revoke", self.revoke, methods=["POST"]),
            Route("/properties", self.properties),
            Route("/properties", self.add_property, methods=["POST"]),
            Route("/lists", self.lists),
            Route("/lists", self.add_list, methods=["POST"]),
            Route("/requests", self.requests),
            Route("/requests/{number:int}", self.exchange),
            Route("/static/{name}", static),
        ]

    def errors(self) -> dict[Any, Any]:
        """What Starlette calls for a page that does not exist or a form that is refused."""
        return {HTTPException: self.problem}

    async def settings(self, request: Request) -> Response:
        """Loops' own addresses of these pages."""
        return _go(_SETTINGS.get(request.query_params.get("page", ""), "/keys"))

    async def audience(self, request: Request) -> Response:
        words = request.query_params.get("q", "")
        found = views.search(self._team.audience.all(), words)
        page = views.page(found, request.query_params.get("page", ""), _PAGE)
        return self._show(
            request, "audience", words=words, page=page, columns=views.columns(self._team)
        )

    async def contact(self, request: Request) -> Response:
        contact = self._team.audience.get(request.path_params["id"])
        if contact is None:
            raise HTTPException(404, "There is no such contact, or it was deleted.")
        receipts = [one for one in reversed(self._team.receipts) if one.contact == contact.id]
        columns = views.columns(self._team)
        return self._show(
            request, "contact", contact=contact, receipts=receipts[:_PAGE], columns=columns
        )

    async def events(self, request: Request) -> Response:
        name = request.query_params.get("event")
        events = sorted(self._team.events.values(), key=lambda one: one.last, reverse=True)
        receipts = [one for one in reversed(self._team.receipts) if name in (None, one.event)]
        return self._show(request, "events", chosen=name, events=events, receipts=receipts[:_PAGE])

    async def keys(self, request: Request) -> Response:
        secret = self._fresh.pop(request.query_params.get("new", ""), None)
        return self._show(request, "keys", secret=secret)

    async def generate(self, request: Request) -> Response:
        form = await _form(request)
        secret, ticket = secrets.token_hex(16), secrets.token_urlsafe(8)
        self._team.keys.add(secret, form.get("name", "").strip()[:100] or "Unnamed")
        self._fresh[ticket] = secret
        self._commit()
        return _go(f"/keys?new={ticket}")

    async def revoke(self, request: Request) -> Response:
        await _form(request)
        self._team.keys.revoke(request.path_params["id"])
        self._commit()
        return _go("/keys")

    async def properties(self, request: Request) -> Response:
        return self._show(request, "properties", form={}, error=None)

    async def add_property(self, request: Request) -> Response:
        form = await _form(request)
        try:
            create_property(self._team, Call("properties/create", form))
        except Refused as refused:
            return self._show(request, "properties", 400, form=form, error=refused.message)
        self._commit()
        return _go("/properties")

    async def lists(self, request: Request) -> Response:
        return self._lists(request)

    async def add_list(self, request: Request) -> Response:
        form = await _form(request)
        name, description = form.get("name", "").strip(), form.get("description", "").strip()
        if not name or len(name) > 100:
            error = "A list needs a name of at most 100 characters."
            return self._lists(request, 400, error)
        public = form.get("visibility") != "private"
        added = MailingList(self._team.ids(), name, description[:500] or None, public)
        self._team.add_list(added)
        self._commit()
        return _go("/lists")

    def _lists(self, request: Request, status: int = 200, error: str | None = None) -> Response:
        members = Counter(one for contact in self._team.audience.all() for one in contact.lists)
        return self._show(request, "lists", status, error=error, members=members)

    async def requests(self, request: Request) -> Response:
        return self._show(request, "requests")

    async def exchange(self, request: Request) -> Response:
        exchange = self._exchanges.find(request.path_params["number"])
        if exchange is None:
            raise HTTPException(404, "Only the last 200 requests are kept.")
        return self._show(request, "exchange", exchange=exchange)

    async def problem(self, request: Request, error: HTTPException) -> Response:
        missing = error.status_code == 404 and error.detail == "Not Found"
        reason = f"There is no page at {request.url.path}." if missing else error.detail
        return self._show(request, "problem", error.status_code, error=error, reason=reason)

    def _show(self, request: Request, name: str, status: int = 200, **values: object) -> Response:
        token = guard.token(request)
        template = self._templates.get_template(f"{name}.html")
        html = template.render(
            **self._shared,
            part=name,
            token=token,
            now=self._team.clock(),
            live=views.live(request.url),
            address=f"{request.url.scheme}://{request.url.netloc}",
            **values,
        )
        response = HTMLResponse(html, status, headers=_HEADERS)
        guard.remember(response, token)
        return response


async def static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise HTTPException(404)
    body = (_HERE / "static" / name).read_bytes()
    return Response(
        body, media_type=_STATIC[name], headers={**_HEADERS, "cache-control": "no-cache"}
    )


def _go(path: str) -> Response:
    return RedirectResponse(path, 303, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form that one of our own pages sent. Raises HTTPException."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM:
            raise HTTPException(413, "The form is too large.")
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if not guard.genuine(request, form):
        raise HTTPException(
            403, "This form did not come from a page of the sandbox. Reload the page and try again."
        )
    return form
