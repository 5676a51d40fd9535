"""Reading events while others are stored."""

import asyncio
from threading import Event

import pytest

from segue.cli.durable import CHUNK, chunks


def gathered(found):
    async def run():
        return [chunk async for chunk in chunks(found)]

    return asyncio.run(run())


def test_everything_comes_in_order_and_in_bounded_pieces():
    found = gathered(range(3 * CHUNK + 1))
    assert [one for chunk in found for one in chunk] == list(range(3 * CHUNK + 1))
    assert max(len(chunk) for chunk in found) <= CHUNK


def test_what_is_there_does_not_wait_for_what_is_not():
    more = Event()

    def slow():
        yield 1
        more.wait(10)
        yield 2

    async def run():
        found = []
        async for chunk in chunks(slow()):
            found += chunk
            more.set()
        return found

    assert asyncio.run(run()) == [1, 2]


def test_an_error_of_the_reader_is_raised_where_it_is_waited_for():
    def broken():
        yield 1
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        gathered(broken())
