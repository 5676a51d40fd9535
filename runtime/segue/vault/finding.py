"""Where ``${secret:NAME}`` is looked up: in the vault, then in a plain file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from segue.errors import ConfigError, Problem, StoreUnavailableError
from segue.vault.keys import FILE as KEYS
from segue.vault.vault import FILE, Vault
from segue.workspace import read_secrets


PLAIN: Final = "secrets.json"
"""A JSON object of names and texts, for whoever keeps secrets some other way and writes them there."""


def secret_files(directory: Path) -> tuple[Path, ...]:
    """The files that say what a secret is."""
    return tuple(directory / name for name in (FILE, KEYS, PLAIN))


def find_secrets(directory: Path, environ: Mapping[str, str]) -> Callable[[str], str | None]:
    """Look-up of secrets as they are at this moment; None for what there is not.

    Raises ConfigError for files that cannot be read, the look-up for a secret whose key is gone.
    """
    try:
        kept = Vault(directory, environ).lookup()
    except StoreUnavailableError as error:
        raise ConfigError([Problem("", str(error))]) from None
    plain = read_secrets(directory / PLAIN)

    def find(name: str) -> str | None:
        found = kept(name)
        return plain(name) if found is None else found

    return find
