"""The vault: a file of mode 0600 with names and, encrypted, what they stand for.

What is encrypted is the value together with its name (Fernet: AES-128-CBC and HMAC-SHA256), so that
nobody who can write the file makes one secret pass for another.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from re import compile as pattern
from typing import Final, TypeAlias

from cryptography.fernet import InvalidToken, MultiFernet

from segue.errors import ConfigError, Problem
from segue.json import JsonError, JsonObject, decode, encode
from segue.secrets import alone, read_file, write_file
from segue.vault.keys import FILE as KEYS
from segue.vault.keys import VARIABLE, Keys, make_key, read_keys


Write: TypeAlias = Callable[[Path, JsonObject], None]
"""Puts a value into a file of secrets, in place of what it holds; all of it, or nothing."""

FILE: Final = "vault.json"
NAME: Final = pattern(r"[A-Za-z0-9_.-]{1,200}")


class Vault:
    """The secrets of a data directory. Whatever changes it is on disk when it returns.

    Every method raises ConfigError where names, keys or values are wrong, and StoreUnavailableError where
    a file is. No message holds a value or a key.
    """

    def __init__(
        self,
        directory: Path,
        environ: Mapping[str, str],
        *,
        fresh: Callable[[], str] = make_key,
        write: Write = write_file,
    ) -> None:
        self._directory, self._environ = directory, environ
        self._fresh, self._put = fresh, write
        self._file = directory / FILE

    def names(self) -> Sequence[str]:
        """The names of all secrets, in order. Needs no key."""
        return sorted(self._read())

    def lookup(self) -> Callable[[str], str | None]:
        """What finds a secret as they are at this moment; it raises ConfigError without its key."""
        sealed, keys = self._read(), read_keys(self._directory, self._environ)

        def find(name: str) -> str | None:
            return self._open(keys, name, sealed[name]) if name in sealed else None

        return find

    def read(self, name: str) -> str | None:
        """A secret, None where there is none of this name."""
        return self.lookup()(name)

    def put(self, secrets: Mapping[str, str]) -> None:
        """Keep secrets by name, all or none. Makes a key where there has been no need of one."""
        problems = [one for item in secrets.items() for one in _problems(*item)]
        if problems:
            raise ConfigError(problems)
        with self._changing() as sealed:
            cipher = self._key(sealed)
            for name, value in secrets.items():
                sealed[name] = _seal(cipher, name, value)

    def remove(self, name: str) -> bool:
        """Forget a secret; False where there is none of this name."""
        with self._changing() as sealed:
            return sealed.pop(name, None) is not None

    def rotate(self) -> int:
        """Encrypt all anew; how many that were.

        They are under the first key of the environment then, or where it has none under a new one,
        which takes the place of those in the file. Cut off at any point, everything can still be read.
        """
        with self._alone():
            sealed, keys = self._read(), read_keys(self._directory, self._environ)
            opened = {name: self._open(keys, name, one) for name, one in sealed.items()}
            after = keys if keys.given else Keys(kept=[self._fresh(), *keys.kept])
            if not keys.given:
                self._keep(after.kept)
            sealed.update({name: _seal(after.cipher, name, opened[name]) for name in opened})
            self._write(sealed)
            if keys.kept:
                self._keep([] if keys.given else after.kept[:1])
            return len(opened)

    def _key(self, sealed: Mapping[str, str]) -> MultiFernet:
        """What encrypts new secrets; not a new key beside secrets that only another one opens."""
        keys = read_keys(self._directory, self._environ)
        if keys and (not sealed or any(_opens(keys, *one) for one in sealed.items())):
            return keys.cipher
        if sealed:
            noun = "secret" if len(sealed) == 1 else "secrets"
            raise self._lost(f"{len(sealed)} {noun} of {self._file} cannot be opened")
        made = Keys(kept=[self._fresh()])
        self._keep(made.kept)
        return made.cipher

    def _open(self, keys: Keys, name: str, sealed: str) -> str:
        value = _opened(keys, name, sealed)
        if value is None:
            raise self._lost(f'the secret "{name}" of {self._file} cannot be opened')
        return value

    def _lost(self, what: str) -> ConfigError:
        hint = (
            f"bring back the key it was kept under ({VARIABLE} or {self._directory / KEYS}),"
            " or remove it and set it again"
        )
        return _refused(what, hint)

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self._file.with_suffix(".lock"))

    @contextmanager
    def _changing(self) -> Generator[dict[str, str]]:
        with self._alone():
            sealed = self._read()
            before = dict(sealed)
            yield sealed
            if sealed != before:
                self._write(sealed)

    def _keep(self, keys: Sequence[str]) -> None:
        self._put(self._directory / KEYS, {"keys": list(keys)})

    def _write(self, sealed: Mapping[str, str]) -> None:
        self._put(self._file, dict(sealed))

    def _read(self) -> dict[str, str]:
        found = read_file(self._file) or {}
        sealed = {name: one for name, one in found.items() if isinstance(one, str)}
        if len(sealed) < len(found):  # written again without them they would be lost
            hint = "use the Segue that wrote it, or bring it back from a backup"
            raise _refused(f"{self._file} holds something that is no secret of ours", hint)
        return sealed


def _problems(name: str, value: str) -> Generator[Problem]:
    if not NAME.fullmatch(name):
        hint = 'a name is made of letters, digits, "_", "." and "-"'
        yield Problem("", f'"{name}" is no name for a secret', hint)
    if not value:
        yield Problem("", f'the secret "{name}" would be empty')
    if any("\ud800" <= one <= "\udfff" for one in value):
        yield Problem("", f'the secret "{name}" is not text')


def _seal(cipher: MultiFernet, name: str, value: str) -> str:
    return cipher.encrypt(encode([name, value])).decode()


def _opened(keys: Keys, name: str, sealed: str) -> str | None:
    """The value, None where no key opens it, or it was kept under another name."""
    if not keys:
        return None
    try:
        match decode(keys.cipher.decrypt(sealed.encode())):
            case [str() as found, str() as value] if found == name:
                return value
            case _:
                return None
    except (InvalidToken, JsonError):
        return None


def _opens(keys: Keys, name: str, sealed: str) -> bool:
    return _opened(keys, name, sealed) is not None


def _refused(what: str, hint: str) -> ConfigError:
    return ConfigError([Problem("", what, hint)])
