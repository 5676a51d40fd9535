"""One mapping under check, with what every part of the check asks of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from segue.check.contradiction import grounds
from segue.check.grounds import Ground
from segue.check.model import Finding, Severity
from segue.check.places import Place, places
from segue.errors import pointer
from segue.fields.schema import properties, required
from segue.fields.variants import variants
from segue.json import JsonObject, JsonValue, decode, encode
from segue.mapping import Reading, mapping_paths
from segue.schemas import Schemas
from segue.trigger import trigger_paths
from segue.workspace.model import ActionMapping, Connection


MOST: Final = 2_000
"""Mappings of which it is kept what they read."""

Keys: TypeAlias = tuple[str, ...]
Locate: TypeAlias = Callable[[str], tuple[int, int]]


@dataclass(frozen=True)
class Subject:
    """A mapping of a connection.

    ``schemas`` are those of the events it may meet. ``text`` is the mapping as it stands in the file,
    ``locate`` gives line and column of a pointer into the file.
    """

    connection: Connection
    mapping: ActionMapping
    schemas: Schemas
    text: JsonObject = field(default_factory=dict[str, JsonValue])
    locate: Locate = lambda _: (1, 1)

    @property
    def name(self) -> str:
        """The mapping, as people name it."""
        return f"{self.connection.name}/{self.mapping.name}"

    @cached_property
    def grounds(self) -> list[Ground]:
        """The kinds of events it may meet."""
        return grounds(self.schemas, self.mapping.trigger)

    @property
    def fields(self) -> Mapping[str, JsonObject]:
        """The fields of the action that have a declaration."""
        return properties(self.mapping.action.fields)

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that must be there."""
        return required(self.mapping.action.fields)

    @cached_property
    def readings(self) -> list[tuple[str, Keys, Reading]]:
        """Each path that the mapping reads from the event: its field, its keys from the event on."""
        return [*_readings(encode(self.mapping.fields))]

    @cached_property
    def unmapped(self) -> list[tuple[str, Keys]]:
        """What the action's own mapping reads for fields of which one is needed, and this one lacks."""
        action = self.mapping.action
        needed = {name for one in variants(action.fields) for name in required(one)}
        own = mapping_paths(action.mapping)
        read = [(_field(one), one.keys) for one in own if one.keys and one.within is None]
        return [one for one in read if one[0] in needed and one[0] not in self.mapping.fields]

    @cached_property
    def paths(self) -> Mapping[str, Keys]:
        """The paths that are read, by where in the mapping they stand."""
        return {one.pointer: keys for _, keys, one in self.readings}

    @cached_property
    def places(self) -> list[Place]:
        """Every value of the mapping."""
        return places(self.mapping.fields, self.mapping.action.fields)

    def owns(self, place: Place) -> bool:
        """Whether the workspace wrote a place, and not the author of the action."""
        return bool(place.at) and place.at[0] in self.mapping.own_fields

    @cached_property
    def spoken(self) -> list[Keys]:
        """The paths that the trigger reads."""
        return [path.parts for path in trigger_paths(self.mapping.trigger)]

    def where(self, place: str = "") -> str:
        """A pointer into the file, to a place in the mapping's fields, or to the mapping itself."""
        prefix = pointer("connections", self.connection.name, "mappings", self.mapping.name)
        if not place:
            return prefix
        if _field_of(place) not in self.mapping.own_fields:
            return prefix
        return f"{prefix}/{'fields' if 'fields' in self.text else 'override'}{place}"

    def trigger_place(self) -> str:
        """The pointer to the trigger, or to the mapping where the trigger is its action's."""
        return self.where() + ("/trigger" if "trigger" in self.text else "")

    def find(
        self,
        code: str,
        severity: Severity,
        message: str,
        remedy: str,
        where: str,
        *,
        field: str = "",
        rule: str = "",
    ) -> Finding:
        """A finding about this mapping."""
        line, column = self.locate(where)
        names = self.connection.name, self.mapping.name
        return Finding(
            code, severity, *names, message, remedy, where, field, rule, line, column
        )  # fmt: skip


@lru_cache(MOST)
def _readings(fields: bytes) -> Sequence[tuple[str, Keys, Reading]]:
    """Of a mapping as JSON; who edits one mapping has all others looked at again and again."""
    found = mapping_paths(decode(fields))
    resolved = ((one, absolute(one, found)) for one in found)
    return [(_field(one), keys, one) for one, keys in resolved if keys]


def absolute(reading: Reading, every: list[Reading]) -> Keys | None:
    """The keys of a reading from the event on; an item of a list is its first. None if unknown."""
    if reading.keys is None or reading.within is None:
        return reading.keys
    outer = next((one for one in every if one.pointer == f"{reading.within}/0"), None)
    above = absolute(outer, every) if outer is not None else None
    return (*above, "0", *reading.keys) if above is not None else None


def _field_of(place: str) -> str:
    return place.split("/")[1].replace("~1", "/").replace("~0", "~")


def _field(reading: Reading) -> str:
    return _field_of(reading.pointer) if reading.pointer.count("/") else ""
