"""What people read when a value breaks a rule: which field, what was expected, what was found.

A sentence names a field by its title. The value of a ``writeOnly`` field is never shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, cast

from segue.errors import FieldError, pointer
from segue.fields.reference import Failure
from segue.fields.schema import Path, additional, items, properties, walk
from segue.json import JsonObject, JsonValue, encode, number, quote


_LONGEST: Final = 40
"""Characters of a text that a message quotes."""

_MOST_CHOICES: Final = 12
"""Values of an `enum` that a message lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a payload: its schema, its field's title or key, and whether it is a secret."""

    path: Path
    schema: JsonObject
    field: str = "The payload"
    secret: bool = False

    def step(self, key: str | int) -> "Place":
        """One level down."""
        if isinstance(key, int):
            schema, name = items(self.schema), self.field
        else:
            schema, name = properties(self.schema).get(key) or additional(self.schema), key
        field = cast("str", schema.get("title", name))
        secret = self.secret or schema.get("writeOnly") is True
        return Place((*self.path, key), schema, field, secret)

    def holds_secret(self) -> bool:
        """Whether it is a secret, or one is in it."""
        return self.secret or any(part.get("writeOnly") is True for _, part in walk(self.schema))

    def __str__(self) -> str:
        if not self.path:
            return self.field
        where = f" ({pointer(*self.path)})" if len(self.path) > 1 else ""
        return f"{quote(self.field)}{where}"


def explain(schema: JsonObject, payload: JsonValue, failure: Failure) -> FieldError:
    """What fails in a payload, in our words."""
    where = reduce(Place.step, failure.path, Place((), schema))
    message = sentence(where, failure)
    if failure.rule in {"required", "dependentRequired"}:
        where = where.step(failure.key)
    value = None if where.holds_secret() else _at(payload, where.path)
    return FieldError(pointer(*where.path), where.field, failure.rule, f"{message}.", value)


def _at(payload: JsonValue, path: Path) -> JsonValue:
    for key in path:
        if isinstance(payload, dict):
            payload = payload.get(cast("str", key))
        elif isinstance(payload, list):
            payload = payload[cast("int", key)]
    return payload


def sentence(where: Place, failure: Failure) -> str:
    """What fails at a place, without the full stop."""
    if failure.rule in _SHAPES:
        return _SHAPES[failure.rule](where, failure)
    wanted = EXPECTED[failure.rule](failure.asked)
    if _is_name(failure):
        return f"{_name(where, failure.found)} in {where} {wanted}"
    return _unmet(where, wanted, failure)


def _name(where: Place, key: str) -> str:
    return "A name" if where.secret else f"The name {shown(key)}"


def _unmet(where: Place, wanted: str, failure: Failure) -> str:
    found = "what was given is not" if where.secret else f"it is {seen(failure.found)}"
    return f"{where} {wanted}, but {found}"


def _is_name(failure: Failure) -> bool:
    """Is it about a member's name? Then the rule stands under `propertyNames`."""
    before = ("", *failure.way)
    words = (step for last, step in zip(before, failure.way, strict=False) if last != "properties")
    return "propertyNames" in words


def seen(value: object) -> str:
    """A value as a sentence ends with it: ``the text "abc"``, ``a list of 3 items``."""
    match value:
        case str():
            size = f" ({len(value)} characters)" if len(value) > _LONGEST else ""
            return f"the text {shown(value)}{size}" if value else "empty"
        case list():
            return f"a list of {_count(len(value), 'item')}" if value else "an empty list"
        case dict():
            return "an object" if value else "an empty object"
        case _:
            return shown(cast("JsonValue", value))


def shown(value: JsonValue) -> str:
    """A value as JSON, a long text cut short."""
    match value:
        case str():
            return quote(value if len(value) <= _LONGEST else value[:_LONGEST] + "…")
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case int() | float():
            return number(value)
        case _:
            return encode(value).decode()


def _count(many: int, noun: str) -> str:
    return f"{many} {noun}" if many == 1 else f"{many} {noun}s"


def listed(words: Sequence[str], joint: str) -> str:
    """Words as a sentence lists them: ``listed(["a", "b", "c"], "or") == "a, b or c"``."""
    *rest, last = words
    return f"{', '.join(rest)} {joint} {last}" if rest else last


_NOUNS: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}

_FORMS: Final = {
    "date": "a date such as 2024-02-29",
    "date-like": "a date such as 2024-02-29T10:00:00Z, or Unix time",
    "date-time": "a date and time with its zone such as 2024-02-29T10:00:00Z",
    "email": "an email address",
    "hostname": "a host name",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "regex": "a regular expression",
    "time": "a time such as 10:00:00Z",
    "uri": "a URI with its scheme",
    "uri-reference": "a URI or a relative reference",
    "uri-template": "a URI template",
    "uuid": "a UUID",
}


def _type(names: str | Sequence[str]) -> str:
    several = [names] if isinstance(names, str) else names
    return f"must be {listed([_NOUNS[name] for name in several], 'or')}"


def _choice(values: Sequence[JsonValue]) -> str:
    several = [shown(value) for value in values[:_MOST_CHOICES]]
    several += ["another"] * (len(values) > _MOST_CHOICES)
    return f"must be {'one of ' if len(several) > 1 else ''}{listed(several, 'or')}"


def _constant(value: JsonValue) -> str:
    return _choice([value])


def _least(noun: str) -> Callable[[int], str]:
    def expected(least: int) -> str:
        return (
            f"must have at least {_count(int(least), noun)}" if least > 1 else "must not be empty"
        )

    return expected


def _most(noun: str) -> Callable[[int], str]:
    def expected(most: int) -> str:
        return f"must have at most {_count(int(most), noun)}"

    return expected


def _bound(words: str) -> Callable[[float], str]:
    def expected(bound: float) -> str:
        return f"must be {words} {number(bound)}"

    return expected


def _pattern(pattern: str) -> str:
    return f"must match the pattern {pattern}"


def _format(name: str) -> str:
    return f"must be {_FORMS[name]}"


def _unique(_: object) -> str:
    return "must not repeat an item"


EXPECTED: Final[Mapping[str, Callable[..., str]]] = {
    "type": _type,
    "enum": _choice,
    "const": _constant,
    "minLength": _least("character"),
    "maxLength": _most("character"),
    "minItems": _least("item"),
    "maxItems": _most("item"),
    "minProperties": _least("member"),
    "maxProperties": _most("member"),
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "exclusiveMaximum": _bound("less than"),
    "pattern": _pattern,
    "format": _format,
    "uniqueItems": _unique,
}
"""What each rule asks for, made from the keyword's value."""


def _required(where: Place, failure: Failure) -> str:
    return f"{where.step(failure.key)} is required, but it is missing"


def _dependent(where: Place, failure: Failure) -> str:
    needs: Mapping[str, list[str]] = failure.asked
    given = next(key for key in needs if key in failure.found and failure.key in needs[key])
    return f"{where.step(failure.key)} is required beside {where.step(given)}, but it is missing"


def _surplus(where: Place, failure: Failure) -> str:
    return f"{_name(where, failure.key)} may not be in {where} here"


def _either(where: Place, failure: Failure) -> str:
    if all(cause.rule == "required" and not cause.path for cause in failure.causes):
        names = listed([str(where.step(cause.key)) for cause in failure.causes], "or")
        return f"{names} is required, but none is given"
    if all(cause.rule in EXPECTED and not cause.path for cause in failure.causes):
        wanted = [EXPECTED[cause.rule](cause.asked) for cause in failure.causes]
        return _unmet(where, " or ".join(dict.fromkeys(wanted)), failure)
    reasons = (sentence(reduce(Place.step, cause.path, where), cause) for cause in failure.causes)
    return f"{where} fits none of the forms it may have: {'; '.join(dict.fromkeys(reasons))}"


def _one(where: Place, failure: Failure) -> str:
    if failure.causes:
        return _either(where, failure)
    return f"{where} fits several of the forms of which it must have one"


def _not(where: Place, failure: Failure) -> str:
    if _is_name(failure):
        return f"{_name(where, failure.found)} may not be in {where}"
    return f"{where} has a form that is ruled out: {shown(failure.asked)}"


_SHAPES: Final[Mapping[str, Callable[[Place, Failure], str]]] = {
    "required": _required,
    "dependentRequired": _dependent,
    "additionalProperties": _surplus,
    "anyOf": _either,
    "oneOf": _one,
    "not": _not,
}
"""Rules whose sentence has a shape of its own."""
