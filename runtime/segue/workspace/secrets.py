"""Secrets kept beside the workspace, in a file that only its owner can read."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from segue.errors import ConfigError, Problem
from segue.json import JsonError, decode


def read_secrets(file: Path) -> Callable[[str], str | None]:
    """Look-up for ``${secret:NAME}`` in a JSON file of names and texts; without a file, no secrets.

    Raises ConfigError for a file that others can read (its mode should be 0600), or that is
    something else. What stands in it is never part of a message.
    """
    try:
        with file.open("rb") as stream:
            mode, data = os.fstat(stream.fileno()).st_mode, stream.read()
    except FileNotFoundError:
        return lambda _: None
    except OSError as error:
        raise _refused(file, f"the secrets cannot be read: {error.strerror}") from None
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise _refused(file, "others can read this file of secrets", f"chmod 600 {file}")
    try:
        secrets = decode(data)
    except JsonError as error:
        raise _refused(file, f"the secrets are not JSON: {error}") from None
    if not isinstance(secrets, Mapping):
        raise _refused(file, "the secrets should be one JSON object of names and texts")
    texts = {name: value for name, value in secrets.items() if isinstance(value, str)}
    return texts.get


def _refused(file: Path, reason: str, hint: str | None = None) -> ConfigError:
    return ConfigError([Problem("", reason, hint)], file=str(file))
