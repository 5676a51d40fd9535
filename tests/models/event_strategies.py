"""Hypothesis strategies for Segment-spec events, good and altered, and for JSON."""

import json
from datetime import UTC, datetime
from importlib import resources

from hypothesis import strategies as st

from segue import events
from segue.events import times


SCHEMA = json.loads(
    resources.files("segue_schemas").joinpath("event.schema.json").read_text(encoding="utf-8")
)


# JSON

words = st.text(max_size=12)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | words
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)
objects = st.dictionaries(words, anything, max_size=4)


# Segment-spec events

names = st.text(min_size=1, max_size=12)
ids = st.uuids().map(str) | names | st.integers(0, 10**9).map(str)
emails = st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{1,8})?@example\.(com|org)\Z")
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spellings = st.sampled_from(
    [
        times.write,
        datetime.isoformat,
        lambda moment: moment.isoformat(sep=" "),
        lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%d"),
        lambda moment: moment.replace(tzinfo=None).isoformat(),
    ]
)
spelled = st.builds(lambda spell, moment: spell(moment), spellings, moments)


def record(**fields):
    """An object in which each of these fields may be, and others too."""
    return st.builds(dict.__or__, objects, st.fixed_dictionaries({}, optional=fields))


addresses = record(
    street=words, city=words, postalCode=words, country=st.sampled_from(["FR", "GB"])
)
traits = record(
    email=emails,
    firstName=names,
    lastName=names,
    name=names,
    age=st.integers(0, 120),
    createdAt=spelled,
    company=record(
        name=names, id=ids | st.integers(0, 2**53), employee_count=st.integers(1, 10**6)
    ),
    address=addresses,
    plan=st.sampled_from(["Free", "Team", "Plus"]),
    newsletter=st.booleans(),
)
properties = record(
    email=emails,
    revenue=st.floats(0, 1e6),
    currency=st.sampled_from(["EUR", "USD", "GBP"]),
    products=st.lists(record(product_id=ids, price=st.floats(0, 1e4)), max_size=3),
    url=st.just("https://example.com/pricing"),
)
contexts = record(
    ip=st.ip_addresses().map(str),
    locale=st.sampled_from(["fr-FR", "en-GB", "de"]),
    library=record(name=names, version=names),
    page=record(path=words, referrer=words, search=words, title=words, url=words),
    campaign=record(name=words, source=words, medium=words),
    traits=traits,
    groupId=ids,
)
integrations = st.dictionaries(
    st.sampled_from(["All", "Loops", "Webhook", "Slack"]), st.booleans() | objects
)
COMMON = {
    "messageId": st.text(min_size=1, max_size=100),
    "context": contexts,
    "integrations": integrations,
    "timestamp": spelled,
    "sentAt": spelled,
    "version": st.sampled_from([2, "1.1"]),
    "channel": st.sampled_from(["server", "browser", "mobile"]),
}
PEOPLE = [{"userId": ids}, {"anonymousId": ids}, {"userId": ids, "anonymousId": ids}]
VIEW = ({}, {"name": names, "category": names, "properties": properties})
CALLS = {
    "identify": ({}, {"traits": traits}),
    "track": ({"event": names}, {"properties": properties}),
    "page": VIEW,
    "screen": VIEW,
    "group": ({"groupId": ids}, {"traits": traits}),
    "alias": ({"userId": ids}, {"previousId": ids}),
}


@st.composite
def good_events(draw, types=events.TYPES):
    """Events of these types as a careful sender writes them, with keys of the sender's own."""
    call = draw(st.sampled_from(types))
    needed, optional = CALLS[call]
    person = draw(st.sampled_from(PEOPLE))
    fixed = {"type": st.just(call), **person, **needed}
    own = st.dictionaries(st.sampled_from(["email", "x", "Ünïcode", ""]), anything, max_size=2)
    return draw(own) | draw(st.fixed_dictionaries(fixed, optional={**COMMON, **optional}))


FIELDS = sorted(
    {*SCHEMA["properties"]}.union(
        *(SCHEMA["$defs"][call].get("properties", {}) for call in events.TYPES)
    )
)


@st.composite
def altered_events(draw):
    """Good events of which some fields are then lost or hold anything at all."""
    event = draw(good_events())
    for key in draw(st.lists(st.sampled_from([*FIELDS, "writeKey"]), max_size=3)):
        if draw(st.booleans()):
            event[key] = draw(anything)
        else:
            event.pop(key, None)
    return event
