"""Files that a command reads."""

import os
import sys
from typing import IO, Any, Final

import click


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
