"""Whether the other end still answers."""

import asyncio

from segue.deputy.heartbeat import QUIET, Heartbeat
from segue.errors import StoreUnavailableError


class End:
    """The other end: it answers, says nothing, or is gone; each question takes a second."""

    def __init__(self, *answers):
        self.answers, self.now = list(answers), 100.0
        self.said = asyncio.Event()

    async def ask(self):
        self.now += 1
        if len(self.answers) == 1:
            self.said.set()
        match self.answers.pop(0):
            case "nothing":
                await asyncio.Event().wait()
            case "gone":
                raise StoreUnavailableError("gone")


def listened(end, later=0.0):
    """The heartbeat after the end has said all that it says, and so many seconds later."""

    async def go():
        heart = Heartbeat(end.ask, lambda: end.now)
        running = asyncio.create_task(heart.run(pause=0))
        await end.said.wait()
        end.now += later
        found = heart.silence, heart.hangs, running.done()
        running.cancel()
        return found

    return asyncio.run(go())


def test_an_end_that_answers_was_heard_a_moment_ago():
    assert listened(End("yes", "yes", "nothing")) == (1, False, False)


def test_an_end_that_says_nothing_for_long_hangs():
    assert listened(End("yes", "nothing"), later=QUIET)[1]


def test_an_end_that_is_gone_is_asked_nothing_more():
    async def go():
        end = End("yes", "gone")
        await asyncio.wait_for(Heartbeat(end.ask, lambda: end.now).run(pause=0), 5)
        return end.answers

    assert asyncio.run(go()) == []
