"""Calls to an ASGI application without a server, piece by piece."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final


NEVER: Final = "never"
"""In the place of a piece of a body: nothing more comes, and nobody hangs up."""

GONE: Final = None
"""In the place of a piece of a body: the sender hangs up."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    app: Any,
    method: str,
    path: str,
    pieces: Iterable[bytes | str | None] = (),
    *,
    client: str = "",
    **headers: str,
) -> Answer:
    """The answer to one request whose body comes in these pieces; ``_`` in a header's name is "-"."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode("latin-1"))
            for name, value in headers.items()
        ],
        "client": (client, 1234) if client else None,
    }
    return asyncio.run(_call(app, scope, messages(pieces)))


def messages(pieces: Iterable[bytes | str | None]) -> Iterator[Any]:
    for piece in pieces:
        if piece is GONE:
            yield {"type": "http.disconnect"}
        elif piece is NEVER:
            yield NEVER
        else:
            yield {"type": "http.request", "body": piece, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}


async def _call(app: Any, scope: Any, arriving: Iterator[Any]) -> Answer:
    sent: list[Any] = []

    async def receive() -> Any:
        message = next(arriving)
        return await asyncio.Future() if message is NEVER else message

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(one.get("body", b"") for one in rest))
