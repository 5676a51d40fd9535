"""Who is signed in. The browser has an id of 256 random bits, the console only the id's hash.

Sessions are in memory, so that a page reads no file that has not changed, and in a file of mode 0600, so
that a restart signs nobody out, and a sign-out counts for every console over the same data. Whoever reads
the file can sign in with nothing of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Final

from segue.console.security.tokens import Draw
from segue.json import JsonObject, JsonValue


IDLE: Final = 8 * 3600.0
LONGEST: Final = 7 * 86_400.0
NOTED: Final = 300.0
"""Seconds between two times that it is written down that a session is in use."""

MOST: Final = 1000
EACH: Final = 20


@dataclass(frozen=True, slots=True)
class Session:
    """A user who signed in at ``began`` and was last seen at ``seen``, in seconds since 1970.

    ``mark`` is that of the password then; with another password the session is over.
    """

    user: str
    mark: str
    began: float
    seen: float

    def ended(self, now: float) -> bool:
        """Whether it was left alone, or has lasted, too long."""
        return now - self.seen >= IDLE or now - self.began >= LONGEST


@dataclass(slots=True)
class Sessions:
    """The sessions there are, by the hash of their id; ``EACH`` of a user, ``MOST`` of all, the latest."""

    draw: Draw = field(repr=False)
    kept: dict[str, Session] = field(default_factory=dict[str, Session])
    _written: frozenset[str] = frozenset()
    _ended: set[str] = field(default_factory=set[str])
    _alone: Lock = field(default_factory=Lock, repr=False)

    def begin(self, user: str, mark: str, now: float) -> str:
        """A new session; its id, which is known to nobody before."""
        one = self.draw(32).hex()
        with self._alone:
            self.kept[_hash(one)] = Session(user, mark, now, now)
            self._thin(now)
        return one

    def find(self, one: str, now: float) -> Session | None:
        """The session of an id, None when there is none or it is over."""
        found = self.kept.get(_hash(one))
        return None if found is None or found.ended(now) else found

    def see(self, one: str, now: float) -> bool:
        """Note that a session is in use; True when that is worth writing down."""
        found = self.find(one, now)
        if found is None or now - found.seen < NOTED:
            return False
        with self._alone:
            self.kept[_hash(one)] = Session(found.user, found.mark, found.began, now)
        return True

    def end(self, one: str) -> None:
        """Sign out."""
        with self._alone:
            self._ended.add(_hash(one))
            self.kept.pop(_hash(one), None)

    def merge(self, found: Mapping[str, Session]) -> None:
        """Take over what another console has written: who signed in there, or out, and was seen last."""
        with self._alone:
            here = {
                key: one
                for key, one in self.kept.items()
                if key in found or key not in self._written
            }
            there = {key: one for key, one in found.items() if key not in self._ended}
            latest = {
                key: max(here.get(key, one), one, key=lambda each: each.seen)
                for key, one in there.items()
            }
            self.kept, self._written = {**here, **latest}, frozenset(found)

    def noted(self, written: Iterable[str]) -> None:
        """These are what is written down by now; nothing for a file that is gone."""
        with self._alone:
            self._written = frozenset(written)
            self._ended &= self._written

    def data(self) -> JsonObject:
        """What is written down."""
        with self._alone:
            return {
                key: {"user": one.user, "mark": one.mark, "began": one.began, "seen": one.seen}
                for key, one in self.kept.items()
            }

    def _thin(self, now: float) -> None:
        last = sorted(self.kept.items(), key=lambda item: item[1].seen)[::-1]  # of equals the later
        alive = [(key, one) for key, one in last if not one.ended(now)]
        counts: dict[str, int] = {}
        self._ended.update(self.kept)
        self.kept.clear()
        for key, one in alive[:MOST]:
            counts[one.user] = counts.get(one.user, 0) + 1
            if counts[one.user] <= EACH:
                self.kept[key] = one
        self._ended.difference_update(self.kept)


def read_sessions(value: JsonValue) -> dict[str, Session]:
    """The sessions that were written down; what is no session is passed over."""
    if not isinstance(value, Mapping):
        return {}
    found = ((key, _session(one)) for key, one in value.items())
    return {key: one for key, one in found if one is not None}


def _session(value: JsonValue) -> Session | None:
    match value:
        case {
            "user": str() as user,
            "mark": str() as mark,
            "began": int() | float() as began,
            "seen": int() | float() as seen,
        }:
            return Session(user, mark, began, seen)
        case _:
            return None


def _hash(one: str) -> str:
    return sha256(one.encode("utf-8", "surrogatepass")).hexdigest()
