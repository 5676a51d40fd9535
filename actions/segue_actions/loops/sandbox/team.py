"""A Loops team: everything it knows, in memory. Clock, ids and the record are given."""

from collections import deque
from collections.abc import Callable
from typing import Final

from segue_actions.loops.sandbox.audience import Audience
from segue_actions.loops.sandbox.keyring import Keyring
from segue_actions.loops.sandbox.ledger import Ledger
from segue_actions.loops.sandbox.model import (
    ApiKey,
    Contact,
    Event,
    MailingList,
    Policy,
    Property,
    Receipt,
    Record,
    Spent,
)


BUILT_IN: Final = (
    Property("firstName", "First Name", "string", custom=False),
    Property("lastName", "Last Name", "string", custom=False),
    Property("email", "Email", "string", custom=False),
    Property("notes", "Notes", "string", custom=False),
    Property("source", "Source", "string", custom=False),
    Property("userGroup", "User Group", "string", custom=False),
    Property("userId", "User Id", "string", custom=False),
    Property("subscribed", "Subscribed", "boolean", custom=False),
    Property("createdAt", "Created At", "date", custom=False),
)


def forget(kind: str, key: str, value: object) -> None:
    """Record nothing: the team lives in memory."""


class Team:
    """Contacts, properties, lists, events, API keys and used idempotency keys.

    ``clock`` returns seconds since 1970, ``ids`` a new opaque id at each call. Only the last
    ``history`` receipts are kept; the counts of events are never cut.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        ids: Callable[[], str],
        policy: Policy | None = None,
        record: Record = forget,
        history: int = 10_000,
    ) -> None:
        self.name = "Sandbox"
        self.clock, self.ids, self.policy = clock, ids, policy or Policy()
        self.audience = Audience(record)
        self.keys = Keyring(record, clock=clock)
        self.ledger = Ledger(record, clock=clock)
        self.properties: dict[str, Property] = {one.key: one for one in BUILT_IN}
        self.lists: dict[str, MailingList] = {}
        self.events: dict[str, Event] = {}
        self.receipts: deque[Receipt] = deque()
        self._record, self._history = record, history

    def add_property(self, added: Property) -> None:
        self.properties[added.key] = added
        self._record("property", added.key, added)

    def add_list(self, added: MailingList) -> None:
        self.lists[added.id] = added
        self._record("list", added.id, added)

    def receive(self, event: Event, receipt: Receipt) -> None:
        """Keep an event and one receipt of it, dropping the oldest receipts beyond the limit."""
        self.events[event.name] = event
        self.receipts.append(receipt)
        self._record("event", event.id, event)
        self._record("receipt", str(receipt.id), receipt)
        while len(self.receipts) > self._history:
            self._record("receipt", str(self.receipts.popleft().id), None)

    def restore(self, value: object) -> None:
        """Take in a value that is on record already."""
        match value:
            case Contact():
                self.audience.restore(value)
            case ApiKey():
                self.keys.restore(value)
            case Spent():
                self.ledger.restore(value)
            case Property():
                self.properties[value.key] = value
            case MailingList():
                self.lists[value.id] = value
            case Event():
                self.events[value.name] = value
            case Receipt():
                self.receipts.append(value)
            case _:
                raise TypeError(f"not part of a team: {value!r}")
