"""What may take long takes neither the pages' threads nor the machine."""

import asyncio
import threading
import time

import pytest

from segue.console.turns import Turns


def forever():
    while True:
        try:
            sum(range(100))
        except Exception:  # noqa: BLE001 as an author's code may
            continue


async def late(turns, work=forever):
    with pytest.raises(TimeoutError):
        await turns.take(work)


def test_what_work_gives_is_given():
    assert asyncio.run(Turns().take(lambda: 6 * 7)) == 42


def test_what_work_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Turns().take(lambda: 1 // 0))


def test_work_that_never_ends_is_ended():
    async def run():
        turns, before = Turns(patience=0.05), set(threading.enumerate())
        await late(turns)
        async with asyncio.timeout(5):
            while set(threading.enumerate()) - before:  # noqa: ASYNC110 an end tells nobody
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_no_more_is_done_at_once_than_may_be_and_the_rest_has_its_turn_later():
    async def run():
        turns, running, most = Turns(most=2, patience=5.0), [], []

        def work():
            running.append(1)
            most.append(len(running))
            time.sleep(0.01)
            running.pop()

        await asyncio.gather(*(turns.take(work) for _ in range(10)))
        return len(most), max(most)

    count, most = asyncio.run(run())
    assert count == 10
    assert most <= 2


def test_who_waits_for_a_turn_too_long_is_told_so():
    async def run():
        turns, over = Turns(most=1, patience=0.1), threading.Event()
        held = asyncio.create_task(turns.take(over.wait))
        await asyncio.sleep(0)
        await late(turns, int)
        over.set()
        with pytest.raises(TimeoutError):
            await held
        return await turns.take(lambda: "next")

    assert asyncio.run(run()) == "next"


def test_what_only_waits_ends_by_itself_and_cleans_up():
    cleaned = []

    async def waits():
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    with pytest.raises(TimeoutError):
        asyncio.run(Turns(patience=0.2).run(waits))
    assert cleaned == [True]
