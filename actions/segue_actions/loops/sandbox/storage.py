"""Where a team is kept: nowhere, or in an SQLite file that survives a crash."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import orjson

from segue.errors import ConfigError, Problem
from segue_actions.loops.sandbox.model import (
    ApiKey,
    Change,
    Contact,
    Event,
    MailingList,
    Property,
    Receipt,
    Spent,
)


class Storage(Protocol):
    """Records what changes. What was put is safe after ``commit`` and ``close``."""

    def put(self, kind: str, key: str, value: object) -> None: ...
    def commit(self) -> None: ...
    def load(self) -> Iterator[object]: ...
    def close(self) -> None: ...


class Memory:
    """Keeps nothing."""

    def put(self, kind: str, key: str, value: object) -> None: ...
    def commit(self) -> None: ...
    def close(self) -> None: ...

    def load(self) -> Iterator[object]:
        return iter(())


_MARK: Final = 0x5E60E101  # tells our files from others; the last digit is the version
_TABLE: Final = (
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,"
    " value BLOB NOT NULL, UNIQUE (kind, key))"
)
_KINDS: Final[Mapping[str, type[Any]]] = {
    "contact": Contact,
    "property": Property,
    "list": MailingList,
    "event": Event,
    "receipt": Receipt,
    "key": ApiKey,
    "spent": Spent,
}


class File:
    """One table of JSON rows, one transaction a request.

    Raises ConfigError when the file is another program's, or in use.
    """

    def __init__(self, path: str) -> None:
        try:
            self._db = _open(path)
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(
                [Problem("", _reason(error), "choose another file")], file=path
            ) from error

    def put(self, kind: str, key: str, value: object) -> None:
        if value is None:
            self._db.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (kind, key))
            return
        self._db.execute(
            "INSERT INTO rows (kind, key, value) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, key, orjson.dumps(value)),
        )

    def commit(self) -> None:
        self._db.commit()

    def load(self) -> Iterator[object]:
        """Every value, in the order in which they first came."""
        for kind, text in self._db.execute("SELECT kind, value FROM rows ORDER BY id"):
            yield _read(kind, orjson.loads(text))

    def close(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # closed already
            self._db.commit()
        self._db.close()


def _open(path: str) -> sqlite3.Connection:
    # The server may run in another thread than the one that made it; only one uses the file.
    db = sqlite3.connect(path, timeout=0.5, check_same_thread=False)
    try:
        _claim(db)
    except BaseException:
        db.close()
        raise
    return db


def _claim(db: sqlite3.Connection) -> None:
    """Take the file for this process alone, and make it ours if it is empty."""
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN IMMEDIATE")
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        db.execute(f"PRAGMA application_id = {_MARK}")
        db.execute(_TABLE)
    elif mark != _MARK:
        raise sqlite3.DatabaseError("it is not a file of this sandbox")
    db.commit()
    # A commit must survive the end of the process, not of the machine: hence no full sync.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")


def _reason(error: Exception) -> str:
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
        return "the file is in use by another process"
    return f"the file cannot be used: {error}"


def _read(kind: str, row: dict[str, Any]) -> object:
    if kind == "contact":
        row["history"] = [Change(**change) for change in row["history"]]
    return _KINDS[kind](**row)
