"""JSON values: their types, strict decoding, encoding, and their text form.

Two kinds of nothing: ``None`` is JSON's null, ``MISSING`` means that there is no value at all.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar, cast

import orjson


JsonScalar: TypeAlias = bool | int | float | str | None
# A real union with names only inside: a wholly quoted alias cannot be used in `X | Y` at run time.
JsonValue: TypeAlias = JsonScalar | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonObject: TypeAlias = Mapping[str, JsonValue]


class Missing(Enum):
    """The type of MISSING, an enum so that type checkers narrow on ``is MISSING``."""

    MISSING = "MISSING"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

T = TypeVar("T")

_EXPONENT: Final = 10**21  # from here on JavaScript writes an exponent
_INDEXES: Final = 2**32 - 1
_NO_NUMBERS: Final = {"NaN", "Infinity", "-Infinity"}  # spelled so in a text, null in JSON
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """Text is not JSON. ``line`` and ``column`` count from 1."""

    def __init__(self, reason: str, *, line: int = 1, column: int = 1) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason)

    def __str__(self) -> str:
        return f"{self.reason} (line {self.line}, column {self.column})"


def decode(text: bytes | str) -> JsonValue:
    """Read JSON (RFC 8259): no NaN, no lone surrogates, of duplicate keys the last wins.

    Raises JsonError.
    """
    try:
        return cast("JsonValue", orjson.loads(text))
    except orjson.JSONDecodeError as error:
        why = error.msg if text.strip() else "there is nothing in it"
        plain = JsonError(why, line=error.lineno, column=error.colno)
        raise _garbled(text) or plain from None


def _garbled(text: bytes | str) -> JsonError | None:
    """Where text is not Unicode, which the decoder does not say; None where all of it is."""
    try:
        text.encode() if isinstance(text, str) else text.decode()
    except UnicodeError as error:
        start = cast("UnicodeEncodeError | UnicodeDecodeError", error).start
        before = text[:start] if isinstance(text, str) else text[:start].decode()
        column = len(before) - before.rfind("\n")
        return JsonError("this is not UTF-8", line=before.count("\n") + 1, column=column)
    return None


def encode(value: JsonValue) -> bytes:
    """Write compact UTF-8 JSON. Not-a-number becomes null, a lone surrogate its escape.

    Raises ValueError for a container that holds itself.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return script(value).encode()


def script(value: JsonValue) -> str:
    """JSON text exactly as JavaScript's ``JSON.stringify`` writes it, at any depth.

    Numbers in JavaScript's spelling, index-like keys first, lone surrogates escaped. Raises
    ValueError for a container that holds itself.
    """
    parts: list[str] = []
    pending: list[JsonValue | _End] = [value]
    around: set[int] = set()
    while pending:
        match pending.pop():
            case _Mark() as mark:
                parts.append(mark)
            case _End(box):
                around.remove(box)
            case str() as words:
                parts.append(quote(words))
            case Mapping() as members:
                pending.append(_entered(members, around))
                pending.extend(reversed(_laid_out(ordered(members.items()))))
            case Sequence() as items:
                pending.append(_entered(items, around))
                pending.extend(reversed(_listed(items)))
            case None:
                parts.append("null")
            case scalar:
                spelled = text(scalar)
                parts.append("null" if spelled in _NO_NUMBERS else spelled)
    return "".join(parts)


class _Mark(str):
    """Punctuation between the values that are still to be written."""

    __slots__ = ()


class _End(NamedTuple):
    """The end of a container, known by its id."""

    box: int


def _entered(container: object, around: set[int]) -> _End:
    """Go into a container, which may not be one of those around it."""
    if id(container) in around:
        raise ValueError("a container that holds itself cannot be written as JSON")
    around.add(id(container))
    return _End(id(container))


def _laid_out(members: Iterable[tuple[str, JsonValue]]) -> list[JsonValue]:
    laid: list[JsonValue] = []
    for key, item in members:
        laid += _Mark(f"{',' if laid else '{'}{quote(key)}:"), item
    return [*laid, _Mark("}")] if laid else [_Mark("{}")]


def _listed(items: Sequence[JsonValue]) -> list[JsonValue]:
    listed: list[JsonValue] = []
    for item in items:
        listed += _Mark("," if listed else "["), item
    return [*listed, _Mark("]")] if listed else [_Mark("[]")]


def text(value: JsonValue | Missing) -> str:
    """The text form of a value, JavaScript's ``String()``: ``2.0`` is "2", a list its items.

    One difference: whole numbers keep all their digits, so that a long id survives.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number(value)
        case None:
            return "null"
        case Missing():
            return "undefined"
        case Mapping():
            return "[object Object]"
        case _:
            return ",".join("" if item is None else text(item) for item in _leaves(value))


def _leaves(items: Sequence[JsonValue]) -> list[JsonValue]:
    """The items of nested arrays in order; an empty one counts as an empty text."""
    leaves: list[JsonValue] = []
    pending: list[JsonValue] = [items]
    while pending:
        item = pending.pop()
        if isinstance(item, str) or not isinstance(item, Sequence):
            leaves.append(item)
        else:
            pending.extend(reversed(item) if item else [""])
    return leaves


def number(value: float) -> str:
    """A number in JavaScript's spelling (ECMA-262, Number::toString), digits of ints kept."""
    if isinstance(value, int):
        if abs(value) < _EXPONENT:
            return str(value)
        value = _double(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    plain = repr(value)
    if "e" not in plain:
        return "0" if value == 0 else plain.removesuffix(".0")
    return _spell(Decimal(plain))


def _double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _spell(value: Decimal) -> str:
    """The cases where Python writes an exponent; JavaScript does so from 1e21 and below 1e-6."""
    negative, figures, exponent = value.as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + cast("int", exponent)
    sign = "-" if negative else ""
    if 0 < point <= 21:
        return sign + digits.ljust(point, "0")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def ordered(members: Iterable[tuple[str, T]]) -> list[tuple[str, T]]:
    """Members in JavaScript's order: index-like keys first, ascending, then as inserted."""
    pairs = list(members)
    if not any(key[:1].isdecimal() for key, _ in pairs):
        return pairs
    indexes = [pair for pair in pairs if index_like(pair[0])]
    indexes.sort(key=lambda pair: int(pair[0]))
    return indexes + [pair for pair in pairs if not index_like(pair[0])]


def index_like(key: str) -> bool:
    """True for a key that JavaScript treats as an array index: "0", "17", not "01"."""
    if not (key.isascii() and key.isdecimal() and len(key) <= 10):
        return False
    return (key == "0" or key[0] != "0") and int(key) < _INDEXES


def quote(value: str) -> str:
    """A JSON string as JavaScript writes it: non-ASCII kept, lone surrogates escaped."""
    quoted = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
