"""What has been seen at one place of many events, in bounded memory, and the schema that says so.

Shapes form a commutative monoid: in whatever order and portions values are seen, the shape is the
same. Counts add up, sets grow until they are too large and then stay given up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from segue.json import JsonObject, JsonValue
from segue.schemas.formats import format_of, id_like


KEYS: Final = 200
"""Names of members at one place. With more of them they are no names, and the object is a map."""

VALUES: Final = 10
"""Distinct texts of an enum."""

LONGEST: Final = 50
"""Characters of a text in an enum."""

DEPTH: Final = 10
"""Levels of nesting that are looked into."""

_UNSEEN: Final = ""
_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much must have been seen before a schema says more than types.

    ``formatted`` texts for a format; ``listed`` texts for an enum, and each of its values ``each`` times.
    """

    formatted: int = 20
    listed: int = 100
    each: int = 5


ENOUGH: Final = Evidence()


class Shape:
    """What has been seen at one place; ``seen`` is how often there was a value.

    ``kinds`` counts the types. ``texts`` counts distinct texts, None where they are too many, and
    ``format`` is the one that all texts have, None where they have none in common. ``members`` are those of objects by
    name, None for a map; ``rest`` is what a map holds, and ``items`` what lists do.
    """

    __slots__ = ("depth", "format", "items", "kinds", "members", "rest", "seen", "texts")

    def __init__(self, depth: int = 0) -> None:
        self.seen = 0
        self.depth = depth
        self.kinds: dict[type, int] = {}
        self.texts: dict[str, int] | None = {}
        self.format: str | None = _UNSEEN
        self.members: dict[str, Shape] | None = {}
        self.rest: Shape | None = None
        self.items: Shape | None = None

    def see(self, value: JsonValue) -> None:
        """Take a value into account."""
        kind = type(value)
        self.seen += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind is str:
            self._see_text(cast("str", value))
        elif kind is dict and self.depth < DEPTH:
            self._see_object(cast("dict[str, JsonValue]", value))
        elif kind is list and self.depth < DEPTH:
            inner = self.items = self.items or Shape(self.depth + 1)
            for item in cast("list[JsonValue]", value):
                inner.see(item)

    def _see_text(self, text: str) -> None:
        texts = self.texts
        if texts is not None and text in texts:
            texts[text] += 1
            return
        if texts is not None and (len(texts) == VALUES or len(text) > LONGEST):
            self.texts = None
        elif texts is not None:
            texts[text] = 1
        if self.format is not None:
            found = format_of(text)
            self.format = found if self.format in {_UNSEEN, found} else None

    def _see_object(self, value: Mapping[str, JsonValue]) -> None:
        members = self.members or {}
        for name, item in value.items():
            (members.get(name) or self._member(name)).see(item)
            members = self.members or {}

    def _member(self, name: str) -> "Shape":
        """Where members of a new name are kept; a map keeps all of them in one place."""
        if self.members is None or id_like(name):
            return self._others()
        if len(self.members) == KEYS:
            return self._collapse()
        return self.members.setdefault(name, Shape(self.depth + 1))

    def _others(self) -> "Shape":
        if self.rest is None:
            self.rest = Shape(self.depth + 1)
        return self.rest

    def _collapse(self) -> "Shape":
        rest, members = self._others(), self.members or {}
        self.members = None
        for member in members.values():
            rest.merge(member)
        return rest

    def merge(self, other: "Shape") -> None:
        """Take into account what another shape has seen. The other must not be used any more."""
        self.seen += other.seen
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        self._merge_texts(other)
        self._merge_members(other)
        if other.items is not None:
            self.items = _joined(self.items, other.items)

    def _merge_texts(self, other: "Shape") -> None:
        if other.format != _UNSEEN:
            known = self.format in {_UNSEEN, other.format}
            self.format = other.format if known else None
        if self.texts is None or other.texts is None:
            self.texts = None
            return
        for text, count in other.texts.items():
            self.texts[text] = self.texts.get(text, 0) + count
        if len(self.texts) > VALUES:
            self.texts = None

    def _merge_members(self, other: "Shape") -> None:
        if other.rest is not None:
            self.rest = _joined(self.rest, other.rest)
        if other.members is None and self.members is not None:
            self._collapse()
        for name, member in (other.members or {}).items():
            self._member(name).merge(member)

    def document(self, evidence: Evidence = ENOUGH, *, of: int | None = None) -> JsonObject:
        """The JSON Schema of what has been seen, which accepts all of it.

        ``$comment`` says how often there was a value, and ``of`` how many there could have been.
        """
        said: dict[str, JsonValue] = {}
        if of is not None:
            said["$comment"] = f"in {self.seen:,} of {of:,}"
        kinds = self._types()
        if kinds:
            said["type"] = kinds[0] if len(kinds) == 1 else kinds
        if "string" in kinds:
            said |= self._text_rules(evidence, kinds)
        if "object" in kinds:
            said |= self._object_rules(evidence)
        if "array" in kinds and self.items is not None and self.items.seen:
            said["items"] = self.items.document(evidence)
        return said

    def _types(self) -> list[str]:
        """The types, a number where there were whole ones and others."""
        names = {_TYPES[kind] for kind in self.kinds}
        return [
            name
            for name in _TYPES.values()
            if name in names and not (name == "integer" and "number" in names)
        ]

    def _text_rules(self, evidence: Evidence, kinds: list[str]) -> JsonObject:
        """A format that all texts have; where none has any, the texts there were, if few."""
        count = self.kinds[str]
        if self.format and count >= evidence.formatted:
            return {"format": self.format}
        texts = self.texts
        if texts is None or not {"string", "null"}.issuperset(kinds) or count < evidence.listed:
            return {}
        if min(texts.values()) < evidence.each or any(map(format_of, texts)):
            return {}
        return {"enum": [*sorted(texts), *([None] if "null" in kinds else [])]}

    def _object_rules(self, evidence: Evidence) -> JsonObject:
        """The members by name, and which were always there; of a map, what it holds."""
        if not self.members:
            held = self.rest
            return {} if held is None else {"additionalProperties": held.document(evidence)}
        count = self.kinds[dict]
        members = sorted(self.members.items())
        always = [name for name, member in members if member.seen == count]
        described = {name: member.document(evidence, of=count) for name, member in members}
        return {
            "properties": described,
            **({"required": list[JsonValue](always)} if always else {}),
        }


def _joined(into: Shape | None, other: Shape) -> Shape:
    if into is None:
        return other
    into.merge(other)
    return into
