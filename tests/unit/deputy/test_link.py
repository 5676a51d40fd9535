"""Two ends of one program that ask each other."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
import uvloop

from segue.deputy.link import Link
from segue.errors import StoreError, StoreFullError, StoreUnavailableError


@asynccontextmanager
async def linked(does):
    """Who asks, and who answers."""
    loop, (here, there) = asyncio.get_running_loop(), socket.socketpair()
    _, asking = await loop.create_unix_connection(lambda: Link({}), sock=here)
    _, answering = await loop.create_unix_connection(lambda: Link(does), sock=there)
    try:
        yield asking, answering
    finally:
        asking.close()
        answering.close()
        await asyncio.gather(asking.ended, answering.ended)


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request):
    """``run(play, **does)`` awaits ``play(asking, answering)``."""

    def run(play, **does):
        async def go():
            async with linked(does) as ends:
                return await play(*ends)

        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(go())

    return run


async def echo(*given):
    return given


def test_an_answer_is_that_to_the_question_whoever_is_answered_first(run):
    async def play(asking, _):
        return await asyncio.gather(*(asking.ask("late", number) for number in (3, 1, 2)))

    async def late(number):
        for _ in range(number):
            await asyncio.sleep(0)
        return number * 10

    assert run(play, late=late) == [30, 10, 20]


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_values_come_as_they_went_however_large(run, size):
    value = ("é", b"\0" * size, 1.5, None, {"a": [1, True]})

    async def play(asking, _):
        return await asking.ask("echo", *value)

    assert run(play, echo=echo) == value


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (StoreFullError("no room"), StoreFullError, "no room"),
        (StoreUnavailableError("no disk"), StoreUnavailableError, "no disk"),
        (StoreError("odd"), StoreError, "odd"),
        (KeyError("s3cret"), StoreError, "fail went wrong: KeyError"),
    ],
)
def test_what_one_end_raises_the_other_does(run, raised, kind, said):
    async def fail():
        raise raised

    async def play(asking, _):
        with pytest.raises(StoreError) as error:
            await asking.ask("fail")
        return type(error.value), str(error.value)

    assert run(play, fail=fail) == (kind, said)


def test_what_waits_for_an_end_that_goes_is_told_so_and_so_is_who_asks_later(run):
    async def never():
        await asyncio.Event().wait()

    async def play(asking, answering):
        waiting = asyncio.create_task(asking.ask("never"))
        await asking.ask("echo")
        answering.close()
        with pytest.raises(StoreUnavailableError):
            await waiting
        with pytest.raises(StoreUnavailableError):
            await asking.ask("echo")
        asking.tell("echo")

    run(play, never=never, echo=echo)


def test_orders_are_carried_out_in_turn_and_waited_for_at_rest(run):
    done = []

    async def note(number):
        await asyncio.sleep(0)
        done.append(number)

    async def play(asking, answering):
        for number in range(5):
            asking.tell("note", number)
        await asking.ask("echo")
        await answering.rest()

    run(play, note=note, echo=echo)
    assert done == [0, 1, 2, 3, 4]
