"""The people of whom no events are taken."""

from dataclasses import dataclass
from typing import Final

from segue.errors import StoreError
from segue.json import JsonObject
from segue.privacy.hashes import KEY, Hasher
from segue.store.protocols import Ledger


CODE: Final = "suppressed"
"""Reason code of an event refused here. Segment has none: it drops such events unseen."""

BOOK: Final = "suppressed"
SEAL: Final = "seal"
IDS: Final = ("userId", "anonymousId", "previousId")


@dataclass(slots=True)
class Suppression:
    """The list, in memory and in the ledger. It holds hashes only."""

    ledger: Ledger
    hasher: Hasher
    listed: set[str]

    @classmethod
    async def load(cls, ledger: Ledger, hasher: Hasher) -> "Suppression":
        """Read the list. Raises StoreError when it was written with another key."""
        seal = hasher("")
        known = {note.key for note in await ledger.notes(SEAL)}
        if known and seal not in known:
            raise StoreError(
                f"the suppression list was written with another key; bring back its {KEY} from a backup"
            )
        if not known:
            await ledger.note(SEAL, seal, b"")
        return cls(ledger, hasher, {note.key for note in await ledger.notes(BOOK)})

    def covers(self, event: JsonObject) -> bool:
        """Whether an event names someone on the list."""
        if not self.listed:
            return False
        ids = (event.get(key) for key in IDS)
        return any(isinstance(one, str) and self.hasher(one) in self.listed for one in ids)

    async def add(self, user: str) -> bool:
        """Put someone on the list; False if they were there."""
        who = self.hasher(user)
        if who in self.listed:
            return False
        await self.ledger.note(BOOK, who, b"")
        self.listed.add(who)
        return True

    async def remove(self, user: str) -> bool:
        """Take someone off the list; False if they were not there."""
        who = self.hasher(user)
        found = await self.ledger.strike(BOOK, who)
        self.listed.discard(who)
        return found
