"""A worker's whole world in virtual time: a store that takes its time, a vendor that plays its part.

Everything that goes over the wire is written down, with the moment and the process it came from.
"""

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field, replace

from segue import Destination, Request, Response, action, path
from segue.errors import StoreUnavailableError, TimedOutError, UnreachableError
from segue.json import encode
from segue.store import Arrival, MemoryStore, NewDelivery, Query
from segue.worker import Worker
from segue.workspace.model import ActionMapping, Connection, Source, Workspace


FIELDS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "n"],
    "properties": {
        "id": {"type": "string", "mapping": path("$.userId")},
        "n": {"type": "integer", "mapping": path("$.properties.n")},
        "tag": {"type": "string"},
    },
}
SETTINGS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"token": {"type": "string", "writeOnly": True}},
}
TIMEOUT = 10.0


def desk(*, tested):
    """A destination with a pure action and one that batches; perhaps with a credential test."""
    desk = Destination("desk", title="Desk", url="https://desk.test", settings=SETTINGS)
    desk.authenticate(lambda request, settings: request.with_bearer(settings["token"]))
    if tested:
        desk.test(lambda: Request.get("/me"))

    @action(desk, "put", trigger='type = "track"', fields=FIELDS)
    def put(payload, context):
        return Request.put(
            "/put", json=payload, headers={"Idempotency-Key": context.idempotency_key}
        )

    @action(desk, "many", trigger='type = "track"', fields=FIELDS)
    def many(payload):
        return Request.put("/put", json=payload)

    @many.batch(max_items=3, wait=2.0)
    def together(payloads):
        return Request.post("/many", json=list(payloads))

    return desk, {"put": put, "many": many}


@dataclass
class Call:
    """What a vendor saw of one delivery, or of a credential test."""

    at: float
    process: int
    connection: str
    token: str
    number: int | None
    request: Request
    ended: float | None = None
    answer: object = None
    """A status, "timeout" or "unreachable"; None if the process died first."""


@dataclass
class Vendor:
    """Answers each connection from its script, then 200 for ever."""

    clock: object
    scripts: dict
    latency: float = 0.0
    calls: list = field(default_factory=list)
    flying: Counter = field(default_factory=Counter)

    async def take(self, request, process):
        connection = request.url.split("//")[1].split(".")[0]
        status, after = self._next(connection)
        numbers = [None] if request.json is None else numbered(request.json)
        token, plain = request.header("authorization"), bare(request)
        calls = [
            Call(self.clock.now(), process, connection, token, number, plain) for number in numbers
        ]
        self.calls += calls
        self.flying[connection] += 1
        try:
            await asyncio.sleep(TIMEOUT if status == "timeout" else self.latency)
        finally:
            self.flying[connection] -= 1
        for one in calls:
            one.ended, one.answer = self.clock.now(), status
        if status == "timeout":
            raise TimedOutError("no answer")
        if status == "unreachable":
            raise UnreachableError("refused")
        return Response(status, {"retry-after": str(after)} if after else {})

    def _next(self, connection):
        script = self.scripts.get(connection)
        return script.pop(0) if script else (200, None)


def numbered(body):
    return [one["n"] for one in body] if isinstance(body, list) else [body["n"]]


def bare(request):
    headers = {name: text for name, text in request.headers.items() if name != "Authorization"}
    return replace(request, headers=headers)


class Line:
    """One process's way to the store: calls and notices take their time, and end with the process."""

    def __init__(self, queue, lag):
        self._queue, self._lag, self.cut = queue, lag, False

    def __getattr__(self, name):
        method = getattr(self._queue, name)

        async def call(*arguments, **options):
            await self._pass()
            done = await method(*arguments, **options)
            try:
                await self._pass()
            except asyncio.CancelledError:
                if name == "claim" and not self.cut:
                    await self._queue.release(done)  # as whoever keeps them would
                raise
            return done

        return call

    def watch(self, notify):
        loop = asyncio.get_running_loop()
        self._queue.watch(lambda name: self.cut or loop.call_later(self._lag(), notify, name))

    async def _pass(self):
        if self.cut:
            raise StoreUnavailableError("this process is dead")
        await asyncio.sleep(self._lag())


class Process:
    """A worker that can be killed."""

    numbers = itertools.count()

    def __init__(self, world):
        self.number, self.cut = next(self.numbers), False
        self._vendor = world.vendor
        self.queue = Line(world.store.queue, world.lag)
        self._before = asyncio.all_tasks()
        parts = {"queue": self.queue, "history": world.store.history, "ledger": world.store.ledger}
        store = type("Parts", (), parts)()
        self.worker = Worker(
            store, world.workspace(), self, clock=world.clock, chance=world.chance.random
        )

    async def send(self, request):
        if self.cut:
            raise UnreachableError("this process is dead")
        return await self._vendor.take(request, self.number)

    async def start(self):
        await self.worker.__aenter__()

    async def stop(self):
        await self.worker.__aexit__(None, None, None)
        self.cut = self.queue.cut = True

    async def kill(self):
        """End every task of it where it stands."""
        self.cut = self.queue.cut = True
        while tasks := asyncio.all_tasks() - self._before:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class World:
    """Connections "put" and "many", each by the action of that name; users; whatever happens."""

    def __init__(self, clock, *, scripts=(), latency=0.0, tested=True, lags=(0.0,), **options):
        self.clock, self.store = clock, MemoryStore(clock=clock.now)
        self.vendor = Vendor(clock, dict(scripts), latency)
        self.chance = random.Random(0)
        self._lags = itertools.cycle(lags)
        self.desk, self.actions = desk(tested=tested)
        self.options = options
        self.changes = {}
        self.process = None
        self.ends = []  # when a process ended, in whatever way
        self.lanes = {}
        self._numbers = itertools.count()

    def lag(self):
        return next(self._lags)

    def workspace(self):
        """As it is now: each connection as it was declared, but for its changes."""
        made = [self._connection(name) for name in self.actions]
        connections = {one.name: one for one in made if self._changed(one.name) != "gone"}
        return Workspace({"web": Source("web", "wk")}, connections, revision=str(self.changes))

    def _changed(self, name):
        return self.changes.get(name)

    def _connection(self, name):
        change = self._changed(name)
        mapping = replace(ActionMapping.of(self.actions[name]), name="go")
        if change == "mapping off":
            mapping = replace(mapping, enabled=False)
        elif change == "tagged":
            plain = mapping.map
            mapping = replace(mapping, map=lambda event: {**plain(event), "tag": "new"})
        return Connection(
            name,
            self.desk,
            {"token": "other" if change == "token" else "first"},
            ("web",),
            () if change == "mapping gone" else (mapping,),
            base_url=f"https://{name}.test",
            enabled=change != "off",
            **self.options,
        )

    async def append(self, users, connections=("put", "many")):
        for user in users:
            number = next(self._numbers)
            text = encode(
                {
                    "type": "track",
                    "event": "E",
                    "userId": user,
                    "messageId": f"m{number}",
                    "properties": {"n": number},
                }
            )
            ways = tuple(NewDelivery(name, "go") for name in connections)
            await self.store.queue.append([Arrival("web", user, f"m{number}", text, ways)])
            self.lanes[number] = user

    async def start(self):
        self.process = Process(self)
        await self.process.start()

    async def restart(self, *, kill):
        await (self.process.kill() if kill else self.process.stop())
        self.ends.append(self.clock.now())
        await self.start()

    async def change(self, name, change):
        self.changes[name] = change
        await self.process.worker.use(self.workspace())

    async def settle(self, hours):
        """Work until there is nothing left to do; whether that came in time."""
        end = self.clock.now() + hours * 3600
        while backlog := await self.store.queue.backlog():
            if self.clock.now() > end:
                return backlog
            await self.clock.sleep(0.5 if self.clock.now() < end - hours * 3000 else 20.0)
        return {}

    async def found(self):
        page = await self.store.history.search(Query(), limit=10_000, oldest_first=True)
        return page.items

    def latest(self, connection):
        """When a connection's vendor last had something from us."""
        calls = [one for one in self.vendor.calls if one.connection == connection]
        return max((one.ended or one.at for one in calls), default=0.0)

    def calls(self, connection, number):
        """What the vendor saw of one delivery, in order."""
        return [
            one for one in self.vendor.calls if (one.connection, one.number) == (connection, number)
        ]
