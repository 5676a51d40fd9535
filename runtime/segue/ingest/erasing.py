"""Items of type "delete" in a batch: no events, but orders to forget someone."""

from dataclasses import dataclass
from typing import Protocol

from segue.events import Rejected
from segue.json import JsonValue


class Erase(Protocol):
    """Forgets people, for whoever may ask for it."""

    def allows(self, authorization: str) -> bool:
        """Whether this header may ask."""
        ...

    async def erase(self, user: str, *, suppress: bool) -> object:
        """Forget a user; return when all is done. Raises Refusal."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to forget, and whether to take no more events of theirs; ``at`` counts from 1."""

    at: int
    user: str
    suppress: bool

    @property
    def refused(self) -> Rejected:
        """What is seen of one that came without the admin token."""
        return Rejected(self.at, "unauthorized", "a delete needs the admin token", "")


def order(item: JsonValue, at: int) -> Order | Rejected | None:
    """The order that an item of a batch is, why it cannot be carried out, or None for an event."""
    if not isinstance(item, dict) or item.get("type") != "delete":
        return None
    user = item.get("userId")
    if not isinstance(user, str) or not user:
        return Rejected(
            at, "bad_request", 'a delete needs a "userId", a text that is not empty', ""
        )
    return Order(at, user, item.get("suppress") is True)
