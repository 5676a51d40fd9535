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
from segue.testing.delivering import FakeDestination, Result, deliver
from segue.testing.kit import contract
from segue.testing.strategies.events import events, matching
from segue.testing.strategies.mappings import mappings
from segue.testing.strategies.payloads import payloads
from segue.testing.strategies.triggers import triggers


__all__ = [
    "FakeDestination",
    "MemoryStore",
    "Result",
    "contract",
    "deliver",
    "events",
    "mappings",
    "matching",
    "payloads",
    "triggers",
]

del hypothesis, pytest
