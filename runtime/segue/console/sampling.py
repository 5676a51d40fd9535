"""Events to try a mapping with: what arrived last, samples that come along, or one pasted by hand."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, cast

from segue import samples
from segue.errors import EventError
from segue.events import normalise, parse
from segue.json import JsonError, JsonObject, decode
from segue.store.protocols import History
from segue.store.records import EventQuery, Kept
from segue.workspace.model import Connection


LAST: Final = 1_000
"""So many of the last events are looked at."""

SLICE: Final = 500
OFFERED: Final = 25
"""So many events are offered to choose from."""

OWN: Final = "own"


@dataclass(frozen=True, slots=True)
class Sample:
    """One event. ``key`` tells it from others, ``at`` is when it arrived, None for a made-up one."""

    key: str
    event: JsonObject
    source: str
    at: float | None = None

    @property
    def label(self) -> str:
        """The event in a few words."""
        name = self.event.get("event") or self.event.get("name")
        who = self.event.get("userId") or self.event.get("anonymousId")
        return " · ".join(str(one) for one in (self.event.get("type"), name, who) if one)


@dataclass(frozen=True, slots=True)
class Samples:
    """The events there are. ``real``: they arrived here; else they are made up."""

    events: tuple[Sample, ...]
    real: bool

    def find(self, key: str) -> Sample | None:
        """The event of this key."""
        return next((one for one in self.events if one.key == key), None)


async def gather(history: History | None, connection: Connection, now: datetime) -> Samples:
    """The last events of a connection's sources, the newest first; where there is none, made-up ones."""
    kept = [one async for one in _last(history, connection.sources)] if history else []
    found = await asyncio.to_thread(lambda: tuple(map(_sample, kept)))
    return (
        Samples(found, real=True) if found else Samples(tuple(made_up(connection, now)), real=False)
    )


async def _last(history: History, sources: Sequence[str]) -> AsyncIterator[Kept]:
    after: int | None = None
    for _ in range(0, LAST, SLICE):
        page = await history.events(EventQuery(bare=True), after=after, limit=SLICE)
        for one in page.items:
            if one.source in sources:
                yield one
        after = page.next
        if after is None:
            return


def _sample(kept: Kept) -> Sample:
    return Sample(f"e{kept.event}", _event(kept.text), kept.source, kept.received_at)


@lru_cache(LAST)
def _event(text: bytes) -> JsonObject:
    """An event that is read again and again while somebody types; nothing writes to it."""
    try:
        event = decode(text)
    except JsonError:
        return {}
    return event if isinstance(event, Mapping) else {}


def made_up(connection: Connection, now: datetime) -> Iterator[Sample]:
    """One good event of each type."""
    source = connection.sources[0] if connection.sources else ""
    for kind, event in samples.by_type().items():
        name = f"sample-{kind}"
        whole = normalise(dict(event), received_at=now, message_id=name.__str__)
        yield Sample(name, whole, source)


def pasted(text: str, connection: Connection, now: datetime) -> Sample | str:
    """An event that was pasted, or what is wrong with it."""
    try:
        event = parse(
            text.encode(errors="replace"),
            received_at=now,
            message_id=lambda: f"test-{uuid.uuid4()}",
        )
    except EventError as error:
        return f"This is no event that would be taken: {error}"
    return Sample(
        OWN, cast("JsonObject", event), connection.sources[0] if connection.sources else ""
    )
