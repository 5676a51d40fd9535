"""Triggers: any tree that the language can say, over few keys, so that paths often meet values."""

from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue.trigger import (
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Null,
    Number,
    Or,
    Path,
    Text,
    Trigger,
    glob,
)
from segue.trigger.functions import FUNCTIONS


Values: TypeAlias = SearchStrategy[Any]

words: Final = st.sampled_from(
    ["type", "event", "a", "b", "0", "1", "track", "x", "null", "and", "all", "in"]
)
nasty: Final = st.text(st.characters() | st.sampled_from(".[]\\\"'*? \n\ud800"), max_size=4)
texts: Final = words | nasty
numbers: Final[Values] = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, 1])
)
paths: Final[Values] = (
    st.lists(words | nasty.filter(bool), min_size=1, max_size=3).map(tuple).map(Path)
)
scalars: Final[Values] = st.one_of(
    texts.map(Text), numbers.map(Number), st.booleans().map(Boolean), st.just(Null())
)
lists: Final[Values] = st.lists(scalars, min_size=1, max_size=3).map(tuple).map(List)
patterns: Final = st.builds(
    "".join,
    st.lists(texts.map(glob.escape) | st.sampled_from(["*", "?", "[a-t]", r"[\]x]"]), max_size=4),
)

_of_one: Final = st.sampled_from([name for name, each in FUNCTIONS.items() if each.count == 1])
_orders: Final[Values] = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def calls(values: Values) -> Values:
    """Calls of any function with these values."""
    return st.one_of(
        st.builds(Call, _of_one, st.tuples(values)),
        st.builds(Call, st.just("contains"), st.tuples(values, values)),
        st.builds(Call, st.just("match"), st.tuples(values, patterns.map(Text))),
    )


_values: Final[Values] = st.recursive(paths | scalars | lists, calls, max_leaves=3)
_truths: Final[Values] = calls(_values).filter(lambda call: FUNCTIONS[call.function].truth)

conditions: Final[Values] = st.one_of(
    st.builds(Compare, _values, _orders, _values),
    st.builds(Compare, _values, st.just("in"), lists | paths),
    _truths,
    _truths.filter(lambda call: call.function != "bool").map(Negative),
    paths,
    st.booleans().map(Boolean),
)


def groups(children: Values) -> Values:
    """All, one, or none of several conditions."""
    several = st.lists(children, min_size=2, max_size=5).map(tuple)
    return several.map(And) | several.map(Or) | children.map(Not)


def triggers() -> SearchStrategy[Trigger]:
    """Any trigger, as a tree; ``str`` of it is its text."""
    return st.recursive(conditions, groups, max_leaves=8)
