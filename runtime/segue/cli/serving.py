"""A sandbox on a local port, in a thread of its own."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

import click
import uvicorn

from segue.destination import AsgiApp


PORT: Final = click.IntRange(0, 65535)


def listen(host: str, port: int, *, fallback: bool = False) -> socket.socket:
    """A listening socket; with ``fallback`` on any free port when this one is taken."""
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen()  # connections queue here until the server is up
    except OSError as error:
        taken.close()
        if fallback and port:
            return listen(host, 0)
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return taken


@contextmanager
def serving(app: AsgiApp, listener: socket.socket) -> Generator[str]:
    """Serve the application while the block runs, or until Ctrl-C; gives its base URL."""
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    host, port = listener.getsockname()[:2]
    thread.start()
    try:
        with suppress(KeyboardInterrupt):
            yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def linger() -> None:
    """Wait for Ctrl-C."""
    threading.Event().wait()
