"""Whether what a path holds is what a field takes: type, format, enum. 0 is no, 1 yes; more speaks for it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from segue.fields.schema import kinds
from segue.json import JsonObject, JsonValue
from segue.suggesting.observing import Source


_NUMBER: Final = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}")
_TEXT: Final = frozenset(("string",))
_TRUTHS: Final = frozenset(("true", "false", "yes", "no", "1", "0"))

# What a field of one type makes of another, in JSON's types.
_TYPES: Final[Mapping[str, Mapping[str, float]]] = {
    "string": {"string": 1.0, "number": 0.95, "boolean": 0.6},
    "number": {"number": 1.0, "string": 0.95},
    "integer": {"number": 1.0, "string": 0.95},
    "boolean": {"boolean": 1.0, "string": 0.85, "number": 0.5},
    "object": {"object": 1.0},
    "array": {"array": 1.0},
}


def fit(field: JsonObject, source: Source) -> float:
    """How well what a path holds would do for a field."""
    return _type(field, source) * _format(field, source) * _enum(field, source)


def _type(field: JsonObject, source: Source) -> float:
    wanted = [one for one in kinds(field) if one in _TYPES]
    if not wanted or not source.types:
        return 0.9 if source.types & {"object", "array"} else 1.0
    best = max(_TYPES[one].get(got, 0.0) for one in wanted for got in source.types)
    strict = not {"string"} & {*wanted}
    if strict and source.types == _TEXT:
        right = _TRUTHS.__contains__ if "boolean" in wanted else _NUMBER.fullmatch
        return best if _all(source, lambda text: bool(right(text.lower()))) else 0.0
    return best


def _all(source: Source, right: Callable[[str], bool]) -> bool:
    texts = _texts(source)
    return not texts or all(map(right, texts))


def _texts(source: Source) -> list[str]:
    return [one for one in (*source.examples, *(source.texts or ())) if isinstance(one, str)]


def _format(field: JsonObject, source: Source) -> float:
    judge = _FORMATS.get(str(field.get("format", "")))
    return judge(field, source) if judge else 1.0


def _email(_: JsonObject, source: Source) -> float:
    if source.format == "email":
        return 1.08
    return 0.9 if _all(source, lambda text: "@" in text) and source.types == _TEXT else 0.0


def _uri(_: JsonObject, source: Source) -> float:
    if source.format == "uri":
        return 1.05
    return 0.9 if _all(source, lambda text: "." in text or "/" in text) else 0.2


def _date(field: JsonObject, source: Source) -> float:
    if source.format in {"date-time", "date"}:
        return 1.03
    if "number" in source.types:
        return 0.97 if {"number", "integer"} & {*kinds(field)} and _late(source.examples) else 0.4
    return 0.98 if _all(source, lambda text: bool(_DATE.match(text))) else 0.0


def _late(examples: tuple[JsonValue, ...]) -> bool:
    """Whether numbers may be Unix times of our days, in seconds or milliseconds."""
    return all(
        isinstance(one, str) or (isinstance(one, int | float) and one > 10**8) for one in examples
    )


_FORMATS: Final[Mapping[str, Callable[[JsonObject, Source], float]]] = {
    "email": _email,
    "uri": _uri,
    "uri-reference": _uri,
    "date": _date,
    "date-time": _date,
    "date-like": _date,
}


def _enum(field: JsonObject, source: Source) -> float:
    listed = field.get("enum")
    texts = {*_texts(source)}
    if not isinstance(listed, list) or not texts:
        return 1.0
    shared = sum(one in listed for one in texts) / len(texts)
    return 0.0 if not shared else 1.08 if shared == 1 else 0.8
