"""A worker on a small stage: a store in memory, a destination that is told what to say, hours that fly."""

import asyncio
import random
from collections import deque

import pytest
import virtual_time
from worker_world import Process

from segue import Response
from segue.json import encode
from segue.store import Arrival, MemoryStore, NewDelivery, Query


class Scene:
    """``sent`` and ``times`` are what the destination saw; it answers from ``script``, then 200.

    An answer is a status, a response, an error to raise, seconds to be silent before a 200 or
    before the answer they come with, or a function of the request that gives one of these.
    """

    def __init__(self, clock, workspace, connections, script):
        self.clock, self.store = clock, MemoryStore(clock=clock.now)
        self.chance = random.Random(0)
        self.script, self.sent, self.times = deque(script), [], []
        self.connections, self._workspace = connections, workspace
        self._number = 0

    vendor = property(lambda self: self)

    def lag(self):
        return 0.0

    def workspace(self):
        return self._workspace(*self.connections)

    async def take(self, request, _):
        self.sent.append(request)
        self.times.append(self.clock.now())
        answer = self.script.popleft() if self.script else 200
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, float):
            answer = answer, 200
        if isinstance(answer, tuple):
            seconds, answer = answer
            await asyncio.sleep(seconds)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else Response(answer, body=b'{"ok":true}')

    async def start(self):
        self.process = Process(self)
        await self.process.start()

    async def use(self, *connections):
        """Go on with these."""
        self.connections = connections
        await self.process.worker.use(self.workspace())

    async def restart(self, *connections, kill=False):
        await (self.process.kill() if kill else self.process.stop())
        self.connections = connections or self.connections
        await self.start()

    async def arrive(self, *users, to="desk", mapping="put", **properties):
        """An event of each of these users."""
        for user in users:
            self._number += 1
            facts = {"n": self._number, **properties}
            event = {"type": "track", "event": "E", "userId": user, "properties": facts}
            text = encode({**event, "messageId": f"m{self._number}"})
            way = (NewDelivery(to, mapping),)
            await self.store.queue.append([Arrival("web", user, f"m{self._number}", text, way)])

    async def settle(self, *, hours=24.0):
        """Work until all is settled; time runs faster later on."""
        end, step = self.clock.now() + hours * 3600, 0.5
        while await self.store.queue.backlog():
            assert self.clock.now() < end, await self.store.queue.backlog()
            await self.clock.sleep(step)
            step = min(600.0, step * 1.05)

    async def found(self):
        page = await self.store.history.search(Query(), limit=1000, oldest_first=True)
        return page.items

    async def codes(self):
        """The state of each delivery, with its reason."""
        return [(str(one.state), one.code) for one in await self.found()]

    def bodies(self):
        return [one.json for one in self.sent]


@pytest.fixture
def play(workspace):
    """``play(story, *connections, script=...)`` is what ``story(scene)`` returns."""

    def play(story, *connections, script=()):
        async def go(clock):
            scene = Scene(clock, workspace, connections, script)
            await scene.start()
            told = await story(scene)
            await scene.process.stop()
            return told

        return virtual_time.run(go)

    return play
