"""Whoever waits for a token hears of another limit."""

import asyncio

from virtual_time import run

from segue.delivery.pace import Pace
from segue.pacing import RateLimit


def test_who_waits_at_a_slow_limit_goes_on_at_once_when_it_is_faster():
    async def story(clock):
        pace, start = Pace(RateLimit(1, per=3600.0), clock), clock.now()
        await pace.admit(again=False)
        waiting = [asyncio.create_task(pace.admit(again=False)) for _ in range(2)]
        await clock.sleep(5.0)
        pace.change(RateLimit(10))
        await asyncio.gather(*waiting)
        return round(clock.now() - start, 3)

    assert run(story) == 5.2


def test_nobody_waits_longer_for_a_limit_that_is_set_again():
    async def story(clock):
        pace, start = Pace(RateLimit(1, per=10.0), clock), clock.now()
        await pace.admit(again=False)
        waiting = asyncio.create_task(pace.admit(again=False))
        await clock.sleep(5.0)
        pace.change(RateLimit(1, per=10.0))
        await waiting
        return clock.now() - start

    assert run(story) == 10.0
