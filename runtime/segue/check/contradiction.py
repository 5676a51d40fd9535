"""Triggers that no event can satisfy: only where that is certain."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, starmap
from typing import Final, TypeAlias, cast

from segue.check.grounds import Ground, ground
from segue.events import TYPES
from segue.json import JsonObject, JsonValue
from segue.schemas import Schemas
from segue.solving import Literal, put, ways
from segue.trigger import (
    Boolean,
    Compare,
    List,
    Negative,
    Null,
    Number,
    Path,
    Text,
    Trigger,
    compile_trigger,
    trigger_paths,
)


MOST: Final = 150
"""Ways to satisfy a trigger that are looked at; of one with more, nothing is said."""

Fits: TypeAlias = Callable[[tuple[str, ...], JsonValue], bool]


def impossible(trigger: Trigger, met: Ground | None = None) -> str | None:
    """Why no event can match, in words; None where one may, or where it cannot be told.

    With ``met``, values that its schema rules out count as impossible.
    """
    fits = _of(met) if met is not None else _anything
    known = ways(trigger)
    reasons: list[str] = []
    for index, way in enumerate(known):
        reason = None if index >= MOST else _conflict(way, fits)
        if reason is None:
            return None
        reasons.append(reason)
    return reasons[0] if reasons else "it is never true"


def open_ways(trigger: Trigger, met: Ground) -> Iterator[tuple[Literal, ...]]:
    """The ways to satisfy a trigger with events of a ground that nothing is known to rule out."""
    fits = _of(met)
    return (way for way in islice(ways(trigger), MOST) if _conflict(way, fits) is None)


def grounds(schemas: Schemas, trigger: Trigger) -> list[Ground]:
    """The kinds of events that a trigger may match.

    Only track events have a name by the spec. What asks for one is held against others only where it asks
    for another type, too.
    """
    every: list[tuple[str, str | None]] = [(kind, None) for kind in TYPES]
    every += [("track", name) for name in schemas.track]
    made = [ground(schemas, *one) for one in every]
    possible = [one for one in made if impossible(trigger, one) is None]
    likely = [one for one in possible if one.type == "track" or _nameless(trigger, one)]
    return likely or possible


def _nameless(trigger: Trigger, met: Ground) -> bool:
    """Whether a trigger can be satisfied by events of a ground that have no name."""
    several = enumerate(open_ways(trigger, met))
    return any(index + 1 >= MOST or not any(starmap(_needs_name, way)) for index, way in several)


def _needs_name(node: Trigger, wanted: bool) -> bool:  # noqa: FBT001 a literal, taken apart
    alone = trigger_paths(node) == (Path(("event",)),)
    return alone and compile_trigger(node)({}) is not wanted


def _of(met: Ground) -> Fits:
    def fits(keys: tuple[str, ...], value: JsonValue) -> bool:
        if keys == ("type",):
            return value == met.type
        if keys == ("event",) and met.type == "track":
            return met.named(value)
        return met.suits(keys, value)

    return fits


def _anything(keys: tuple[str, ...], value: JsonValue) -> bool:
    return keys != ("type",) or value in TYPES


def _conflict(way: Sequence[Literal], fits: Fits) -> str | None:
    """What of one way to satisfy a trigger cannot be had together."""
    for node, wanted in way:
        if isinstance(node, Boolean) and node.value is not wanted:
            return f"{node} is never {'true' if wanted else 'false'}"
    for path in dict.fromkeys(path for node, _ in way for path in trigger_paths(node)):
        own = [(node, wanted) for node, wanted in way if trigger_paths(node) == (path,)]
        reason = _pinned(path, own, fits) or _squeezed(path, own)
        if reason:
            return reason
    return None


def _pinned(path: Path, own: Sequence[Literal], fits: Fits) -> str | None:
    """Where the values that a path may have are all known, and none of them will do."""
    values = _domain(path, own)
    if values is None:
        return None
    tests = [(compile_trigger(node), wanted) for node, wanted in own]
    for value in values:
        event = cast("JsonObject", put({}, path.parts, value))
        if fits(path.parts, value) and all(test(event) is wanted for test, wanted in tests):
            return None
    said = " and ".join(str(node) if wanted else f"!({node})" for node, wanted in own)
    return f"no value of {path} satisfies {said}"


def _domain(path: Path, own: Sequence[Literal]) -> list[JsonValue] | None:
    """All the values that can satisfy one of these conditions; None where they are not few."""
    for node, wanted in own:
        if not wanted or not isinstance(node, Compare) or node.left != path:
            continue
        if node.operator == "=" and isinstance(node.right, Text | Number | Boolean | Null):
            return [_value(node.right)]
        if node.operator == "in" and isinstance(node.right, List):
            return [_value(one) for one in node.right.items]
    return [*TYPES] if path.parts == ("type",) else None


def _value(node: Text | Number | Boolean | Null) -> JsonValue:
    return None if isinstance(node, Null) else node.value


_ASKS_NUMBER: Final = frozenset({"<", "<=", ">", ">="})


def _squeezed(path: Path, own: Sequence[Literal]) -> str | None:
    """Where a path would have to be above one number and below another, or a number and a text."""
    low, high = (float("-inf"), True), (float("inf"), True)
    numeric = False
    for node, wanted in own:
        if not wanted or not isinstance(node, Compare) or node.left != path:
            continue
        if node.operator not in _ASKS_NUMBER or not isinstance(node.right, Number):
            continue
        numeric, limit = True, float(node.right.value)
        if node.operator in {">", ">="} and (limit, node.operator == ">") > (low[0], not low[1]):
            low = (limit, node.operator == ">=")
        if node.operator in {"<", "<="} and (-limit, node.operator == "<") > (
            -high[0],
            not high[1],
        ):
            high = (limit, node.operator == "<=")
    if low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1])):
        return f"{path} cannot be above {low[0]:g} and below {high[0]:g}"
    asks_text = any(wanted and _texts(node, path) for node, wanted in own)
    return f"{path} cannot be a number and a text" if numeric and asks_text else None


def _texts(node: Trigger, path: Path) -> bool:
    call = node.call if isinstance(node, Negative) else node
    return getattr(call, "function", None) in {"contains", "match"} and (
        getattr(call, "arguments", (None,))[0] == path
    )
