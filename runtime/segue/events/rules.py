"""What the six call types ask of an event."""

from collections.abc import Callable
from typing import Final, TypeAlias

from segue.errors import EventError, suggest
from segue.events.reasons import REASONS, excerpt, kind, refusal
from segue.json import JsonObject, number


TYPES: Final = ("identify", "track", "page", "screen", "group", "alias")

IDS: Final = ("userId", "anonymousId", "groupId", "previousId", "messageId")
"""The fields that hold an id. Numbers in them become text."""

MAX_MESSAGE_ID: Final = 100
"""Characters of a messageId."""

Rule: TypeAlias = Callable[[JsonObject], None]

_EXACT: Final = 2**53  # from here on a decoded fraction may have lost digits
_LONGEST: Final = 10**100


def check(event: JsonObject) -> None:
    """Raise EventError for the first rule that the event breaks."""
    for rule in RULES[call_type(event)]:
        rule(event)


def call_type(event: JsonObject) -> str:
    value = event.get("type")
    if isinstance(value, str) and value in RULES:
        return value
    raise refusal("bad_request", why=_mistype(value))


def _mistype(value: object) -> str:
    choice = f"use one of {', '.join(TYPES)}"
    if value is None:
        return f"the event has no type; {choice}"
    if not isinstance(value, str):
        return f"type must be a string, but is {kind(value)}; {choice}"
    name = excerpt(value, 40)
    return f'unknown type "{name}"; {suggest(name, TYPES) or choice}'


def identifier(event: JsonObject, key: str) -> str | None:
    """The id under ``key`` as text, None when there is none.

    Whole numbers keep all their digits. A number too large to have been read exactly is refused:
    two people must not become one. So are booleans, containers and empty strings.
    """
    value = event.get(key)
    if isinstance(value, str) and value:
        return value
    match value:
        case None:
            return None
        case bool():
            found = kind(value)
        case int() if -_LONGEST < value < _LONGEST:
            return str(value)
        case float() if abs(value) < _EXACT:
            return number(value)
        case int() | float():
            found = "a number too large to keep exactly, send it as a string"
        case _:
            found = kind(value)
    raise refusal("id_not_string", field=key, found=found)


def _somebody(event: JsonObject) -> None:
    ids = {key: identifier(event, key) for key in IDS if key in event}
    if ids.get("userId") is None and ids.get("anonymousId") is None:
        raise refusal("no_user_anon_id")
    message = ids.get("messageId")
    if message is not None and len(message) > MAX_MESSAGE_ID:
        raise refusal("bad_request", why=f"messageId is over {MAX_MESSAGE_ID} characters long")


def _named(event: JsonObject) -> None:
    name = event.get("event")
    if name is None or name == "":
        raise refusal("event_not_defined")
    if not isinstance(name, str):
        raise refusal("event_not_string", found=kind(name))


def _needs(key: str, call: str) -> Rule:
    def rule(event: JsonObject) -> None:
        if event.get(key) is None:
            raise refusal("id_required", field=key, type=call)

    return rule


def _words(key: str) -> Rule:
    def rule(event: JsonObject) -> None:
        value = event.get(key)
        if value is not None and (value == "" or not isinstance(value, str)):
            raise refusal(f"{key}_not_string", found=kind(value))

    return rule


def _objects(event: JsonObject) -> None:
    for key in ("properties", "traits", "context", "integrations"):
        value = event.get(key)
        if value is not None and not isinstance(value, dict):
            raise _not_object(key, kind(value))


def _not_object(key: str, found: str) -> EventError:
    code = f"{key}_not_object"
    if code in REASONS:
        return refusal(code, found=found)
    return refusal("bad_request", why=f"{key} must be an object, but is {found}")


_COMMON: Final[tuple[Rule, ...]] = (_somebody, _objects)
_VIEW: Final = (_words("name"), _words("category"))

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "identify": _COMMON,
    "track": (*_COMMON, _named),
    "page": (*_COMMON, *_VIEW),
    "screen": (*_COMMON, *_VIEW),
    "group": (*_COMMON, _needs("groupId", "group")),
    "alias": (*_COMMON, _needs("userId", "alias")),
}
