"""The tree of a trigger, and how it prints.

A *value* is what conditions look at: ``Path``, ``Text``, ``Number``, ``Boolean``, ``Null``, ``List``,
``Call``. A *condition* holds or does not: ``Compare``, ``Negative``, ``Not``, ``And``, ``Or``, and
also ``Boolean``, ``Path`` (the value is true) and ``Call`` of a function that answers yes or no.

A node refuses with ValueError what the language cannot say: an empty path part, a number that is
not finite, a group of one, more than ``DEPTH`` levels. So ``parse_trigger(str(tree)) == tree``
holds for every tree that can be built and prints within the size limit of a trigger.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, TypeAlias, cast, get_args

from segue import json
from segue.trigger import glob
from segue.trigger.functions import FUNCTIONS


DEPTH: Final = 100
"""How many levels a tree may have."""

RESERVED: Final = frozenset({"and", "or", "in", "null", "true", "false", "all"})
"""Words that are no keys unless a backslash stands before them."""

TEXT_KEYS: Final = frozenset({("type",), ("event",), ("name",), ("userId",)})
"""Paths whose value is text by the spec."""

NEGATABLE: Final = frozenset({"contains", "match"})

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "in"]
OPERATORS: Final = frozenset(get_args(Operator))

_SPECIAL: Final = re.compile(r"[^A-Za-z0-9_-]")
_ESCAPED: Final = re.compile(r"""\\(?=["'\\]|\Z)|\"""")


class Leaf:
    """A node without children."""

    __slots__ = ()
    depth: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Path(Leaf):
    """A place in the event: ``properties.items.0.name``. A numeric part is an index of a list."""

    parts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.parts or not all(self.parts):
            raise ValueError("a path needs parts, and none of them empty")

    def __str__(self) -> str:
        return self._spelled(bare=self.parts[0] not in RESERVED)

    @property
    def quoted(self) -> str:
        """The spelling where a single bare word would be read as text."""
        return self._spelled(bare=len(self.parts) > 1 and self.parts[0] not in RESERVED)

    def _spelled(self, *, bare: bool) -> str:
        text = ".".join(_SPECIAL.sub(r"\\\g<0>", part) for part in self.parts)
        starts = text[0] == "\\" or (bare and (text[0].isalpha() or text[0] == "_"))
        return text if starts else "\\" + text


@dataclass(frozen=True, slots=True)
class Text(Leaf):
    """A text in quotes."""

    value: str

    def __str__(self) -> str:
        return '"' + _ESCAPED.sub(r"\\\g<0>", self.value) + '"'


@dataclass(frozen=True, slots=True)
class Number(Leaf):
    """A finite number."""

    value: int | float

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not _finite(self.value):
            raise ValueError("a number must be finite, below 1.8e308")

    def __str__(self) -> str:
        whole = isinstance(self.value, int) or (self.value.is_integer() and abs(self.value) < 2**53)
        return str(int(self.value)) if whole else repr(self.value)


@dataclass(frozen=True, slots=True)
class Boolean(Leaf):
    """``true`` or ``false``; as a whole trigger: every event, or none."""

    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class Null(Leaf):
    """``null``: the value is null or missing."""

    def __str__(self) -> str:
        return "null"


Scalar: TypeAlias = Text | Number | Boolean | Null


@dataclass(frozen=True, slots=True)
class List(Leaf):
    """``["a", "b", 3]``, one item at least."""

    items: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a list needs an item")

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values: ``length(properties.items)``.

    What ``contains`` and ``match`` look for is text: a number there is taken by its text form.
    """

    function: str
    arguments: "tuple[Value, ...]"
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        count = FUNCTIONS[self.function].count if self.function in FUNCTIONS else -1
        if count < 0:
            raise ValueError(f'there is no function "{self.function}"')
        if len(self.arguments) != count:
            plural = "" if count == 1 else "s"
            raise ValueError(
                f"{self.function}() takes {count} argument{plural}, got {len(self.arguments)}"
            )
        if self.function in NEGATABLE:
            object.__setattr__(self, "arguments", (self.arguments[0], _textual(self.arguments[1])))
        if self.function == "match":
            _check_pattern(self.arguments[1])
        _deepen(self, self.arguments)

    def __str__(self) -> str:
        first, *others = self.arguments
        return f"{self.function}({', '.join([str(first), *map(_quoted, others)])})"


Literals: TypeAlias = Scalar | List
Value: TypeAlias = Path | Literals | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """``left operator right``.

    ``type``, ``event``, ``name`` and ``userId`` hold text, so a number, true or false compared
    with one of them is taken by its text form: ``userId = 42`` is ``userId = "42"``.
    """

    left: Value
    operator: Operator
    right: Value
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise ValueError(f'there is no operator "{self.operator}"')
        if self.operator == "in" and isinstance(self.right, Scalar):
            raise ValueError('"in" needs a list, such as ["a", "b"]')
        if isinstance(self.left, Path) and self.left.parts in TEXT_KEYS:
            object.__setattr__(self, "right", _textual(self.right))
        _deepen(self, (self.left, self.right))

    def __str__(self) -> str:
        key = self.operator == "in" or not isinstance(self.left, Path | Call)
        right = str(self.right) if key else _quoted(self.right)
        return f"{self.left} {self.operator} {right}"


@dataclass(frozen=True, slots=True)
class Negative:
    """``!contains(…)`` and ``!match(…)``: the value is text, and the call does not hold.

    A missing value fails the call and its negative; ``Not`` is the opposite of the call.
    """

    call: Call

    def __post_init__(self) -> None:
        if self.call.function not in NEGATABLE:
            raise ValueError(f"{self.call.function}() has no negative form")

    @property
    def depth(self) -> int:
        """Levels below and with this one."""
        return self.call.depth

    def __str__(self) -> str:
        return f"!{self.call}"


@dataclass(frozen=True, slots=True)
class Not:
    """``!( … )``: true exactly when the condition is not."""

    condition: "Trigger"
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_condition(self.condition)
        _deepen(self, (self.condition,))

    def __str__(self) -> str:
        return f"!({self.condition})"


@dataclass(frozen=True, slots=True)
class And:
    """All conditions hold; two at least."""

    conditions: "tuple[Trigger, ...]"
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_group(self, self.conditions)

    def __str__(self) -> str:
        return " and ".join(map(_grouped, self.conditions))


@dataclass(frozen=True, slots=True)
class Or:
    """One of the conditions holds; two at least."""

    conditions: "tuple[Trigger, ...]"
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_group(self, self.conditions)

    def __str__(self) -> str:
        return " or ".join(map(_grouped, self.conditions))


Trigger: TypeAlias = And | Or | Not | Negative | Compare | Call | Path | Boolean
Node: TypeAlias = Trigger | Value


def trigger_paths(tree: Trigger) -> tuple[Path, ...]:
    """The paths of the event that a trigger reads, each once, in the order of the text."""
    return tuple(dict.fromkeys(_paths(tree)))


def _paths(node: Node) -> Iterator[Path]:
    match node:
        case Path():
            yield node
        case And(conditions=nodes) | Or(conditions=nodes) | Call(arguments=nodes):
            for child in nodes:
                yield from _paths(child)
        case Compare(left=left, right=right):
            yield from _paths(left)
            yield from _paths(right)
        case Not(condition=child) | Negative(call=child):
            yield from _paths(child)
        case _:
            return


def _quoted(value: Value) -> str:
    return value.quoted if isinstance(value, Path) else str(value)


def _grouped(condition: Trigger) -> str:
    return f"({condition})" if isinstance(condition, And | Or) else str(condition)


def _textual(value: Value) -> Value:
    match value:
        case Number() | Boolean():
            return Text(json.text(value.value))
        case List(items=items):
            return List(tuple(cast("Scalar", _textual(item)) for item in items))
        case _:
            return value


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the range of a float
        return False


def _check_pattern(pattern: Value) -> None:
    if not isinstance(pattern, Text):
        raise ValueError('match() needs its pattern as text, such as "Order *"')  # noqa: TRY004
    glob.parse(pattern.value)


def check_condition(condition: Trigger) -> None:
    """Raise ValueError for what is no condition."""
    if isinstance(condition, Call) and not FUNCTIONS[condition.function].truth:
        raise ValueError(f"{condition.function}() gives a value; compare it with something")


def _check_group(group: And | Or, conditions: tuple[Trigger, ...]) -> None:
    if len(conditions) < 2:
        raise ValueError("a group needs two conditions")
    for condition in conditions:
        check_condition(condition)
    _deepen(group, conditions)


def _deepen(node: Call | Compare | Not | And | Or, children: tuple[Node, ...]) -> None:
    """Record the levels of a node, so that printing and compiling need not fear recursion."""
    depth = 1 + max(child.depth for child in children)
    if depth > DEPTH:
        raise ValueError(f"more than {DEPTH} levels")
    object.__setattr__(node, "depth", depth)
