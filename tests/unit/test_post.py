"""A destination that goes down, or comes back, is told in the log."""

import logging

import pytest
from virtual_time import run

from segue.breaker import Breaker, BreakerPolicy
from segue.delivery.pace import Pace
from segue.delivery.post import Post
from segue.http import Response
from segue.outcome import Delivered, Retry


LOST = Retry("no answer from api.loops.example", "UNREACHABLE", ambiguous=True)


@pytest.fixture
def told(caplog):
    """What is logged, with the connection that it is about, while outcomes are settled."""
    caplog.set_level(logging.INFO, logger="segue.delivery")

    def settle(*outcomes):
        async def story(clock):
            breaker = Breaker(BreakerPolicy(failures=2, first=1.0))
            post = Post(Pace(None, clock), clock, breaker=breaker, name="loops")
            for outcome in outcomes:
                response = Response(200) if isinstance(outcome, Delivered) else None
                post.settle(await post.admit(again=False), outcome, response)

        run(story)
        return [(one.connection, one.getMessage()) for one in caplog.records]

    return settle


def test_once_for_each_time_that_it_goes_down_or_comes_back(told):
    assert told(LOST, LOST, LOST, Delivered(), Delivered()) == [
        ("loops", f"loops is down, and is only probed: {LOST.why}"),
        ("loops", "loops is up again"),
    ]


def test_nothing_is_told_of_one_that_fails_now_and_then(told):
    assert told(LOST, Delivered(), LOST, Delivered()) == []
