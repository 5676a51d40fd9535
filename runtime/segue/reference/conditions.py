"""The conditions of a field spec in words: when a field is needed, and what else must hold.

Total: whatever a spec may hold is said, in the worst case as the JSON it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from segue.fields.schema import properties, required
from segue.json import JsonObject, JsonValue
from segue.reference.limits import LIMITS, limits
from segue.reference.pieces import Phrase, code, joined, listed


Need: TypeAlias = tuple[str, Phrase]
"""A key, and when it is needed."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """When each field of an object is needed beside those that always are; and what else must hold."""

    needs: Mapping[str, Phrase]
    others: Sequence[Phrase]


def conditions(schema: JsonObject) -> Conditions:
    """The conditions that stand at the top of an object's schema."""
    needs: dict[str, list[Phrase]] = {}
    others: list[Phrase] = []
    for found in _found(schema):
        if isinstance(found, tuple):
            needs.setdefault(found[0], []).append(found[1])
        else:
            others.append(found)
    return Conditions({key: joined(some, "or") for key, some in needs.items()}, others)


def _found(schema: JsonObject) -> Iterator[Need | Phrase]:
    yield from _dependent(schema)
    yield from _conditional(schema)
    for word, start in _ALTERNATIVES.items():
        if word in schema:
            yield [start, *joined([_group(one) for one in _schemas(schema[word])], "or")]
    if "not" in schema:
        yield ["not allowed: ", *said(_schema(schema["not"]))]
    for inner in _schemas(schema.get("allOf", ())):
        yield from _of_part(inner)


def _of_part(schema: JsonObject) -> Iterator[Need | Phrase]:
    """The conditions in one part of an allOf."""
    plain = {word: value for word, value in schema.items() if word not in _TAKEN}
    if plain:
        yield said(plain)
    yield from _found(schema)


def _dependent(schema: JsonObject) -> Iterator[Need]:
    depending = cast("Mapping[str, Sequence[str]]", schema.get("dependentRequired", {}))
    for key, needed in depending.items():
        for one in needed:
            yield one, ["if ", code(key), " is given"]


def _conditional(schema: JsonObject) -> Iterator[Need | Phrase]:
    if "if" not in schema:
        return
    test = said(_schema(schema["if"]))
    for word, start in (("then", "if "), ("else", "unless ")):
        held = _schema(schema.get(word, {}))
        for key in required(held):
            yield key, [start, *test]
        rest = {name: value for name, value in held.items() if name != "required"}
        if rest:
            yield [start, *test, ": ", *said(rest)]


def said(schema: JsonObject) -> Phrase:
    """What a schema asks of an object, as a clause: "`plan` is `pro` and `seats` is given"."""
    clauses = [*_of_fields(schema)]
    for word, value in schema.items():
        if word in _CLAUSES:
            clauses.append(_CLAUSES[word](value))
        elif word not in {"properties", "required", "type"}:
            clauses.append([code({word: value})])
    return joined(clauses, "and") if clauses else ["anything"]


def _of_fields(schema: JsonObject) -> Iterator[Phrase]:
    told = properties(schema)
    for key in required(schema):
        if key not in told:
            yield [code(key), " is given"]
    for key, field in told.items():
        yield from ([code(key), " ", *phrase] for phrase in _of_field(field))


def _of_field(field: JsonObject) -> Iterator[Phrase]:
    for phrase in limits(field):
        yield phrase if "pattern" in field else ["is ", *phrase]
    for word, value in field.items():
        if word not in LIMITS:
            yield _rule(word, value)


def _rule(word: str, value: JsonValue) -> Phrase:
    match word, value:
        case "const", _:
            return ["is ", code(value)]
        case "enum", [*values]:
            return ["is ", *listed(values, "or")]
        case "not", {"const": excluded, **rest} if not rest:
            return ["is not ", code(excluded)]
        case "not", {"enum": [*values], **rest} if not rest:
            return ["is none of ", *listed(values, "or")]
        case "type", str():
            return ["is null" if value == "null" else f"is of type {value}"]
        case _:
            return ["is like ", code({word: value})]


def _group(schema: JsonObject) -> Phrase:
    """One of several alternatives: the fields it needs by name, or what it says."""
    if set(schema) == {"required"}:
        return listed(required(schema), "and")
    return said(schema)


def _joined(word: str) -> Callable[[JsonValue], Phrase]:
    return lambda value: joined([said(one) for one in _schemas(value)], word)


def _schema(value: JsonValue) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _schemas(value: JsonValue) -> Sequence[JsonObject]:
    return [_schema(one) for one in value] if isinstance(value, Sequence) else []


_ALTERNATIVES: Final = {
    "anyOf": "at least one is needed: ",
    "oneOf": "exactly one is needed: ",
}
_TAKEN: Final = {*_ALTERNATIVES, "not", "allOf", "if", "then", "else", "dependentRequired"}
_CLAUSES: Final[Mapping[str, Callable[[JsonValue], Phrase]]] = {
    "allOf": _joined("and"),
    "anyOf": _joined("or"),
    "oneOf": _joined("or"),
    "not": lambda value: ["not (", *said(_schema(value)), ")"],
}
