"""A store at the other end of a link, and what becomes of claims whose holder is gone."""

import asyncio
import socket

import pytest

from segue.deputy.desk import Desk
from segue.deputy.link import Link
from segue.deputy.remote import RemoteStore
from segue.errors import StoreUnavailableError
from segue.store.memory import MemoryStore
from segue.store.values import Arrival, NewDelivery, Settlement, State


NEW = (NewDelivery("loops", "events"),)


@pytest.fixture
def run():
    """``run(play)`` awaits ``play(store, remote, desk, links)`` with two events queued."""

    def run(play, tell=None):
        async def go():
            store, loop = MemoryStore(clock=lambda: 1000.0), asyncio.get_running_loop()
            here, there = socket.socketpair()
            desk = Desk(store, lambda: tell)
            _, ours = await loop.create_unix_connection(lambda: Link(desk.does()), sock=here)
            remote = None

            async def wake(connection):
                await remote.queue.wake(connection)

            _, theirs = await loop.create_unix_connection(lambda: Link({"wake": wake}), sock=there)
            remote = RemoteStore(theirs, 1000)
            desk.watch(ours)
            await store.queue.append(
                [Arrival("web", user, f"m-{user}", b"{}", NEW) for user in ("ada", "bob")]
            )
            try:
                return await play(store.queue, remote, desk, (ours, theirs))
            finally:
                ours.close()
                theirs.close()
                await asyncio.gather(ours.ended, theirs.ended)

        return asyncio.run(go())

    return run


def delivered(claim):
    return Settlement(claim, State.DELIVERED)


def test_what_is_claimed_and_settled_there_is_settled_here_and_told_of_here(run):
    told = []

    async def play(queue, remote, desk, _):
        claims = await remote.queue.claim("loops", fresh=5)
        lost = await remote.queue.settle(list(map(delivered, claims)))
        return len(claims), lost, await queue.backlog()

    assert run(play, told.append) == (2, [], {})
    assert [(one.message_id, one.state) for one in told] == [
        ("m-ada", "delivered"),
        ("m-bob", "delivered"),
    ]


def test_what_is_given_back_there_can_be_claimed_again_without_a_doubt(run):
    async def play(queue, remote, desk, _):
        await remote.queue.release(await remote.queue.claim("loops", fresh=5))
        return [one.ambiguous for one in await queue.claim("loops", fresh=5)]

    assert run(play) == [False, False]


def test_what_was_in_hand_when_its_holder_went_may_have_been_sent(run):
    async def play(queue, remote, desk, links):
        first, second = await remote.queue.claim("loops", fresh=5)
        await remote.queue.settle([delivered(first)])
        links[1].close()
        await links[0].ended
        await links[0].rest()
        await desk.lapse()
        again = await queue.claim("loops", fresh=5, retries=5)
        return [(one.delivery, one.ambiguous) for one in again] == [(second.delivery, True)]

    assert run(play)


def test_a_lease_that_nobody_here_knows_is_lost(run):
    async def play(queue, remote, desk, _):
        claims = await remote.queue.claim("loops", fresh=1)
        (number,) = (one.delivery for one in claims)
        await desk.lapse()
        lost = await remote.queue.extend(claims), await remote.queue.settle([delivered(claims[0])])
        return lost == ([number], [number])

    assert run(play)


def test_claims_that_nobody_waits_for_any_more_are_given_back(run):
    async def play(queue, remote, desk, links):
        asking = asyncio.create_task(remote.queue.claim("loops", fresh=5))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        again = [one for _ in range(3) for one in await remote.queue.claim("loops", fresh=5)]
        return asking.cancelled(), [one.ambiguous for one in again]

    assert run(play) == (True, [False, False])


def test_holds_notes_and_times_are_those_of_the_store(run):
    async def play(queue, remote, desk, _):
        due = await remote.queue.due("loops")
        await remote.queue.hold("loops", "WHY", "because")
        held = await remote.queue.holds() == await queue.holds()
        backlog = await remote.queue.backlog() == await queue.backlog()
        await remote.queue.resume("loops")
        freed = await remote.queue.holds() == {}
        await remote.ledger.note("book", "key", b"\x00")
        (note,) = await remote.ledger.notes("book")
        return due, held, backlog, freed, (note.key, note.value)

    assert run(play) == (1000.0, True, True, True, ("key", b"\x00"))


def test_a_watcher_there_is_woken_by_what_comes_here(run):
    async def play(queue, remote, desk, _):
        woken = asyncio.Event()
        remote.queue.watch(lambda name: woken.set() if name == "loops" else None)
        await queue.append([Arrival("web", "eve", "m-eve", b"{}", NEW)])
        async with asyncio.timeout(5):
            await woken.wait()

    run(play)


def test_without_the_store_nothing_is_claimed(run):
    async def play(queue, remote, desk, links):
        links[0].close()
        await links[1].ended
        with pytest.raises(StoreUnavailableError):
            await remote.queue.claim("loops", fresh=5)

    run(play)
