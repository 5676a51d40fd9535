"""Conditional requirements: ``required: {match, conditions}`` as ``if`` and ``then``.

A condition names a field of the payload, dotted where it is in an object. Without a value it asks
whether the field is there. Where a field and all that its conditions name are in the items of one
list, each item is judged by itself.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, cast

from segue.compat.definitions import (
    TYPES,
    Condition,
    Definition,
    Definitions,
    conditions,
    is_list,
    nested,
)
from segue.fields.coercion import compile_field
from segue.json import JsonObject, JsonValue


Keys: TypeAlias = tuple[str, ...]

OPERATORS: Final = ("is", "is_not")


def requirements(fields: Definitions) -> list[JsonObject]:
    """The rules of all fields that are required under conditions, for ``allOf`` of the whole."""
    found = (_rule(fields, keys, field) for keys, field in _conditional(fields, ()))
    return [rule for rule in found if rule]


def _conditional(fields: Definitions, above: Keys) -> Iterator[tuple[Keys, Definition]]:
    for key, field in fields.items():
        if conditions(field) is not None:
            yield (*above, key), field
        yield from _conditional(nested(field) or {}, (*above, key))


def _rule(fields: Definitions, keys: Keys, field: Definition) -> JsonObject:
    """The rule for one field; an empty one where a payload cannot tell whether it is required."""
    asked = conditions(field) or []
    either = cast("JsonObject", field["required"]).get("match") == "any"
    told = [condition for condition in asked if "fieldKey" in condition]  # not the sync mode
    if (either and not told) or (not either and len(told) < len(asked)):
        return {}
    named = [(_keys(fields, condition), condition) for condition in told]
    shared = _shared(fields, keys, [path for path, _ in named])
    inner, depth = _inside(fields, shared), len(shared)
    tests = [_test(inner, path[depth:], condition) for path, condition in named]
    held = _joined("anyOf" if either else "allOf", tests)
    rule = {"if": held, "then": _at(inner, keys[depth:], {})}
    return _at(fields, shared, {"items": rule}, demanded=False) if shared else rule


def _joined(word: str, tests: Sequence[JsonObject]) -> JsonObject:
    if len(tests) == 1:
        return tests[0]
    return {word: tests} if tests else {}


def _keys(fields: Definitions, condition: Condition) -> Keys:
    """The keys to the field that a condition names; what goes on below a field is ignored."""
    name = cast("str", condition["fieldKey"])
    if name in fields:
        return (name,)
    key, _, rest = name.partition(".")
    field = fields.get(key, {})
    if not rest or field.get("type") != "object":
        return (key,)
    below = nested(field)
    return (key, *(_keys(below, {"fieldKey": rest}) if below is not None else (rest,)))


def _shared(fields: Definitions, keys: Keys, others: Sequence[Keys]) -> Keys:
    """The way to the innermost list in whose items all of these are."""
    found: Keys = ()
    for depth in range(1, len(keys)):
        here = keys[:depth]
        if any(other[:depth] != here or len(other) == depth for other in others):
            break
        if is_list(_inside(fields, here[:-1])[here[-1]]):
            found = here
    return found


def _inside(fields: Definitions, keys: Keys) -> Definitions:
    for key in keys:
        fields = nested(fields[key]) or {}
    return fields


def _test(fields: Definitions, keys: Keys, condition: Condition) -> JsonObject:
    expected = condition["operator"] == "is"
    if "value" not in condition:
        return _missing(fields, keys) if expected else {"not": _missing(fields, keys)}
    constant: JsonObject = {"const": _typed(fields, keys, condition["value"])}
    return _at(fields, keys, constant if expected else {"not": constant})


def _at(fields: Definitions, keys: Keys, rule: JsonObject, *, demanded: bool = True) -> JsonObject:
    """A rule about the field at the end of these keys, which is there if that is demanded."""
    key, *rest = keys
    field = fields.get(key, {})
    if rest:
        rule = _at(nested(field) or {}, (*rest,), rule, demanded=demanded)
        rule = {"items": rule} if is_list(field) else rule
    judged: JsonObject = {"properties": {key: rule}} if rule else {}
    return {"required": [key], **judged} if demanded else judged


def _missing(fields: Definitions, keys: Keys) -> JsonObject:
    """The field at the end of these keys is null or not there."""
    key, *rest = keys
    field = fields.get(key, {})
    below = _missing(nested(field) or {}, (*rest,)) if rest else {"type": "null"}
    judged: JsonObject = {"items": below} if rest and is_list(field) else below
    return {"anyOf": [{"not": {"required": [key]}}, {"properties": {key: judged}}]}


def _typed(fields: Definitions, keys: Keys, value: JsonValue) -> JsonValue:
    """A value to compare with, as the field's coercion leaves it."""
    field = _inside(fields, keys[:-1]).get(keys[-1], {})
    return value if is_list(field) else compile_field(TYPES.get(field.get("type"), {}))(value)
