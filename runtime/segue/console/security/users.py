"""Accounts: who may sign in, kept in a file of mode 0600 in the data directory.

The file is looked at for every page, so that what ``segue console user`` changes counts at once: a user
who was removed is out, one whose password was changed must sign in again.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from re import compile as pattern
from typing import Final, TypeAlias

from segue.console.security.tokens import Draw
from segue.console.visit import Role
from segue.errors import StoreUnavailableError
from segue.json import JsonObject, JsonValue
from segue.secrets import alone, read_file, write_file


FILE: Final = "console-users.json"
NAME: Final = pattern(r"[a-z0-9][a-z0-9._@+-]{0,63}")
MARK: Final = 8

Stamp: TypeAlias = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Account:
    """One who may sign in. ``password`` is as ``seal`` made it; ``mark`` is another for each one set."""

    name: str
    role: Role
    password: str = field(repr=False)
    mark: str


class Accounts:
    """The accounts of a data directory, in ``console-users.json``."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / FILE
        self._stamp: Stamp = None
        self._known: Mapping[str, Account] = {}

    def all(self) -> Mapping[str, Account]:
        """Every account by its name, as the file has it now. Raises StoreUnavailableError."""
        stamp = self._look()
        if stamp != self._stamp:
            self._known, self._stamp = _accounts(self._file, read_file(self._file)), stamp
        return self._known

    def find(self, name: str) -> Account | None:
        """The account of a name, however it is written."""
        return self.all().get(name.strip().lower())

    def put(self, name: str, role: Role, password: str, draw: Draw) -> None:
        """Add an account, or set role and password of one; ``password`` is sealed."""
        with self._changing() as accounts:
            accounts[name] = Account(name, role, password, draw(MARK).hex())

    def refresh(self, name: str, old: str, new: str) -> None:
        """Keep the same password in another form, unless it was changed meanwhile."""
        with self._changing() as accounts:
            found = accounts.get(name)
            if found is not None and found.password == old:
                accounts[name] = replace(found, password=new)

    def remove(self, name: str) -> bool:
        """Remove an account; False where there is none."""
        with self._changing() as accounts:
            return accounts.pop(name, None) is not None

    @contextmanager
    def _changing(self) -> Generator[dict[str, Account]]:
        with alone(self._file.with_suffix(".lock")):
            accounts = dict(_accounts(self._file, read_file(self._file)))
            before = dict(accounts)
            yield accounts
            if accounts != before:
                write_file(self._file, {name: _data(one) for name, one in accounts.items()})

    def _look(self) -> Stamp:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailableError(f"{self._file} cannot be read: {error.strerror}") from None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _accounts(file: Path, value: JsonObject | None) -> dict[str, Account]:
    found = {name: _account(name, one) for name, one in (value or {}).items()}
    wrong = [name for name, one in found.items() if one is None]
    if wrong:
        raise StoreUnavailableError(
            f"{file} makes no sense of {', '.join(wrong)}; bring it back from a backup,"
            " or remove it and add the users again"
        )
    return {name: one for name, one in found.items() if one is not None}


def _account(name: str, value: JsonValue) -> Account | None:
    match value:
        case {
            "role": "reader" | "editor" as role,
            "password": str() as password,
            "mark": str() as mark,
        }:
            return Account(name, "reader" if role == "reader" else "editor", password, mark)
        case _:
            return None


def _data(account: Account) -> JsonObject:
    return {"role": account.role, "password": account.password, "mark": account.mark}
