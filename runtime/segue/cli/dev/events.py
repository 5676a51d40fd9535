"""The events that are tried: one from a file or the store, else for each action a sample it wants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from segue import samples
from segue.cli.dev.fitting import fitted
from segue.errors import EventError
from segue.events import Event, parse
from segue.json import encode
from segue.workspace.model import ActionMapping


# The same at every start, so that nothing but a changed file changes a request.
ARRIVED: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
NUMBER: Final = "segue-dev"


@dataclass(frozen=True, slots=True)
class Choice:
    """Events to choose from for each mapping, and what they are called together.

    Where they are ``fitting``, a mapping gets one that is made to fit it.
    """

    name: str
    events: Sequence[Event]
    fitting: bool = False

    def pick(self, mapping: ActionMapping) -> Event:
        """The event for a mapping."""
        return fitted(mapping, self.events) if self.fitting else self.events[0]


def read(text: bytes, name: str) -> Choice:
    """The one event of a text. Raises EventError."""
    try:
        event = parse(text, received_at=ARRIVED, message_id=lambda: NUMBER)
    except EventError as error:
        raise EventError(error.code, f"{name}: {error.reason}") from None
    return Choice(name, [event])


def choices(given: Choice | None) -> list[Choice]:
    """What ``e`` leads through: what was given, all samples, and each of them."""
    return [*([given] if given else []), *_samples()]


@cache
def _samples() -> list[Choice]:
    each = [read(encode(event), f"sample {kind}") for kind, event in samples.by_type().items()]
    every = Choice("samples", [one.events[0] for one in each], fitting=True)
    return [every, *each]
