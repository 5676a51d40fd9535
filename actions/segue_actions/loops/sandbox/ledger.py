"""The idempotency keys used in the last 24 hours."""

from collections.abc import Callable
from typing import Final

from segue_actions.loops.sandbox.model import Record, Spent


DAY: Final = 86_400.0


class Ledger:
    """Used keys, oldest first."""

    def __init__(self, record: Record, *, clock: Callable[[], float]) -> None:
        self._record, self._clock = record, clock
        self._spent: dict[str, Spent] = {}

    def __len__(self) -> int:
        return len(self._spent)

    def find(self, key: str) -> Spent | None:
        """The use of this key, None when there was none in the last 24 hours."""
        self._expire()
        return self._spent.get(key)

    def spend(self, key: str, digest: str, *, done: bool) -> None:
        """Mark the key as used, by a body of this digest, with or without effect."""
        use = Spent(key, self._clock(), digest, done)
        self.restore(use)
        self._record("spent", key, use)

    def restore(self, use: Spent) -> None:
        """Keep a use that is on record already."""
        self._spent[use.key] = use

    def _expire(self) -> None:
        limit = self._clock() - DAY
        while self._spent:
            oldest = next(iter(self._spent.values()))
            if oldest.at > limit:
                return
            del self._spent[oldest.key]
            self._record("spent", oldest.key, None)
