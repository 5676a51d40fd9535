"""Keyed hashes of ids: they tell whether it is the same person, and to nobody without the key who."""

import os
import secrets
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from segue.errors import StoreError


KEY: Final = "hash.key"
SIZE: Final = 32
FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


class Hasher:
    """Hashes with a key (BLAKE2b's keyed mode, RFC 7693), 128 bits as hexadecimal text."""

    def __init__(self, key: bytes) -> None:
        self._start = blake2b(key=key, digest_size=16)

    def __call__(self, user: str) -> str:
        state = self._start.copy()
        state.update(user.encode("utf-8", "surrogatepass"))
        return state.hexdigest()


def open_key(directory: Path) -> bytes:
    """The key of a data directory, made when there is none. Raises StoreError."""
    return open_secret(directory / KEY, lambda: secrets.token_bytes(SIZE))


def open_secret(file: Path, make: Callable[[], bytes]) -> bytes:
    """What a file of mode 0600 holds; without the file, what ``make`` gives is put there.

    Raises StoreError for a file that others can read, that is empty, or that cannot be had.
    """
    try:
        found = _read(file)
        return found if found is not None else _write(file, make())
    except OSError as error:
        raise StoreError(f"{file} cannot be read or written: {error.strerror}") from None


def _read(file: Path) -> bytes | None:
    try:
        with file.open("rb") as stream:
            mode, data = os.fstat(stream.fileno()).st_mode, stream.read()
    except FileNotFoundError:
        return None
    if mode & 0o077:
        raise StoreError(f"others can read {file}; do: chmod 600 {file}")
    if not data:
        raise StoreError(
            f"{file} is empty; bring it back from a backup, or remove it for a new one"
        )
    return data


def _write(file: Path, data: bytes) -> bytes:
    """Write it under another name first, so that a crash leaves nothing half-written."""
    draft = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(draft, FRESH, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    return data
