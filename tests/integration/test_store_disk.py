"""When the disk cannot be written, events are refused, settlements wait, and all recovers."""

import asyncio
import os
import resource
import subprocess
from contextlib import contextmanager

import pytest

from segue.errors import StoreError, StoreFullError, StoreUnavailableError
from segue.store import Arrival, EventQuery, NewDelivery, Settlement, SqliteStore, State


PUT = (NewDelivery("desk", "put"),)
MIB = 1024 * 1024


@contextmanager
def small_disk(directory):
    """A disk of 8 MiB; yields how to make room on it. Half of it is taken at first."""
    options = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", str(directory)]
    if os.getuid() or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    ballast = directory / "ballast"
    ballast.write_bytes(b"0" * 4 * MIB)
    try:
        yield ballast.unlink
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@contextmanager
def small_files():
    """No file of this process may grow beyond 3 MiB; yields how to lift that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MIB, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Sender:
    """Appends events, and remembers which were confirmed."""

    def __init__(self, store):
        self.store, self.confirmed, self._number = store, 0, 0

    async def send(self, size=100):
        self._number += 1
        text = b"x" * size
        arrival = Arrival("web", f"user {self._number}", f"m{self._number}", text, PUT)
        await self.store.queue.append([arrival])
        self.confirmed += 1

    async def fill(self, size):
        """Send until it is refused; why it was."""
        while True:
            try:
                await self.send(size)
            except StoreError as error:
                return error


async def play(directory, make_room, error):
    """Fill the disk with a settlement open, then make room."""
    async with SqliteStore(directory) as store:
        queue, sender = store.queue, Sender(store)
        await sender.send()
        (claim,) = await queue.claim("desk", fresh=1, lease=3600.0)
        for size in (50_000, 10_000, 10):
            assert isinstance(await sender.fill(size), error)
        assert isinstance(store.trouble, error)
        settling = asyncio.create_task(queue.settle([Settlement(claim, State.DELIVERED)]))
        await asyncio.wait([settling], timeout=0.6)
        assert not settling.done()
        assert await queue.claim("desk", fresh=5) == []
        assert await queue.due("desk") is None
        woken = asyncio.Event()
        queue.watch(lambda _: woken.set())
        make_room()
        assert await asyncio.wait_for(settling, 10) == []
        await asyncio.wait_for(woken.wait(), 10)
        await sender.send()
        assert store.trouble is None
        assert len(await queue.claim("desk", fresh=5)) == 5
    return sender.confirmed


async def look(directory):
    """How many events there are, and how many deliveries were delivered."""
    async with SqliteStore(directory) as store:
        events = await store.history.events(EventQuery(), limit=100_000)
        return len(events.items), (await store.history.stats())["desk"].first


def test_a_full_disk_is_no_loss(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk) as make_room:
        confirmed = asyncio.run(play(disk / "data", make_room, StoreFullError))
        assert asyncio.run(look(disk / "data")) == (confirmed, 1)


def test_a_disk_that_refuses_to_write_is_no_loss(tmp_path):
    with small_files() as make_room:
        confirmed = asyncio.run(play(tmp_path, make_room, StoreUnavailableError))
    assert asyncio.run(look(tmp_path)) == (confirmed, 1)


def test_closing_on_a_full_disk_tells_that_a_settlement_was_not_written(tmp_path):
    async def run():
        async with SqliteStore(tmp_path) as store:
            sender = Sender(store)
            await sender.send()
            (claim,) = await store.queue.claim("desk", fresh=1)
            with small_files():
                await sender.fill(50_000)
                await sender.fill(10)
                settling = asyncio.create_task(
                    store.queue.settle([Settlement(claim, State.DELIVERED)])
                )
                await asyncio.sleep(0)
                await store.close()
            return await asyncio.gather(settling, return_exceptions=True)

    (found,) = asyncio.run(run())
    assert isinstance(found, StoreUnavailableError)
