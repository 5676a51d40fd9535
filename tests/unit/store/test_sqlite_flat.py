"""The work of a claim, counted in SQLite's own steps, does not grow with what waits."""

import itertools
from functools import partial

import pytest

from segue.store import Arrival, Hold, Limits, NewDelivery, Settlement, State
from segue.store.sqlite import append, claim, holds, settle
from segue.store.sqlite.books import open_books
from segue.store.sqlite.schema import migrate, open_writer
from segue.store.sqlite.unit import Unit


NOW = 1_700_000_000.0
PUT = (NewDelivery("desk", "put"),)
SMALL, LARGE = 1_000, 20_000


class Bench:
    """The writer's own functions, one transaction each, without its thread."""

    def __init__(self, path):
        self.db = open_writer(path)
        migrate(self.db)
        self.books = open_books(self.db, Limits())

    def do(self, work, *arguments):
        unit = Unit(self.db, NOW)
        self.db.execute("BEGIN")
        found = work(unit, self.books, *arguments)
        unit.flush()
        self.db.execute("COMMIT")
        return found

    def fill(self, users):
        batch = [
            Arrival("web", user, f"m{number}", b"{}", PUT) for number, user in enumerate(users)
        ]
        self.do(append.append, [batch])

    def claim(self, fresh=10, retries=10):
        return self.do(claim.claim, claim.Ask("desk", fresh, retries, 60.0))

    def settle(self, claims, state, **options):
        self.do(settle.settle, [[Settlement(one, state, **options) for one in claims]])

    def steps(self, work):
        """How many steps of SQLite's machine this takes."""
        steps = itertools.count()
        self.db.set_progress_handler(lambda: next(steps) and None, 1)
        work()
        self.db.set_progress_handler(None, 0)
        return next(steps)


def many_users(bench, size):
    bench.fill(map(str, range(size)))


def one_user(bench, size):
    bench.fill(["ann"] * size)
    head = bench.claim()
    for _ in range(size // claim.LOOK + 1):
        bench.claim()
    return head


def all_held(bench, size):
    many_users(bench, size)
    bench.settle(bench.claim(fresh=size), State.HELD)


def connection_held(bench, size):
    many_users(bench, size)
    bench.do(holds.hold, ("desk", Hold("PAUSED", "by hand", NOW)))


def all_due_later(bench, size):
    many_users(bench, size)
    bench.settle(bench.claim(fresh=size), State.RETRYING, due=NOW + 60)


@pytest.fixture
def compare(tmp_path):
    """``compare(backlog, work)`` counts the steps of some work with a small and a large backlog."""

    def compare(backlog, work):
        found = []
        for size in (SMALL, LARGE):
            bench = Bench(tmp_path / f"{size}.db")
            prepared = backlog(bench, size)
            found.append(bench.steps(partial(work, bench, prepared)))
            bench.db.close()
        return found

    return compare


@pytest.mark.parametrize(
    "backlog", [many_users, one_user, all_held, connection_held, all_due_later]
)
def test_a_claim_takes_the_same_work_whatever_waits(compare, backlog):
    small, large = compare(backlog, lambda bench, _: bench.claim())
    assert large <= small * 1.1 + 20


@pytest.mark.parametrize("backlog", [many_users, one_user, all_held, all_due_later])
def test_when_to_claim_next_takes_the_same_work_whatever_waits(compare, backlog):
    small, large = compare(backlog, lambda bench, _: bench.do(claim.due, "desk"))
    assert large <= small * 1.1 + 20


def test_the_next_of_a_long_line_is_found_with_the_same_work(compare):
    small, large = compare(one_user, lambda bench, head: bench.settle(head, State.DELIVERED))
    assert large <= small * 1.1 + 20
