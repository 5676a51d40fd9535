"""Jobs of many callers share a commit, but not their mistakes."""

import asyncio
import threading
import time

import pytest

from segue.errors import StoreUnavailableError
from segue.store import Arrival, Backlog, Limits, Query
from segue.store.sqlite.books import open_books
from segue.store.sqlite.checkpoint import Checkpointer
from segue.store.sqlite.schema import migrate, open_writer
from segue.store.sqlite.writer import Verb, Writer, each


def wrong(store):
    """An arrival that no file can hold."""
    return Arrival("web", "ann", "wrong", object(), ())


def test_callers_at_the_same_time_are_all_served(sqlite, run):
    store = sqlite()

    async def all_at_once():
        arrivals = [[store.arrival(f"user {number}")] for number in range(200)]
        return await asyncio.gather(*map(store.store.queue.append, arrivals))

    receipts = run(all_at_once())
    assert sorted(one.event for (one,) in receipts) == list(range(1, 201))
    assert store.count(Query()) == 200


def test_the_same_message_from_two_callers_is_stored_once(sqlite, run):
    store = sqlite()

    async def both():
        arrival = store.arrival(message="m1")
        append = store.store.queue.append
        return await asyncio.gather(*(append([arrival]) for _ in range(5)))

    receipts = [one for (one,) in run(both())]
    assert [one.new for one in receipts].count(True) == 1
    assert {one.event for one in receipts} == {1}


def test_two_claims_at_the_same_time_get_different_deliveries(sqlite, run):
    store = sqlite()
    store.arrive(*"abcdef")

    async def both():
        claim = store.store.queue.claim
        return await asyncio.gather(*(claim("desk", fresh=2) for _ in range(4)))

    found = [one.delivery for claims in run(both()) for one in claims]
    assert sorted(found) == [1, 2, 3, 4, 5, 6]


def test_a_job_that_fails_fails_alone(sqlite, run):
    store = sqlite()

    async def all_at_once():
        append = store.store.queue.append
        jobs = [append([store.arrival()]), append([wrong(store)]), append([store.arrival()])]
        return await asyncio.gather(*jobs, return_exceptions=True)

    first, second, third = run(all_at_once())
    assert isinstance(second, Exception)
    assert first[0].new
    assert third[0].new
    assert len(store.take(fresh=10)) == 1
    assert store.count(Query()) == 2


def test_what_failed_can_be_sent_again(sqlite):
    store = sqlite()
    batch = [store.arrival("ann", message="m1"), wrong(store)]
    with pytest.raises(Exception, match="has no len"):
        store.append(batch)
    assert store.append(batch[:1])[0].new
    assert store.backlog() == {"desk": Backlog(waiting=1)}
    assert store.users() == ["ann"]


def test_claims_that_nobody_waits_for_any_more_are_given_back(sqlite, run):
    store = sqlite()
    store.arrive("ann")

    async def change_of_mind():
        task = asyncio.create_task(store.store.queue.claim("desk", fresh=1))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not (claims := await store.store.queue.claim("desk", fresh=1)):
            pass
        return claims

    (claim,) = run(change_of_mind())
    assert (claim.user, claim.ambiguous) == ("ann", False)


def test_closing_finishes_what_was_begun(sqlite, run):
    store = sqlite()

    async def close_at_once():
        jobs = [asyncio.create_task(store.store.queue.append([store.arrival()])) for _ in range(50)]
        await asyncio.sleep(0)
        await store.store.close()
        return await asyncio.gather(*jobs)

    assert len(run(close_at_once())) == 50


def test_a_closed_store_can_be_closed_again(sqlite, run):
    store = sqlite()
    run(store.store.close())
    run(store.store.close())
    with pytest.raises(StoreUnavailableError, match="closed"):
        store.purge()


def test_a_store_is_no_trouble_as_long_as_it_can_be_written(sqlite):
    store = sqlite()
    store.arrive("ann")
    assert store.store.trouble is None


class Fussy(Checkpointer):
    """Fails once in a way that no disk does."""

    def __init__(self, db):
        super().__init__(db)
        self.failures = 1
        self.helped = threading.Event()

    @property
    def behind(self):
        return True

    @behind.setter
    def behind(self, value):
        pass

    def help(self, db):
        if self.failures:
            self.failures -= 1
            raise MemoryError
        self.helped.set()


def test_housekeeping_that_fails_does_not_end_the_thread(tmp_path, run, caplog):
    path = tmp_path / "segue.db"
    db = open_writer(path)
    migrate(db)
    fussy = Fussy(open_writer(path))
    writer = Writer(db, open_books(db, Limits()), time.time, fussy)

    async def twice():
        probe = Verb(each(lambda unit, books, argument: argument))
        answers = [await writer.do(probe, number) for number in (1, 2)]
        await asyncio.to_thread(fussy.helped.wait, 10)
        await writer.close()
        return answers

    assert run(twice()) == [1, 2]
    assert "could not be kept in order" in caplog.text
    assert fussy.helped.is_set()
