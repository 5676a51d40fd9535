"""The one thread that writes. What comes while it commits goes into the next commit together.

A job that must not be lost, such as a settlement, stays until it is written; any other fails when
the disk is full, so that its caller can say so. Meanwhile nothing is claimed.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

from segue.errors import StoreError, StoreFullError, StoreUnavailableError
from segue.store.protocols import Clock
from segue.store.sqlite.books import Books, close_books, used
from segue.store.sqlite.checkpoint import Checkpointer, checkpoint
from segue.store.sqlite.purge import purge
from segue.store.sqlite.schema import Place
from segue.store.sqlite.unit import Unit


A = TypeVar("A")
R = TypeVar("R")

log: Final = logging.getLogger("segue.store")

GROUP: Final = 4096
"""Rows in one commit, about."""

CLOSED: Final = "the store is closed"

PAUSE: Final = 0.25
"""Seconds between tries while the disk cannot be written."""

FAULTS: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Verb(Generic[A, R]):
    """Something the writer does for a number of jobs at once, in one transaction.

    Within a commit the lower ``rank`` comes first. While the disk cannot be written a ``patient``
    job waits, and one with ``meanwhile`` is answered so. What nobody waits for any more is handed
    to ``lost``.
    """

    handle: Callable[[Unit, Books, Sequence[A]], Sequence[R | StoreError]]
    rank: int = 2
    patient: bool = False
    meanwhile: Callable[[], R] | None = None
    lost: "Verb[Any, Any] | None" = None


def each(handle: Callable[[Unit, Books, A], R]) -> Callable[..., Sequence[R | StoreError]]:
    """A handler for many jobs from one for one."""

    def handle_each(unit: Unit, books: Books, arguments: Sequence[A]) -> list[R | StoreError]:
        return [_tried(handle, unit, books, argument) for argument in arguments]

    return handle_each


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A verb, what it is to be done to, and who waits for it."""

    verb: Verb[Any, Any]
    argument: Any
    size: int
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


class Writer:
    """Does jobs in a thread of its own. ``trouble`` says why nothing can be written now."""

    def __init__(
        self, db: sqlite3.Connection, books: Books, clock: Clock, checkpointer: Checkpointer
    ) -> None:
        self.trouble: StoreError | None = None
        self.books = books
        self._db, self._clock, self._checkpointer = db, clock, checkpointer
        self._inbox: SimpleQueue[Job | None] = SimpleQueue()
        self._stuck: list[Job] = []
        self._watchers: list[tuple[asyncio.AbstractEventLoop, Callable[[str], None]]] = []
        self._open = True
        self._thread = threading.Thread(target=self._run, name="segue-store", daemon=True)
        self._thread.start()

    async def do(self, verb: Verb[A, R], argument: A, *, size: int = 1) -> R:
        """Have a job done; when this returns it is on disk. ``size`` is how many rows it is."""
        if not self._open:
            raise StoreUnavailableError(CLOSED)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._inbox.put(Job(verb, argument, size, loop, future))
        return await future

    def watch(self, notify: Callable[[str], None]) -> None:
        """Tell of connections whose next claim may have changed."""
        self._watchers.append((asyncio.get_running_loop(), notify))

    async def close(self) -> None:
        """Do what was asked for, then end the thread."""
        if self._open:
            self._open = False
            self._inbox.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while self._open or not self._inbox.empty():
            self._serve(self._gather())
            self._keep_up()
        self._finish()

    def _gather(self) -> list[Job]:
        """The next jobs, waiting for the first; none if there is something else to do."""
        jobs: list[Job] = []
        size = 0
        job = self._next(PAUSE if self.trouble else 0.0 if self.books.recent.full else None)
        while job is not None:
            jobs.append(job)
            size += job.size
            job = self._next(0.0) if size < GROUP else None
        return jobs

    def _next(self, wait: float | None) -> Job | None:
        try:
            return self._inbox.get(timeout=wait)
        except Empty:
            return None

    def _serve(self, jobs: list[Job]) -> None:
        if self.trouble is None:
            self._attempt(jobs)
        elif self._recovered():
            stuck, self._stuck = self._stuck, []
            self._attempt([*stuck, *jobs])
        else:
            self._refuse(jobs, self.trouble)

    def _attempt(self, jobs: list[Job]) -> None:
        try:
            answers = self._commit(jobs)
        except Exception as error:  # noqa: BLE001 whoever asked for it is to know
            trouble = diagnose(error)
            if trouble is not None:
                self.trouble = trouble
                self._refuse(jobs, trouble)
            elif len(jobs) > 1:
                for job in jobs:
                    self._serve([job])
            else:
                self._answer([(job, error) for job in jobs])
        else:
            self._answer(answers)

    def _recovered(self) -> bool:
        """Whether the disk can be written again."""
        try:
            self._transact(lambda unit: unit.run("REPLACE INTO mark VALUES ('probe', 0)"))
        except sqlite3.Error as error:
            self.trouble = diagnose(error) or self.trouble
            return False
        self.trouble = None
        self._wake({connection for connection, _ in self.books.backlog})
        return True

    def _commit(self, jobs: list[Job]) -> list[tuple[Job, object]]:
        answers: list[tuple[Job, object]] = []

        def work(unit: Unit) -> None:
            for verb, group in groupby(sorted(jobs, key=_rank), key=lambda job: job.verb):
                same = list(group)
                found = verb.handle(unit, self.books, [job.argument for job in same])
                answers.extend(zip(same, found, strict=True))
                unit.flush()

        self._transact(work)
        return answers

    def _transact(self, work: Callable[[Unit], object]) -> None:
        unit = Unit(self._db, self._clock())
        try:
            self._db.execute("BEGIN IMMEDIATE")
            work(unit)
            unit.flush()
            self._db.execute("COMMIT")
        except BaseException:
            unit.roll_back()
            raise
        for (connection, place), by in unit.moved.items():
            if place <= Place.HELD:
                self.books.backlog[connection, place] += by
        self._checkpointer.note(unit.weight)
        self._wake(unit.woken)

    def _keep_up(self) -> None:
        """What is to be done after a commit that nobody waits for."""
        books = self.books
        if self.trouble is None:
            try:
                if books.recent.full:
                    self._transact(lambda unit: books.recent.fold(unit, books.event))
                books.used = used(self._db)
                if books.used > books.limits.mark:
                    self._transact(lambda unit: purge(unit, books))
                if self._checkpointer.behind:
                    self._checkpointer.help(self._db)
            except Exception as error:
                self.trouble = diagnose(error)
                if self.trouble is None:
                    log.exception("the store could not be kept in order; it is tried again")

    def _refuse(self, jobs: Iterable[Job], trouble: StoreError) -> None:
        """Let the patient ones wait, and tell the others."""
        answers: list[tuple[Job, object]] = []
        for job in jobs:
            if job.verb.patient:
                self._stuck.append(job)
            elif job.verb.meanwhile is not None:
                answers.append((job, job.verb.meanwhile()))
            else:
                answers.append((job, type(trouble)(*trouble.args)))
        self._answer(answers)

    def _answer(self, answers: Sequence[tuple[Job, object]]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Job, object]]] = {}
        for job, result in answers:
            by_loop.setdefault(job.loop, []).append((job, result))
        for loop, part in by_loop.items():
            with suppress(RuntimeError):  # the loop is closed, nobody waits
                loop.call_soon_threadsafe(self._deliver, part)

    def _deliver(self, answers: Sequence[tuple[Job, object]]) -> None:
        for job, result in answers:
            if isinstance(result, Exception):
                if not job.future.done():
                    job.future.set_exception(result)
            elif not job.future.done():
                job.future.set_result(result)
            elif job.verb.lost is not None:
                future = job.loop.create_future()
                self._inbox.put(Job(job.verb.lost, result, 1, job.loop, future))

    def _wake(self, connections: set[str]) -> None:
        for loop, notify in self._watchers if connections else ():
            with suppress(RuntimeError):  # the loop is closed, nobody watches
                loop.call_soon_threadsafe(_notify, notify, connections)

    def _finish(self) -> None:
        """Write what waits, if it can be written now; tell the others that it is not."""
        if self.trouble is not None:
            self._serve([])
        self._answer([(job, StoreUnavailableError(CLOSED)) for job in self._stuck])
        self._checkpointer.stop()
        with suppress(sqlite3.Error):
            close_books(self._db, self.books)
            checkpoint(self._db)
        self._db.close()


def diagnose(error: Exception) -> StoreError | None:
    """What is the matter with the disk, None if it is something else."""
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError("the disk is full; nothing is taken until there is room on it")
    if code in FAULTS:
        return StoreUnavailableError(f"the store cannot be written: {error}")
    return None


def _rank(job: Job) -> tuple[int, int]:
    return job.verb.rank, id(job.verb)


def _notify(notify: Callable[[str], None], connections: Iterable[str]) -> None:
    for connection in connections:
        notify(connection)


def _tried(
    handle: Callable[[Unit, Books, A], R], unit: Unit, books: Books, argument: A
) -> R | StoreError:
    try:
        return handle(unit, books, argument)
    except StoreError as error:
        return error
