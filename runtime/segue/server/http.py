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


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serve_http(app: ASGIApp, listener: socket.socket) -> AsyncGenerator["asyncio.Task[None]"]:
    """Answer requests while the block runs; gives the task that does."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield task
    finally:
        server.should_exit = True
        await task
