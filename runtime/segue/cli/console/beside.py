"""A console as a process beside another: ``segue serve`` and ``segue demo`` run one."""

import logging
import socket
import sys
from collections.abc import Iterator
from typing import Final

import click

from segue.cli.serving import listen
from segue.cli.setup import Setup
from segue.server.companion import Companion


log: Final = logging.getLogger("segue.server")

NAME: Final = "the console"


def console(setup: Setup, port: int, intake: str) -> Companion:
    """One for this workspace. The socket is ours, so that it is there while the console restarts.

    Where the port is taken there is none, which is told.
    """
    try:
        listener = listen("127.0.0.1", port)
    except click.ClickException as error:
        trouble = f"{NAME} is not served: {error.message}"
        log.warning(trouble)
        return Companion(NAME, trouble=trouble)
    return companion(setup, listener, intake)


def companion(setup: Setup, listener: socket.socket, intake: str) -> Companion:
    """One that answers at this socket."""
    port = listener.getsockname()[1]
    log.info("serving %s", NAME, extra={"url": f"http://127.0.0.1:{port}"})
    number = listener.detach()
    return Companion(NAME, tuple(command(setup, number, port, intake)), (number,))


def command(setup: Setup, listener: int, port: int, intake: str) -> Iterator[str]:
    """What runs it, with the options that we were given. Nothing is imported from where we are."""
    yield from (sys.executable, "-P", "-m", "segue")
    yield from ("--workspace", str(setup.file), "--data", str(setup.data))
    if setup.plugins_dir is not None:
        yield from ("--plugins-dir", str(setup.plugins_dir))
    for name in setup.block:
        yield from ("--block", name)
    yield from ("console", "--port", str(port), "--listener", str(listener), "--intake", intake)
