"""The places of a mapping: every value in it, where it stands, and what can be put there instead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias


Json: TypeAlias = Any
At: TypeAlias = tuple[str | int, ...]

GONE: Final = object()


@dataclass(frozen=True, slots=True)
class Site:
    """A value of a mapping: where it stands, and the part of the field spec it is for."""

    at: At
    value: Json
    schema: Json

    @property
    def directive(self) -> str:
        """The name of the directive it is, "" for none."""
        keys = [*self.value] if isinstance(self.value, dict) else []
        return keys[0] if len(keys) == 1 and keys[0].startswith("@") else ""

    @property
    def operand(self) -> Json:
        return self.value[self.directive] if self.directive else None


def walk(site: Site) -> Iterator[Site]:
    """Every value of a mapping, from the outside in; what is inside a literal is one with it."""
    yield site
    inside = INSIDE.get(site.directive, _members)
    for at, value, schema in inside(site):
        yield from walk(Site((*site.at, *at), value, schema))


Part: TypeAlias = tuple[At, Json, Json]


def _members(site: Site) -> Iterator[Part]:
    if site.directive:
        return
    if isinstance(site.value, dict):
        declared = site.schema.get("properties", {})
        for key, value in site.value.items():
            yield (key,), value, declared.get(key, {})
    if isinstance(site.value, list):
        for index, value in enumerate(site.value):
            yield (index,), value, site.schema.get("items", {})


def _branches(site: Site) -> Iterator[Part]:
    for key in ("exists", "blank", "then", "else"):
        if key in site.operand:
            yield (site.directive, key), site.operand[key], site.schema


def _value(site: Site) -> Iterator[Part]:
    yield (site.directive, "value"), site.operand["value"], site.schema


def _item(site: Site) -> Iterator[Part]:
    if len(site.operand) > 1:
        yield (site.directive, 1), site.operand[1], site.schema.get("items", {})


def _objects(site: Site) -> Iterator[Part]:
    for index, one in enumerate(site.operand["objects"]):
        yield (site.directive, "objects", index), one, site.schema


def _operand(site: Site) -> Iterator[Part]:
    yield (site.directive,), site.operand, site.schema


INSIDE: Final[Mapping[str, Callable[[Site], Iterator[Part]]]] = {
    "@if": _branches,
    "@case": _value,
    "@replace": _value,
    "@json": _value,
    "@flatten": _value,
    "@arrayPath": _item,
    "@merge": _objects,
    "@excludeWhenNull": _operand,
}


def put(value: Json, at: At, new: Json) -> Json:
    """The value with another one at a place; GONE takes it out."""
    if not at:
        return new
    key, *rest = at
    made = [*value] if isinstance(value, list) else {**value}
    if new is GONE and not rest:
        del made[key]
    else:
        made[key] = put(value[key], tuple(rest), new)
    return made


def pointer(at: At) -> str:
    return "".join(f"/{key}" for key in at)
