"""The last requests and what was answered, to look at."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from segue_actions.loops.sandbox.faults import Fault
from segue_actions.loops.sandbox.model import Note


_KEPT: Final = 200
_CLIPPED: Final = 16_384  # bytes of a body


@dataclass(slots=True)
class Exchange:
    """A request to the API and its answer, without its credentials; filled in on the way.

    ``effect`` is the status that a fault hid, None when there was no effect to hide.
    """

    number: int
    at: float
    method: str
    path: str
    query: str = ""
    status: int = 0
    milliseconds: float = 0.0
    request: bytes = b""
    response: bytes = b""
    notes: tuple[Note, ...] = ()
    key: str | None = None
    fault: Fault | None = None
    effect: int | None = None

    @property
    def silent(self) -> bool:
        """Whether the client is left without an answer."""
        return self.fault is not None and self.fault.status is None


class Exchanges:
    """The last 200 of them."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=_KEPT)
        self.count = 0

    def __iter__(self) -> Iterator[Exchange]:
        """The latest first."""
        return reversed(self._kept)

    def add(self, at: float, method: str, path: str, query: str = "") -> Exchange:
        """Begin an exchange."""
        self.count += 1
        exchange = Exchange(self.count, at, method, path, query)
        self._kept.append(exchange)
        return exchange

    def find(self, number: int) -> Exchange | None:
        return next((one for one in self._kept if one.number == number), None)


def clip(body: bytes) -> bytes:
    """The beginning of a body, so that large ones do not pile up."""
    return body[:_CLIPPED]
