"""Messages and users are found the same way before and after they are indexed in bulk."""

import asyncio
import sqlite3

import pytest

from segue.store import Arrival, EventQuery, NewDelivery, Query, SqliteStore
from segue.store.sqlite.recent import BLOCK


EVENTS = BLOCK + 4000
PLACES = [0, 1, BLOCK // 2, BLOCK - 1, BLOCK, EVENTS - 1]


def arrival(number):
    """One event in a hundred is of ann, one in fifty goes somewhere."""
    user = "ann" if number % 100 == 0 else f"user {number}"
    to = (NewDelivery("desk", "put"),) if number % 50 == 0 else ()
    return Arrival("web", user, f"m{number}", b"{}", to)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A directory with more events than are kept in memory."""
    directory = tmp_path_factory.mktemp("filled")

    async def fill():
        async with SqliteStore(directory) as store:
            for start in range(0, BLOCK, 512):
                await store.queue.append([arrival(start + one) for one in range(512)])
            for start in range(BLOCK, EVENTS, 50):  # each commit is followed by a slice of folding
                await store.queue.append([arrival(start + one) for one in range(50)])

    asyncio.run(fill())
    return directory


@pytest.fixture
def ask(filled):
    """``ask(question)`` runs a function of a store that was opened again."""

    def ask(question):
        async def run():
            async with SqliteStore(filled) as store:
                return await question(store)

        return asyncio.run(run())

    return ask


def test_most_events_were_indexed(filled):
    db = sqlite3.connect(filled / "segue.db")
    ((folded,),) = db.execute("SELECT value FROM mark WHERE name = 'folded'")
    db.close()
    assert BLOCK // 2 < folded < EVENTS


def test_a_message_is_known_wherever_it_stands(ask):
    receipts = ask(lambda store: store.queue.append([arrival(one) for one in PLACES]))
    assert [(one.event, one.new) for one in receipts] == [(one + 1, False) for one in PLACES]


@pytest.mark.parametrize("number", PLACES)
def test_an_event_is_found_by_its_message(ask, number):
    found = ask(lambda store: store.history.events(EventQuery(message_id=f"m{number}")))
    assert [one.event for one in found.items] == [number + 1]


def test_all_events_of_a_user_are_found_in_order(ask):
    query = EventQuery(user="ann")
    found = ask(lambda store: store.history.events(query, limit=EVENTS, oldest_first=True))
    assert [one.event for one in found.items] == list(range(1, EVENTS + 1, 100))


def test_all_deliveries_of_a_user_are_counted(ask):
    assert ask(lambda store: store.history.count(Query(user="ann"))) == len(range(0, EVENTS, 100))


def test_another_user_is_not_found_with_them(ask):
    assert ask(lambda store: store.history.count(Query(user="an"))) == 0
