"""Segment-spec events as senders write them: every call type, any spelling of a time, keys of their own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segue.check.grounds import Ground, one_of
from segue.check.inlining import inlined
from segue.errors import listing, suggest
from segue.events import TYPES, times
from segue.fields.schema import closed, properties, required
from segue.fields.variants import merge, variants
from segue.json import JsonObject, JsonValue
from segue.schemas import check_schema
from segue.schemas.reading import compile_schema
from segue.solving import solve
from segue.testing.strategies.payloads import Maker
from segue.trigger import Trigger, parse_trigger


Values: TypeAlias = SearchStrategy[Any]
Event: TypeAlias = dict[str, JsonValue]

words: Final = st.text(max_size=12)
names: Final = st.text(min_size=1, max_size=12)
numbers: Final[Values] = st.integers(-(2**63), 2**64 - 1) | st.floats(
    allow_nan=False, allow_infinity=False
)
scalars: Final[Values] = st.none() | st.booleans() | numbers | words
anything: Final[Values] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)
objects: Final[Values] = st.dictionaries(words, anything, max_size=4)
ids: Final[Values] = st.uuids().map(str) | names | st.integers(0, 10**9).map(str)
emails: Final = st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{1,8})?@example\.(com|org)\Z")
moments: Final = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 `timezones` gives it one
spelled: Final[Values] = st.one_of(
    moments.map(times.write),
    moments.map(datetime.isoformat),
    moments.map(lambda moment: moment.isoformat(sep=" ")),
    moments.map(lambda moment: moment.strftime("%Y-%m-%d")),
    moments.map(lambda moment: moment.replace(tzinfo=None).isoformat()),
)


def record(**fields: Values) -> Values:
    """An object in which each of these fields may be, and others too."""
    return st.builds(dict.__or__, objects, st.fixed_dictionaries({}, optional=fields))


_addresses: Final = record(
    street=words, city=words, postalCode=words, country=st.sampled_from(["FR", "GB"])
)
_traits: Final = record(
    email=emails,
    firstName=names,
    lastName=names,
    name=names,
    age=st.integers(0, 120),
    createdAt=spelled,
    company=record(
        name=names, id=ids | st.integers(0, 2**53), employee_count=st.integers(1, 10**6)
    ),
    address=_addresses,
    plan=st.sampled_from(["Free", "Team", "Plus"]),
    newsletter=st.booleans(),
)
_properties: Final = record(
    email=emails,
    revenue=st.floats(0, 1e6),
    currency=st.sampled_from(["EUR", "USD", "GBP"]),
    products=st.lists(record(product_id=ids, price=st.floats(0, 1e4)), max_size=3),
    url=st.just("https://example.com/pricing"),
)
_contexts: Final = record(
    ip=st.ip_addresses().map(str),
    locale=st.sampled_from(["fr-FR", "en-GB", "de"]),
    library=record(name=names, version=names),
    page=record(path=words, referrer=words, search=words, title=words, url=words),
    campaign=record(name=words, source=words, medium=words),
    traits=_traits,
    groupId=ids,
)
integrations: Final[Values] = st.dictionaries(
    st.sampled_from(["All", "Loops", "Webhook", "Slack"]), st.booleans() | objects
)
_COMMON: Final[Mapping[str, Values]] = {
    "messageId": st.text(min_size=1, max_size=100),
    "context": _contexts,
    "integrations": integrations,
    "timestamp": spelled,
    "sentAt": spelled,
    "version": st.sampled_from([2, "1.1"]),
    "channel": st.sampled_from(["server", "browser", "mobile"]),
}
_PEOPLE: Final[list[Mapping[str, Values]]] = [
    {"userId": ids},
    {"anonymousId": ids},
    {"userId": ids, "anonymousId": ids},
]
_VIEW: Final[tuple[Mapping[str, Values], Mapping[str, Values]]] = (
    {},
    {"name": names, "category": names, "properties": _properties},
)
CALLS: Final[Mapping[str, tuple[Mapping[str, Values], Mapping[str, Values]]]] = {
    "identify": ({}, {"traits": _traits}),
    "track": ({"event": names}, {"properties": _properties}),
    "page": _VIEW,
    "screen": _VIEW,
    "group": ({"groupId": ids}, {"traits": _traits}),
    "alias": ({"userId": ids}, {"previousId": ids}),
}
"""What each call type needs, and what it may have."""

_own: Final[Values] = st.dictionaries(
    st.sampled_from(["email", "x", "Ünïcode", ""]), anything, max_size=2
)


def events(
    type: str | None = None,  # noqa: A002 the field's own word
    *,
    schema: JsonObject | None = None,
) -> SearchStrategy[Event]:
    """Events as a careful sender writes them, of one call type or of any.

    Every one of them is accepted on arrival. With ``schema``, a JSON Schema of whole events, each
    satisfies that too, formats included. Raises ValueError for what is no call type, for what is no
    schema, and for a schema that allows no event of the type.
    """
    if type is not None and type not in TYPES:
        raise ValueError(f'there is no call type "{type}"; {suggest(type, TYPES) or TYPES}')
    types = (type,) if type else TYPES
    return _events(types) if schema is None else _satisfying(types, schema)


def _satisfying(types: tuple[str, ...], schema: JsonObject) -> SearchStrategy[Event]:
    """Events of some types that satisfy a schema, made from it and from what the spec says."""
    problems = check_schema(schema)
    if problems:
        raise ValueError(f"the schema cannot be used:\n{listing(problems)}")
    passes, plain = compile_schema(schema).is_valid, one_of(inlined(schema))
    grounds = [Ground(one, None, plain) for one in types]
    suiting = [one for one in grounds if one.suits(("type",), one.type)]
    if not suiting:
        raise ValueError(f"the schema allows no event of type {', '.join(types)}")
    made = st.one_of([_made(one).filter(one.holds) for one in suiting])
    return cast("SearchStrategy[Event]", made.filter(passes))


def _made(ground: Ground) -> Values:
    """Events of a type: what their schema speaks of made from it, the rest as for any of that type."""
    said = ground.schema or {}
    ways = variants(said)
    spoken = {name for one in ways for name in (*properties(one), *required(one))}
    known: JsonObject = {
        "type": "object",
        "required": [name for name in required(ground.spec) if name in spoken],
        "properties": {
            name: one for name, one in properties(ground.spec).items() if name in spoken
        },
    }
    own = Maker(said).values({**merge(said, known), "additionalProperties": False})
    if any(map(closed, ways)):
        return own
    rest = _events((ground.type,)).map(
        lambda event: {key: value for key, value in event.items() if key not in spoken}
    )
    return st.builds(dict.__or__, rest, own)


@st.composite
def _events(draw: DrawFn, types: tuple[str, ...]) -> Event:
    call = draw(st.sampled_from(types))
    needed, optional = CALLS[call]
    fixed = {"type": st.just(call), **draw(st.sampled_from(_PEOPLE)), **needed}
    said = draw(st.fixed_dictionaries(fixed, optional={**_COMMON, **optional}))
    return cast("Event", draw(_own) | said)


def matching(trigger: str | Trigger) -> SearchStrategy[Event]:
    """Events that a trigger matches, made of any event. Raises TriggerError.

    Where no such event is found there are no examples, which hypothesis reports as unsatisfiable.
    """
    tree = parse_trigger(trigger) if isinstance(trigger, str) else trigger
    found = events().map(lambda event: solve(tree, [event]))
    return cast("SearchStrategy[Event]", found.filter(lambda event: event is not None))
