"""Events to try things with: a short story as a file of lines, and one good event of each call type.

They are as a sender would send them, not yet normalised. The people and companies are made up.
"""

from collections.abc import Mapping
from importlib import resources
from typing import cast

from segue.events import Event
from segue.json import decode


def stream() -> list[bytes]:
    """The lines of ``demo.ndjson``: a week at a boat charter, with one event that is refused."""
    return _read("demo.ndjson").splitlines()


def by_type() -> Mapping[str, Event]:
    """A good event for each call type. Identify and track are those of Loops' own walk-through."""
    events = [cast("Event", decode(line)) for line in _read("types.ndjson").splitlines()]
    return {str(event["type"]): event for event in events}


def _read(name: str) -> bytes:
    return resources.files(__name__).joinpath(name).read_bytes()
