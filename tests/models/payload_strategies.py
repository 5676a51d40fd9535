"""Payloads that a field spec allows, and events that reach an action."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue import PayloadError


Values = SearchStrategy[Any]

scalars: Values = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text()
anything: Values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
emails: Values = st.from_regex(r"[a-z0-9]{1,12}@[a-z0-9]{1,12}\.(com|io)", fullmatch=True)
dates: Values = st.datetimes().map(lambda when: when.isoformat()) | st.integers(0, 2**41)


def texts(spec: Mapping[str, Any]) -> Values:
    if spec.get("format") == "email":
        return emails
    if spec.get("format") == "date-like":
        return dates
    return st.text(min_size=spec.get("minLength", 0), max_size=min(spec.get("maxLength", 40), 600))


def objects(spec: Mapping[str, Any]) -> Values:
    """Declared members, some or all, and where others are allowed also keys that mean something to someone."""
    members = {key: values(one) for key, one in spec.get("properties", {}).items()}
    required = {key: members.pop(key) for key in spec.get("required", ())}
    declared = st.fixed_dictionaries(required, optional=members)
    if spec.get("additionalProperties") is False:
        return declared
    names = st.text(max_size=8) | st.sampled_from(
        ["subscribed", "mailingLists", "email", "userId", "constructor"]
    )
    return st.builds(
        lambda more, own: {**more, **own}, st.dictionaries(names, anything, max_size=4), declared
    )


TYPES = {
    "string": texts,
    "object": objects,
    "boolean": lambda _: st.booleans(),
    "number": lambda _: (
        st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)
    ),
    "integer": lambda _: st.integers(-(10**6), 10**6),
    "array": lambda spec: st.lists(values(spec.get("items", {})), max_size=4),
    "null": lambda _: st.none(),
}


def values(spec: Mapping[str, Any]) -> Values:
    """Values near a spec: of its type, within its limits; its combinators are not looked at."""
    if "enum" in spec:
        return st.sampled_from(spec["enum"])
    names = spec.get("type", list(TYPES))
    return st.one_of(TYPES[name](spec) for name in ([names] if isinstance(names, str) else names))


def payloads(action: Any) -> Values:
    """Payloads that the action's fields accept, coerced."""

    def settled(payload: Any) -> Any:
        try:
            return action.spec.coerce(payload)
        except PayloadError:
            return None

    return values(action.fields).map(settled).filter(lambda payload: payload is not None)
