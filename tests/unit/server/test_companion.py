"""A process beside ours: started again when it ends, ended when we do, and never a fault of ours."""

import asyncio
import os
import sys
from contextlib import suppress

from segue.server.companion import Companion


ENDLESS = "import sys; print('up', file=sys.stderr, flush=True); sys.stdin.read()"


def python(text):
    return (sys.executable, "-c", text)


class Pauses:
    """Pauses that take no time; after so many of them the work is over."""

    def __init__(self, most):
        self.taken, self.most = [], most
        self.over = asyncio.Event()

    def __call__(self, seconds):
        self.taken.append(seconds)
        if len(self.taken) == self.most:
            self.over.set()
        return asyncio.ensure_future(asyncio.sleep(0 if len(self.taken) < self.most else 1000))


def kept(text, most):
    """The pauses, and what is noted, of a command that was kept running for so many pauses."""

    async def keep():
        pauses = Pauses(most)
        companion = Companion("the console", python(text), sleep=pauses)
        task = asyncio.create_task(companion.run())
        await asyncio.wait_for(pauses.over.wait(), 20)
        notes = companion.notes()
        await ended(task)
        return pauses.taken, notes

    return asyncio.run(keep())


async def ended(task):
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_it_is_started_again_after_ever_longer_pauses():
    pauses, notes = kept("raise SystemExit(3)", 4)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    assert notes == ["the console ended with 3; it is started again"]


def test_how_it_was_killed_is_told():
    assert kept("import os; os.kill(os.getpid(), 9)", 1)[1] == [
        "the console was ended by SIGKILL; it is started again"
    ]


def test_a_command_that_is_wrong_is_not_tried_again():
    async def keep():
        pauses = Pauses(1)
        companion = Companion("the console", python("raise SystemExit(2)"), sleep=pauses)
        task = asyncio.create_task(companion.run())
        while not companion.notes():  # noqa: ASYNC110 nobody sets an event for us
            await asyncio.sleep(0.01)
        await ended(task)
        return companion.notes(), pauses.taken

    assert asyncio.run(keep()) == (["the console cannot run; the log says why"], [])


def test_what_cannot_be_started_is_told_and_tried_again():
    async def keep():
        pauses = Pauses(2)
        companion = Companion("the console", ("/nonexistent/python",), sleep=pauses)
        task = asyncio.create_task(companion.run())
        await asyncio.wait_for(pauses.over.wait(), 20)
        await ended(task)
        return companion.notes()

    assert asyncio.run(keep()) == [
        "the console cannot be started: No such file or directory; it is started again"
    ]


def test_it_ends_when_its_stdin_does(capfd):
    async def keep():
        companion = Companion("the console", python(ENDLESS))
        task = asyncio.create_task(companion.run())
        while "up" not in capfd.readouterr().err:  # noqa: ASYNC110 it is another process
            await asyncio.sleep(0.02)
        assert companion.notes() == []
        await asyncio.wait_for(ended(task), 2.5)  # less than the grace after which it is killed

    asyncio.run(keep())


def test_without_a_command_there_is_only_what_was_wrong():
    async def keep():
        companion = Companion("the console", trouble="the console is not served")
        task = asyncio.create_task(companion.run())
        await asyncio.sleep(0)
        assert not task.done()
        await ended(task)
        return companion.notes()

    assert asyncio.run(keep()) == ["the console is not served"]


def test_it_is_given_the_files_that_are_meant_for_it():
    async def keep(reader, writer):
        pauses = Pauses(1)
        text = f"import os; os.write({writer}, b'hello'); raise SystemExit(1)"
        companion = Companion("the console", python(text), (writer,), sleep=pauses)
        task = asyncio.create_task(companion.run())
        await asyncio.wait_for(pauses.over.wait(), 20)
        await ended(task)
        return os.read(reader, 10)

    reader, writer = os.pipe()
    try:
        assert asyncio.run(keep(reader, writer)) == b"hello"
    finally:
        os.close(reader)
        os.close(writer)
