"""What a Loops team consists of, and what is said to it: plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from segue.json import JsonObject, JsonValue


Scalar: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal["string", "number", "boolean", "date"]

Record: TypeAlias = Callable[[str, str, object], None]
"""Told of every change of a team: (kind, key, the value, or None when it is gone)."""


@dataclass(frozen=True, slots=True)
class Property:
    """A contact property. Built-in ones are not ``custom``."""

    key: str
    label: str
    type: Kind
    custom: bool = True


@dataclass(frozen=True, slots=True)
class MailingList:
    id: str
    name: str
    description: str | None = None
    public: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a contact's history: ``values`` maps each changed key to [before, after]."""

    at: float
    via: str
    values: dict[str, list[Scalar]]
    notes: list[str]


@dataclass(slots=True)
class Contact:
    """A person. ``values`` holds every property that is set, by key, email and userId included.

    ``ignored`` maps the pointer of what was sent and not kept to the reason.
    """

    id: str
    values: dict[str, Scalar]
    created: float
    updated: float
    lists: list[str] = field(default_factory=list[str])
    ignored: dict[str, str] = field(default_factory=dict[str, str])
    history: list[Change] = field(default_factory=list[Change])

    @property
    def email(self) -> str:
        return str(self.values["email"])

    @property
    def user_id(self) -> str | None:
        found = self.values.get("userId")
        return found if isinstance(found, str) else None

    @property
    def subscribed(self) -> bool:
        return self.values.get("subscribed") is True


@dataclass(slots=True)
class Event:
    """An event name that was received, with the properties seen on it."""

    id: str
    name: str
    first: float
    last: float
    count: int = 0
    properties: dict[str, Kind] = field(default_factory=dict[str, Kind])


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event as it arrived."""

    id: int
    at: float
    event: str
    contact: str
    email: str
    properties: dict[str, Scalar]
    key: str | None
    notes: list[str]


@dataclass(slots=True)
class ApiKey:
    """An API key: only its hash is kept, and its last four characters to tell it by."""

    id: str
    name: str
    digest: str
    tail: str
    created: float
    used: float | None = None
    revoked: float | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """An idempotency key that was used, with a digest of the body it came with.

    ``done``: the request took effect.
    """

    key: str
    at: float
    digest: str
    done: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a request that has no effect, or that Loops does not document.

    ``wrong``: it contradicts the published shape, so strict mode refuses it.
    """

    pointer: str
    message: str
    wrong: bool = False

    def __str__(self) -> str:
        return f"{self.pointer} {self.message}"


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its HTTP taken off: ``key`` is the Idempotency-Key, ``argument`` the path's."""

    operation: str
    body: JsonObject = field(default_factory=dict[str, JsonValue])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    key: str | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body, with what there is to note about the request."""

    status: int
    body: JsonValue
    notes: tuple[Note, ...] = ()


class Refused(Exception):  # noqa: N818 an answer, not a fault of the program
    """The request is answered with this status and message, and has no effect.

    ``more`` goes into the body beside them.
    """

    def __init__(self, status: int, message: str, **more: str) -> None:
        self.message = message
        self.answer = Answer(status, {"success": False, "message": message, **more})
        super().__init__(status, message)


@dataclass(frozen=True, slots=True)
class Policy:
    """Where Loops' documents leave a choice, the choice made.

    ``strict``: refuse values of a wrong type (400) instead of ignoring them.
    ``burn``: a failed request uses up its idempotency key.
    ``idempotency``: a used key is refused with "any" body, or only with another "body".
    ``clash``: email and userId name two contacts: refuse with this status, or let one of the
    two decide.
    """

    strict: bool = False
    burn: bool = False
    idempotency: Literal["any", "body"] = "any"
    clash: Literal["400", "409", "email", "userId"] = "400"
