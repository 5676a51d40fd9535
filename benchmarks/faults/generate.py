"""Events of a JSON Schema, many and fast: corners first, each once, then at random.

Corners are: the least and the fullest event; every combination of which optional members are there
where they are few, else each left out and each alone; and every boundary value of every place, in
an event that is otherwise full and in one that is otherwise bare. At random, half of the values are
boundary values again.

Where a schema is open, members that nobody declared come too: with names of noise, and with the
names that the mapping reads (``reads``), so that an event is as awkward as its schema allows.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations, islice
from math import inf
from random import Random
from typing import Any, Final, TypeAlias

import jsonschema_rs


Json: TypeAlias = Any
Path: TypeAlias = tuple[str, ...]
Choices: TypeAlias = dict[Path, Json]
Draw: TypeAlias = Callable[[Random], Json]

GONE: Final = object()
FEW: Final = 9
"""Of so many optional members every combination is made."""

LONG: Final = 2_000
"""Characters of a text whose schema names no limit."""

TEXTS: Final = (
    *("", " ", "0", "1", "12.50", "-3", "true", "false", "null", "[]", "{}", "Ada Lovelace"),
    *(
        "straße",
        "İstanbul",
        "Ελλάδα",
        "日本語",
        "مرحبا",
        "é́",
        "😀",
        "👩‍👩‍👧",
        "tab\there",
        "two\nlines",
    ),
    *('say "hi"', "it's", "<b>bold</b>", "{{ name }}", "$.userId", "a,b;c", "50 %", "\\", "n/a"),
)
FORMATS: Final = {
    "email": (
        "ada@example.com",
        "a@b.co",
        "o'neil+tag@mail.example.org",
        "Ada.Byron@Example.COM",
        "x" * 64 + "@example.com",
    ),
    "date": ("2024-02-29", "1970-01-01", "2026-12-31", "1899-12-31"),
    "date-time": (
        *("2026-01-31T09:30:00Z", "2024-02-29T23:59:59.999Z", "1970-01-01T00:00:00Z"),
        *("2026-03-29T02:30:00+02:00", "2026-07-01T12:00:00.123456-07:00"),
    ),
    "time": ("09:30:00Z", "23:59:59Z"),
    "uri": (
        *("https://example.com/", "https://example.com/a/b?c=d&e=%20#f", "app://orders/1"),
        "https://example.com/" + "p" * 300,
    ),
    "ipv4": ("203.0.113.24", "10.0.0.1"),
    "uuid": ("123e4567-e89b-42d3-a456-426614174000", "00000000-0000-4000-8000-000000000000"),
}
NUMBERS: Final = (
    0,
    1,
    -1,
    2,
    10,
    100,
    0.5,
    1.5,
    0.1 + 0.2,
    19.99,
    99.5,
    2.0,
    1e6,
    2**31,
    2**53,
    -0.01,
)
ANYTHING: Final = (
    None,
    True,
    False,
    0,
    1.5,
    "",
    "a",
    "12",
    "x" * 600,
    [],
    ["a"],
    {},
    {"a": 1},
    [{}],
)
NOISE: Final = ("note_1", "é key", "x" * 160)


def events(schema: Json, count: int, seed: str, reads: Sequence[Path] = ()) -> Iterator[Json]:
    """So many events of this schema, the same for the same seed; the schema has the last word."""
    valid = jsonschema_rs.validator_for(schema, validate_formats=True).is_valid
    drawn, random = compile_draw(schema, reads), Random(seed)  # noqa: S311 the same each time
    endless = iter(lambda: drawn(random), GONE)
    return islice(filter(valid, chain(corners(schema), endless)), count)


# Values


def pool(schema: Json) -> list[Json]:
    """The values at and near the boundaries of a place's schema; its first is a usual one."""
    if "const" in schema:
        return [schema["const"]]
    given = [*schema.get("enum", ()), *schema.get("examples", ())]
    if "enum" in schema or "pattern" in schema:
        return given
    kinds = schema.get("type", ())
    made = (POOLS[kind](schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))
    return [*given, *chain.from_iterable(made)] or [*ANYTHING]


def _texts(schema: Json) -> list[Json]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONG)
    if "format" in schema:
        return [one for one in FORMATS[schema["format"]] if least <= len(one) <= most]
    usual = ("Ada Lovelace"[:most]).ljust(least, "x")
    edges = {least, least + 1, most // 2, most - 1, most}
    runs = [unit * size for size in sorted(edges) for unit in "xß😀" if least <= size <= most]
    return [usual, *(one for one in TEXTS if least <= len(one) <= most), *runs]


def _numbers(schema: Json, *, whole: bool = False) -> list[Json]:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -inf))
    high = schema.get("maximum", schema.get("exclusiveMaximum", inf))
    edges = [at for edge in (low, high) if abs(edge) != inf for at in (edge, edge + 1, edge - 1)]
    near = [at + step for at in edges for step in (0.01, -0.01)] if not whole else []
    inside = [at for at in (*edges, *near, *NUMBERS) if low <= at <= high]
    return [at for at in inside if float(at).is_integer()] if whole else inside


def _lists(schema: Json) -> list[Json]:
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 3), 50)
    items = pool(schema.get("items", {}))
    sizes = sorted({least, least + 1, most} & {*range(least, most + 1)})
    runs = [[items[at % len(items)] for at in range(size)] for size in sizes]
    return [*sorted(runs, key=lambda run: len(run) == 0), *([one] for one in items)]


def _objects(schema: Json) -> list[Json]:
    return list(islice(corners(schema), 60))


POOLS: Final[dict[str, Callable[[Json], list[Json]]]] = {
    "string": _texts,
    "number": _numbers,
    "integer": lambda schema: _numbers(schema, whole=True),
    "boolean": lambda _: [True, False],
    "null": lambda _: [None],
    "array": _lists,
    "object": _objects,
}


# Corners


def corners(schema: Json) -> Iterator[Json]:
    """The corners of an object's schema, as the module says; some may break a rule across members."""
    places = dict(_places(schema, ()))
    pools = {path: pool(part) for path, (part, _) in places.items() if "properties" not in part}
    usual = {path: values[0] for path, values in pools.items()}
    optional = [path for path, (_, needed) in places.items() if not needed]
    bare = dict.fromkeys(optional, GONE)
    yield build(schema, usual)
    yield build(schema, usual | bare)
    if len(optional) <= FEW:
        for size in range(1, len(optional)):
            for left in combinations(optional, size):
                yield build(schema, usual | dict.fromkeys(left, GONE))
    for path in optional:
        yield build(schema, usual | {path: GONE})
        yield build(schema, _reaching(path, usual, bare))
    for path, values in pools.items():
        reaching = _reaching(path, usual, bare)
        for value in values:
            yield build(schema, usual | {path: value})
            yield build(schema, reaching | {path: value})


def _places(schema: Json, at: Path) -> Iterator[tuple[Path, tuple[Json, bool]]]:
    for key, part in schema.get("properties", {}).items():
        path = (*at, key)
        yield path, (part, key in schema.get("required", ()))
        yield from _places(part, path)


def _reaching(path: Path, usual: Choices, bare: Choices) -> Choices:
    """A bare event, but for the objects that lead to a place and its usual value."""
    way = {path[:size] for size in range(1, len(path) + 1)}
    return usual | {place: gone for place, gone in bare.items() if place not in way}


def build(schema: Json, choices: Choices, at: Path = ()) -> Json:
    """An object with the value chosen for each place, without those that are GONE."""
    made = {}
    for key, part in schema.get("properties", {}).items():
        path = (*at, key)
        if choices.get(path) is not GONE:
            made[key] = build(part, choices, path) if "properties" in part else choices[path]
    return made


# At random


def compile_draw(schema: Json, reads: Sequence[Path] = ()) -> Draw:
    """What draws values of a schema; ``reads`` are the paths below it that somebody looks at."""
    if "properties" in schema:
        return _draw_object(schema, reads)
    values = pool(schema)
    size, free = len(values), _free(schema)

    def draw(random: Random) -> Json:
        if free is not None and random.random() < 0.5:
            return free(random)
        return values[int(random.random() * size)]

    return draw


def _free(schema: Json) -> Draw | None:
    """Values between the boundaries, where a type has any."""
    kind = str(schema.get("type"))
    if {"enum", "const", "pattern", "format"} & schema.keys() or kind not in FREE:
        return None
    return FREE[kind](schema)


def _free_text(schema: Json) -> Draw:
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONG)
    letters = "etaoin shrdlu ABC 0123456789 .,-_/&ßé日😀"

    def draw(random: Random) -> Json:
        size = least + int((most - least) * random.random() ** 4)
        return "".join(random.choices(letters, k=min(size, 40))).ljust(size, "y")

    return draw


def _free_number(schema: Json) -> Draw:
    low, high = schema.get("minimum", -1000), schema.get("maximum", 100_000)
    return lambda random: round(low + (high - low) * random.random() ** 2, 2)


def _free_whole(schema: Json) -> Draw:
    low, high = schema.get("minimum", -1000), schema.get("maximum", 100_000)
    return lambda random: int(low + (high - low) * random.random() ** 2)


def _free_list(schema: Json) -> Draw:
    least = schema.get("minItems", 0)
    spread = min(schema.get("maxItems", least + 3), least + 5) - least + 1
    item = compile_draw(schema.get("items", {}))
    return lambda random: [item(random) for _ in range(least + int(random.random() * spread))]


FREE: Final[dict[str, Callable[[Json], Draw]]] = {
    "string": _free_text,
    "number": _free_number,
    "integer": _free_whole,
    "array": _free_list,
}


def _draw_object(schema: Json, reads: Sequence[Path]) -> Draw:
    declared, needed = schema["properties"], schema.get("required", ())
    below = {key: [path[1:] for path in reads if path[0] == key and path[1:]] for key in declared}
    parts = [(key, key in needed, compile_draw(part, below[key])) for key, part in declared.items()]
    extra = _draw_extra(schema, [path[0] for path in reads if path[0] not in declared])

    def draw(random: Random) -> Json:
        presence = random.random()
        made = {
            key: value(random) for key, must, value in parts if must or random.random() < presence
        }
        extra(random, made)
        return made

    return draw


def _draw_extra(schema: Json, read: Sequence[str]) -> Callable[[Random, dict[str, Json]], None]:
    """What adds members that the schema does not declare and does not forbid."""
    other = schema.get("additionalProperties", {})
    if other is False:
        return lambda *_: None
    values = compile_draw({} if other is True else other)
    names = [*NOISE, *dict.fromkeys(read)]

    def add(random: Random, made: dict[str, Json]) -> None:
        while random.random() < 0.2:
            made[names[int(random.random() * len(names))]] = values(random)

    return add
