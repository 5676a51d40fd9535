"""The file that the consoles over one data directory share: each reads what the others have written before it writes."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from segue.errors import StoreUnavailableError
from segue.json import JsonObject
from segue.secrets import alone, read_file, write_file


log: Final = logging.getLogger("segue.console")

Stamp: TypeAlias = tuple[int, int, int] | None


class Book:
    """A file of mode 0600. What cannot be read of it counts as nothing: whoever is signed in signs in again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: Stamp = None

    def news(self) -> JsonObject | None:
        """What it holds, None where it has not changed since it was last read."""
        stamp = self._look()
        if stamp == self._seen:
            return None
        self._seen = stamp
        return self._read()

    def exchange(self, made: Callable[[JsonObject], JsonObject]) -> JsonObject:
        """Write, and return, what is made of what it holds; no other process does so meanwhile.

        Blocks: call it in a thread. Raises StoreUnavailableError; then it holds what it held.
        """
        with alone(self._file.with_suffix(".lock")):
            value = made(self._read())
            write_file(self._file, value)
            self._seen = self._look()
        return value

    def tear(self) -> None:
        """Let it hold nothing, which a full disk allows. Raises StoreUnavailableError."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailableError(
                f"{self._file} cannot be removed: {error.strerror}"
            ) from None
        self._seen = None

    def _read(self) -> JsonObject:
        try:
            return read_file(self._file) or {}
        except StoreUnavailableError as error:
            log.warning("nobody stays signed in: %s", error)
            return {}

    def _look(self) -> Stamp:
        with suppress(OSError):
            found = self._file.stat()
            return found.st_mtime_ns, found.st_ctime_ns, found.st_ino
        return None
