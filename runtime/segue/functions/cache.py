"""What a function remembers between events: bounded, with an expiry, gone when its process ends."""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import inf
from typing import Final, NamedTuple

from segue.errors import AuthorError
from segue.functions.frames import UnfitError, pack
from segue.json import JsonValue, decode


ENTRIES: Final = 1_000
BYTES: Final = 4_000_000


class _Entry(NamedTuple):
    """A value as JSON, so that nobody changes it unseen, and when it ends."""

    data: bytes
    until: float


class Cache:
    """JSON values by name. When it is full, what was not used for the longest time goes.

    At most ``entries`` values, of ``limit`` bytes as JSON together. ``clock`` counts seconds.
    """

    def __init__(
        self,
        *,
        entries: int = ENTRIES,
        limit: int = BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries, self._limit, self._clock = entries, limit, clock
        self._known: OrderedDict[str, _Entry] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str, default: JsonValue = None) -> JsonValue:
        """The value of this name, ``default`` if there is none any more."""
        entry = self._find(key)
        return default if entry is None else decode(entry.data)

    def set(self, key: str, value: JsonValue, ttl: float | None = None) -> None:
        """Remember a value, for ``ttl`` seconds or, with None or -1, as long as there is room.

        Raises AuthorError for what is not JSON, or larger than the whole cache.
        """
        self.delete(key)
        try:
            data = pack(value, limit=self._limit)
        except UnfitError as error:
            raise AuthorError(f"{key!r} does not go into the cache: {error}") from None
        until = inf if ttl is None or ttl < 0 else self._clock() + ttl
        self._known[key] = _Entry(data, until)
        self._size += len(data)
        while self._size > self._limit or len(self._known) > self._entries:
            self.delete(next(iter(self._known)))

    def delete(self, key: str) -> None:
        """Forget a value; one that is not there is no error."""
        entry = self._known.pop(key, None)
        if entry is not None:
            self._size -= len(entry.data)

    def load(self, key: str, ttl: float | None, make: Callable[[], JsonValue]) -> JsonValue:
        """The value of this name; where there is none, what ``make`` returns, remembered."""
        entry = self._find(key)
        if entry is not None:
            return decode(entry.data)
        made = make()
        self.set(key, made, ttl)
        return made

    def _find(self, key: str) -> _Entry | None:
        entry = self._known.get(key)
        if entry is not None and entry.until <= self._clock():
            self.delete(key)
            return None
        if entry is not None:
            self._known.move_to_end(key)
        return entry
