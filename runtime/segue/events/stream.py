"""Events as JSON lines, of which some may be bad."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from segue.errors import EventError
from segue.events.intake import MARK, MAX_BYTES, Event, parse
from segue.events.reasons import excerpt


_BLANK = b" \t\r\n" + MARK
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Rejected:
    """One event of many that was refused; the others go on.

    ``line`` is its line in a file or its place in a batch, counted from 1, 0 where that is not known;
    ``text`` is its beginning, safe to print.
    """

    line: int
    code: str
    reason: str
    text: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.reason} ({self.code})"


def read(
    lines: Iterable[bytes],
    *,
    clock: Callable[[], datetime],
    ids: Callable[[], str],
    max_bytes: int = MAX_BYTES,
) -> Iterator[Event | Rejected]:
    """Each line's event as ``parse`` gives it, or why it is refused. Blank lines are skipped.

    Give it ``lines(file)`` rather than a file, and a line without end stays out of memory.
    """
    for at, raw in enumerate(lines, start=1):
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        if len(raw) <= max_bytes and not line.strip(_BLANK):
            continue
        try:
            event = parse(line, received_at=clock(), message_id=ids, max_bytes=max_bytes)
        except EventError as error:
            start = line[: 4 * _SHOWN].decode(errors="replace")
            yield Rejected(at, error.code, error.reason, excerpt(start, _SHOWN))
        else:
            yield event


def lines(file: BinaryIO, *, max_bytes: int = MAX_BYTES) -> Iterator[bytes]:
    """The lines of a file, in bounded memory.

    Of a line that is too long comes the start, enough of it for ``read`` to refuse it as that.
    """
    room = max_bytes + len(MARK) + len(b"\r\n") + 1
    while line := file.readline(room):
        yield line
        while len(line) == room and not line.endswith(b"\n"):
            line = file.readline(room)
