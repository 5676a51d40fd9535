"""Servers and sandboxes for the integration tests, all in process."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from segue_actions.loops.sandbox import DEMO_KEY, create_app
from segue_actions.loops.sandbox.exchanges import Exchange
from segue_actions.loops.sandbox.model import Contact
from segue_actions.loops.sandbox.team import Team


@dataclass
class Clock:
    """A clock that stands still until it is told."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Loops:
    """A Loops sandbox without a network: ``send`` goes below /api/v1, ``browse`` to the pages."""

    app: Starlette
    clock: Clock
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @property
    def team(self) -> Team:
        return self.app.state.team

    @property
    def last(self) -> Exchange:
        return next(iter(self.app.state.exchanges))

    def contact(self, email: str) -> Contact:
        found = self.team.audience.with_email(email)
        assert found is not None
        return found

    def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        api_key: str = DEMO_KEY,
        **options: Any,
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {api_key}", **options.pop("headers", {})}
        return self.call(method, f"/api/v1{path}", json=json, headers=headers, **options)

    def update(self, **body: Any) -> httpx.Response:
        return self.send("PUT", "/contacts/update", body)

    def event(self, key: str | None = None, **body: Any) -> httpx.Response:
        headers = {"idempotency-key": key} if key else {}
        return self.send("POST", "/events/send", body, headers=headers)

    def browse(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        method = "GET" if form is None else "POST"
        return self.call(method, path, data=form, headers=headers)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._call(method, path, options))

    async def _call(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://127.0.0.1:9000",
            cookies=self.cookies,
        ) as client:
            response = await client.request(method, path, **options)
            self.cookies = client.cookies
            return response


@pytest.fixture
def loops() -> Iterator[Callable[..., Loops]]:
    """``loops(strict=True)`` makes a sandbox with these switches, and a clock that stands still."""
    made: list[Loops] = []

    def make(**switches: Any) -> Loops:
        clock = switches.setdefault("clock", Clock())
        made.append(Loops(create_app(**{"rate": 0, "seed": 1, **switches}), clock))
        return made[-1]

    yield make
    for one in made:
        one.app.state.close()
