"""What arrives, as it arrives, and where each event went or why not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from segue.console.answers import Absent, Answer, Page
from segue.console.desk import Desk
from segue.console.exchanges import readable
from segue.console.places import Place, asking, get
from segue.console.reading import Reading
from segue.console.visit import Form, Visit
from segue.dispatch import Dispatcher, Skipped
from segue.errors import SegueError
from segue.json import JsonError, JsonObject, JsonValue, decode
from segue.store.protocols import History
from segue.store.records import EventQuery, Kept


MANY: Final = 50
LOOKED: Final = 2_000
"""So many events are looked through for what the store has no index of; then one is asked to go on."""

SLICE: Final = 500
TYPES: Final = ("identify", "track", "page", "screen", "group", "alias")


@dataclass(frozen=True, slots=True)
class Shown:
    """An event in the list. ``skipped`` are the connections it does not go to as things are now."""

    kept: Kept
    event: JsonObject
    skipped: Sequence[Skipped]

    @property
    def name(self) -> str:
        """What the event is called, "" for types without a name."""
        return str(self.event.get("event") or self.event.get("name") or "")

    @property
    def user(self) -> str:
        """Whose event it is, "" for nobody's."""
        return str(self.event.get("userId") or self.event.get("anonymousId") or "")

    @property
    def type(self) -> str:
        """The type of call."""
        return str(self.event.get("type", ""))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked for; ``words`` stand anywhere in the event's text, in any case."""

    words: str = ""
    type: str = ""
    source: str = ""
    user: str = ""
    unmatched: bool = False

    @classmethod
    def of(cls, query: Form) -> "Wanted":
        """What a form asks for."""
        return cls(
            query.text("q"),
            query.text("type"),
            query.text("source"),
            query.text("user"),
            bool(query.text("unmatched")),
        )

    def query(self) -> EventQuery:
        """What the store looks for."""
        return EventQuery(source=self.source or None, user=self.user or None)

    @property
    def picky(self) -> bool:
        """Whether not all that the store finds are wanted."""
        return bool(self.words or self.type or self.unmatched)

    def fits(self, kept: Kept) -> bool:
        """Whether an event that the store found is one of them."""
        if self.unmatched and kept.deliveries:
            return False
        named = not self.type or _event(kept.text).get("type") == self.type
        return named and self.words.lower() in kept.text.decode(errors="replace").lower()

    def given(self) -> Mapping[str, str]:
        """The form's fields."""
        unmatched = "yes" if self.unmatched else ""
        return {
            "q": self.words,
            "type": self.type,
            "source": self.source,
            "user": self.user,
            "unmatched": unmatched,
        }


async def index(desk: Desk, visit: Visit) -> Answer:
    """The last events, renewed while one looks."""
    reading, wanted = await desk.read(), Wanted.of(visit.query)
    shown, older = await find(desk.history, reading, wanted, visit.query.number("after"))
    values = {
        "shown": shown,
        "asked": wanted != Wanted(),
        "wanted": wanted.given(),
        "types": TYPES,
        "sources": sorted(reading.workspace.sources) if reading.workspace else [],
        "rows": asking("/events/rows", wanted.given()),
        "older": asking("/events", {**wanted.given(), "after": older}) if older else None,
        "newest": asking("/events", wanted.given()) if "after" in visit.query else None,
        **await _refused(desk),
    }
    return Page("events.html", values)


async def rows(desk: Desk, visit: Visit) -> Answer:
    """The rows alone, for a page that stays up to date."""
    reading, wanted = await desk.read(), Wanted.of(visit.query)
    shown, _ = await find(desk.history, reading, wanted, None)
    return Page("event_rows.html", {"shown": shown, "asked": wanted != Wanted()})


async def show(desk: Desk, visit: Visit) -> Answer:
    """One event, and where it went."""
    reading, number = await desk.read(), visit.path["event"]
    found = await _one(desk.history, number)
    if found is None:
        return Absent("There is no such event.", "It may have been too old to be kept.")
    one = _shown(found, await _dispatcher(reading))
    raw = found.text.decode(errors="replace")
    return Page("event.html", {"one": one, "raw": raw, "pretty": readable(found.text)})


async def _dispatcher(reading: Reading) -> Dispatcher | None:
    return await asyncio.to_thread(lambda: reading.dispatcher)


async def find(
    history: History | None, reading: Reading, wanted: Wanted, after: int | None
) -> tuple[list[Shown], int | None]:
    """The next events that are wanted, and where to look for more; words are looked for in the last ones only."""
    if history is None:
        return [], None
    dispatcher, shown, looked = await _dispatcher(reading), list[Shown](), 0
    size = SLICE if wanted.picky else MANY
    while looked < LOOKED:
        page = await history.events(wanted.query(), after=after, limit=size)
        for kept in page.items:
            after = kept.event
            if wanted.fits(kept):
                shown.append(_shown(kept, dispatcher))
            if len(shown) == MANY:
                return shown, after
        if page.next is None:
            return shown, None
        looked, after = looked + len(page.items), page.next
    return shown, after


async def _one(history: History | None, number: str) -> Kept | None:
    known = Form((("number", number),)).number("number")
    if history is None or known is None:
        return None
    page = await history.events(EventQuery(), after=known + 1, limit=1)
    return next((one for one in page.items if one.event == known), None)


async def _refused(desk: Desk) -> Mapping[str, object]:
    """The last events that were refused, none where nobody runs who knew; and why that is not known."""
    try:
        found = await desk.hear("refused") or {}
    except SegueError as error:
        return {"refused": (), "silent": str(error)}
    last = cast("Sequence[Mapping[str, JsonValue]]", found.get("refused", ()))
    return {"refused": last[::-1][:20], "silent": ""}


def _shown(kept: Kept, dispatcher: Dispatcher | None) -> Shown:
    event = _event(kept.text)
    reached = {one.connection for one in kept.deliveries}
    skipped = dispatcher.skipped(event, kept.source) if dispatcher else ()
    return Shown(kept, event, [one for one in skipped if one.connection not in reached])


def _event(text: bytes) -> JsonObject:
    try:
        return cast("JsonObject", decode(text))
    except JsonError:
        return {}


PLACES: Final[Sequence[Place]] = (
    get("/events", index),
    get("/events/rows", rows),
    get("/events/{event}", show),
)
