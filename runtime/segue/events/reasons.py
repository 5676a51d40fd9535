"""Why an event is refused: Segment's reason codes, and a sentence for each."""

from types import NoneType
from typing import Final

from segue.errors import EventError


REASONS: Final[dict[str, str]] = {
    "bad_request": "{why}",
    "empty_batch": 'the batch is empty: "batch" must list at least one event',
    "no_user_anon_id": "nobody is named: an event needs a userId or an anonymousId",
    "id_required": "{field} is missing: every {type} event needs one",
    "id_not_string": "{field} must be a string or a number and not empty, but is {found}",
    "event_not_defined": 'a track event needs a name: set "event" to what happened',
    "event_not_string": '"event" must be a string, but is {found}',
    "properties_not_object": "properties must be an object, but is {found}",
    "traits_not_object": "traits must be an object, but is {found}",
    "name_not_string": "name must be a string and not empty, or be left out, but is {found}",
    "category_not_string": "category must be a string and not empty, or be left out, but is {found}",
}
"""Reason code to sentence, for all that is refused here. The codes are Segment's."""

_KINDS: Final[dict[type, str]] = {
    NoneType: "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


def refusal(code: str, **details: str) -> EventError:
    """The error to raise, its sentence filled in."""
    return EventError(code, REASONS[code].format(**details))


def kind(value: object) -> str:
    """What a value is, in JSON's words: "a list", and "an empty string" where that is the point."""
    if type(value) is str and not value:
        return "an empty string"
    return _KINDS.get(type(value)) or f"a Python {excerpt(type(value).__name__)}"


def excerpt(text: str, width: int = 80) -> str:
    """The start of untrusted text, safe to print: no line breaks, controls or lone surrogates."""
    start = text if len(text) <= width else text[: width - 1] + "…"
    return start if start.isprintable() else ascii(start)[1:-1]
