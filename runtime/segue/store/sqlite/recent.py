"""Finding events by chance: which messageIds were seen, and which events are a user's.

An index on random keys costs a page of log for each event if it is kept up event by event, so the
two are written in bulk: the newest events are remembered, and every BLOCK of them is folded into
the table ``message`` in order of key, and into ``person`` as sorted blocks, a slice at a time.
After a crash the events beyond the last fold are read again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Final

from segue.store.sqlite.unit import Bulk, Unit


BLOCK: Final = 32_768
SLICE: Final = 2_048
SHIFT: Final = 12
"""A block of ``person`` is 2 ** SHIFT events."""

LOOKUPS: Final = (128, 16)
MESSAGE: Final = Bulk("INSERT OR IGNORE INTO message (key, event)", 2)
PERSON: Final = """
INSERT OR IGNORE INTO person (block, user, event)
SELECT ?, user, id FROM event WHERE id BETWEEN ? AND ? ORDER BY user
"""
OF_USER: Final = f"""
WITH RECURSIVE block (number) AS (
  SELECT max(:after, coalesce((SELECT min(id) FROM event), 0)) >> {SHIFT}
  UNION ALL SELECT number + 1 FROM block WHERE number < :folded >> {SHIFT}
)
SELECT event FROM block CROSS JOIN person ON block = number
WHERE user = :user AND event > :after
UNION ALL
SELECT id FROM event WHERE id > max(:folded, :after) AND user = :user
LIMIT :limit
"""


def key(source: str, message_id: str) -> bytes:
    """What identifies a message: 128 bits, so that two never look the same."""
    return blake2b(f"{source}\0{message_id}".encode(), digest_size=16).digest()


def events_of(
    db: sqlite3.Connection, user: str, folded: int, *, after: int = 0, limit: int = -1
) -> list[int]:
    """The events of a user in order of arrival: block by block, then those not yet folded."""
    named = {"user": user, "folded": folded, "after": after, "limit": limit}
    return [event for (event,) in db.execute(OF_USER, named)]


def find(db: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Those messages that are in the table, with their events."""
    start = 0
    while start < len(keys):
        size = next(size for size in LOOKUPS if len(keys) - start >= size or size == LOOKUPS[-1])
        part = [*keys[start : start + size], *[None] * (start + size - len(keys))]
        marks = ", ".join("?" * size)
        yield from db.execute(f"SELECT key, event FROM message WHERE key IN ({marks})", part)
        start += size


class Recent:
    """The messages seen. ``folded`` is the last event that is in the tables."""

    def __init__(self, db: sqlite3.Connection, folded: int) -> None:
        self.folded = folded
        self._db = db
        self._new = _unfolded(db, folded)
        self._old: dict[bytes, int] = {}
        self._messages: list[tuple[bytes, int]] = []
        self._target = folded
        self._block = 0

    @property
    def full(self) -> bool:
        """Whether there is something to fold."""
        return self._folding or len(self._new) >= BLOCK

    @property
    def _folding(self) -> bool:
        return self._target > self.folded

    def find(self, keys: Sequence[bytes]) -> dict[bytes, int]:
        """The events of those messages that were seen before."""
        seen: dict[bytes, int] = {}
        missing: list[bytes] = []
        for one in keys:
            event = self._new.get(one) or self._old.get(one)
            if event is None:
                missing.append(one)
            else:
                seen[one] = event
        seen.update(find(self._db, missing))
        return seen

    def learn(self, unit: Unit, messages: Mapping[bytes, int]) -> None:
        """Remember messages."""
        self._new.update(messages)
        unit.undo(partial(self._drop, messages))

    def unlearn(self, unit: Unit, message: bytes, event: int) -> None:
        """Forget a message, as far as it is not in the table."""
        if self._new.get(message) == event or self._old.get(message) == event:
            unit.undo(partial(self._new.__setitem__, message, event))
            self._drop([message])

    def _drop(self, keys: Iterable[bytes]) -> None:
        for one in keys:
            self._new.pop(one, None)
            self._old.pop(one, None)

    def fold(self, unit: Unit, last: int) -> None:
        """Do a slice of the folding; ``last`` is the newest event."""
        if not self._folding:
            self._begin(last)
        if self._block <= self._target >> SHIFT:
            self._fold_users(unit)
        elif self._messages:
            self._fold_messages(unit)
        else:
            self._finish(unit)

    def _begin(self, last: int) -> None:
        self._target = ((last + 1) >> SHIFT << SHIFT) - 1
        self._block = (self.folded + 1) >> SHIFT
        self._old = {one: event for one, event in self._new.items() if event <= self._target}
        self._new = {one: event for one, event in self._new.items() if event > self._target}
        self._messages = sorted(self._old.items(), reverse=True)

    def _fold_users(self, unit: Unit) -> None:
        block = self._block
        first, last = block << SHIFT, ((block + 1) << SHIFT) - 1
        unit.run(PERSON, (block, first, last))
        self._block = block + 1
        unit.undo(partial(setattr, self, "_block", block))

    def _fold_messages(self, unit: Unit) -> None:
        messages = self._messages
        part, self._messages = messages[-SLICE:], messages[:-SLICE]
        for one in reversed(part):
            if one[0] in self._old:
                unit.put(MESSAGE, one)
        unit.undo(partial(setattr, self, "_messages", messages))

    def _finish(self, unit: Unit) -> None:
        unit.run("REPLACE INTO mark (name, value) VALUES ('folded', ?)", (self._target,))
        unit.undo(partial(setattr, self, "folded", self.folded))
        unit.undo(partial(setattr, self, "_old", self._old))
        self.folded, self._old = self._target, {}


def _unfolded(db: sqlite3.Connection, folded: int) -> dict[bytes, int]:
    rows = db.execute(
        "SELECT word.text, event.message, event.id FROM event JOIN word ON word.id = source"
        " WHERE event.id > ?",
        (folded,),
    )
    return {key(source, message): event for source, message, event in rows}
