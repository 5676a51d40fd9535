"""What a function of an author's may ask for: where a delivery comes from, and what its mapping chose."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypedDict

from segue.audience import SyncMode
from segue.destination import Settings
from segue.json import JsonObject


OFFERED: Final = (
    *("payload", "event", "settings", "context", "client"),
    *("sync_mode", "matching_key", "membership"),
)
BATCH_OFFERED: Final = (
    *("payloads", "events", "settings", "contexts"),
    *("sync_mode", "matching_key", "memberships"),
)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a delivery comes from, the same at every attempt.

    ``received_at`` is the event's arrival in ISO-8601. ``replay`` counts deliberate repetitions:
    an automatic retry keeps it, so that the destination sees the same idempotency key again.
    """

    source: str = ""
    connection: str = ""
    mapping: str = ""
    message_id: str = ""
    received_at: str = ""
    replay: int = 0

    @property
    def idempotency_key(self) -> str:
        """At most 100 characters, the same for every attempt of this delivery's first request."""
        return self.key(0)

    def key(self, step: int) -> str:
        """The idempotency key of a generator's request number ``step``, counted from 0."""
        parts = (self.source, self.connection, self.mapping, self.message_id, self.replay, step)
        return "segue-" + sha256("\x1f".join(map(str, parts)).encode(errors="replace")).hexdigest()


class Offer(TypedDict, total=False):
    """What a function may ask for beside the payload.

    ``sync_mode`` and ``matching_key`` are the mapping's. A function may also ask for ``membership``,
    which is made of the event and the sync mode; see ``audience``.
    """

    event: JsonObject
    settings: Settings
    context: Context
    sync_mode: SyncMode | None
    matching_key: str | None


NOTHING: Final[Offer] = {"event": {}, "settings": {}, "context": Context(), "matching_key": None}
