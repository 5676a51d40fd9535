"""Every implementation of a store, behind one face: a test that takes ``store`` runs on each.

To hold another implementation to the same promises, add how it is opened to STORES.
"""

import asyncio
import itertools

import pytest

from segue.http import Request, Response
from segue.store import (
    Arrival,
    Attempt,
    Limits,
    MemoryStore,
    NewDelivery,
    Query,
    Settlement,
    SqliteStore,
    State,
)


START = 1_700_000_000.0
REQUEST = Request.put("/contacts", json={"email": "a@b.test"})

STORES = {
    "memory": lambda directory, **options: MemoryStore(**options),
    "sqlite": SqliteStore,
}


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Face:
    """A store without ``await``: its own methods by their names, and a few words for tests."""

    def __init__(self, store, run, clock):
        self.store, self.clock, self._run = store, clock, run
        self._messages = itertools.count(1)

    def __getattr__(self, name):
        parts = (self.store.queue, self.store.history, self.store.ledger)
        method = next(getattr(part, name) for part in parts if hasattr(part, name))
        return lambda *arguments, **options: self._run(method(*arguments, **options))

    def watch(self, notify):
        async def watch():
            self.store.queue.watch(notify)

        self._run(watch())

    def arrival(self, user="ann", *mappings, message=None, source="web", to=("desk",), text=None):
        """An event of a user on its way through a mapping of each of these connections."""
        message = message or f"m{next(self._messages)}"
        deliveries = [NewDelivery(one, mapping) for one in to for mapping in mappings or ["put"]]
        text = text or b'{"userId":"%s","messageId":"%s"}' % (user.encode(), message.encode())
        return Arrival(source, user, message, text, tuple(deliveries))

    def arrive(self, *users, **options):
        """An event of each of these users; the numbers of the events."""
        receipts = self.append([self.arrival(user, **options) for user in users])
        return [one.event for one in receipts]

    def take(self, fresh=10, retries=10, connection="desk", **options):
        """Claim what there is."""
        return self.claim(connection, fresh=fresh, retries=retries, **options)

    def users(self, **options):
        """Claim what there is; whose it is."""
        return [one.user for one in self.take(**options)]

    def attempt(self, status=200, **options):
        facts = {"ok": status == 200, "code": "OK" if status == 200 else f"E{status}"}
        response = Response(status, {"x-request-id": "1"}, b'{"success":true}')
        facts = {"status": status, "request": REQUEST, "response": response, **facts, **options}
        return Attempt(self.clock.now, 0.25, **facts)

    def end(self, claims, state=State.DELIVERED, status=200, **options):
        """Settle claims, each with one attempt."""
        options = {"attempts": (self.attempt(status),), **options}
        return self.settle([Settlement(one, state, **options) for one in claims])

    def retry(self, claims, after=60.0, **options):
        """Settle claims with a failed attempt, to be tried again."""
        options = {"code": "E503", "why": "503 busy", "frozen": REQUEST, **options}
        return self.end(claims, State.RETRYING, 503, due=self.clock.now + after, **options)

    def states(self):
        """The state of each delivery, in order of arrival."""
        found = self.search(Query(), limit=1000, oldest_first=True).items
        return [str(one.state) for one in found]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run():
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def close(run):
    """Closes stores at the end of a test: ``close(store)`` says which."""
    stores = []
    yield stores.append
    for one in reversed(stores):
        run(one.close())


@pytest.fixture(params=STORES)
def opened(request, tmp_path, clock, run, close):
    """``opened(limits...)`` is a store of one implementation."""

    def opened(**limits):
        store = STORES[request.param](tmp_path / "data", limits=Limits(**limits), clock=clock)
        close(store)
        return Face(store, run, clock)

    return opened


@pytest.fixture
def store(opened):
    return opened()


@pytest.fixture
def sqlite(tmp_path, clock, run, close):
    """``sqlite(limits...)`` opens the store in the same directory each time; close it before."""

    def sqlite(**limits):
        store = SqliteStore(tmp_path / "data", limits=Limits(**limits), clock=clock)
        close(store)
        return Face(store, run, clock)

    return sqlite
