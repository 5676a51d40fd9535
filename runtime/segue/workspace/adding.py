"""Adding a key to the text of a workspace, where that changes nothing else."""

import json
import re
from collections.abc import Mapping
from typing import Final

from segue.json import JsonValue
from segue.workspace import yaml


_VERSION: Final = re.compile(r"^version:[^\n]*\n", re.MULTILINE)


def with_key(text: str, key: str, value: str) -> str | None:
    """The text with a key of its top level, None where it cannot be put there safely.

    It comes after the version. What the new text says must be what the old one did and the key.
    """
    before = yaml.read(text)
    line = f"{key}: {_plain(value)}\n"
    made, count = _VERSION.subn(lambda found: found[0] + line, text, count=1)
    known = before.value
    if not count or before.problems or not isinstance(known, Mapping) or key in known:
        return None
    after: JsonValue = {**known, key: value}
    return made if yaml.read(made).value == after else None


def _plain(value: str) -> str:
    return value if re.fullmatch(r"[\w./-]+", value, re.ASCII) else json.dumps(value)
