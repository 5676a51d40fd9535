"""The events that a mapping may meet: of each type and name, what its schema and the spec say of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Final, Literal, TypeAlias, cast

from segue.check.inlining import inlined, named
from segue.check.verdicts import allows, verdict
from segue.errors import EventError
from segue.events import check
from segue.fields.schema import kinds, patterned, prefixed, properties, required
from segue.fields.variants import MOST, NEVER, merge, schema_of, variants
from segue.json import JsonObject, JsonValue, index_like
from segue.schemas import Schemas
from segue_schemas import REGISTRY


Known: TypeAlias = Literal["declared", "spec", "never", "unlisted", "free"]
"""What is known of a path.

A schema declares it, the spec names it, a schema rules it out, a schema lists its neighbours only,
or nothing is said.
"""

Keys: TypeAlias = tuple[str, ...]

PART_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("track", "page", "screen"), "properties"),
    **dict.fromkeys(("identify", "group"), "traits"),
    "alias": "",
}
"""The part of an event in which a sender says what there is to say, by type."""

_SPEC: Final = cast("JsonObject", REGISTRY.contents("urn:segue:event"))


@dataclass(frozen=True)
class Ground:
    """Events of one type, and for track of one name; ``name`` None stands for any but ``others``.

    ``schema`` is what the workspace declares, without references; None where it declares none.
    """

    type: str
    name: str | None
    schema: JsonObject | None = field(repr=False)
    document: JsonObject | None = field(repr=False, default=None)
    others: frozenset[str] = field(repr=False, default=frozenset())

    def __str__(self) -> str:
        return f'{self.type} "{self.name}"' if self.name else self.type

    @property
    def declared(self) -> bool:
        """Whether there is a schema."""
        return self.schema is not None

    @cached_property
    def spec(self) -> JsonObject:
        """What the spec says of events of this type."""
        return spec(self.type)

    @cached_property
    def whole(self) -> JsonObject:
        """Both at once."""
        if self.schema is None:
            return self.spec
        return _without(merge(self.schema, self.spec), self.schema)

    @cached_property
    def _verdict(self) -> Callable[[object], bool]:
        return verdict(self.document) if self.document is not None else lambda _: True

    def holds(self, event: JsonObject) -> bool:
        """Whether an event is one of these, as sent."""
        try:
            check(event)
            named = self.type != "track" or self.named(event.get("event"))
            return event.get("type") == self.type and named and self._verdict(event)
        except (EventError, ValueError):
            return False

    def named(self, value: JsonValue) -> bool:
        """Whether this is a name of these events."""
        return value not in self.others if self.name is None else value == self.name

    def at(self, keys: Keys) -> list[JsonObject]:
        """The schemas that a value at a path may have; none where nothing is said."""
        found = _reached([self.whole], keys)
        return [one for one in found if one]

    def knows(self, keys: Keys) -> Known:
        """What is known of a path."""
        own = _walk(self.schema, keys) if self.schema is not None else "free"
        if own in {"declared", "never"}:
            return own
        if self._foreign(keys[0]):
            return "unlisted"
        if _walk(self.spec, keys) == "declared":
            return "spec"
        listed = keys[0] == "context" and _walk(self.spec, keys[:2]) == "unlisted"
        return "unlisted" if (own == "unlisted" and len(keys) > 1) or listed else "free"

    def _foreign(self, key: str) -> bool:
        """Whether events of this type have no such member, by their schema and by the spec."""
        if self.schema is not None and _walk(self.schema, (key,)) == "declared":
            return False
        return key not in properties(self.spec) or (
            key in {"properties", "traits"} and key != PART_OF[self.type]
        )

    def beside(self, keys: Keys) -> tuple[str, ...]:
        """The names that are known where the last key of a path stands."""
        found = _reached([one for one in (self.schema, self.spec) if one], keys[:-1])
        names = [name for one in found for name in properties(one)]
        shown = [one for part in found for one in cast("list[JsonValue]", part.get("examples", []))]
        names += [name for one in shown if isinstance(one, Mapping) for name in one]
        return tuple(dict.fromkeys(names))

    def suits(self, keys: Keys, value: JsonValue) -> bool:
        """Whether a schema allows a value at a path, as far as can be told."""
        if self.schema is None:
            return True
        if self.knows(keys) == "never":
            return value is None
        found = _reached([self.schema], keys)
        unsure = not found or value is None or len(found) >= MOST
        return unsure or any(allows(one, value) for one in found)


def ground(schemas: Schemas, type: str, name: str | None) -> Ground:  # noqa: A002 the field's own word
    """The events of a type and name."""
    document = schemas.of(type, name)
    plain = one_of(inlined(document)) if document is not None else None
    others = frozenset(schemas.track) if name is None and type == "track" else frozenset[str]()
    return Ground(type, name, plain, document, others)


def one_of(schema: JsonObject) -> JsonObject:
    """A schema with what all of its parts say brought together; alternatives stay as they are."""
    merged = {word: value for word, value in schema.items() if word != "allOf"}
    for part in cast("list[JsonObject]", schema.get("allOf", [])):
        merged = dict(merge(merged, one_of(part)))
    return merged


def spec(type: str) -> JsonObject:  # noqa: A002
    """What the spec says of events of a type."""
    plain = inlined({key: value for key, value in _SPEC.items() if key != "$id"})
    defs = cast("Mapping[str, JsonObject]", _SPEC["$defs"])
    own = inlined({**defs[type], "$defs": defs})
    return merge(
        {"properties": {"type": {"const": type}}},
        merge(
            {"properties": properties(own), "required": own.get("required", [])},
            {key: value for key, value in plain.items() if key != "allOf"},
        ),
    )


def _without(both: JsonObject, own: JsonObject) -> JsonObject:
    """What a schema and the spec say, without the names of the spec that the schema rules out."""
    declared = properties(own)
    if not declared:
        return both
    kept = {
        key: _without(inner, declared.get(key, {}))
        for key, inner in properties(both).items()
        if _next(own, key) is not None or own.get("additionalProperties") is not False
    }
    return {**both, "properties": kept}


def _reached(schemas: list[JsonObject], keys: Keys) -> list[JsonObject]:
    """The schemas at the end of a path, of every alternative."""
    found = [one for schema in schemas for one in variants(schema)]
    for key in keys:
        inner = (_next(schema, key) for schema in found)
        found = [one for one in inner if one is not None for one in variants(one)][:MOST]
    return found


def _next(schema: JsonObject, key: str) -> JsonObject | None:
    """What a schema says of a member or item; None where it says nothing of it by name or by pattern."""
    if key in properties(schema):
        return properties(schema)[key]
    alike = [inner for pattern, inner in patterned(schema).items() if named(pattern, key)]
    if alike:
        return reduce(merge, alike)
    listed = [*prefixed(schema)]
    if index_like(key) and (listed or "items" in schema):
        return listed[int(key)] if int(key) < len(listed) else schema_of(schema.get("items", {}))
    others = schema.get("additionalProperties")
    return others if isinstance(others, Mapping) else None


def asks(schema: JsonObject, key: str) -> bool:
    """Whether a schema asks for a member, or for so many items that there is this one."""
    if index_like(key) and int(key) < cast("int", schema.get("minItems", 0)):
        return True
    return key in required(schema)


_ORDER: Final[Mapping[Known, int]] = {
    "declared": 0,
    "free": 1,
    "unlisted": 2,
    "spec": 3,
    "never": 4,
}


def _walk(schema: JsonObject, keys: Keys) -> Known:
    """What a schema says of a path: the most that one of its alternatives allows."""
    if not keys:
        return "declared"
    found: list[Known] = [_step(one, keys) for one in variants(schema)]
    return min(found, key=lambda one: _ORDER[one]) if found else "free"


def _step(schema: JsonObject, keys: Keys) -> Known:
    key, *rest = keys
    inner = _next(schema, key)
    if inner is not None:
        return "never" if inner == NEVER else _walk(inner, tuple(rest))
    types = {*kinds(schema)} - {"null"}
    if types and not types & {"object", "array", "string"}:
        return "never"
    if types in ({"string"}, {"array"}):
        return "free" if key == "length" or index_like(key) else "never"
    if schema.get("additionalProperties") is False:
        return "never"
    return "unlisted" if properties(schema) else "free"
