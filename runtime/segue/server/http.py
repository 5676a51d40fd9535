"""The HTTP door: uvicorn on a socket that is there already, stopped from outside."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from segue.ingest.protocol import Protocol


GRACE: Final = 10
"""Seconds that requests under way have to end."""

SILENCE: Final = 75
"""Seconds that a connection is kept between two requests. Segment's clients send every ten."""


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it. ``task`` is it at work."""

    task: "asyncio.Task[None]"

    def hasten(self) -> None:
        """Wait for no request any more when stopping."""
        self.force_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serve_http(app: ASGIApp, listener: socket.socket) -> AsyncGenerator[Server]:
    """Answer requests while the block runs; those under way then end, or are broken off."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=SILENCE,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=False,
    )
    server = Server(config)
    server.task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield server
    finally:
        server.should_exit = True
        await server.task
