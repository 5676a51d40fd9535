"""Reading and rebuilding a field spec, keyword by keyword."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, cast

from segue.json import JsonObject, JsonValue


Path: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = Callable[[JsonObject], JsonObject]

EMPTY: Final[JsonObject] = {}

_ONE: Final = frozenset(
    ("items", "additionalProperties", "propertyNames", "not", "if", "then", "else")
)
_LISTS: Final = frozenset(("allOf", "anyOf", "oneOf"))
_MAPS: Final = frozenset(("properties",))


def kinds(schema: JsonObject) -> tuple[str, ...]:
    """The types a value may have, as written; none when it may have any."""
    declared = cast("str | list[str]", schema.get("type", ()))
    return (declared,) if isinstance(declared, str) else tuple(declared)


def properties(schema: JsonObject) -> Mapping[str, JsonObject]:
    return cast("Mapping[str, JsonObject]", schema.get("properties", EMPTY))


def patterned(schema: JsonObject) -> Mapping[str, JsonObject]:
    """The schemas of members by a pattern of their names."""
    return cast("Mapping[str, JsonObject]", schema.get("patternProperties", EMPTY))


def prefixed(schema: JsonObject) -> Sequence[JsonObject]:
    """The schemas of the first items, one by one."""
    return cast("Sequence[JsonObject]", schema.get("prefixItems", ()))


def default_mapping(schema: JsonObject) -> JsonObject:
    """What the ``mapping`` keywords of a spec say; it need not be compiled for that."""
    fields = properties(schema).items()
    return {key: field["mapping"] for key, field in fields if "mapping" in field}


def items(schema: JsonObject) -> JsonObject:
    return _nested(schema.get("items"))


def additional(schema: JsonObject) -> JsonObject:
    """The schema of members without a declaration."""
    return _nested(schema.get("additionalProperties"))


def closed(schema: JsonObject) -> bool:
    """True where members without a declaration are dropped."""
    return schema.get("additionalProperties") is False


def required(schema: JsonObject) -> tuple[str, ...]:
    return tuple(cast("list[str]", schema.get("required", ())))


def _nested(value: JsonValue) -> JsonObject:
    return value if isinstance(value, Mapping) else EMPTY


def parts(schema: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    """The schemas directly in a schema, each with the keys that lead to it."""
    for word, value in schema.items():
        if word in _ONE:
            found: Iterable[tuple[Path, JsonValue]] = [((word,), value)]
        elif word in _MAPS and isinstance(value, Mapping):
            found = (((word, key), inner) for key, inner in value.items())
        elif word in _LISTS and isinstance(value, list):
            found = (((word, index), inner) for index, inner in enumerate(value))
        else:
            continue
        yield from ((path, inner) for path, inner in found if isinstance(inner, Mapping))


def walk(schema: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    """A schema and every schema in it, the outer first, each with its path."""
    waiting: list[tuple[Path, JsonObject]] = [((), schema)]
    while waiting:
        path, part = waiting.pop()
        yield path, part
        waiting += reversed([((*path, *keys), inner) for keys, inner in parts(part)])


def rebuild(schema: JsonObject, change: Change) -> JsonObject:
    """A copy of a schema with ``change`` applied to it and every schema in it, the inner first."""
    return change({word: _rebuilt(word, value, change) for word, value in schema.items()})


def _rebuilt(word: str, value: JsonValue, change: Change) -> JsonValue:
    if word in _MAPS and isinstance(value, Mapping):
        return {key: _inner(part, change) for key, part in value.items()}
    if word in _LISTS and isinstance(value, list):
        return [_inner(part, change) for part in value]
    return _inner(value, change) if word in _ONE else value


def _inner(value: JsonValue, change: Change) -> JsonValue:
    return rebuild(value, change) if isinstance(value, Mapping) else value
