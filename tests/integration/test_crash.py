"""``segue serve`` is killed again and again under load; everything arrives all the same, once.

``make crash`` runs the full form. Both print what happened, and the seed to play it again with.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import story
import vendor
from running import KEY, WORKSPACE, Running

from segue.store import EventQuery, Query, SqliteView, State
from segue_actions.loops.sandbox import DEMO_KEY


FAULTS = "5xx=0.1,timeout=0.02,429"
EVERYTHING = 1_000_000


@dataclass(frozen=True)
class Form:
    """How much of everything.

    ``rate`` is the vendor's limit a second, ``life`` how many seconds a process lives, about, and
    ``patience`` how many the last one may take to end the work.
    """

    events: int
    users: int
    writers: int
    kills: int
    rate: int
    life: float
    patience: float


FORMS = {
    "short": Form(events=2_000, users=400, writers=4, kills=6, rate=300, life=1.0, patience=60),
    "full": Form(events=20_000, users=1_000, writers=8, kills=30, rate=400, life=2.0, patience=240),
}


@dataclass(frozen=True)
class Exchange:
    """A request as the vendor saw it; without a status it was left without an answer."""

    number: int
    life: int
    status: int | None
    user: str
    step: int
    fault: str = ""

    @property
    def acted(self):
        """Whether the vendor did what it was asked, or had done it before."""
        return self.status in {200, 409, None} or self.fault.endswith("after effect")

    @property
    def doubt(self):
        """Why the request may be made again, None if only a kill explains it."""
        if self.status is None:
            return "timeout"
        return None if self.status in {200, 409} else "429" if self.status == 429 else "5xx"


@dataclass
class Play:
    """One run. ``broken`` tells when a post came to nothing, and the messages in it."""

    folder: Path
    form: Form
    chance: random.Random
    vendor_url: str = ""
    running: Running | None = None
    url: str | None = None
    writers: list[asyncio.Task] = field(default_factory=list)
    lives: int = 0
    kills: Counter = field(default_factory=Counter)
    broken: list[tuple[float, list[str]]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    written: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def act(self, users):
        """Everything from the first process to the last; what the vendor holds at the end."""
        portions = self.portions(users)
        begun = [asyncio.Event() for _ in portions[0]]
        async with self.sandbox() as end, asyncio.TaskGroup() as group:
            self.writers = [group.create_task(self.write(one, begun)) for one in portions]
            for one, aim in zip(begun, [*self.aims(), None], strict=True):
                one.set()
                await self.live(aim)
            return await end()

    def portions(self, users):
        """For each writer, for each life, batches of its users' events in order."""
        return [
            story.split(story.batches(events, self.chance), self.form.kills + 1)
            for events in story.shared(users, self.form.writers, self.chance)
        ]

    def aims(self):
        """How each life is to end: each way equally often."""
        ways = [self.anywhen, self.in_commit, self.before_settling]
        aims = [ways[number % len(ways)] for number in range(self.form.kills)]
        self.chance.shuffle(aims)
        return aims

    # Lives

    async def live(self, aim):
        """Start a process; kill it when it is time, or without an aim let it end its work."""
        self.url = None
        self.lives += 1
        url = f"{self.vendor_url}/{self.lives}"
        environ = {"PATH": os.environ["PATH"], "LOOPS_URL": url, "LOOPS_API_KEY": DEMO_KEY}
        self.running = Running(self.folder, environ)
        up = asyncio.create_task(self.come_up())
        try:
            if aim is None:
                await up
                await self.drain()
                assert await asyncio.to_thread(self.running.end) == 0
            else:
                self.kills[await self.bide(aim, up)] += 1
            assert self.running.process.poll() in {None, 0}, self.running.log.read_text()
        finally:
            up.cancel()
            self.running.close()

    async def come_up(self):
        while self.url is None:
            await asyncio.sleep(0.02)
            self.url = self.running.where()

    async def bide(self, aim, up):
        """Wait for the moment that is aimed at; should it not come, any will do."""
        try:
            async with asyncio.timeout(5 * self.form.life):
                await aim(up)
        except TimeoutError:
            return "anywhen"
        return aim.__name__

    async def anywhen(self, up):
        """Perhaps while it starts."""
        await asyncio.sleep(self.chance.uniform(0.0, 2 * self.form.life))

    async def in_commit(self, up):
        """Within 5 ms after a batch was written to its socket."""
        await up
        await asyncio.sleep(self.chance.uniform(0.0, self.form.life / 4))
        await following(self.written)
        await asyncio.sleep(self.chance.uniform(0.0, 0.005))

    async def before_settling(self, up):
        """Within 3 ms after an answer of the vendor."""
        await up
        await asyncio.sleep(self.chance.uniform(0.0, 2 * self.form.life))
        await following(self.answered)
        await asyncio.sleep(self.chance.uniform(0.0, 0.003))

    async def drain(self):
        """Wait until all is sent and settled."""
        left = "unknown"
        async with SqliteView(self.folder / ".segue") as view:
            try:
                async with asyncio.timeout(self.form.patience):
                    await asyncio.wait(self.writers)
                    while left:
                        await asyncio.sleep(0.2)
                        left = await unsettled(view)
            except TimeoutError:
                pytest.fail(f"deliveries that are not settled: {left}; it hangs")

    # Writers

    async def write(self, portion, begun):
        """Send batches one after the other, each again until it was taken, as an SDK does."""
        async with httpx.AsyncClient(trust_env=False, auth=(KEY, ""), timeout=10) as client:
            for batches, one in zip(portion, begun, strict=True):
                await one.wait()
                for batch in batches:
                    await asyncio.sleep(self.chance.uniform(0.0, self.form.life / len(batches)))
                    await self.send(client, batch)

    async def send(self, client, batch):
        taken = False
        while not taken:
            try:
                taken = self.url is not None and await self.post(client, batch)
            except httpx.TransportError:
                self.broken.append((time.time(), [one["messageId"] for one in batch]))
            if not taken:
                await asyncio.sleep(0.02)

    async def post(self, client, batch):
        answer = await client.post(
            f"{self.url}/v1/batch", json={"batch": batch}, extensions={"trace": self.trace}
        )
        assert answer.status_code in {200, 503}, answer.text
        return answer.status_code == 200

    async def trace(self, what, _):
        if what == "http11.send_request_body.complete":
            self.written.set()

    # Vendor

    @asynccontextmanager
    async def sandbox(self):
        """The vendor; yields how to end it, which tells what it holds."""
        switches = {"faults": FAULTS, "rate": self.form.rate, "hang": 60.0}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, vendor.__file__),
            json.dumps({**switches, "seed": self.chance.randrange(2**32)}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**30,
        )
        self.vendor_url = json.loads(await process.stdout.readline())
        listening = asyncio.create_task(self.listen(process.stdout))

        async def end():
            process.stdin.close()
            return await listening

        try:
            yield end
        finally:
            process.stdin.close()
            listening.cancel()
            await process.wait()

    async def listen(self, stream):
        while line := await stream.readline():
            said = json.loads(line)
            if "contacts" in said:
                return said
            self.exchanges.append(Exchange(**said))
            self.answered.set()
        raise AssertionError("the sandbox ended before its time")


async def following(event):
    """Wait for the next time that it happens."""
    event.clear()
    await event.wait()


# What came of it


async def unsettled(view):
    found = (await view.history.stats()).get("loops")
    return found.waiting + found.retrying + found.held if found else 1


async def outcome(folder):
    """When each message was stored, and how many deliveries are in which state."""
    async with SqliteView(folder / ".segue") as view:
        events = await view.history.events(EventQuery(), limit=EVERYTHING)
        states = {state: await view.history.count(Query(state=state)) for state in State}
        assert len({one.message_id for one in events.items}) == len(events.items)
        stored = {one.message_id: one.received_at for one in events.items}
        return stored, {state: count for state, count in states.items() if count}


def committed(broken, stored):
    """How many of the posts without an answer were on disk all the same: all, none or part of one."""
    parts = ([stored[one] < at for one in messages] for at, messages in broken)
    return Counter("all" if all(one) else "part" if any(one) else "none" for one in parts)


def by_user(exchanges):
    found = defaultdict(list)
    for one in exchanges:
        found[one.user].append(one)
    return found


def explain(exchanges):
    """Why each request that was not the first of its delivery was made, and how many repeated it.

    A repeat comes after one that took effect.
    """
    why, repeats, unexplained = Counter(), Counter(), []
    tries = defaultdict(list)
    for one in exchanges:
        tries[one.user, one.step].append(one)
    for same in tries.values():
        acted = False
        for before, after in pairwise(same):
            killed = "killed before it was settled" if before.life < after.life else None
            reason = before.doubt or killed
            acted = acted or before.acted
            why[reason] += 1
            repeats[reason] += acted
            if reason is None:
                unexplained.append((before, after))
    return why, repeats, unexplained


def applied(events):
    found = defaultdict(list)
    for email, event, properties in events:
        found[email].append((event, properties))
    return found


@pytest.fixture
def form(pytestconfig):
    return FORMS[pytestconfig.getoption("crash")]


@pytest.fixture
def seed(pytestconfig):
    return pytestconfig.getoption("crash_seed") or random.randrange(2**32)


def test_nothing_is_lost_reordered_or_done_twice_however_often_it_is_killed(tmp_path, form, seed):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    chance, began = random.Random(seed), time.monotonic()
    users = story.tell(form.users, form.events, chance)
    play = Play(tmp_path, form, chance)
    held = asyncio.run(play.act(users))
    exchanges = sorted(play.exchanges, key=lambda one: one.number)
    stored, states = asyncio.run(outcome(tmp_path))
    why, repeats, unexplained = explain(exchanges)
    told = [
        f"{form}, --crash-seed={seed}",
        f"{time.monotonic() - began:.0f} s, {play.kills.total()} kills: {dict(play.kills)}",
        f"posts without an answer, and what of them was stored: {committed(play.broken, stored)}",
        f"{len(exchanges)} requests to the vendor; sent again because of: {dict(why)}",
        f"of these {repeats.total()} after one that took effect: {dict(repeats)}",
    ]
    print("", *told, sep="\n")  # noqa: T201 it is to be read
    assert stored.keys() == {one["messageId"] for steps in users.values() for one in steps}
    assert states == {State.DELIVERED: form.events}
    assert unexplained == []
    assert [one for one in play.running.records() if one["level"] == "error"] == []
    for user, asked in by_user(exchanges).items():
        steps = [one.step for one in asked]
        assert steps == sorted(steps), user
    contacts, events = story.clean(users)
    assert held["contacts"] == contacts
    assert applied(held["events"]) == {email: one for email, one in events.items() if one}
