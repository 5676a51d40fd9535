"""A store and the processes around it: one owner at a time, readers beside it, sudden ends."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from segue.errors import StoreLockedError
from segue.store import EventQuery, Query, Settlement, SqliteStore, SqliteView, State


KILLS = 12

OWNER = """
import asyncio, sys
from pathlib import Path
from segue.store import SqliteStore

async def main():
    async with SqliteStore(Path(sys.argv[1])):
        print("open", flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""

WORKER = """
import asyncio, sys, time
from pathlib import Path
from segue.store import *

PUT = (NewDelivery("desk", "put"),)

async def send(queue, name, number):
    while True:
        batch = [
            Arrival("web", f"user {number % 7}", f"{name}-{number + one}", b"{}", PUT)
            for one in range(3)
        ]
        await queue.append(batch)
        print("stored", *(one.message_id for one in batch), flush=True)
        number += 3

async def deliver(queue):
    while True:
        claims = await queue.claim("desk", fresh=5, retries=5)
        ends = [
            Settlement(one, State.RETRYING, due=time.time())
            if one.attempts == 0 and one.delivery % 5 == 0
            else Settlement(one, State.DELIVERED, attempts=(Attempt(time.time(), 0.1, ok=True),))
            for one in claims
        ]
        await queue.settle(ends)
        for one in ends:
            if one.state is State.DELIVERED:
                print("settled", one.claim.message_id, one.claim.delivery, flush=True)
        await asyncio.sleep(0)

async def main():
    async with SqliteStore(Path(sys.argv[1])) as store:
        name = sys.argv[2]
        senders = (send(store.queue, f"{name}{one}", 0) for one in range(3))
        await asyncio.gather(deliver(store.queue), *senders)

asyncio.run(main())
"""


def start(program, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def end(process):
    """Kill a process that is ours, and read what it said until then."""
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return said


@pytest.fixture
def owner(tmp_path):
    process = start(OWNER, tmp_path)
    assert process.stdout.readline() == "open\n"
    yield process
    if process.poll() is None:
        end(process)


def test_a_second_process_is_refused_and_told_whom_to_stop(owner, tmp_path):
    with pytest.raises(StoreLockedError, match=f"belongs to process {owner.pid}") as caught:
        SqliteStore(tmp_path)
    assert caught.value.pid == owner.pid


def test_the_directory_of_a_process_that_was_killed_is_taken_over(owner, tmp_path):
    end(owner)
    store = SqliteStore(tmp_path)
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    asyncio.run(store.close())


def test_another_process_can_look_while_the_owner_works(owner, tmp_path):
    async def look():
        async with SqliteView(tmp_path) as view:
            return await view.history.count(Query())

    assert asyncio.run(look()) == 0


def test_nothing_that_was_confirmed_is_lost_however_often_the_process_is_killed(tmp_path):
    stored, settled, chance = set(), {}, random.Random(1)
    for life in range(KILLS):
        process = start(WORKER, tmp_path, f"life{life}-")
        assert process.stdout.readline() != ""
        time.sleep(chance.uniform(0.0, 0.25))
        lines = end(process).splitlines()
        for word, *rest in (line.split(" ") for line in lines[:-1] if line):
            if word == "stored":
                stored.update(rest)
            else:
                message, delivery = rest
                assert settled.setdefault(int(delivery), message) == message
    assert len(stored) > KILLS
    assert settled
    asyncio.run(hold_against(tmp_path, stored, settled))


async def hold_against(directory, stored, settled):
    """Everything stored is there once, everything settled stays so, and lanes are in order."""
    async with SqliteStore(directory) as store:
        everything = 1_000_000
        events = await store.history.events(EventQuery(), limit=everything)
        messages = [one.message_id for one in events.items]
        assert len(set(messages)) == len(messages)
        assert stored <= set(messages)
        delivered = await store.history.search(Query(state=State.DELIVERED), limit=everything)
        assert set(settled) <= {one.delivery for one in delivered.items}
        assert await in_order(store)


async def in_order(store):
    """Deliver all that is left; whether each lane went in order and nothing stayed behind."""
    last = {}
    while claims := await store.queue.claim("desk", fresh=100, retries=100):
        for one in claims:
            assert last.get(one.user, 0) < one.delivery
            last[one.user] = one.delivery
        await store.queue.settle([Settlement(one, State.DELIVERED) for one in claims])
    return await store.queue.backlog() == {}
