"""Having something done by whoever owns the data directory: the running process, or this one."""

import asyncio
from contextlib import AbstractAsyncContextManager

from segue.cli.output import stderr
from segue.cli.setup import Setup
from segue.control import Office, open_control
from segue.control.ask import Tell
from segue.control.client import Remote, ignore
from segue.json import JsonObject


def ask(setup: Setup, name: str, given: JsonObject, tell: Tell = ignore) -> JsonObject:
    """The result of an operation; ``tell`` hears how far it has come. Raises SegueError."""
    return asyncio.run(_ask(setup, name, given, tell))


async def _ask(setup: Setup, name: str, given: JsonObject, tell: Tell) -> JsonObject:
    async with open_control(setup.data, lambda: office(setup)) as control:
        return await control.do(name, given, tell)


def ask_running(setup: Setup, name: str, given: JsonObject) -> JsonObject | None:
    """The same of the running process only; None when nothing runs. Raises SegueError."""
    try:
        return asyncio.run(Remote(setup.data).do(name, given))
    except OSError:
        return None


def remind(setup: Setup) -> None:
    """Say who goes on with what is queued, where nothing runs."""
    if ask_running(setup, "hello", {}) is None:
        stderr.print('nothing runs here; the next "segue serve" or "segue send" delivers them')


def office(setup: Setup) -> AbstractAsyncContextManager[Office]:
    """The operations in this process; it owns the data directory while they last."""
    from segue.server import open_office

    return open_office(setup.data, setup.load)
