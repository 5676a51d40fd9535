"""How a child is started: with nothing of its owner's but what it needs."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


PASSED: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables of the environment that a child is given. Whatever is secret is not among them."""

GRACE: Final = 2.0
"""A child ends itself when a step takes too long. If it has not, it is killed so many seconds later."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a function may use: seconds for each step, bytes beyond what Segue itself needs."""

    seconds: float = 5.0
    memory: int = 256_000_000


def command(limits: Limits, *page: int) -> Sequence[str]:
    """The command that starts a child, isolated from PYTHONPATH and the user's own packages.

    ``page`` is the descriptor of the memory where it tells whose turn it is.
    """
    given = limits.seconds, limits.memory, *page
    return sys.executable, "-I", "-m", "segue.functions.child", *map(str, given)


def environment() -> Mapping[str, str]:
    """The environment of a child."""
    return {name: os.environ[name] for name in PASSED if name in os.environ}
