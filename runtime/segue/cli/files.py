"""Files that a command reads."""

import os
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Final

import click

from segue.events import lines


class Input(click.File):
    """A file to read bytes from, or "-" for stdin.

    click takes a closed stdin for a fault. And it gives the interpreter's own stdin, which must
    not be read by a thread: its lock is held then, and Python aborts when it ends meanwhile.
    """

    def __init__(self) -> None:
        super().__init__("rb")

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> IO[Any]:
        """The open file."""
        if value != "-":
            return super().convert(value, param, ctx)
        if sys.stdin is None:  # as Python has it for one that is closed
            self.fail("stdin is closed; name a file, or pipe the events in", param, ctx)
        try:
            return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
        except OSError:  # something else stands in for it
            return super().convert(value, param, ctx)


INPUT: Final = Input()

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def utf8(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file. Raises ClickException, once, for one in UTF-16: every line would be refused."""
    for at, line in enumerate(lines(file)):
        if at == 0:
            refuse_utf16(file, line)
        yield line


def refuse_utf16(file: BinaryIO, start: bytes) -> None:
    """Raises ClickException for a file that starts as UTF-16 text does."""
    if start.startswith(_UTF16) or b"\x00" in start[:2]:
        raise click.ClickException(
            f"{file.name} is UTF-16 text, and events are read as UTF-8; save it as UTF-8, or convert it: "
            "iconv -f UTF-16 -t UTF-8 FILE > NEW"
        )


@contextmanager
def terminable() -> Generator[None]:
    """Take SIGTERM as Ctrl-C: how far it came is told before the end."""

    def interrupt(*_: object) -> None:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as for a job in the background
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
