"""What a comparison finds, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias, cast

from segue.http import Response
from segue.json import JsonObject, JsonValue, Missing, decode


Value: TypeAlias = JsonValue | Missing
"""A value of a request; MISSING where there is none."""


class Sent(NamedTuple):
    """What is compared of a request: nothing that authentication adds.

    ``headers`` have lower-case names. ``body`` is JSON where the body can be read as that, the
    fields of a form, else text; MISSING where there is none. ``part`` is "payload" where an action
    makes no request that can be seen, and then only its payload is compared. ``later`` are the
    requests after it, as far as their answers were recorded.
    """

    method: str
    url: str
    query: JsonObject
    headers: JsonObject
    body: Value
    part: str = "body"
    later: tuple["Sent", ...] = ()


class Refused(NamedTuple):
    """An event that is turned away on its way to a request.

    ``why`` is the whole sentence, ``about`` what many such events have in common.
    """

    why: str
    about: str


class Absent(NamedTuple):
    """An event that does not get to a mapping, and why."""

    why: str


class Unseen(NamedTuple):
    """An event that gets to a mapping of which nothing more can be compared."""


Result: TypeAlias = Sent | Refused | Absent | Unseen

UNSEEN: Final = Unseen()


class Change(NamedTuple):
    """One difference between two requests.

    ``place`` is "method", "url", "query/NAME", "header/NAME", or "body" with a JSON pointer in
    which every index is ``*``; of a later request it begins with "request 2/". ``detail`` is where a value that was moved is now.
    """

    place: str
    kind: str
    old: Value
    new: Value
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An event, as JSON text, with what it made before and makes now."""

    text: bytes = field(repr=False)
    old: Value
    new: Value

    @property
    def event(self) -> JsonObject:
        """The event."""
        return cast("JsonObject", decode(self.text))

    @property
    def rank(self) -> tuple[int, bytes]:
        """Of two examples the smaller is shown; in whatever order events come, the same ones are."""
        return len(self.text), self.text


@dataclass(frozen=True, slots=True)
class Group:
    """Differences that are alike: so many events, and the smallest of them.

    ``place`` is "" for what becomes of the event as a whole: ``kind`` is then "now sent", "no
    longer sent", "now refused", "no longer refused", "refused for another reason" or "no longer
    tried", and ``detail`` the reason. ``of`` is how many events could have differed so. ``always`` says that all
    of them had the same value before, and the same one now.
    """

    place: str
    kind: str
    detail: str
    count: int
    of: int
    always: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class MappingReport:
    """One mapping on both sides: the events that reached it on either, and what differs.

    ``both`` are those that are sent on both sides, ``changed`` those for which anything differs.
    ``beyond`` counts differences that are in none of the groups, since there were too many kinds.
    ``was`` is its former name, "" where that is the same. ``limits`` says what was not compared.
    """

    connection: str
    mapping: str
    reached: int
    both: int
    changed: int
    groups: tuple[Group, ...]
    beyond: int = 0
    was: str = ""
    limits: str = ""

    @property
    def name(self) -> str:
        """The mapping, as people name it."""
        return f"{self.connection}/{self.mapping}"


@dataclass(frozen=True, slots=True)
class Note:
    """What differs, or cannot be compared, whatever the events are.

    ``kind`` is "added", "removed", "renamed", "on", "off", "settings", "unseen" or "partly".
    """

    kind: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is sent differently. ``events`` were compared, ``rejected`` could not be read or were refused.

    ``rejections`` are the first of these. ``unchanged`` is how many mappings say the same on both
    sides, so that no event need be asked.
    """

    events: int
    mappings: tuple[MappingReport, ...]
    notes: tuple[Note, ...] = ()
    unchanged: int = 0
    rejected: int = 0
    rejections: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is sent, or refused, differently."""
        return any(one.changed for one in self.mappings)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many events differ, by mapping."""
        return {one.name: one.changed for one in self.mappings if one.changed}


Answers: TypeAlias = Mapping[tuple[str, str], Sequence[Response]]
"""What the destination answered when an event was delivered, by connection and mapping."""

NO_ANSWERS: Final[Answers] = {}
