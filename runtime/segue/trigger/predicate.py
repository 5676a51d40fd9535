"""Compiles a tree to one plain Python function of an event.

Every function is total: it answers for any event, well-formed or not. What runs most (a text
compared with a top-level key, small groups) is spelled out.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Final, TypeAlias

from segue.trigger import glob
from segue.trigger.equality import NUMBERS, is_list, is_number, same
from segue.trigger.functions import number
from segue.trigger.parser import parse_trigger
from segue.trigger.reader import Event, Reader, literal, member, reader
from segue.trigger.tree import (
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Null,
    Number,
    Operator,
    Or,
    Path,
    Scalar,
    Text,
    Trigger,
    Value,
)


Predicate: TypeAlias = Callable[[Event], bool]
Order: TypeAlias = Callable[[float, float], bool]

ORDER: Final[Mapping[Operator, Order]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
MIRROR: Final[Mapping[Operator, Operator]] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def compile_trigger(trigger: str | Trigger) -> Predicate:
    """One function that tells whether an event is wanted; it never raises, whatever the event.

    Raises TriggerError when a text does not parse.
    """
    return predicate(parse_trigger(trigger) if isinstance(trigger, str) else trigger)


def predicate(tree: Trigger) -> Predicate:
    """Compile a condition."""
    match tree:
        case And(conditions):
            return every([predicate(condition) for condition in conditions])
        case Or(conditions):
            return some([predicate(condition) for condition in conditions])
        case Not(condition):
            return opposite(predicate(condition))
        case Compare(left, operator, right):
            return comparison(left, operator, right)
        case Negative(call):
            return unlike(call)
        case Call():
            return like(tree)
        case Path() | Boolean():
            return identical(reader(tree), sought=True)


def every(parts: Sequence[Predicate]) -> Predicate:
    match parts:
        case [one, two]:
            return lambda event: one(event) and two(event)
        case [one, two, three]:
            return lambda event: one(event) and two(event) and three(event)
        case [one, two, three, four]:
            return lambda event: one(event) and two(event) and three(event) and four(event)
        case _:
            return opposite(_any([opposite(part) for part in parts]))


def some(parts: Sequence[Predicate]) -> Predicate:
    match parts:
        case [one, two]:
            return lambda event: one(event) or two(event)
        case [one, two, three]:
            return lambda event: one(event) or two(event) or three(event)
        case _:
            return _any(parts)


def _any(parts: Sequence[Predicate]) -> Predicate:
    def holds(event: Event) -> bool:
        for part in parts:  # noqa: SIM110 - any() with a generator takes twice the time
            if part(event):
                return True
        return False

    return holds


def opposite(part: Predicate) -> Predicate:
    return lambda event: not part(event)


def identical(read: Reader, *, sought: bool | None) -> Predicate:
    return lambda event: read(event) is sought


def passes(read: Reader, test: glob.Test) -> Predicate:
    """The value is text and passes."""

    def holds(event: Event) -> bool:
        value = read(event)
        return isinstance(value, str) and test(value)

    return holds


def fails(read: Reader, test: glob.Test) -> Predicate:
    """The value is text and fails."""

    def holds(event: Event) -> bool:
        value = read(event)
        return isinstance(value, str) and not test(value)

    return holds


def like(call: Call) -> Predicate:
    """Compile a call that answers yes or no."""
    test = _test(call)
    return passes(reader(call.arguments[0]), test) if test else identical(reader(call), sought=True)


def unlike(call: Call) -> Predicate:
    """Compile ``!contains(…)`` or ``!match(…)``: false for what is no text."""
    subject = reader(call.arguments[0])
    test = _test(call)
    if test:
        return fails(subject, test)
    part, found = reader(call.arguments[1]), reader(call)

    def holds(event: Event) -> bool:
        both = isinstance(subject(event), str) and isinstance(part(event), str)
        return both and not found(event)

    return holds


def _test(call: Call) -> glob.Test | None:
    """What a call asks of a text, when that is known beforehand."""
    match call:
        case Call("match", (_, Text(pattern))):
            return glob.compile(pattern)
        case Call("contains", (_, Text(part))):
            return lambda text: part in text
        case _:
            return None


def comparison(left: Value, operator: Operator, right: Value) -> Predicate:
    """Compile ``left operator right``; a literal on the left changes sides."""
    if operator == "in":
        return membership(reader(left), right)
    if isinstance(left, Scalar | List) and isinstance(right, Path | Call):
        left, operator, right = right, MIRROR[operator], left
    if operator in ORDER:
        return ordering(reader(left), ORDER[operator], right)
    return equality(left, right) if operator == "=" else inequality(left, right)


def equality(left: Value, right: Value) -> Predicate:
    match left, right:
        case Path((key,)), Text(text):
            return _text_at(key, text)
        case _, Text(text):
            return passes(reader(left), text.__eq__)
        case _, Number(limit):
            return numeric(reader(left), eq, limit)
        case _, Boolean(sought):
            return identical(reader(left), sought=sought)
        case _, Null():
            return identical(reader(left), sought=None)
        case _:
            read, other = reader(left), reader(right)
            return lambda event: same(read(event), other(event))


def _text_at(key: str, text: str) -> Predicate:
    def holds(event: Event) -> bool:
        value = event.get(key) if isinstance(event, dict) else member(event, key)
        return isinstance(value, str) and value == text

    return holds


def inequality(left: Value, right: Value) -> Predicate:
    """The opposite of equality, but ``!= 5`` asks for a number, as the reference does."""
    if isinstance(right, Number):
        return numeric(reader(left), ne, right.value)
    return opposite(equality(left, right))


def ordering(read: Reader, order: Order, right: Value) -> Predicate:
    """Both sides are numbers; a literal may spell its number as text."""
    if isinstance(right, Path | Call):
        return _ordering(read, order, reader(right))
    limit = None if isinstance(right, List) else number(literal(right))
    return identical(lambda _: None, sought=False) if limit is None else numeric(read, order, limit)


def _ordering(read: Reader, order: Order, other: Reader) -> Predicate:
    def holds(event: Event) -> bool:
        left, right = read(event), other(event)
        return is_number(left) and is_number(right) and order(left, right)

    return holds


def numeric(read: Reader, order: Order, limit: float) -> Predicate:
    """The value is a number and stands so to the limit."""

    def holds(event: Event) -> bool:
        value = read(event)
        return isinstance(value, NUMBERS) and not isinstance(value, bool) and order(value, limit)

    return holds


def membership(read: Reader, right: Value) -> Predicate:
    """Compile ``left in right``, where right is a literal list or read from the event."""
    if isinstance(right, List):
        texts = frozenset(item.value for item in right.items if isinstance(item, Text))
        if len(texts) == len(right.items):
            return passes(read, texts.__contains__)
    return _membership(read, reader(right))


def _membership(read: Reader, among: Reader) -> Predicate:
    def holds(event: Event) -> bool:
        items = among(event)
        if not is_list(items):
            return False
        value = read(event)
        return any(same(value, item) for item in items)

    return holds
