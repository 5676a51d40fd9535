"""A destination that hangs costs the others nothing: their events arrive as fast as without it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from statistics import median, quantiles

import pytest
import raw_server
import virtual_time

from segue import Destination, Request, Response, action, path
from segue.delivery import SystemClock
from segue.errors import TimedOutError
from segue.json import encode
from segue.senders.aiohttp import open_sender
from segue.store import Arrival, MemoryStore, NewDelivery, Query, SqliteStore, State
from segue.worker import Worker
from segue.workspace.model import ActionMapping, Connection, Source, Workspace


EVENTS = 150
EVERY = 0.008
ANSWER = 0.02
"""Seconds between two events, and until the good destination answers: no load for one core."""
TIMEOUT = 10.0
ROUNDS = 5
MOST = 1.5

DESK = Destination("desk", title="Desk", url="https://desk.test", settings={"type": "object"})
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload):
    return Request.put("/put", json=payload)


def connect(name, base_url):
    mapping = replace(ActionMapping.of(put), name="put")
    return Connection(name, DESK, {}, ("web",), (mapping,), base_url)


def arrival(number, connections):
    """An event of a new person, for all of the connections."""
    event = {"type": "track", "event": "E", "userId": f"u{number}", "messageId": f"m{number}"}
    ways = tuple(NewDelivery(one.name, "put") for one in connections)
    return Arrival("web", f"u{number}", f"m{number}", encode(event), ways)


async def measure(store, sender, connections, clock):
    """The p95 of the seconds from arrival to delivery at the connection "good"."""
    workspace = Workspace({"web": Source("web", "wk")}, {one.name: one for one in connections})
    good = Query(connection="good", state=State.DELIVERED)
    async with Worker(store, workspace, sender, clock=clock, grace=0):
        for number in range(EVENTS):
            await store.queue.append([arrival(number, connections)])
            await clock.sleep(EVERY)
        while await store.history.count(good) < EVENTS:
            await clock.sleep(0.1)
    found = await store.history.search(good, limit=EVENTS)
    return quantiles((one.ended_at - one.queued_at for one in found.items), n=20)[-1]


async def answer(heard, writer):
    await asyncio.sleep(ANSWER)
    writer.write(raw_server.head(200))


@pytest.fixture
def round_of(tmp_path):
    """``await round_of("name", "good", "bad")`` is the p95 with these connections at work."""

    async def round_of(name, *names):
        async with AsyncExitStack() as stack:
            acts = {"good": answer, "bad": raw_server.stall}
            servers = {
                one: await stack.enter_async_context(raw_server.serving(acts[one])) for one in names
            }
            store = await stack.enter_async_context(SqliteStore(tmp_path / name))
            sender = await stack.enter_async_context(open_sender())
            connections = [connect(one, server.url("")) for one, server in servers.items()]
            found = await measure(store, sender, connections, SystemClock())
            assert all(server.heard for server in servers.values())
            return found

    return round_of


def test_a_destination_that_hangs_leaves_the_p95_of_another_as_it_was(round_of):
    async def rounds():
        alone, beside = [], []
        for number in range(ROUNDS):  # by turns, so that other work on the machine strikes both
            alone.append(await round_of(f"alone {number}", "good"))
            beside.append(await round_of(f"beside {number}", "good", "bad"))
        return median(alone), median(beside)

    alone, beside = asyncio.run(rounds())
    assert beside <= MOST * alone


def test_in_a_time_of_its_own_another_destination_waits_for_nothing():
    def p95(*names):
        async def go(clock):
            async def send(request):
                if "bad" in request.url:
                    await clock.sleep(TIMEOUT)
                    raise TimedOutError("no answer")
                await clock.sleep(ANSWER)
                return Response(200)

            sender = type("Vendors", (), {"send": staticmethod(send)})()
            connections = [connect(one, f"https://{one}.test") for one in names]
            store = MemoryStore(clock=clock.now)
            return await measure(store, sender, connections, clock)

        return virtual_time.run(go)

    assert p95("good", "bad") == p95("good") == pytest.approx(ANSWER)
