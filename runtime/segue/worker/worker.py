"""All connections of a workspace at work on one store."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Mapping
from hashlib import blake2b
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

from segue.breaker import Breaker
from segue.delivery import Carrier, Clock, Post, Scripts, SystemClock, Watch
from segue.delivery.carrier import OpenClient
from segue.delivery.pace import Paces
from segue.errors import StoreError
from segue.functions.host import Host
from segue.http import Sender
from segue.json import encode
from segue.outcome import UNAUTHORISED, name
from segue.senders import Tokens
from segue.store.protocols import Store
from segue.worker.channel import Channel, Tools
from segue.worker.hand import PAUSE, Hand
from segue.worker.preparing import Plan
from segue.workspace.model import Connection, Workspace


log: Final = logging.getLogger("segue.worker")

GRACE: Final = 15.0

GONE: Final = "CONNECTION_GONE"
DISABLED: Final = "CONNECTION_DISABLED"
OURS: Final = frozenset(
    {GONE, DISABLED, UNAUTHORISED, name(HTTPStatus.UNAUTHORIZED), name(HTTPStatus.FORBIDDEN)}
)
"""Holds that other settings may lift. One that a person placed is not among them."""

BOOK: Final = "connections"
"""In the ledger: a hash of each connection's settings, by which it is known that they are others."""


class Worker:
    """Delivers what is in a store, as a workspace says, inside ``async with``.

    ``task`` runs as long as all is well. ``grace`` is how many seconds what is under way has to end
    when the block ends; then it is broken off, and tried again later as what may have got through.
    Of a connection that the workspace does not have, or has switched off, deliveries are held; so
    are those of such a mapping. They go on when it is back.
    """

    def __init__(
        self,
        store: Store,
        workspace: Workspace,
        sender: Sender,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        client: OpenClient | None = None,
        tokens: Tokens | None = None,
        host: Host | None = None,
        grace: float = GRACE,
    ) -> None:
        self.task: asyncio.Task[None]
        self._store, self._workspace = store, workspace
        self._grace = self._patience = grace
        self._clock = clock or SystemClock()
        self._hand = Hand(store.queue)
        carrier = Carrier(sender, self._clock, client, tokens)
        self.watch, self._host = Watch(), host or Host()
        self._scripts = Scripts(self._host, self.watch)
        self._tools = Tools(store.queue, self._hand, carrier, self._clock, chance)
        self._channels: dict[str, Channel] = {}
        self._retired: list[Channel] = []
        self._tasks: dict[Channel, asyncio.Task[None]] = {}
        self._paces = Paces(self._clock)
        self._errands: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self.watch.start()
        self._store.queue.watch(self._notified)
        self.task = asyncio.create_task(self._attend())
        await self.use(self._workspace)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._stop()
        finally:
            self.watch.stop()
            await self._host.close()

    def hasten(self) -> None:
        """Wait for nothing that is under way when stopping, or any longer."""
        self._patience = 0.0
        for channel in (*self._channels.values(), *self._retired):
            channel.hasten()

    async def use(self, workspace: Workspace) -> None:
        """Go on as another workspace says; what is under way ends as it began.

        Raises StoreError.
        """
        async with self._changing:
            self._workspace, self._hand.tell = workspace, workspace.hooks.tell
            wanted = {one.name: one for one in workspace.connections.values() if one.enabled}
            for gone in self._channels.keys() - wanted.keys():
                self._retire(gone)
            self._paces.limit(wanted.values())
            for connection in wanted.values():
                await self._employ(connection)
            await self._hand.flush()  # what was held by the old one is written, to be let go on
            await self._release(wanted)
            for left in (await self._store.queue.backlog()).keys() - wanted.keys():
                await self._shelve(left)

    async def _employ(self, connection: Connection) -> None:
        plan = Plan.of(connection, self._workspace.revision, self._scripts)
        channel = self._channels.get(connection.name)
        if channel is None:
            channel = Channel(plan, self._post(connection), self._tools)
            self._channels[connection.name] = channel
            self._tasks[channel] = asyncio.create_task(self._supervise(channel))
        else:
            same = _end(channel.connection) == _end(connection)
            await channel.follow(plan, None if same else self._post(connection))

    def _retire(self, gone: str) -> None:
        channel = self._channels.pop(gone)
        channel.close()
        self._tasks.pop(channel).cancel()
        self._retired = [one for one in (*self._retired, channel) if one.busy]

    def _post(self, connection: Connection) -> Post:
        pace, chance = self._paces.of(connection), self._tools.chance
        name = connection.name
        return Post(pace, self._clock, breaker=Breaker(), chance=chance, name=name)

    async def _release(self, wanted: Mapping[str, Connection]) -> None:
        """Lift the holds that were placed on connections as they were before."""
        queue, ledger = self._store.queue, self._store.ledger
        holds, backlog = await queue.holds(), await queue.backlog()
        known = {note.key: note.value for note in await ledger.notes(BOOK)}
        for one in wanted.values():
            mark, hold = fingerprint(one), holds.get(one.name)
            if known.get(one.name) == mark and (hold is None or hold.code not in {GONE, DISABLED}):
                continue
            name, stuck = one.name, backlog[one.name].held if one.name in backlog else 0
            if hold.code in OURS if hold is not None else stuck:
                await queue.resume(name)
                log.info("%s goes on: %d deliveries", name, stuck, extra={"connection": name})
            await ledger.note(BOOK, one.name, mark)

    async def _shelve(self, name: str) -> None:
        """Hold what is queued for a connection that is not there or switched off."""
        if name in self._channels or name in await self._store.queue.holds():
            return
        if name in self._workspace.connections:
            code, why = DISABLED, f'the connection "{name}" is switched off'
        else:
            code, why = GONE, f'the workspace has no connection "{name}" any more'
        await self._store.queue.hold(name, code, why)

    async def _notice(self, name: str) -> None:
        """Something came for a connection that nobody delivers to."""
        async with self._changing:
            try:
                await self._shelve(name)
            except StoreError as error:
                log.warning("%s could not be held: %s", name, error, extra={"connection": name})

    def _notified(self, name: str) -> None:
        channel = self._channels.get(name)
        if channel is not None:
            channel.stir()
        elif not self.task.done():
            self._run(self._notice(name))

    def _run(self, errand: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _attend(self) -> None:
        await asyncio.gather(self._hand.write(), self._hand.live())

    async def _supervise(self, channel: Channel) -> None:
        """Nothing should ever end a channel; should it all the same, it begins again."""
        while True:
            try:
                await channel.run()
            except Exception:
                log.exception("%s stumbled", channel.name, extra={"connection": channel.name})
                await asyncio.sleep(PAUSE)

    async def _stop(self) -> None:
        channels = [*self._channels.values(), *self._retired]
        for channel in channels:
            channel.close()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*(one.land(self._patience) for one in channels))
        await asyncio.gather(*self._errands, return_exceptions=True)
        try:
            async with asyncio.timeout(self._grace):
                await self._hand.flush()
        except TimeoutError:
            log.warning("what became of %d deliveries could not be written", len(self._hand))
        self.task.cancel()
        await asyncio.gather(self.task, *self._tasks.values(), return_exceptions=True)


def _end(connection: Connection) -> tuple[object, ...]:
    """What a connection leads to: as long as it is the same, what was learned of it holds."""
    return connection.destination, connection.base_url, connection.settings


def fingerprint(connection: Connection) -> bytes:
    """A hash that is another when the connection's settings or its mappings' names are."""
    mappings = sorted(one.name for one in connection.mappings if one.enabled)
    told = [connection.destination.slug, connection.base_url, dict(connection.settings), mappings]
    return blake2b(encode(told), digest_size=16, key=connection.name.encode()[:64]).digest()
