"""The application: requests become visits, what pages answer becomes responses."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, unquote

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from segue.console.answers import Absent, Answer, File, Go, Page
from segue.console.desk import Desk
from segue.console.pages import PLACES
from segue.console.places import Place
from segue.console.reading import Reading
from segue.console.rendering import environment, packed, static
from segue.console.visit import LOCAL, NOTHING, Form, Visit
from segue.errors import SegueError


SAID: Final = "segue_said"
PACKED: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
"""What a browser says that reads gzip."""

FIELDS: Final = 5_000
"""A form may have so many fields; a mapping of some hundred fields has a few for each."""

FORM: Final = 2_000_000
"""The bytes that one field of a form may have."""

YEAR: Final = 31_536_000
FAULT: Final = "Something went wrong in the console itself."
MISSING: Final = "There is no such page."
MISTYPED: Final = "Its address may be mistyped, or what it showed is gone."
AGAIN: Final = "Go back and try again. If it stays so, its log says why."


def create_app(
    desk: Desk, *, middleware: Sequence[Middleware] = (), places: Sequence[Place] = PLACES
) -> Starlette:
    """The console over a desk. ``middleware`` decides who may come in, and says who it is.

    It leaves ``who`` (a Who) and ``token`` (what forms send back) in the state of a request.
    """
    pages = Pages(desk, environment())
    app = Starlette(
        routes=[pages.route(place) for place in places] + [Route("/static/{name}", _static)],
        middleware=middleware,
        exception_handlers={
            HTTPException: pages.problem,
            SegueError: pages.failed,
            Exception: pages.broken,
        },
    )
    app.router.redirect_slashes = False  # it would name the scheme that a proxy speaks to us
    return app


class Pages:
    """Pages of a desk, as Starlette asks for them."""

    def __init__(self, desk: Desk, templates: Environment) -> None:
        self._desk, self._templates = desk, templates

    def route(self, place: Place) -> Route:
        """The route of a place."""

        async def answer(request: Request) -> Response:
            visit = await _visit(request)
            if place.role == "editor" and not visit.who.edits:
                raise HTTPException(403, "You may look at everything here, and change nothing.")
            return await self._respond(visit, await place.handler(self._desk, visit))

        return Route(place.path, answer, methods=[place.method])

    async def problem(self, request: Request, error: Exception) -> Response:
        """The page for what does not exist or is not allowed."""
        assert isinstance(error, HTTPException)
        lost = error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase
        what, hint = (MISSING, MISTYPED) if lost else (error.detail, "")
        page = Page("problem.html", {"what": what, "hint": hint}, error.status_code)
        return await self._respond(_bare(request), page)

    async def failed(self, request: Request, error: Exception) -> Response:
        """The page for what could not be done: the store is gone, nobody answers."""
        page = Page("problem.html", {"what": str(error), "hint": ""}, 503)
        return await self._respond(_bare(request), page)

    async def broken(self, request: Request, _: Exception) -> Response:
        """The page for a fault of ours, which is in the log and nowhere else."""
        page = Page("problem.html", {"what": FAULT, "hint": AGAIN}, 500)
        return await self._respond(_bare(request), page)

    async def _respond(self, visit: Visit, answer: Answer) -> Response:
        match answer:
            case Page():
                return await self._render(visit, answer)
            case Go():
                return _go(answer, partial=visit.partial)
            case Absent():
                values = {"what": answer.what, "hint": answer.hint}
                return await self._render(visit, Page("problem.html", values, 404))
            case File():
                return _file(answer)

    async def _render(self, visit: Visit, page: Page) -> Response:
        reading = await self._desk.read()
        part = page.part if visit.partial else None
        template = self._templates.get_template(part or page.template)
        values = {**_shared(visit, reading), **self._desk.facts(), **page.values}
        text = await asyncio.to_thread(template.render, values)
        response = HTMLResponse(text, status_code=page.status)
        if visit.said and part is None:
            response.delete_cookie(SAID, path="/")
        return response


def _shared(visit: Visit, reading: Reading) -> Mapping[str, object]:
    """What every template knows."""
    return {
        "visit": visit,
        "who": visit.who,
        "token": visit.token,
        "said": visit.said,
        "said_tone": visit.tone,
        "reading": reading,
        "nav": visit.url.split("?")[0].split("/")[1],
        "connections": reading.workspace.connections if reading.workspace else {},
    }


async def _visit(request: Request) -> Visit:
    form = NOTHING
    if request.method == "POST":
        sent = await request.form(max_fields=FIELDS, max_files=0, max_part_size=FORM)
        form = Form(tuple((key, str(value)) for key, value in sent.multi_items()))
    return _bare(request, form)


def _bare(request: Request, form: Form = NOTHING) -> Visit:
    """The visit that a request is. Nothing else reads requests."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    state: Mapping[str, Any] = request.scope.get("state", {})
    tone, _, said = unquote(request.cookies.get(SAID, "")).partition(" ")
    return Visit(
        url=target,
        path=request.path_params,
        query=Form(tuple(request.query_params.multi_items())),
        form=form,
        who=state.get("who", LOCAL),
        token=state.get("token", ""),
        partial=request.headers.get("hx-request") == "true",
        said=said,
        tone=tone if tone in {"warn", "bad"} else "good",
    )


def _go(answer: Go, *, partial: bool) -> Response:
    """A redirect, as a browser or as htmx understands it."""
    response: Response = (
        Response(headers={"hx-redirect": answer.url})
        if partial
        else RedirectResponse(answer.url, status_code=303)
    )
    if answer.said:
        said = quote(f"{answer.tone} {answer.said[:500]}")
        response.set_cookie(SAID, said, max_age=60, path="/", httponly=True, samesite="strict")
    return response


def _file(answer: File) -> Response:
    headers = {}
    if answer.name is not None:
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(answer.name)}"
    return Response(answer.content, media_type=answer.type, headers=headers)


async def _static(request: Request) -> Response:
    found = static(request.path_params["name"])
    if found is None:
        raise HTTPException(404, "There is no such file.")
    kept = {"cache-control": f"public, max-age={YEAR}, immutable", "vary": "accept-encoding"}
    content, small = found[0], packed(request.path_params["name"])
    if small and PACKED.search(request.headers.get("accept-encoding", "")):
        content, kept["content-encoding"] = small, "gzip"
    return Response(content, media_type=found[1], headers=kept)
