"""Laws of filters, for any event and any filters."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from segue.filters import ENVELOPE, EVERY, Filter, Screen
from segue.trigger import parse_trigger


KEYS = st.sampled_from(["a", "b", "properties", "traits", "é"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
EVENTS = st.dictionaries(KEYS | st.sampled_from(ENVELOPE), VALUES, max_size=6)
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
TRIGGERS = st.sampled_from(["all", "a = null", 'type != "x"', "length(properties) > 0"])
FILTERS = st.lists(
    st.builds(
        Filter,
        st.sampled_from(["sample", "drop", "block", "allow"]),
        TRIGGERS.map(parse_trigger),
        st.lists(PATHS, min_size=1, max_size=2).map(tuple),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=5,
)


def reached(value, keys):
    """Every value a path leads to, through lists to each of their items."""
    if not keys:
        return [value]
    inner = (
        value
        if isinstance(value, list)
        else [value.get(keys[0])]
        if isinstance(value, dict)
        else []
    )
    rest = keys if isinstance(value, list) else keys[1:]
    there = isinstance(value, list) or (isinstance(value, dict) and keys[0] in value)
    return [found for item in inner for found in reached(item, rest)] if there else []


def leaves(value, at=()):
    """Every scalar with the keys that lead to it."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*at, key))]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item, at)]
    return [(at, value)]


@given(EVENTS, FILTERS, st.randoms())
def test_the_order_of_the_file_makes_no_difference(event, filters, random):
    shuffled = random.sample(filters, len(filters))
    first, second = Screen(filters), Screen(shuffled)
    assert first.admits(event) == second.admits(event)
    assert first.reduce(event) == second.reduce(event)


@given(EVENTS, FILTERS)
def test_filters_only_take_away_and_never_write(event, filters):
    before = deepcopy(event)
    left = leaves(Screen(filters).reduce(event))
    had = leaves(event)
    assert event == before
    assert all(left.count(leaf) <= had.count(leaf) for leaf in left)


@given(EVENTS, FILTERS)
def test_the_envelope_stays(event, filters):
    reduced = Screen(filters).reduce(event)
    assert all(reduced[key] == event[key] for key in ENVELOPE if key in event)


@given(EVENTS, PATHS)
def test_what_is_blocked_is_nowhere_and_the_rest_is_there(event, path):
    keys = tuple(path.split("."))
    reduced = Screen([Filter("block", EVERY, (path,))]).reduce(event)
    assert reached(reduced, keys) == []
    kept = [leaf for leaf in leaves(event) if leaf[0][: len(keys)] != keys]
    assert [leaf for leaf in leaves(reduced) if leaf[0][: len(keys)] != keys] == kept


@given(EVENTS, PATHS)
def test_what_is_allowed_is_there_and_nothing_besides(event, path):
    keys = tuple(path.split("."))
    reduced = Screen([Filter("allow", EVERY, (path,))]).reduce(event)
    assert reached(reduced, keys) == reached(event, keys)
    assert all(at[: len(keys)] == keys or at[0] in ENVELOPE for at, _ in leaves(reduced))
