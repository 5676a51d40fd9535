"""A vendor with an API behind access tokens, and the server that gives these out."""

import asyncio
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class Authorisation:
    """Refresh tokens are good once. ``lifetime`` is in seconds, None is not told.

    ``asked`` are the forms of all token requests with their authorization header, ``calls`` the
    bearer tokens the API was called with. The answer comes ``delay`` after the refresh token was
    replaced, at which ``asking`` is set; ``answer`` is given in its place.
    """

    refresh: str = "r0"
    lifetime: float | None = 3600.0
    rotates: bool = True
    delay: float = 0.0
    answer: Response | None = None
    revoked: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    asking: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/oauth/token", self.token, methods=["POST"]),
                Route("/{path:path}", self.call, methods=["POST", "GET", "DELETE"]),
            ]
        )

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self.asked.append({**form, "authorization": request.headers.get("authorization", "")})
        if self.answer is not None:
            return self.answer
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            told = {"error": "invalid_grant", "error_description": "Token was used already"}
            return JSONResponse(told, 400)
        number = len(self.asked)
        given = {"access_token": f"a{number}", "token_type": "Bearer"}
        if self.lifetime is not None:
            given["expires_in"] = self.lifetime
        if form["grant_type"] == "refresh_token" and self.rotates:
            self.refresh = given["refresh_token"] = f"r{number}"
        self.asking.set()
        await asyncio.sleep(self.delay)
        return JSONResponse(given)

    async def call(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append(token)
        good = token.startswith("a") and token not in self.revoked
        return JSONResponse({"token": token}, 200 if good else 401)
