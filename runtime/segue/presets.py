"""Mappings that a destination offers when a connection to it is made."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from segue.audience import SyncMode
from segue.json import JsonObject, JsonValue


PresetKind: TypeAlias = Literal["automatic", "specific event"]


@dataclass(frozen=True, slots=True)
class Preset:
    """One mapping to start from.

    ``action`` is a slug, ``trigger`` the action's own if it is None. ``override`` holds the fields
    that differ from the action's default mapping; null leaves one out. ``event`` names the platform's
    own event that it is for; without, it is for every connection.
    """

    name: str
    action: str
    trigger: str | None = None
    override: JsonObject = field(default_factory=dict[str, JsonValue])
    sync_mode: SyncMode | None = None
    event: str | None = None

    @property
    def kind(self) -> PresetKind:
        """Whether it is offered with every connection."""
        return "automatic" if self.event is None else "specific event"
