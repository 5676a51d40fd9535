"""What one process is made of that owns a data directory, put together."""

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from segue.control import Office, own_store
from segue.delivery import SystemClock
from segue.errors import StoreError, StoreUnavailableError
from segue.intake import StoreIntake
from segue.privacy import Hasher, Suppression, open_key
from segue.privacy.hashes import KEY
from segue.secrets import TOKENS, FileSecrets
from segue.senders import HttpxSender, Tokens
from segue.server.gate import Gate
from segue.server.metrics import Meter
from segue.server.revision import Standing
from segue.store.records import Limits
from segue.store.sqlite import SqliteStore
from segue.store.sqlite.schema import FILE
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.server")

ALL: Final = Limits(size=sys.maxsize)
"""Removes nothing: how much is kept is for ``segue serve`` to say, not for a command beside it."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything but the worker and the doors: HTTP and the control socket."""

    directory: Path
    clock: SystemClock
    store: SqliteStore
    standing: Standing
    gate: Gate
    meter: Meter
    office: Office


@asynccontextmanager
async def open_runtime(
    directory: Path, load: Callable[[], Workspace], keep: Limits = ALL
) -> AsyncGenerator[Runtime]:
    """Own a data directory while the block runs. ``load`` reads the workspace, ``keep`` is how much.

    The workspace is read when it is first needed. What the office sends is a request now and then,
    so it needs no worker and not its sender; httpx does the same here. Raises StoreError, StoreLockedError among them.
    """
    clock = SystemClock()
    async with own_store(directory, clock.now, keep) as store, httpx.AsyncClient() as client:
        suppression = await Suppression.load(store.ledger, Hasher(open_key(directory)))
        standing = Standing(load)
        meter = Meter(lambda: standing.hooks().errors)
        intake = StoreIntake(store, standing.dispatcher)
        gate = Gate(intake, suppression, meter, hooks=standing.hooks, rule=standing.rule)
        sender = HttpxSender(client)
        tokens = Tokens(sender, FileSecrets(directory / TOKENS), now=clock.now)
        office = Office(
            store=store,
            workspace=standing.workspace,
            dispatcher=standing.dispatcher,
            intake=gate,
            suppression=suppression,
            sender=sender,
            backup=partial(back_up, store, directory),
            refused=lambda: [
                (place[0], one)
                for samples in (intake.samples, gate.kept)
                for place, some in samples.items()
                for one in some
            ],
            clock=clock.now,
            tokens=tokens,
        )
        try:
            yield Runtime(directory, clock, store, standing, gate, meter, office)
        finally:
            await _settle(intake)
            await tokens.close()


@asynccontextmanager
async def open_office(directory: Path, load: Callable[[], Workspace]) -> AsyncGenerator[Office]:
    """The operations, for a command that finds nobody running."""
    async with open_runtime(directory, load) as runtime:
        yield runtime.office


async def back_up(store: SqliteStore, directory: Path, target: Path) -> int:
    """Copy the store and the key to a new directory; the bytes of the copy."""
    await asyncio.to_thread(_prepare, directory / KEY, target)
    try:
        await store.backup(target / FILE)
    except StoreError:
        await asyncio.to_thread(shutil.rmtree, target, ignore_errors=True)
        raise
    return await asyncio.to_thread(_size, target)


async def _settle(intake: StoreIntake) -> None:
    """Write down what is counted and not yet written: nobody else knows it."""
    try:
        await intake.flush()
    except StoreError as error:
        log.warning("the last discards could not be counted: %s", error)


def _prepare(key: Path, target: Path) -> None:
    try:
        target.mkdir(mode=0o700, parents=True)
        file = os.open(target / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(key.read_bytes())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        why = "it exists already" if isinstance(error, FileExistsError) else error.strerror
        raise StoreUnavailableError(f"no backup was made in {target}: {why}") from None


def _size(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.iterdir())
