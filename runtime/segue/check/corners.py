"""Values that are worth trying at a place: those that its schema speaks of, and their neighbours."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from segue.check.patterns import matching
from segue.check.verdicts import allows
from segue.fields.examples import FORMATS
from segue.fields.schema import items, kinds, prefixed, properties, required, walk
from segue.fields.variants import variants
from segue.json import JsonObject, JsonValue, encode


FREE: Final[tuple[JsonValue, ...]] = (
    *(
        "text",
        "",
        " ",
        "12",
        "12,50",
        "true",
        "2026-01-31T09:30:00.000Z",
        "ada@example.com",
        "Ünï 😀 中",
    ),
    *(0, 1, -1, 1.5, 19.99, 10**12, True, False, [], ["a"], {}, {"a": 1}, [{"a": "b"}], None),
)
"""What a value may be of which nothing is said."""

LONG: Final = 3000
"""The longest text that is made where nothing limits it."""

ENDLESS: Final = 32_000
"""No text that long is made, even if one must be: an event is refused that is longer."""

MANY: Final = 2000
"""The most items of a list that is made."""

CHOICES: Final = 24
"""Choices of one place that are tried; of more, those that are most unlike."""

DEEP: Final = 6

LIKELY: Final[Mapping[str, str]] = {
    **FORMATS,
    "duration": "P1DT12H",
    "idn-email": "ada@example.com",
    "idn-hostname": "api.example.com",
    "iri": "https://api.example.com/v1",
    "iri-reference": "/v1",
    "json-pointer": "/a/0",
    "relative-json-pointer": "1/a",
}
"""A text of each format that is asserted of events, which are more than fields may have."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What fields ask of values: lengths, numbers, choices, patterns; what is next to them is worth trying."""

    lengths: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    choices: tuple[JsonValue, ...] = ()
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, schema: JsonObject) -> "Demands":
        """What a field and all in it demand."""
        found = [part for _, part in walk(schema)]
        lengths = _said(found, "minLength", "maxLength", "minItems", "maxItems")
        bounds = _said(found, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        choices = [one for part in found for one in cast("list[JsonValue]", part.get("enum", []))]
        return cls(
            tuple(sorted({int(one) + step for one in lengths for step in (-1, 0, 1) if one + step >= 0})),
            tuple(sorted({one + step for one in bounds for step in (-1, -0.5, 0, 1)})),
            tuple(choices),
            tuple(cast("str", part["pattern"]) for part in found if "pattern" in part)[:4],
        )  # fmt: skip

    @classmethod
    def all(cls, several: "Sequence[Demands]") -> "Demands":
        """What any of them asks."""
        return cls(
            tuple(sorted({one for each in several for one in each.lengths})),
            tuple(sorted({one for each in several for one in each.numbers})),
            tuple(one for each in several for one in each.choices),
            tuple(one for each in several for one in each.patterns),
        )

    @property
    def near(self) -> Iterator[JsonValue]:
        """Texts that differ from a good one in their form only."""
        good = [one for one in self.choices if isinstance(one, str) and one][:2]
        good += [text for one in self.patterns for text in matching(one)[:2] if text]
        for one in good:
            yield from (one, one.upper(), one.lower(), one.capitalize())
            yield from (one[0] + sign + one[1:] for sign in (" ", "-", "_"))


def _said(parts: Sequence[JsonObject], *words: str) -> list[float]:
    return [cast("float", part[word]) for part in parts for word in words if word in part]


def corners(schemas: Sequence[JsonObject], demands: Demands) -> list[JsonValue]:
    """Values for a place, each once, the plain ones first. They are likely to suit its schema."""
    if not schemas or not any(_says(one) for one in schemas):
        known = [
            one for part in schemas for one in cast("list[JsonValue]", part.get("examples", []))
        ]
        long = ["x" * min(one, LONG) for one in demands.lengths[-1:]] or ["x" * 600]
        near = [*demands.choices[:8], *demands.near, *long, *demands.numbers]
        return _once([*known, *FREE, *near])
    return _once(value for one in schemas for value in _corners(one, demands))


_SAYS: Final = frozenset(("type", "enum", "const", "pattern", "format", "properties", "items"))


def _says(schema: JsonObject) -> bool:
    return bool(_SAYS & schema.keys())


def _once(values: "Iterator[JsonValue] | Sequence[JsonValue]") -> list[JsonValue]:
    return [*{encode(one): one for one in values}.values()]


def _corners(schema: JsonObject, demands: Demands) -> Iterator[JsonValue]:
    if "const" in schema:
        yield schema["const"]
        return
    if "enum" in schema:
        yield from _chosen(cast("list[JsonValue]", schema["enum"]), demands)
        return
    yield from cast("list[JsonValue]", schema.get("examples", []))
    for kind in kinds(schema) or _implied(schema):
        yield from _OF[kind](schema, demands)


def _chosen(several: Sequence[JsonValue], demands: Demands) -> Sequence[JsonValue]:
    """Choices: of many the first, those that no field offers, one of each form, the shortest and longest."""
    if len(several) <= CHOICES:
        return several
    texts = {encode(one): one for one in several}
    offered = {encode(one) for one in demands.choices}
    foreign = [one for text, one in texts.items() if offered and text not in offered]
    forms = {_FIGURE.sub(b"0", _LETTERS.sub(b"a", text)): one for text, one in texts.items()}
    ends = sorted(several, key=lambda one: len(encode(one)))
    return _once([*several[:6], *foreign[:6], ends[0], *ends[-2:], *forms.values()])[:CHOICES]


_LETTERS: Final = re.compile(rb"[a-z]+")
_FIGURE: Final = re.compile(rb"[0-9]+")


def _implied(schema: JsonObject) -> tuple[str, ...]:
    if "properties" in schema or "required" in schema:
        return ("object",)
    return ("array",) if "items" in schema else ("string",)


def _texts(schema: JsonObject, demands: Demands) -> Iterator[JsonValue]:
    low, high = cast("int", schema.get("minLength", 0)), cast("int", schema.get("maxLength", LONG))
    if low > ENDLESS:
        return
    form = cast("str", schema.get("format"))
    if "pattern" in schema:
        yield from matching(cast("str", schema["pattern"]))
    lengths = sorted({low, low + 1, high, *(one for one in demands.lengths if low <= one <= high)})
    if form in LIKELY:
        yield LIKELY[form]
        yield from _AWKWARD.get(form, ())
        if form in _STRETCHED:
            yield from (_STRETCHED[form](one) for one in lengths if 12 <= one <= LONG)
        return
    yield "text".ljust(low, "x")[: max(high, 0)]
    yield from ("x" * min(one, LONG) for one in lengths)
    filled = (fill * max(low, 1) for fill in ("7", " ", "é", "😀", "<", "{"))
    yield from filled
    yield from (
        "".ljust(low),
        "Text 1".ljust(low, "x"),
        "lower".ljust(low, "x"),
        "UPPER".ljust(low, "X"),
    )
    for one in demands.choices[:8]:
        if isinstance(one, str):
            yield from (one, one.upper(), one.lower(), f" {one}")
    yield "ß" * min(high, 40)


_AWKWARD: Final[Mapping[str, Sequence[str]]] = {
    "date-time": ("2026-01-31T09:30:00+05:30", "1969-12-31T23:59:59Z", "2026-12-31T23:59:59.999999Z"),
    "date": ("1969-12-31", "2028-02-29"),
    "email": ("a@b.co", "ADA@EXAMPLE.COM", "o'hara+tag@example.co.uk"),
    "uri": ("http://a.example", "mailto:a@b.example", "https://example.com/a b?c=d#e".replace(" ", "%20")),
}  # fmt: skip


def _email(length: int) -> str:
    name = "a" * min(64, length - 6)
    rest = length - len(name) - 5
    host = ".".join("b" * len(part) for part in _parts(rest))
    return f"{name}@{host}.com"


def _parts(length: int) -> Iterator[str]:
    """A length cut into labels of 60 and the dots between them."""
    while length > 61:
        yield "b" * 60
        length -= 61
    yield "b" * max(length, 1)


_STRETCHED: Final[Mapping[str, Callable[[int], str]]] = {
    "email": _email,
    "uri": lambda length: "https://example.com/".ljust(length, "x"),
    "uri-reference": lambda length: "/".ljust(length, "x"),
}


def _integers(schema: JsonObject, demands: Demands) -> Iterator[JsonValue]:
    yield from (one for one in _numbers(schema, demands) if float(cast("float", one)).is_integer())


def _numbers(schema: JsonObject, demands: Demands) -> Iterator[JsonValue]:
    low = cast("float", schema.get("minimum", schema.get("exclusiveMinimum", -(10**12))))
    high = cast("float", schema.get("maximum", schema.get("exclusiveMaximum", 10**12)))
    step = cast("float", schema.get("multipleOf", 1))
    for one in (
        1,
        low,
        high,
        0,
        -1,
        low + step,
        high - step,
        *demands.numbers,
        2,
        10,
        1000,
        (low + high) // 2,
    ):
        near = round(one / step) * step if "multipleOf" in schema else one
        if low <= near <= high:
            yield int(near) if float(near).is_integer() else near
    for one in (0.5, low + 0.01, high - 0.5, 19.99, 1234.565):
        if low < one < high:
            yield one


def _lists(schema: JsonObject, demands: Demands) -> Iterator[JsonValue]:
    low = cast("int", schema.get("minItems", 0))
    high = min(cast("int", schema.get("maxItems", 200)), 200)
    if low > MANY:
        return
    full = sample(items(schema), rich=True)
    lengths = {max(1, low), low, min(high, 2)}
    for length in sorted(lengths | {one for one in demands.lengths if low <= one <= high}):
        yield _filled(schema, full, length)
    yield _filled(schema, sample(items(schema), rich=False), max(1, low))
    inner = [value for one in variants(items(schema)) for value in _corners(one, demands)]
    yield from (_filled(schema, value, max(1, low)) for value in inner[:24])


def _filled(schema: JsonObject, value: JsonValue, length: int) -> list[JsonValue]:
    """A list of so many items: the first as they are declared, the others one value, or all different."""
    first = [sample(one, rich=True) for one in prefixed(schema)][:length]
    rest = length - len(first)
    return [*first, *(_different(schema, value, rest) if _unique(schema) else [value] * rest)]


def _unique(schema: JsonObject) -> bool:
    return schema.get("uniqueItems") is True


def _different(schema: JsonObject, value: JsonValue, count: int) -> list[JsonValue]:
    """A value and others that are none like it."""
    more = [one for each in variants(items(schema)) for one in _corners(each, Demands())]
    if isinstance(value, str):
        more += [f"{value}{number}" for number in range(count)]
        more += [f"{number}" for number in range(count)]
    if isinstance(value, int):
        more += range(count)
    return _once([value, *more])[:count]


def _objects(schema: JsonObject, _: Demands) -> Iterator[JsonValue]:
    yield sample(schema, rich=True)
    yield sample(schema, rich=False)
    yield _longest(schema)


def _longest(schema: JsonObject, depth: int = DEEP) -> JsonValue:
    """A value with every text in it as long as it may be."""
    plain = _plain(schema)
    if "properties" in plain:
        members = properties(plain).items() if depth else ()
        return {key: _longest(inner, depth - 1) for key, inner in members}
    free = "string" in kinds(plain) and not {"pattern", "enum", "const"} & plain.keys()
    return max(map(str, _texts(plain, Demands())), key=len) if free else sample(plain, rich=True)


_OF: Final[Mapping[str, Callable[[JsonObject, Demands], Iterator[JsonValue]]]] = {
    "string": _texts,
    "number": _numbers,
    "integer": _integers,
    "boolean": lambda _, __: iter((True, False)),
    "null": lambda _, __: iter((None,)),
    "array": _lists,
    "object": _objects,
}


def sample(schema: JsonObject, *, rich: bool, depth: int = DEEP) -> JsonValue:
    """One likely value: with everything that may be in it, or with no more than there must be."""
    plain = _plain(schema)
    if "object" in kinds(plain) or (not kinds(plain) and "properties" in plain):
        members, needed = properties(plain), required(plain)
        wanted = [
            key for key in members if key in needed or (rich and depth and _any(members[key]))
        ]
        wanted += [key for key in needed if key not in members]
        return {key: sample(members.get(key, {}), rich=rich, depth=depth - 1) for key in wanted}
    if "array" in kinds(plain):
        least = cast("int", plain.get("minItems", 0))
        count = max(least, len(prefixed(plain)) or 1) if rich and depth > 0 else least
        inner = sample(items(plain), rich=rich, depth=depth - 1)
        return _filled(plain, inner, count) if count <= MANY else []
    likely = _corners(plain, Demands()) if _says(plain) or "examples" in plain else iter(())
    return next((one for one in likely if allows(plain, one)), "text")


def _plain(schema: JsonObject) -> JsonObject:
    """The first alternative of a schema that may have a value."""
    several = variants(schema) or [schema]
    return next(filter(_any, several), several[0])


def _any(schema: JsonObject) -> bool:
    """Whether a schema may have a value at all."""
    return [] not in (schema.get("enum"), schema.get("type"))
