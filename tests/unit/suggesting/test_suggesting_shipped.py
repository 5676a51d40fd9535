"""The directives that shipped actions bring were written by others than the table of aliases."""

import re
from copy import deepcopy
from importlib.resources import files

from segue import load_plugins
from segue.mapping.paths import split_path
from segue.mapping.readings import mapping_paths
from segue.samples import by_type
from segue.solving import solve
from segue.suggesting import Observation, suggest
from segue.trigger import parse_trigger


WHOLE = {("properties",), ("traits",), ("context",)}
FORMATS = {
    "email": "a@b.co",
    "date-like": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "https://a.example/",
}
TYPES = {"number": 12.5, "integer": 3, "boolean": True, "object": {"a": 1}, "array": [1]}


def wanted(action):
    """The fields that read paths by themselves, with these."""
    read = {
        field: {one.keys for one in mapping_paths({"field": directive}) if one.keys} - WHOLE
        for field, directive in action.mapping.items()
    }
    return {
        field: keys for field, keys in read.items() if keys and not any("0" in one for one in keys)
    }


def example(field):
    kinds = field.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    return FORMATS.get(field.get("format")) or TYPES.get(kind, "some text")


def event_of(action, want):
    """An event that the action's trigger matches, with all of these paths."""
    samples = by_type()
    event = deepcopy(solve(parse_trigger(action.trigger), [*samples.values()]) or samples["track"])
    for field, paths in want.items():
        for path in paths:
            place = event
            for key in path[:-1]:
                place = place.setdefault(key, {})
            place.setdefault(path[-1], example(action.fields["properties"][field]))
    return event


def found(action):
    """For each of these fields whether its first suggestion is one of its own paths."""
    want = wanted(action)
    observation = Observation()
    observation.see(event_of(action, want))
    some = suggest(
        action.fields, observation.sources(), kind=observation.kind, event=observation.event
    )
    first = {one.field: split_path(one.directive["@path"]) for one in reversed(some)}
    return [first.get((field,)) in paths for field, paths in want.items()]


def test_most_of_what_they_take_by_themselves_is_suggested():
    results = [one for action in load_plugins().actions.values() for one in found(action)]
    page = files("segue.suggesting").joinpath("README.md").read_text("utf-8")
    told = re.search(r"(\d+) of these (\d+) fields", page)
    assert [sum(results), len(results)] == [int(told[1]), int(told[2])]
