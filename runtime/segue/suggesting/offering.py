"""What to offer for a mapping that is there: little, and nothing for what works."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from segue.fields.schema import properties
from segue.json import JsonObject
from segue.suggesting.observing import Observation
from segue.suggesting.speaking import faint, silent
from segue.suggesting.suggestions import Suggestion, suggest


MOST: Final = 0.9
"""The share of the events that must have what is offered in the place of what few have."""


def offer(
    fields: JsonObject, mapping: JsonObject, seen: Observation
) -> Mapping[str, Sequence[Suggestion]]:
    """Suggestions for the fields of a spec, by key, given what a mapping has for them.

    A field that gets nothing from these events is offered what is likely. One whose only path few of
    them have is offered what is surely meant and nearly all of them have.
    """
    sources = seen.sources()
    weak = faint(mapping, sources)
    spoken = mapping.keys() - silent(mapping, sources) - weak.keys()
    found = suggest(fields, sources, kind=seen.kind, event=seen.event, without=spoken)
    good = [one for one in found if len(one.field) == 1 and one.level != "possible"]
    return {
        key: [
            _beside(one, weak[key]) if key in weak else one
            for one in good
            if one.field == (key,) and (key not in weak or _surely(one))
        ]
        for key in properties(fields)
    }


def _surely(one: Suggestion) -> bool:
    return one.level == "sure" and one.share >= MOST


def _beside(one: Suggestion, share: float) -> Suggestion:
    reason = f"{one.reason}; {one.share:.0%} of the events have it, and {share:.0%} what is here"
    return replace(one, reason=reason)
