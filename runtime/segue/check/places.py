"""The places of a mapping: each value in it, what the field spec says of it, and what it is there for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, cast

from segue.errors import pointer
from segue.fields.schema import additional, items, properties
from segue.json import JsonObject, JsonValue


At: TypeAlias = tuple[str | int, ...]
Keys: TypeAlias = tuple[str, ...]
Role: TypeAlias = Literal["value", "condition", "part"]
"""What a value is there for: to be a field's, to be asked after, or to have something made of it."""

UNKNOWN: Final[JsonObject] = {}


class Place(NamedTuple):
    """A value of a mapping.

    ``at`` are the keys that lead to it, ``keys`` those that lead to the field in the payload, with "0"
    for an item of a list. ``schema`` is empty where the field spec says nothing.
    """

    at: At
    value: JsonValue
    keys: Keys
    schema: JsonObject
    role: Role = "value"

    @property
    def pointer(self) -> str:
        """Where it stands in the mapping."""
        return pointer(*self.at)

    @property
    def name(self) -> str:
        """The innermost name in the payload; "" for the whole of it."""
        return next((key for key in reversed(self.keys) if not key.isdecimal()), "")

    @property
    def field(self) -> str:
        """A pointer to it in the payload, with "*" for an item."""
        return pointer(*("*" if key.isdecimal() else key for key in self.keys))

    @property
    def directive(self) -> str:
        """The directive it is, "" for none."""
        names = [*self.value] if isinstance(self.value, Mapping) else []
        return names[0] if len(names) == 1 and names[0].startswith("@") else ""

    @property
    def operand(self) -> JsonValue:
        """What the directive is given."""
        return cast("JsonObject", self.value)[self.directive] if self.directive else None

    def option(self, name: str) -> JsonValue:
        """One of the options of a directive; None where there is none."""
        return self.operand.get(name) if isinstance(self.operand, Mapping) else None


def places(fields: JsonObject, schema: JsonObject) -> list[Place]:
    """Every value of a mapping, from the outside in. Nothing is told of what @transform makes."""
    return [*_walk(Place((), fields, (), schema))]


def _walk(place: Place) -> Iterator[Place]:
    yield place
    for inner in _INSIDE.get(place.directive, _members)(place):
        yield from _walk(inner)


def _members(place: Place) -> Iterator[Place]:
    value = place.value
    if isinstance(value, Mapping) and not any(key.startswith("@") for key in value):
        for key, inner in value.items():
            yield _below(place, (key,), inner, key, _member(place.schema, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield _below(place, (index,), inner, "0", items(place.schema))


def _below(place: Place, step: At, value: JsonValue, key: str, schema: JsonObject) -> Place:
    return Place((*place.at, *step), value, (*place.keys, key), schema, place.role)


def _member(schema: JsonObject, key: str) -> JsonObject:
    return properties(schema).get(key) or additional(schema)


def _same(*names: str) -> Callable[[Place], Iterator[Place]]:
    """What becomes of the place as it is, under each of these options."""

    def found(place: Place) -> Iterator[Place]:
        for name in names:
            if isinstance(place.operand, Mapping) and name in place.operand:
                at = (*place.at, place.directive, name)
                yield place._replace(at=at, value=place.option(name))

    return found


def _if(place: Place) -> Iterator[Place]:
    for name in ("exists", "blank"):
        if isinstance(place.operand, Mapping) and name in place.operand:
            at = (*place.at, "@if", name)
            yield place._replace(at=at, value=place.option(name), schema=UNKNOWN, role="condition")
    yield from _same("then", "else")(place)


def _part(name: str) -> Callable[[Place], Iterator[Place]]:
    """Something is made of an option, of which the field spec does not speak."""

    def found(place: Place) -> Iterator[Place]:
        at = (*place.at, place.directive, name)
        yield place._replace(at=at, value=place.option(name), schema=UNKNOWN, role="part")

    return found


def _operand(place: Place) -> Iterator[Place]:
    yield place._replace(at=(*place.at, place.directive), value=place.operand)


def _item(place: Place) -> Iterator[Place]:
    if isinstance(place.operand, list | tuple) and len(place.operand) > 1:
        yield _below(place, ("@arrayPath", 1), place.operand[1], "0", items(place.schema))


def _objects(place: Place) -> Iterator[Place]:
    several = place.option("objects")
    for index, one in enumerate(several if isinstance(several, list | tuple) else ()):
        yield place._replace(at=(*place.at, "@merge", "objects", index), value=one)


def _nothing(_: Place) -> Iterator[Place]:
    yield from ()


_INSIDE: Final[Mapping[str, Callable[[Place], Iterator[Place]]]] = {
    "@if": _if,
    "@case": _same("value"),
    "@replace": _same("value"),
    "@excludeWhenNull": _operand,
    "@literal": _operand,
    "@merge": _objects,
    "@arrayPath": _item,
    "@json": _part("value"),
    "@flatten": _part("value"),
    "@path": _nothing,
    "@template": _nothing,
    "@liquid": _nothing,
}
