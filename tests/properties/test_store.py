"""Whatever is done to a store, and whenever its process dies, it stays true to a simple model."""

import asyncio
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from segue.http import Request
from segue.store import (
    Arrival,
    Attempt,
    Backlog,
    Limits,
    MemoryStore,
    NewDelivery,
    Query,
    Replay,
    Settlement,
    SqliteStore,
    State,
)


USERS = st.sampled_from(["ann", "bob", "cid"])
CONNECTIONS = st.sampled_from(["desk", "desk", "mail"])
MAPPINGS = st.sampled_from(["put", "post"])
NEW = st.builds(NewDelivery, CONNECTIONS, MAPPINGS)
SOURCES = st.sampled_from(["web", "app"])
LIMITS = Limits(age=1000.0, memory=600.0)
EVENTS = st.lists(
    st.tuples(SOURCES, USERS, st.integers(1, 99), st.lists(NEW, max_size=3, unique=True)),
    min_size=3,
    max_size=8,
)
TEXT = b'{"n":1}'
OPEN = {State.WAITING, State.RETRYING, State.HELD}


@dataclass
class Delivery:
    """What the model knows of a delivery. ``lease`` is (number, until) while it is in hand."""

    event: int
    lane: tuple
    mapping: str
    state: State = State.WAITING
    due: float = 0.0
    tries: int = 0
    spent: float = 0.0
    replay: int = 0
    frozen: bool = False
    ambiguous: bool = False
    lease: tuple | None = None
    cancelled: bool = False


@dataclass
class Model:
    events: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    deliveries: dict = field(default_factory=dict)
    holds: set = field(default_factory=set)

    def heads(self, connection):
        """The deliveries that may be claimed but for their time: none in hand, none behind another."""
        lanes = {}
        for number, one in sorted(self.deliveries.items()):
            if one.state in OPEN and one.lane[0] == connection:
                lanes.setdefault(one.lane, number)
        return {number for number in lanes.values() if self.free(self.deliveries[number])}

    def free(self, one):
        held = one.state is State.HELD or one.lane[0] in self.holds
        return one.lease is None and not held

    def open(self, event):
        return any(one.state in OPEN for one in self.deliveries.values() if one.event == event)

    def remove(self, events):
        for event in events:
            del self.events[event]
        kept = {n: one for n, one in self.deliveries.items() if one.event in self.events}
        self.deliveries = kept

    def backlog(self):
        counts = {}
        for one in self.deliveries.values():
            if one.state in OPEN:
                counts.setdefault(one.lane[0], Counter())[one.state] += 1
        return {name: Backlog.of(n, held=name in self.holds) for name, n in counts.items()}


class Stores(RuleBasedStateMachine):
    """Rules for any store."""

    def __init__(self):
        super().__init__()
        self.now = 10_000.0
        self.model = Model()
        self.ages = {}
        self.last = 0
        self.claims = []
        self.crashed = False
        self.runner = asyncio.Runner()
        self.directory = Path(tempfile.mkdtemp())
        self.store = self.open(self.directory / "0")

    def teardown(self):
        self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.directory)

    def open(self, directory):
        raise NotImplementedError

    def run(self, coroutine):
        return self.runner.run(coroutine)

    @property
    def queue(self):
        return self.store.queue

    @rule(seconds=st.sampled_from([0.5, 1.0, 10.0, 30.0, 61.0, 700.0]))
    def wait(self, seconds):
        self.now += seconds

    @initialize(events=EVENTS)
    def begin(self, events):
        self.arrive(events)

    @rule(events=EVENTS)
    def arrive(self, events):
        """Some of these have arrived before, some twice at once."""
        arrivals = [Arrival(*one[:2], f"m{one[2]}", TEXT, tuple(one[3])) for one in events]
        for one, receipt in zip(arrivals, self.run(self.queue.append(arrivals)), strict=True):
            known = self.model.seen.get((one.source, one.message_id))
            if known is None:
                assert receipt.new
            elif known in self.model.events or self.ages[known] > self.now - LIMITS.memory:
                assert (receipt.event, receipt.new) == (known, False)
            if receipt.new:
                self.arrived(receipt.event, one)

    def arrived(self, event, arrival):
        self.ages[event] = self.now
        self.model.events[event] = (arrival.source, arrival.user)
        self.model.seen[arrival.source, arrival.message_id] = event
        for one in arrival.deliveries:
            self.queued(event, one, 0)

    def queued(self, event, new, replay):
        self.last = number = self.last + 1
        lane = (new.connection, *self.model.events[event])
        self.model.deliveries[number] = Delivery(event, lane, new.mapping, replay=replay)
        return number

    @rule(
        connection=CONNECTIONS,
        fresh=st.integers(0, 4),
        retries=st.integers(0, 4),
        lease=st.sampled_from([20.0, 60.0, 5000.0]),
    )
    def claim(self, connection, fresh, retries, lease):
        self.lapse()
        due = self.run(self.queue.due(connection))
        found = self.run(self.queue.claim(connection, fresh=fresh, retries=retries, lease=lease))
        ready = {
            n for n in self.model.heads(connection) if self.model.deliveries[n].due <= self.now
        }
        tried = {n for n in ready if self.model.deliveries[n].tries}
        numbers = [one.delivery for one in found]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= ready
        assert len(set(numbers) & tried) == min(retries, len(tried))
        assert len(set(numbers) - tried) == min(fresh, len(ready - tried))
        assert not ready or due <= self.now
        for one in found:
            self.granted(one, self.now + lease)

    @rule()
    def work(self):
        """The two things that happen most."""
        self.claim("desk", 2, 2, 60.0)
        if self.claims:
            self.settle(0, State.DELIVERED, 0.0, sent=True, ambiguous=False)

    def lapse(self):
        for one in self.model.deliveries.values():
            if one.lease and one.lease[1] <= self.now:
                one.ambiguous = True
                self.given_back(one)

    def given_back(self, one):
        one.lease = None
        one.state = State.CANCELLED if one.cancelled else one.state

    def granted(self, claim, until):
        one = self.model.deliveries[claim.delivery]
        facts = (claim.attempts, claim.spent, claim.replay, claim.mapping, claim.event_id)
        assert facts == (one.tries, one.spent, one.replay, one.mapping, one.event)
        assert (claim.frozen is not None) == one.frozen
        assert claim.ambiguous == one.ambiguous or (claim.ambiguous and self.crashed)
        assert (claim.connection, claim.source, claim.user) == one.lane
        one.ambiguous = claim.ambiguous
        one.lease = (claim.lease, until)
        self.claims.append(claim)

    def pick(self, which):
        claim = self.claims[-1 - which % min(8, len(self.claims))]
        one = self.model.deliveries.get(claim.delivery)
        mine = one is not None and one.lease is not None and one.lease[0] == claim.lease
        return claim, one if mine else None

    @precondition(lambda self: self.claims)
    @rule(
        which=st.integers(0, 7),
        state=st.sampled_from(
            [State.DELIVERED, State.RETRYING, State.HELD, State.DEAD, State.DISCARDED]
        ),
        after=st.sampled_from([0.0, 10.0, 300.0]),
        sent=st.booleans(),
        ambiguous=st.booleans(),
    )
    def settle(self, which, state, after, sent, ambiguous):
        claim, one = self.pick(which)
        attempt = Attempt(self.now, 0.1, ok=state is State.DELIVERED)
        settlement = Settlement(
            claim,
            state,
            due=self.now + after if state is State.RETRYING else None,
            attempts=(attempt,) if sent else (),
            frozen=Request.get("/x") if sent else None,
            ambiguous=ambiguous,
            spent=after,
        )
        lost = self.run(self.queue.settle([settlement]))
        assert lost == ([] if one else [claim.delivery])
        if one:
            state = State.CANCELLED if one.cancelled and state in OPEN else state
            one.state, one.due, one.lease, one.spent = state, self.now + after, None, after
            one.tries += sent
            one.frozen |= sent
            one.ambiguous |= ambiguous

    @precondition(lambda self: self.claims)
    @rule(which=st.integers(0, 7), back=st.booleans())
    def release_or_extend(self, which, back):
        claim, one = self.pick(which)
        if back:
            self.run(self.queue.release([claim]))
            if one:
                self.given_back(one)
            return
        assert self.run(self.queue.extend([claim], 90.0)) == ([] if one else [claim.delivery])
        if one:
            one.lease = (claim.lease, self.now + 90.0)

    @rule(
        what=st.sampled_from([*["replay", "resume"] * 3, "hold", "cancel", "forget", "purge"]),
        connection=CONNECTIONS,
        user=USERS,
        which=st.integers(0, 7),
        new=NEW,
    )
    def manage(self, what, **options):
        getattr(self, what)(**options)

    def hold(self, connection, **_):
        self.run(self.queue.hold(connection, "PAUSED", "by hand"))
        self.model.holds.add(connection)

    def resume(self, connection, **_):
        freed = self.run(self.queue.resume(connection))
        self.model.holds.discard(connection)
        held = [
            one
            for one in self.model.deliveries.values()
            if one.state is State.HELD and one.lane[0] == connection
        ]
        assert freed == len(held)
        for one in held:
            one.state = State.RETRYING if one.tries else State.WAITING
            one.due = self.now

    def cancel(self, user, **_):
        found = self.run(self.queue.cancel([user]))
        theirs = [
            one
            for one in self.model.deliveries.values()
            if one.lane[2] == user and one.state in OPEN
        ]
        assert found.in_flight == sum(one.lease is not None for one in theirs)
        assert found.deliveries == len(theirs) - found.in_flight
        for one in theirs:
            if one.lease:
                one.cancelled = True
            else:
                one.state = State.CANCELLED

    def replay(self, which, new, **_):
        if not self.model.events:
            return
        event = sorted(self.model.events)[-1 - which % len(self.model.events)]
        numbers = self.run(self.queue.replay([Replay(event, (new,))]))
        earlier = [
            one
            for one in self.model.deliveries.values()
            if (one.event, one.lane[0], one.mapping) == (event, new.connection, new.mapping)
        ]
        if any(one.state in OPEN for one in earlier):
            assert numbers == []
            return
        assert numbers == [self.queued(event, new, len(earlier))]
        for one in earlier:
            if one.state in {State.DEAD, State.DISCARDED}:
                one.state = State.REPLAYED

    def purge(self, **_):
        while self.run(self.store.history.purge()).more:
            pass
        gone = [
            event
            for event in self.model.events
            if self.ages[event] < self.now - LIMITS.age and not self.model.open(event)
        ]
        self.model.remove(gone)

    def forget(self, user, **_):
        events = [event for event, (_, owner) in self.model.events.items() if owner == user]
        gone = [event for event in events if not self.model.open(event)]
        assert self.run(self.store.history.forget([user])) == len(gone)
        self.model.remove(gone)

    @invariant()
    def every_delivery_is_where_the_model_says(self):
        found = self.run(self.store.history.search(Query(), limit=10_000)).items
        shown = {one.delivery: (one.state, one.attempts, one.event, one.replay) for one in found}
        assert shown == {
            number: (
                State.HELD if one.state in OPEN and one.lane[0] in self.model.holds else one.state,
                one.tries,
                one.event,
                one.replay,
            )
            for number, one in self.model.deliveries.items()
        }

    @invariant()
    def every_query_finds_what_matches(self):
        found = self.run(self.store.history.search(Query(), limit=10_000)).items
        for query in (
            Query(state=State.HELD),
            Query(state=State.WAITING, connection="desk"),
            Query(user="ann"),
            Query(code="PAUSED"),
            Query(since=self.now - 100, until=self.now),
        ):
            expected = [one for one in found if query.matches(one)]
            assert list(self.run(self.store.history.search(query, limit=10_000)).items) == expected

    @invariant()
    def the_backlog_is_right(self):
        assert self.run(self.queue.backlog()) == self.model.backlog()


class MemoryMachine(Stores):
    def open(self, directory):
        return MemoryStore(limits=LIMITS, clock=lambda: self.now)


class SqliteMachine(Stores):
    """A store on disk, whose process may end at any moment."""

    homes = 0

    def open(self, directory):
        return SqliteStore(directory, limits=LIMITS, clock=lambda: self.now)

    def forget_leases(self):
        """After this nobody holds a claim, and those that were held may have been sent."""
        for one in self.model.deliveries.values():
            if one.lease:
                one.lease, one.cancelled, one.ambiguous = None, False, True
                self.crashed = True

    @rule()
    def reopen(self):
        self.run(self.store.close())
        self.store = self.open(self.directory / str(self.homes))
        self.forget_leases()

    @rule()
    def die(self):
        """What is on disk at this moment is all that the next process finds."""
        old, home = self.store, self.directory / str(self.homes)
        self.homes += 1
        new = self.directory / str(self.homes)
        new.mkdir()
        for name in ("segue.db", "segue.db-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(home / name, new)
        self.run(old.close())
        self.store = self.open(new)
        self.forget_leases()
        self.crashed = True


TestMemory = MemoryMachine.TestCase
TestMemory.settings = settings(max_examples=30, stateful_step_count=50, deadline=None)
TestSqlite = SqliteMachine.TestCase
TestSqlite.settings = settings(max_examples=12, stateful_step_count=40, deadline=None)
