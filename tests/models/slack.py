"""A Slack workspace of two dozen channels, as far as its public documents tell what it does."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


TOKEN = "xoxb-1"


def channel(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"C{number}", "name": f"room-{number}", "is_private": False, **more}


@dataclass
class Slack:
    """``errors`` are what the next messages are answered with, ``limit`` the messages before a 429."""

    token: str = TOKEN
    scopes: set[str] = field(default_factory=lambda: {"chat:write", "channels:read", "groups:read"})
    channels: list[dict[str, Any]] = field(
        default_factory=lambda: [
            *(channel(number) for number in range(23)),
            channel(23, is_private=True, purpose={"value": "money"}),
        ]
    )
    page: int = 10
    errors: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    pauses: int = 0

    def app(self) -> Starlette:
        """The workspace's API, to be put under any base URL."""
        methods = {
            "auth.test": self.test,
            "conversations.list": self.list,
            "chat.postMessage": self.post,
        }
        routes = [
            Route(f"/api/{name}", self.authorised(name, answer), methods=["GET", "POST"])
            for name, answer in methods.items()
        ]
        return Starlette(routes=routes)

    def authorised(self, name: str, answer: Any) -> Any:
        async def respond(request: Request) -> Response:
            self.calls.append(name)
            if self.pauses:
                self.pauses -= 1
                return JSONResponse(no("ratelimited"), 429, {"retry-after": "30"})
            if request.headers.get("authorization") != f"Bearer {self.token}":
                return JSONResponse(no("invalid_auth"))
            return JSONResponse(await answer(request))

        return respond

    async def test(self, request: Request) -> dict[str, Any]:
        return {"ok": True, "team": "Acme", "user": "segue"}

    async def list(self, request: Request) -> dict[str, Any]:
        given = request.query_params
        private = "private_channel" in given["types"]
        if private and "groups:read" not in self.scopes:
            return no("missing_scope", needed="groups:read")
        seen = [one for one in self.channels if private or not one["is_private"]]
        start = int(given.get("cursor", "0"))
        more = str(start + self.page) if start + self.page < len(seen) else ""
        found = seen[start : start + self.page]
        return {"ok": True, "channels": found, "response_metadata": {"next_cursor": more}}

    async def post(self, request: Request) -> dict[str, Any]:
        message = await request.json()
        if self.errors:
            return no(self.errors.pop(0))
        if "chat:write" not in self.scopes:
            return no("missing_scope", needed="chat:write")
        known = {one[key] for one in self.channels for key in ("id", "name")}
        if message["channel"] not in known:
            return no("channel_not_found")
        if not message.get("text") and not message.get("blocks"):
            return no("no_text")
        self.messages.append(message)
        return {"ok": True, "ts": f"{len(self.messages)}.000000"}


def no(error: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error": error, **more}
