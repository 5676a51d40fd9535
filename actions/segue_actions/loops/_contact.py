"""What both Loops actions know about contacts."""

from collections.abc import Mapping
from typing import Final, cast

from segue import JsonObject, JsonValue


# Loops refuses a value of more than 500 characters, its two quotes counted.
LONGEST: Final = 498

ATTRIBUTES: Final[JsonObject] = {"maxLength": LONGEST}
EITHER_ID: Final = [{"required": ["email"]}, {"required": ["userId"]}]


def named(payload: Mapping[str, object], *others: str) -> dict[str, JsonValue]:
    """The fields of a payload that go into the body under their own names: all but ``others``."""
    fields = cast("JsonObject", payload)
    return {key: value for key, value in fields.items() if key not in others}


def attributes(given: JsonObject) -> dict[str, JsonValue]:
    """Contact properties as they may be sent.

    ``subscribed: true`` re-subscribes someone who has left, so a stray trait may not carry it: only
    the action's own ``subscribed`` field can. ``false`` is a wish to leave and is passed on.
    """
    kept = {key: value for key, value in given.items() if key not in _OWN_RULES}
    return {**kept, "subscribed": False} if _leaves(given.get("subscribed")) else kept


def lists(*sources: JsonValue) -> dict[str, bool]:
    """Mailing list memberships from the first source that names any; what is no boolean is left out."""
    for source in sources:
        if isinstance(source, Mapping) and source:
            return {key: _WORDS[value] for key, value in source.items() if _says(value)}
    return {}


_OWN_RULES: Final = frozenset({"mailingLists", "subscribed"})
_WORDS: Final[Mapping[object, bool]] = {True: True, False: False, "true": True, "false": False}


def _says(value: JsonValue) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value in _WORDS)


def _leaves(value: JsonValue) -> bool:
    return _says(value) and not _WORDS[value]
