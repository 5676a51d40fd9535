"""What the pages show: columns, words for times and values, readable JSON."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import URL

from segue.json import JsonError, decode
from segue_actions.loops.sandbox.model import Contact, Property, Scalar
from segue_actions.loops.sandbox.team import Team


_FIRST: Final = ("email", "firstName", "lastName", "userId", "subscribed")
_LAST: Final = ("userGroup", "source", "createdAt")
_AGES: Final = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"))


def columns(team: Team) -> list[Property]:
    """The properties of the audience table, those that tell people apart first."""
    custom = [key for key, one in team.properties.items() if one.custom]
    return [team.properties[key] for key in (*_FIRST, *custom, *_LAST)]


def search(contacts: Iterable[Contact], words: str) -> list[Contact]:
    """The contacts with every word somewhere in their values or id."""
    wanted = words.lower().split()
    return [one for one in contacts if not wanted or _has(one, wanted)]


def _has(contact: Contact, wanted: list[str]) -> bool:
    text = " ".join([contact.id, *map(shown, contact.values.values())]).lower()
    return all(word in text for word in wanted)


def shown(value: Scalar) -> str:
    """A value as a person writes it; what is not set is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of many: ``number`` of ``pages``, counted from 1."""

    items: Sequence[Contact]
    total: int
    number: int
    pages: int


def page(found: Sequence[Contact], number: str, size: int) -> Page:
    """The page of this number, the nearest one when there is none."""
    pages = max(1, -(-len(found) // size))
    wanted = int(number) if number.isdecimal() and len(number) < 10 else 1
    at = min(max(1, wanted), pages)
    return Page(found[(at - 1) * size : at * size], len(found), at, pages)


@dataclass(frozen=True, slots=True)
class Live:
    """Whether a page reloads itself, and the address that turns it on or off."""

    on: bool
    switch: str


def live(url: URL) -> Live:
    on = "live" in dict(parse_qsl(url.query))
    other = url.remove_query_params("live") if on else url.include_query_params(live=1)
    return Live(on, other.path + (f"?{other.query}" if other.query else ""))


def stamp(at: float) -> str:
    """A moment in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def machine(at: float) -> str:
    """A moment as the ``datetime`` attribute of HTML wants it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def ago(at: float, now: float) -> str:
    """How long a moment is past, in its largest unit."""
    seconds = max(0.0, now - at)
    if seconds < 1:
        return "just now"
    for limit, unit, name in _AGES:
        if seconds < limit:
            return f"{seconds // unit:.0f} {name} ago"
    return f"{seconds // 86_400:.0f} d ago"


def pretty(body: bytes) -> str:
    """JSON with line breaks, anything else as text."""
    try:
        return json.dumps(decode(body), indent=2, ensure_ascii=False)
    except JsonError:
        return body.decode("utf-8", "replace")


def tone(status: int) -> str:
    """The colour class of a status."""
    return {2: "good", 4: "warn", 5: "bad"}.get(status // 100, "plain")


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "ago": ago,
    "machine": machine,
    "pretty": pretty,
    "shown": shown,
    "stamp": stamp,
    "tone": tone,
}
