"""Which JSON Schema an event has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

from segue.json import JsonObject
from segue.schemas.reading import compile_schema


Enforce: TypeAlias = Literal["none", "tag", "drop_fields", "block"]
"""What is done about an event that breaks its schema."""

Undeclared: TypeAlias = Literal["allow", "tag", "block"]
"""What is done about a track event without a schema."""

PARTS: Final[Mapping[str, str]] = {
    "track": "properties",
    "page": "properties",
    "screen": "properties",
    "identify": "traits",
    "group": "traits",
}
"""The part of an event that its schema describes, by type."""

CALLS: Final = ("identify", "page", "screen", "group")
"""The types that have one schema each; track has one for each name."""

COMMON: Final = "common"


@dataclass(frozen=True, slots=True)
class EventSchema:
    """The schema of some events.

    ``document`` is a JSON Schema of their ``part``, "properties" or "traits", or of the events as a
    whole where that is None. A part that an event lacks counts as ``{}``.
    """

    document: JsonObject
    part: str | None
    enforce: Enforce = "none"

    @property
    def whole(self) -> JsonObject:
        """A JSON Schema of the whole event. References in a part still find what they mean."""
        if self.part is None:
            return self.document
        inner = {"$id": f"urn:segue:part:{self.part}", **self.document}
        spared = compile_schema(self.document).is_valid({})
        needed = [] if spared else [self.part]
        return {"type": "object", "properties": {self.part: inner}, "required": needed}


@dataclass(frozen=True)
class Schemas:
    """The schemas of a workspace: of track events by name, of other calls by type, of all events.

    ``files`` are those that they were read from.
    """

    track: Mapping[str, EventSchema] = field(default_factory=dict[str, EventSchema])
    calls: Mapping[str, EventSchema] = field(default_factory=dict[str, EventSchema])
    common: EventSchema | None = None
    undeclared: Undeclared = "allow"
    files: tuple[Path, ...] = ()

    def find(self, type: str, name: str | None = None) -> EventSchema | None:  # noqa: A002 - the field's own name
        """The schema of events of a type, and of a name where the type is track."""
        return self.track.get(name or "") if type == "track" else self.calls.get(type)

    def of(self, type: str, name: str | None = None) -> JsonObject | None:  # noqa: A002
        """The JSON Schema of whole events of a type and name; None where none is declared.

        What is common to all events is part of it.
        """
        found = [one.whole for one in (self.find(type, name), self.common) if one is not None]
        return found[0] if len(found) == 1 else {"allOf": found} if found else None

    @cached_property
    def enforced(self) -> bool:
        """Whether anything at all is asked of events that arrive."""
        every = [*self.track.values(), *self.calls.values(), self.common]
        return self.undeclared != "allow" or any(one and one.enforce != "none" for one in every)


NO_SCHEMAS: Final = Schemas()
