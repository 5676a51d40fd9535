"""For the tests of a plugin: its contract, payloads and events to try it with, and what would happen.

``contract`` makes a test of each promise of a plugin, ``deliver`` shows what would happen to one event.
Needs pytest and hypothesis: ``pip install 'segue[testing]'``.
"""

try:
    import hypothesis
    import pytest
except ImportError as error:
    raise ImportError(
        f"segue.testing needs pytest and hypothesis, and {error.name} is not installed; "
        "pip install 'segue[testing]' brings both",
        name=error.name,
    ) from error

from segue.store.memory import MemoryStore
from segue.testing.contract import contract
from segue.testing.delivering import FakeDestination, Result, deliver
from segue.testing.events import events, matching
from segue.testing.payloads import payloads


__all__ = [
    "FakeDestination",
    "MemoryStore",
    "Result",
    "contract",
    "deliver",
    "events",
    "matching",
    "payloads",
]

del hypothesis, pytest
