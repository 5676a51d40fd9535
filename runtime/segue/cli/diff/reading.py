"""The events to compare with: of a file, of the data directory, or made up. In chunks, as text."""

import asyncio
import gzip
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, takewhile
from pathlib import Path
from random import Random
from typing import BinaryIO, Final, NamedTuple, TypeAlias, cast

from segue.check.checking import subjects
from segue.check.generating import Generator
from segue.check.subject import Subject
from segue.control import read_store
from segue.diff.model import NO_ANSWERS, Answers
from segue.diff.outline import Name
from segue.errors import EventError
from segue.events import Event, lines, parse
from segue.http import Response
from segue.json import JsonObject, decode, encode
from segue.store.records import EventQuery, Kept
from segue.store.sqlite import SqliteView
from segue.workspace import Workspace


CHUNK: Final = 1000
ARRIVED: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the events of a file arrive, so that the same file makes the same requests."""

_GZIP: Final = b"\x1f\x8b"
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
PATIENCE: Final = 12


class Item(NamedTuple):
    """An event as text, with its line in a file (0 where it has none) and the name of its source."""

    line: int
    source: str
    text: bytes
    answers: Answers = NO_ANSWERS


Chunk: TypeAlias = list[Item]


class Faulty(NamedTuple):
    """A line that is no event, and why."""

    line: int
    why: str


def event(item: Item) -> Event | Faulty | None:
    """The event of an item, what is wrong with it, or None for a blank line.

    What comes from the store was checked before it was stored.
    """
    if not item.line:
        return cast("Event", decode(item.text))
    if not item.text.strip(_BLANK):
        return None
    try:
        return parse(item.text, received_at=ARRIVED, message_id=lambda: f"line-{item.line}")
    except EventError as error:
        return Faulty(item.line, str(error))


def chunks(items: Iterator[Item], limit: int | None = None) -> Iterator[Chunk]:
    """The items, many at a time; ``limit`` bounds them all."""
    left = islice(items, limit)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def of_file(file: BinaryIO, source: str) -> Iterator[Item]:
    """The lines of a file, which may be packed with gzip."""
    number = 0
    try:
        for number, line in enumerate(lines(_unpacked(file)), start=1):
            yield Item(number, source, line.rstrip(b"\r\n"))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Item(number + 1, source, b"what follows cannot be unpacked")


def _unpacked(file: BinaryIO) -> BinaryIO:
    peek = getattr(file, "peek", None)
    start: bytes = peek(2)[:2] if peek is not None else b""
    return cast("BinaryIO", gzip.GzipFile(fileobj=file)) if start == _GZIP else file


def of_store(
    data: Path, query: EventQuery, wanted: Collection[Name] = frozenset()
) -> Iterator[Item]:
    """The events of the data directory, in the order in which they arrived. Raises StoreError.

    With each come the answers that deliveries through the ``wanted`` mappings had.
    """
    query = replace(query, bare=not wanted)
    with asyncio.Runner() as runner:
        store = runner.run(_opened(data))
        try:
            after: int | None = None
            while True:
                page = runner.run(
                    store.history.events(query, after=after, limit=CHUNK, oldest_first=True)
                )
                for kept in page.items:
                    answers = runner.run(_answers(store, kept, wanted)) if wanted else NO_ANSWERS
                    yield Item(0, kept.source, kept.text, answers)
                after = page.next
                if after is None:
                    return
        finally:
            runner.run(store.close())


async def _answers(store: SqliteView, kept: Kept, wanted: Collection[Name]) -> Answers:
    """What the last try of each delivery was answered, as far as that is kept."""
    found: dict[Name, Sequence[Response]] = {}
    for one in kept.deliveries:
        name = one.connection, one.mapping
        detail = await store.history.show(one.delivery) if name in wanted and one.attempts else None
        if detail is not None:
            last = [each for each in detail.attempts if each.number == one.attempts]
            whole = takewhile(lambda each: each.response and not each.cut, last)
            found[name] = [each.response for each in whole if each.response]
    return found


async def _opened(data: Path) -> SqliteView:
    return read_store(data)


def made_up(workspace: Workspace, number: int, seed: int) -> Iterator[Item]:
    """So many events for each mapping, made of its trigger and the schemas as a check makes them."""
    text = workspace.file.read_text(encoding="utf-8") if workspace.file else ""
    for subject in subjects(workspace, text):
        for source in subject.connection.sources[:1]:
            yield from (Item(1, source, encode(one)) for one in _generated(subject, number, seed))


def _generated(subject: Subject, number: int, seed: int) -> Iterator[JsonObject]:
    share = max(1, -(-number // max(1, len(subject.grounds))))
    for ground in subject.grounds:
        random = Random(f"{seed}/{subject.name}/{ground}")  # noqa: S311 to be repeated
        yield from islice(Generator(subject, ground, random).events(share * PATIENCE), share)
