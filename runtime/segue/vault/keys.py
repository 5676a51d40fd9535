"""The keys of the vault: from the environment, and from a file beside it.

A key is one of Fernet's, 32 bytes in URL-safe Base64. The first encrypts; each of them decrypts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, MultiFernet

from segue.errors import ConfigError, Problem
from segue.secrets import read_file


VARIABLE: Final = "SEGUE_VAULT_KEY"
FILE: Final = "vault.key"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the environment and those of the file, in the order in which they are tried."""

    given: Sequence[str] = field(default=(), repr=False)
    kept: Sequence[str] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.given or self.kept)

    @property
    def cipher(self) -> MultiFernet:
        """What encrypts under the first and decrypts under any. There must be one."""
        return MultiFernet([Fernet(key) for key in (*self.given, *self.kept)])


def make_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()


def read_keys(directory: Path, environ: Mapping[str, str]) -> Keys:
    """The keys there are, perhaps none. Raises ConfigError, and StoreUnavailableError for the file."""
    file = directory / FILE
    given = [one.strip() for one in environ.get(VARIABLE, "").split(",") if one.strip()]
    kept = (read_file(file) or {"keys": []}).get("keys")
    if not isinstance(kept, list):
        raise _unusable(str(file))
    return Keys(_checked(given, VARIABLE), _checked(kept, str(file)))


def _checked(keys: Sequence[object], place: str) -> Sequence[str]:
    found: list[str] = []
    for key in keys:
        try:
            found.append(str(key))
            Fernet(found[-1])
        except ValueError:
            raise _unusable(place) from None
    return found


def _unusable(place: str) -> ConfigError:
    hint = '"segue secret key" makes one'
    return ConfigError([Problem("", f"{place} holds something that is no key", hint)])
