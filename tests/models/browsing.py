"""A browser as far as the console's door can tell, in front of an application that says who came in."""

import asyncio
import re
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from segue.console.security import Guard
from segue.console.security.passwords import Cost, seal


CHEAP = Cost(2, 1, 1)
ADA = "tidal-cargo-lemur-31"
BOB = "marble-otter-gust-47"


def drawing():
    """Random bytes that are none: each is another, and all are known."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size)


def pages() -> Starlette:
    async def who(request: Request) -> Response:
        form = dict(await request.form())
        said = request.state
        return JSONResponse({"who": said.who.name, "token": said.token, "form": form})

    async def fault(request: Request) -> Response:
        raise RuntimeError("a page is broken")

    async def static(request: Request) -> Response:
        return Response("body {}", headers={"cache-control": "immutable"})

    return Starlette(
        routes=[
            Route("/static/a.css", static),
            Route("/fault", fault),
            Route("/{rest:path}", who, methods=["GET", "POST"]),
        ]
    )


class Browser:
    """Asks a console behind a door, with cookies, and says where each request comes from."""

    def __init__(self, door: Any, base: str = "http://127.0.0.1:8081", address: str = "127.0.0.1"):
        self.app = Guard(pages(), door)
        self.base, self.address = base, address
        self.cookies = httpx.Cookies()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def post(self, path: str, form: Any = None, **headers: str) -> httpx.Response:
        """A form sent from one of our own pages."""
        own = {"origin": self.base, "sec_fetch_site": "same-origin", **headers}
        return self.ask("POST", path, form or {}, **own)

    def ask(self, method: str, path: str, form: Any = None, **headers: str) -> httpx.Response:
        return asyncio.run(self._ask(method, path, form, headers))

    async def _ask(self, method: str, path: str, form: Any, headers: dict[str, str]) -> Any:
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(self.address, 1)
        )
        async with httpx.AsyncClient(
            transport=transport, base_url=self.base, cookies=self.cookies
        ) as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            given = {"content": form} if isinstance(form, bytes) else {"data": form}
            answer = await client.request(method, path, headers=named, **given)
            self.cookies = client.cookies
            return answer

    def token(self) -> str:
        """The token of a page of ours."""
        return self.get("/").json()["token"]

    def sign_in(self, name: str, password: str, **form: str) -> httpx.Response:
        shown = self.get("/login").text
        token = re.search(r'name="token" value="(\w+)"', shown)[1]
        given = {"name": name, "password": password, "token": token, **form}
        return self.post("/login", given)


def sealed(password: str) -> str:
    return seal(password, b"salt of a test..", CHEAP)
