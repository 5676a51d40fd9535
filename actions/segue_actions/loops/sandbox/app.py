"""The sandbox as one ASGI application: the API, its pages, and what keeps them."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from segue.errors import ConfigError, Problem
from segue_actions.loops.sandbox import DEMO_KEY
from segue_actions.loops.sandbox.api import Api
from segue_actions.loops.sandbox.exchanges import Exchanges
from segue_actions.loops.sandbox.faults import Faults, parse
from segue_actions.loops.sandbox.guard import LOOPBACK, Hosts
from segue_actions.loops.sandbox.hang import Hangs
from segue_actions.loops.sandbox.model import MailingList, Policy, Property
from segue_actions.loops.sandbox.pages import Pages
from segue_actions.loops.sandbox.rate import Allowance
from segue_actions.loops.sandbox.storage import File, Memory, Storage
from segue_actions.loops.sandbox.team import Team


_PROPERTIES: Final = (
    Property("favoriteColor", "Favorite Color", "string"),
    Property("favoriteNumber", "Favorite Number", "number"),
    Property("plan", "Plan", "string"),
)
_LISTS: Final = (
    MailingList("clsandboxproductupdates01", "Product updates", "What is new, once a month"),
    MailingList("clsandboxinternalbeta0001", "Internal beta", None, public=False),
)


def create_app(
    *,
    db: str | None = None,
    faults: str | None = None,
    seed: int | None = None,
    strict: bool = False,
    keys: Collection[str] = (DEMO_KEY,),
    rate: int = 10,
    burn: bool = False,
    idempotency: Literal["any", "body"] = "any",
    clash: Literal["400", "409", "email", "userId"] = "400",
    hang: float = 30.0,
    history: int = 10_000,
    hosts: Collection[str] | None = LOOPBACK,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Starlette:
    """A Loops team to try things on, in memory or in the file ``db``.

    ``faults`` is the text of ``--fail`` (see faults.py), ``seed`` makes it repeatable. ``rate`` is
    in requests per second for the whole team, 0 for no limit. For ``strict``, ``burn``,
    ``idempotency`` and ``clash`` see model.Policy. A timeout hangs for ``hang`` seconds.
    ``hosts`` are the names it answers to, None for any.

    ``app.state`` has ``team`` (look at contacts and events), ``exchanges`` (the last requests),
    ``release()`` (end hanging requests; call it before a server waits for them) and ``close()``.

    Raises ConfigError for a fault text that does not parse and for a file that cannot be used.
    """
    found, storage = _faults(faults, rate), _storage(db)
    policy = Policy(strict=strict, burn=burn, idempotency=idempotency, clash=clash)
    team = Team(clock=clock, ids=_id, policy=policy, record=storage.put, history=history)
    _fill(team, storage, keys)
    hangs, exchanges, draw = Hangs(hang, sleep), Exchanges(), random.Random(seed).random  # noqa: S311 a fault is no secret
    api = Api(team, found, Allowance(rate), exchanges, hangs, draw, storage.commit)
    pages = Pages(team, exchanges, storage.commit, _facts(db, faults, rate, policy))
    app = _routed(api, pages, hosts)
    app.state.team, app.state.exchanges = team, exchanges
    app.state.release, app.state.close = hangs.release, storage.close
    return app


def _routed(api: Api, pages: Pages, hosts: Collection[str] | None) -> Starlette:
    return Starlette(
        routes=[Route("/api/{path:path}", api), *pages.routes()],
        middleware=[] if hosts is None else [Middleware(Hosts, allowed=hosts)],
        exception_handlers=pages.errors(),
        lifespan=_lifespan,
    )


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncGenerator[None]:
    yield
    app.state.release()
    app.state.close()


def _faults(text: str | None, rate: int) -> Faults:
    faults = parse(text)
    if faults.limited and not rate:
        problem = '"429" asks for the rate limit, but there is none'
        raise ConfigError([Problem("", problem, 'set a rate, or a share: "429=0.05"')])
    return faults


def _storage(db: str | None) -> Storage:
    return File(db) if db else Memory()


def _id() -> str:
    """An opaque id that looks like those of Loops."""
    return "c" + secrets.token_hex(12)


def _fill(team: Team, storage: Storage, keys: Collection[str]) -> None:
    """What was kept, or a fresh team's properties and lists; then the keys."""
    kept = [*storage.load()]
    for value in kept:
        team.restore(value)
    if not kept:
        for added in _PROPERTIES:
            team.add_property(added)
        for one in _LISTS:
            team.add_list(one)
    for key in keys:
        team.keys.add(key, "Demo key" if key == DEMO_KEY else "Given at start")
    storage.commit()


def _facts(db: str | None, faults: str | None, rate: int, policy: Policy) -> list[str]:
    """The switches in words, for the foot of every page."""
    facts = [
        f"{rate} requests a second" if rate else "no rate limit",
        f"faults {', '.join(faults.split(','))}" if faults else "no faults",
        f"kept in {db}" if db else "kept in memory",
    ]
    return facts + (["strict"] if policy.strict else [])
