"""What a newer field spec does to those who fill in an older one.

A change is breaking if a payload that was taken may now be refused, or lose a value. Where that
cannot be told, as for a condition that was rewritten, it counts as breaking.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from segue.errors import pointer
from segue.fields.schema import Path, additional, closed, items, kinds, properties, required
from segue.json import MISSING, JsonObject, JsonValue, Missing, encode


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``pointer`` leads into the newer spec, or to where it was in the older one."""

    pointer: str
    message: str
    breaking: bool

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


Value: TypeAlias = JsonValue | Missing
Rule: TypeAlias = Callable[[Value, Value], tuple[str, bool] | None]


def compare(old: JsonObject, new: JsonObject) -> list[Change]:
    """The changes from one field spec to another, the breaking ones first. Both must be valid."""
    return sorted(_changes((), old, new), key=lambda change: not change.breaking)


def _changes(path: Path, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    if _same(old, new):
        return
    yield from _types(path, old, new)
    yield from _choices(path, old, new)
    for words, rule in _RULES:
        for word in words:
            before, after = old.get(word, MISSING), new.get(word, MISSING)
            if not _same(before, after) and (found := rule(before, after)):
                yield _change((*path, word), *found)
    if not _same(_branches(old), _branches(new)):
        yield _change(path, *_rewritten(_branches(old) or MISSING, _branches(new) or MISSING))
    yield from _members(path, old, new)
    if "items" in new:
        yield from _changes((*path, "items"), items(old), items(new))


def _same(one: Value, other: Value) -> bool:
    """Equal as JSON text, in which ``true`` is not 1."""
    return _told(one) == _told(other)


def _change(path: Path, message: str, breaking: bool) -> Change:  # noqa: FBT001 one of a pair
    return Change(pointer(*path), message, breaking)


# Types and choices


def _types(path: Path, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    before, after = kinds(old), kinds(new)
    if set(before) == set(after):
        return
    wider = not after or (before and set(before) <= {*after, *_integers(after)})
    message = f"its type is {_or(after)}; it was {_or(before)}"
    yield _change((*path, "type"), message, not wider)


def _integers(names: Iterable[str]) -> tuple[str, ...]:
    return ("integer",) if "number" in names else ()


def _or(names: Sequence[str]) -> str:
    return " or ".join(names) or "not fixed"


def _choices(path: Path, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    """Of ``enum`` and ``const``, which say the same in two ways."""
    before, after = _allowed(old), _allowed(new)
    if before == after:
        return
    if after is None:
        yield _change(path, "any value may be chosen now", breaking=False)
    elif before is None:
        yield _change(path, f"only these may be chosen now: {_and(after)}", breaking=True)
    else:
        if gone := [one for one in before if one not in after]:
            yield _change(path, f"choices are gone: {_and(gone)}", breaking=True)
        if more := [one for one in after if one not in before]:
            yield _change(path, f"choices are new: {_and(more)}", breaking=False)


def _allowed(schema: JsonObject) -> list[str] | None:
    if "enum" not in schema and "const" not in schema:
        return None
    enum = cast("Sequence[JsonValue]", schema.get("enum", [schema.get("const")]))
    told = [_told(one) for one in enum]
    only = _told(schema.get("const", MISSING))
    return [one for one in told if only in ("", one)]


def _and(names: Iterable[str]) -> str:
    return ", ".join(names)


# Limits and other keywords, each on its own


def _least(before: Value, after: Value) -> tuple[str, bool]:
    """A lower limit: none is the lowest."""
    return _limit(before, after, lambda old, new: new > old)


def _most(before: Value, after: Value) -> tuple[str, bool]:
    return _limit(before, after, lambda old, new: new < old)


def _limit(
    before: Value, after: Value, tighter: Callable[[float, float], bool]
) -> tuple[str, bool]:
    if after is MISSING:
        return f"the limit {_told(before)} is gone", False
    if before is MISSING:
        return f"there is a limit now: {_told(after)}", True
    breaking = tighter(cast("float", before), cast("float", after))
    return f"the limit is {_told(after)}; it was {_told(before)}", breaking


def _judged(before: Value, after: Value) -> tuple[str, bool] | None:
    """A rule of which none is narrower than another."""
    if after is MISSING or after is False:
        return f"{_told(before)} is not asked for any more", False
    if before is MISSING or before is False:
        return f"{_told(after)} is asked for now", True
    return f"{_told(after)} is asked for; it was {_told(before)}", True


def _formatted(before: Value, after: Value) -> tuple[str, bool] | None:
    notes = {"text", "password"}  # these two say how a form shows it
    before, after = (MISSING if one in notes else one for one in (before, after))
    return None if before == after else _judged(before, after)


def _rewritten(before: Value, after: Value) -> tuple[str, bool]:
    if after is MISSING:
        return "a condition is gone", False
    what = "there is a condition now" if before is MISSING else "the condition is another"
    return f"{what}; whether it refuses more cannot be told", True


def _any_of(before: Value, after: Value) -> tuple[str, bool]:
    if before is not MISSING and after is not MISSING and _within(before, after):
        return "there are more alternatives", False
    return _rewritten(before, after)


def _all_of(before: Value, after: Value) -> tuple[str, bool]:
    if before is not MISSING and after is not MISSING and _within(after, before):
        return "there are fewer conditions", False
    return _rewritten(before, after)


def _within(few: Value, many: Value) -> bool:
    known = [_told(one) for one in cast("list[JsonValue]", many)]
    return all(_told(one) in known for one in cast("list[JsonValue]", few))


def _dependent(before: Value, after: Value) -> tuple[str, bool]:
    asked, asks = _lists(before), _lists(after)
    added = {key: [*set(names) - set(asked.get(key, ()))] for key, names in asks.items()}
    told = [f"with {key} comes {_and(sorted(names))}" for key, names in added.items() if names]
    return ("; ".join(told), True) if told else ("less is required together", False)


def _lists(value: Value) -> Mapping[str, Sequence[str]]:
    return {} if value is MISSING else cast("Mapping[str, Sequence[str]]", value)


def _secret(_: Value, after: Value) -> tuple[str, bool]:
    return ("it is a secret now", False) if after is True else ("it is no secret any more", True)


def _mapped(_: Value, __: Value) -> tuple[str, bool]:
    return "its default mapping is another", False


def _outdated(_: Value, after: Value) -> tuple[str, bool] | None:
    return ("it is deprecated", False) if after is True else None


_RULES: Final[Sequence[tuple[Sequence[str], Rule]]] = (
    (("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"), _least),
    (("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"), _most),
    (("pattern", "uniqueItems"), _judged),
    (("format",), _formatted),
    (("oneOf", "not", "propertyNames"), _rewritten),
    (("anyOf",), _any_of),
    (("allOf",), _all_of),
    (("dependentRequired",), _dependent),
    (("writeOnly",), _secret),
    (("mapping",), _mapped),
    (("deprecated",), _outdated),
)


def _branches(schema: JsonObject) -> JsonObject:
    return {word: schema[word] for word in ("if", "then", "else") if word in schema}


def _told(value: Value) -> str:
    return "" if value is MISSING else encode(value).decode()


# Members of objects


def _members(path: Path, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    before, after = properties(old), properties(new)
    for key in required(new):
        if key not in required(old):
            what = "it is required now" if key in before else "it is new, and required"
            yield _change((*path, "properties", key), what, breaking=True)
    for key in (*after, *(key for key in before if key not in after)):
        yield from _member((*path, "properties", key), key, old, new)
    yield from _others(path, old, new)


def _member(path: Path, key: str, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    before, after = properties(old).get(key), properties(new).get(key)
    if after is None:
        yield _change(path, "it is gone", breaking=True)
    elif before is not None:
        yield from _changes(path, before, after)
    elif closed(old):
        if key not in required(new):
            yield _change(path, "it is new", breaking=False)
    else:  # members of this name were taken before, as all others
        yield from _changes(path, additional(old), after)


def _others(path: Path, old: JsonObject, new: JsonObject) -> Iterator[Change]:
    """Of members without a declaration."""
    path = (*path, "additionalProperties")
    if closed(new) and not closed(old):
        yield _change(path, "members that are not declared are dropped now", breaking=True)
    elif closed(old) and not closed(new):
        yield _change(path, "members that are not declared are taken now", breaking=False)
    elif not closed(new):
        yield from _changes(path, additional(old), additional(new))
