"""Events that satisfy a trigger, made from the trigger.

A trigger is taken apart into the conditions of one way to satisfy it. Each path gets values that its
conditions speak of, or that are next to them; the compiled trigger has the last word.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final, TypeAlias, cast

from segue.errors import EventError
from segue.events import MAX_DEPTH, TYPES, check
from segue.json import JsonObject, JsonValue, index_like
from segue.trigger import (
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Number,
    Or,
    Path,
    Text,
    Trigger,
    compile_trigger,
    glob,
    trigger_paths,
)


Literal: TypeAlias = tuple[Trigger, bool]
"""A condition without groups, and whether it should hold."""

WAYS: Final = 200
TRIES: Final = 2000

FAR: Final = 1000
"""Items of a list that is made; a key from here on is more likely a name, such as a year."""

NOTHING: Final = object()
"""Stands for no value at all."""
_ANY: Final[tuple[JsonValue, ...]] = (True, False, 0, 1, 1.5, "", "a", "1", [], {}, ["a"], None)


Offers: TypeAlias = Callable[[tuple[str, ...]], Sequence[object]]
"""Values that are worth trying at a path, beside those that the trigger speaks of."""


def solve(trigger: Trigger, events: Sequence[JsonObject]) -> JsonObject | None:
    """An event that would be accepted on arrival and that the trigger matches; None if none is found.

    It is one of ``events``, or made of one: what the trigger does not speak of stays.
    """
    matches = compile_trigger(trigger)
    for one in events:
        if matches(one):
            return one
    bases = sorted(events, key=_likeness(trigger), reverse=True)
    bases += [{**one, "anonymousId": "visitor-1"} for one in bases]
    made = (one for way in islice(ways(trigger, wanted=True), WAYS) for one in _fill(way, bases))
    return next((one for one in islice(made, TRIES) if matches(one) and _good(one)), None)


def solutions(
    trigger: Trigger,
    events: Sequence[JsonObject],
    good: Callable[[JsonObject], bool],
    offers: Offers,
) -> Iterator[JsonObject]:
    """Good events that the trigger matches, one for each way to satisfy it and each of ``events``."""
    matches = compile_trigger(trigger)
    for way in islice(ways(trigger), WAYS):
        for base in events:
            made = islice(_fill(way, [base], offers), TRIES)
            found = next((one for one in made if matches(one) and good(one)), None)
            if found is not None:
                yield found


def _likeness(trigger: Trigger) -> Callable[[JsonObject], int]:
    """How near an event is to what a trigger is about: its type is named, its fields are read."""
    spoken = list(_spoken(trigger))
    tops = [path.parts[0] for path in trigger_paths(trigger)]
    return lambda event: 10 * (event["type"] in spoken) + sum(top in event for top in tops)


def _good(event: JsonObject) -> bool:
    try:
        check(event)
    except EventError:
        return False
    return True


def ways(node: Trigger, *, wanted: bool = True) -> Iterator[tuple[Literal, ...]]:
    """The ways to make a condition hold, or fail: each a list of conditions without groups."""
    match node:
        case Not(condition):
            yield from ways(condition, wanted=not wanted)
        case And(conditions) | Or(conditions) if isinstance(node, And) is wanted:
            parts = [[*islice(ways(one, wanted=wanted), WAYS)] for one in conditions]
            for chosen in islice(product(*parts), WAYS):
                yield tuple(literal for part in chosen for literal in part)
        case And(conditions) | Or(conditions):
            for one in conditions:
                yield from ways(one, wanted=wanted)
        case _:
            yield ((node, wanted),)


def _fill(
    way: tuple[Literal, ...], bases: Sequence[JsonObject], more: Offers = lambda _: ()
) -> Iterator[JsonObject]:
    """Events in which every path of these conditions holds a value that suits them."""
    paths = dict.fromkeys(path for node, _ in way for path in trigger_paths(node))
    spoken = [value for node, _ in way for value in _spoken(node)]
    sought = [node for node, wanted in way if wanted and not isinstance(node, Negative)]
    spoken += _joined(sought)
    offers = [_suiting(path, way, [*more(path.parts), *spoken]) for path in paths]
    for values in product(*offers):
        for base in bases:
            event: JsonValue = base
            for path, value in zip(paths, values, strict=True):
                event = put(event, path.parts, value)
            yield cast("JsonObject", event)


def _suiting(path: Path, way: tuple[Literal, ...], spoken: list[object]) -> list[object]:
    """Values for one path with which its own conditions hold; ``NOTHING`` leaves it out."""
    own = [
        (compile_trigger(node), wanted) for node, wanted in way if trigger_paths(node) == (path,)
    ]
    offered: list[object] = [*TYPES] if path.parts == ("type",) else []
    offered += [*spoken, NOTHING, *_ANY]
    fits = [
        value
        for value in offered
        if all(test(cast("JsonObject", put({}, path.parts, value))) is want for test, want in own)
    ]
    return list({repr(value): value for value in fits}.values())[:24]


def _spoken(node: object) -> Iterator[JsonValue]:
    """The values that a condition speaks of, and those next to them."""
    if isinstance(node, Call) and node.function == "match":
        pattern = node.arguments[1]
        yield _matching(pattern.value) if isinstance(pattern, Text) else ""
    match node:
        case List(parts) | Call(_, parts) | And(parts) | Or(parts):
            several: Sequence[object] = parts
        case Compare(left, _, right):
            several = (left, right)
        case Negative(inner) | Not(inner):
            several = (inner,)
        case _:
            yield from _near(node)
            return
    for part in several:
        yield from _spoken(part)


def _joined(nodes: Sequence[Trigger]) -> list[JsonValue]:
    """A text that contains what each of several conditions looks for."""
    texts = [next((one for one in _spoken(node) if isinstance(one, str)), "") for node in nodes]
    return ["".join(texts), " ".join(texts)]


def _near(node: object) -> Iterator[JsonValue]:
    match node:
        case Text(value):
            yield from (value, value + "x", [value])
        case Number(value):
            size = min(int(abs(value)), 1000)
            yield from (value, value + 1, value - 1, str(value), "x" * size)
            yield from (["a"] * size, ["a"] * (size + 1))
        case Boolean(value):
            yield from (value, not value)
        case _:
            return


def _matching(pattern: str) -> str:
    """A text that a glob pattern matches: the first character of each place, nothing for a star."""
    places = (place for run in glob.parse(pattern) for place in run)
    return "".join("a" if place[0] == (0, 0x10FFFF) else chr(place[0][0]) for place in places)


def put(value: JsonValue, parts: Sequence[str], new: object) -> JsonValue:
    """The value with another one at a path; lists are made where a part is an index of a list.

    A list that is too short gets more of its last item, so that it holds what a schema asks of each.
    No event is deeper than MAX_DEPTH: a longer path leads nowhere, and the value stays as it is.
    """
    if len(parts) > MAX_DEPTH:
        return value
    key, *rest = parts
    if isinstance(value, list) and _place(key):
        return _placed(value, int(key), rest, new)
    members = dict(value) if isinstance(value, Mapping) else {}
    if not rest:
        if new is NOTHING:
            members.pop(key, None)
        else:
            members[key] = cast("JsonValue", new)
        return members
    members[key] = put(members.get(key, [] if _place(rest[0]) else {}), rest, new)
    return members


def _placed(value: Sequence[JsonValue], index: int, rest: Sequence[str], new: object) -> JsonValue:
    items = list(value)
    if new is NOTHING and not rest:
        return items[:index] + items[index + 1 :]
    items += (items[-1:] or [None]) * (index + 1 - len(items))
    items[index] = put(items[index], rest, new) if rest else cast("JsonValue", new)
    return items


def _place(key: str) -> bool:
    """Whether a key leads to an item of a list, and not to a member that is named by a number."""
    return index_like(key) and int(key) < FAR
