"""Hypothesis strategies for events as they should not be: good ones, altered; and for JSON."""

import json
from importlib import resources

from hypothesis import strategies as st

from segue import events
from segue.testing.strategies.events import (
    CALLS,
    anything,
    integrations,
    moments,
    objects,
    scalars,
    words,
)
from segue.testing.strategies.events import events as good_events


__all__ = [
    "CALLS",
    "FIELDS",
    "SCHEMA",
    "altered_events",
    "anything",
    "good_events",
    "integrations",
    "moments",
    "objects",
    "scalars",
    "words",
]

SCHEMA = json.loads(
    resources.files("segue_schemas").joinpath("event.schema.json").read_text(encoding="utf-8")
)
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
