"""What is measured: every row of the table, with what both sides are given."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from worker import HERE

from segue import load_plugins
from segue.compat.segment import fields_to_schema


Json = Any


@dataclass(frozen=True, slots=True)
class Case:
    """One row. ``parsed`` is true where the reference can parse ahead, and that is shown too."""

    title: str
    subject: str
    work: str
    inputs: Mapping[str, Json]
    parsed: bool = False

    @property
    def name(self) -> str:
        return f"{self.title}, {self.subject}"


WORKS = {
    "trigger": "Trigger",
    "mapping": "Mapping",
    "payload": "Mapping + validation",
    "alike": "Mapping + validation, same rules",
    "all": "Decode + trigger + mapping + validation",
}
ACTIONS = {"identify": "createOrUpdateContact", "track": "sendEvent"}
SIZES = (1, 10, 100, 1_000)
NAMED, MIXED = "Match among", "Match among, 10 % not indexable"


def cases() -> list[Case]:
    given = {name: inputs(action, event(name)) for name, action in ACTIONS.items()}
    steps = [
        Case(WORKS[work], name, work, given[name], parsed=work == "trigger")
        for work in WORKS
        for name in ACTIONS
    ]
    return [*steps, *matches(event("track"))]


def inputs(key: str, event: Json) -> dict[str, Json]:
    """One event and one Loops action, its fields as Segment defines them and as our plugin does."""
    action = load_plugins().actions[f"loops.{key}"]
    definition = json.loads((HERE / "loops.json").read_text())[key]
    return {
        "action": definition["title"],
        "trigger": action.trigger,
        "mapping": action.mapping,
        "fields": definition["fields"],
        "schema": action.fields,
        "segment_schema": fields_to_schema(definition["fields"]),
        "event": event,
    }


def matches(event: Json) -> Iterator[Case]:
    """One event against many triggers, of which the last matches."""
    own = f'type = "track" and event = "{event["event"]}"'
    for size in SIZES:
        given = {"triggers": [*map(named, range(size - 1)), own], "event": event}
        yield Case(NAMED, f"{size:,}", "match", given, parsed=True)
    for size in SIZES[1:]:
        given = {"triggers": [*map(mixed, range(size - 1)), own], "event": event}
        yield Case(MIXED, f"{size:,}", "match", given, parsed=True)


def named(at: int) -> str:
    return f'type = "track" and event = "Step {at} Completed"'


def mixed(at: int) -> str:
    """Every tenth trigger is one that no event name decides."""
    return named(at) if at % 10 else f'type = "track" and properties.channel = "partner {at}"'


def event(name: str) -> Json:
    return json.loads((HERE / "events" / f"{name}.json").read_text())
