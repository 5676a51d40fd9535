"""The limits of a field in words: "1 to 500 characters"."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from segue.json import JsonObject, JsonValue
from segue.reference.pieces import Phrase, code


LONG: Final = 60
"""Characters of a pattern that nobody reads in a table."""


def limits(field: JsonObject) -> Iterator[Phrase]:
    """What a schema asks of a value beside its type and its choices."""
    for word, say in _WORDS.items():
        if word in field:
            yield say(field[word])
    for low, high, unit in _RANGES:
        said = _range(field.get(low), field.get(high), unit)
        if said:
            yield [said]


def _range(least: JsonValue, most: JsonValue, unit: str) -> str:
    if unit and least == 0:  # which says nothing of a length
        least = None
    if least is None and most is None:
        return ""
    if most is None:
        return f"at least {_counted(least, unit)}"
    if least is None:
        return f"at most {_counted(most, unit)}"
    return f"{_number(least)} to {_counted(most, unit)}"


def _counted(count: JsonValue, unit: str) -> str:
    return f"{_number(count)} {unit[:-1] if count == 1 else unit}".rstrip()


def _number(value: JsonValue) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _pattern(text: str) -> Phrase:
    return [code(text)] if len(text) <= LONG else ["a long pattern"]


_WORDS: Final[Mapping[str, Callable[[JsonValue], Phrase]]] = {
    "pattern": lambda value: ["matches ", *_pattern(str(value))],
    "exclusiveMinimum": lambda value: [f"more than {_number(value)}"],
    "exclusiveMaximum": lambda value: [f"less than {_number(value)}"],
    "uniqueItems": lambda value: ["each item once"] if value else ["items may repeat"],
}
_RANGES: Final = (
    ("minLength", "maxLength", "characters"),
    ("minimum", "maximum", ""),
    ("minItems", "maxItems", "items"),
    ("minProperties", "maxProperties", "members"),
)

LIMITS: Final = frozenset({*_WORDS, *(word for one in _RANGES for word in one[:2])})
"""The keywords that are told of here."""
