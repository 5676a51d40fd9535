"""The console at work: the desk put together, and a server around it."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from http import HTTPStatus
from typing import Final

import uvicorn

from segue.cli.asking import office
from segue.cli.console.installed import Installed
from segue.cli.console.standing import Place
from segue.cli.output import stdout
from segue.cli.serve import loops
from segue.cli.setup import Setup
from segue.console.app import create_app
from segue.console.archive import Archive
from segue.console.desk import Desk
from segue.console.reading import Reader
from segue.console.security import Door, Guard
from segue.control import Control, open_control
from segue.ingest.answers import Refusal
from segue.ingest.protocol import Protocol
from segue.server import logs
from segue.vault import Vault, find_secrets, secret_files
from segue.workspace import parse_workspace, yaml
from segue.workspace.compiler import Compiler
from segue.workspace.model import Workspace
from segue.workspace.versions import history


log: Final = logging.getLogger("segue.console")

GRACE: Final = 2
"""Seconds that pages under way have to end."""

YIELDING: Final = 10
"""How much a console gives way to the process it runs beside (nice)."""


def run(
    setup: Setup, place: Place, door: Door, listener: socket.socket, intake: str, *, led: bool
) -> None:
    """Serve the console until told to stop; one that is ``led`` also ends when its stdin does."""
    if led:
        logs.start()
        os.nice(YIELDING)
    else:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        stdout.print(f"The console is at [bold]{door.scheme}://{shown}:{port}[/]; Ctrl-C ends it.")
    with asyncio.Runner(loop_factory=loops()) as runner:
        runner.run(serve(setup, place, door, listener, intake, led=led))


async def serve(
    setup: Setup, place: Place, door: Door, listener: socket.socket, intake: str, *, led: bool
) -> None:
    """Answer until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    if led:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the leader's to hear
        threading.Thread(target=follow, args=(loop, stop), daemon=True).start()
    else:
        loop.add_signal_handler(signal.SIGINT, stop.set)
    async with desk(setup, intake) as made:
        server = Server(config(Guard(create_app(made), door), place))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        told = asyncio.create_task(stop.wait())
        await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await task
        told.cancel()


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


class Talk(Protocol):
    """A connection of a browser: bounded as one of a sender is, and fewer of them."""

    head_seconds, max_connections = 10.0, 800  # a process may often have 1,024 open files

    def _refuse(self, refusal: Refusal) -> None:
        """In plain words, and not to pages of other sites, which senders' refusals are for, too."""
        text, status = refusal.message.encode(), HTTPStatus(refusal.status)
        head = f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        length = f"content-length: {len(text)}\r\nconnection: close\r\n\r\n"
        self.transport.write((head + length).encode() + text)
        self.transport.close()


def config(app: Guard, place: Place) -> uvicorn.Config:
    """How it is served. Who asks is for the guard to believe, not for uvicorn."""
    return uvicorn.Config(
        app,
        http=Talk,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
    )


@asynccontextmanager
async def desk(setup: Setup, intake: str) -> AsyncGenerator[Desk]:
    """What pages work with, over a workspace and its data directory."""
    installed, compiler = Installed(setup), Compiler()

    def parse(document: yaml.Document) -> Workspace:
        return parse_workspace(
            document,
            installed.take(),
            environ=os.environ,
            secrets=find_secrets(setup.data, os.environ),
            folder=setup.file.parent,
            library=installed.library,
            compiler=compiler,
        )

    @asynccontextmanager
    async def control() -> AsyncGenerator[Control]:
        async with open_control(setup.data, lambda: office(setup)) as found:
            yield found

    installed.take()  # now, not by the first who asks for a page
    gc.freeze()  # what was imported stays, and need not be looked at after every save
    archive = Archive(setup.data)
    try:
        yield Desk(
            data=setup.data,
            catalogue=installed.whole,
            reader=Reader(setup.file, parse, secret_files(setup.data), installed.stamps),
            past=archive.history,
            control=control,
            tokens=setup.secrets,
            clock=time.time,
            versions=history(setup.file, setup.data / "versions"),
            vault=Vault(setup.data, os.environ),
            intake=intake,
        )
    finally:
        await archive.close()


def follow(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait in a thread for stdin to end, as it does when the leader is gone, however it went."""
    with suppress(OSError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    with suppress(RuntimeError):  # the loop is gone, too
        loop.call_soon_threadsafe(stop.set)
    time.sleep(2 * GRACE)
    os._exit(0)
