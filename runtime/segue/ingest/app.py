"""The API as one ASGI application."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from segue.events import TYPES
from segue.ingest.answers import BROKEN, PREFLIGHT, Refusal, malformed
from segue.ingest.body import Room
from segue.ingest.checks import Checks
from segue.ingest.erasing import Erase
from segue.ingest.intake import Health, Intake
from segue.ingest.limits import Limits
from segue.ingest.rate import Rates
from segue.ingest.routes import Endpoint, Routes, Table
from segue.ingest.settings import Settings
from segue.ingest.tracking import Tracking
from segue.workspace.model import Source


log: Final = logging.getLogger("segue.ingest")


def create_app(
    *,
    sources: Callable[[str], Source | None],
    intake: Intake,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    timer: Callable[[], float] = time.monotonic,
    ids: Callable[[], str] = lambda: str(uuid4()),
    limits: Limits = Limits(),  # noqa: B008 frozen
    health: Callable[[], Health] = Health,
    erase: Erase | None = None,
    conceal: bool = False,
    routes: Routes | None = None,
) -> ASGIApp:
    """The tracking API.

    ``sources`` finds the source of a write key and is asked at every request. ``clock`` says when
    an event arrives, ``timer`` measures rates in seconds, ``ids`` makes a messageId for an event
    without one. ``erase`` carries out items of type "delete". ``conceal`` answers 200 to an unknown write key, as Segment does, instead of 401.
    ``routes`` are more endpoints; they may raise Refusal.
    """
    rates = Rates(limits.rate, timer)
    room = Room(limits.held_bytes)
    tracking = Tracking(sources, intake, clock, ids, limits, rates, room, erase, conceal)
    return Api(Table({**_routes(tracking, Settings(sources), Checks(health)), **(routes or {})}))


def _routes(tracking: Tracking, settings: Settings, checks: Checks) -> Routes:
    short = {f"/v1/{call[0]}": tracking.call(call, direct=True) for call in TYPES}
    posts: dict[str, Endpoint] = {
        **{f"/v1/{call}": tracking.call(call) for call in TYPES},
        **short,
        "/v1/batch": tracking.batch(),
        "/v1/import": tracking.batch(),
        "/v1/b": tracking.batch(direct=True),
        "/v1/m": tracking.ignore,
    }
    gets: dict[str, Endpoint] = {
        "/v1/projects/{key}/settings": settings,
        "/healthz": checks.healthz,
        "/readyz": checks.readyz,
    }
    return {
        **{path: {"POST": endpoint} for path, endpoint in posts.items()},
        **{path: {"GET": endpoint} for path, endpoint in gets.items()},
    }


class Api:
    """Answers every request, whatever it is and whatever goes wrong."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return PREFLIGHT
        try:
            return await self._table.find(request)(request)
        except Refusal as refusal:
            return refusal.answer()
        except ClientDisconnect:
            return malformed("the body ends early").answer()
        except Exception:
            log.exception("a request to %r failed", request.scope["path"])
            return BROKEN


async def _live(receive: Receive, send: Send) -> None:
    """Nothing to start and nothing to stop, and said so."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
