"""One process owns a data directory.

The lock is the kernel's, on an open file, so it ends with its process however that ends; the
number in the file only tells people whom to look for.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from segue.errors import StoreLockedError


NAME: Final = "lock"


class Lock:
    """Ownership of a directory, from construction to ``release``. Raises StoreLockedError."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise StoreLockedError(str(directory), owner(directory)) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have the directory."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def owner(directory: Path) -> int | None:
    """The process whose number stands in the lock file, whether it lives or not."""
    with suppress(OSError, ValueError):
        return int((directory / NAME).read_text())
    return None
