"""Who goes next: first tries before retries, yet a fifth of the places is the retries'."""

from collections import deque
from typing import Generic, TypeVar

from segue.pacing import SHARE


T = TypeVar("T")


class Line(Generic[T]):
    """Two lines at one door, for places; ``pacing.Gate`` does the same for tokens."""

    def __init__(self) -> None:
        self.fresh: deque[T] = deque()
        self.retries: deque[T] = deque()
        self._passed = 0

    def __len__(self) -> int:
        return len(self.fresh) + len(self.retries)

    def push(self, item: T, *, again: bool) -> None:
        """Stand at the end."""
        (self.retries if again else self.fresh).append(item)

    def pop(self) -> T:
        """The next to go. Raises IndexError when nobody waits."""
        if self.retries and (not self.fresh or self._passed >= SHARE - 1):
            self._passed = 0
            return self.retries.popleft()
        self._passed += 1
        return self.fresh.popleft()

    def clear(self) -> list[T]:
        """All that wait; nobody does then."""
        items = [*self.fresh, *self.retries]
        self.fresh.clear()
        self.retries.clear()
        return items
