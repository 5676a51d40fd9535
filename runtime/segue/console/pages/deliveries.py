"""What became of each delivery: finding them, looking at one, sending them again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.desk import Desk
from segue.console.exchanges import answered, asked
from segue.console.places import Place, asking, get, post, url
from segue.console.previewing import Preview, preview
from segue.console.reading import Reading
from segue.console.rendering import sentence, some
from segue.console.sampling import Sample
from segue.console.visit import Form, Visit
from segue.control.replaying import SENT
from segue.errors import SegueError
from segue.json import JsonError, JsonObject, decode
from segue.store.protocols import History
from segue.store.records import Detail, Query, Summary
from segue.store.records import Page as Found
from segue.store.values import Attempt, State
from segue.workspace.model import ActionMapping, Connection


MANY: Final = 50
COUNTED: Final = 20_000
"""So many deliveries of a replay are counted beforehand."""

SLICE: Final = 1_000
MOVING: Final = frozenset({State.WAITING, State.RETRYING})
"""States that end by themselves; a list that shows one is asked for again."""

STATES: Final = {one: "Failed" if one is State.DEAD else sentence(one) for one in State}
"""What each state is called."""

FILTERS: Final = {
    "connection": "Connection",
    "mapping": "Mapping",
    "user": "User",
    "message": "Message",
    "state": "State",
    "code": "Reason",
    "since": "From (UTC)",
    "until": "To (UTC)",
}
"""What a search asks, and what it is called; each is a field of its form and of its address."""


async def index(desk: Desk, visit: Visit) -> Answer:
    """The deliveries that match, the newest first."""
    return await listing(desk, visit, {})


async def of_connection(desk: Desk, visit: Visit) -> Answer:
    """The deliveries of one connection, among its tabs."""
    return await listing(desk, visit, {"connection": visit.path["connection"]})


async def listing(desk: Desk, visit: Visit, fixed: Mapping[str, str]) -> Answer:
    """A page of deliveries; what is ``fixed`` is not for the form to change."""
    asked_for = {**{name: visit.query.text(name) for name in FILTERS}, **fixed}
    query, problems = parse(asked_for)
    found: Found[Summary] = Found((), None)
    if desk.history is not None and not problems:
        found = await desk.history.search(query, after=visit.query.number("after"), limit=MANY)
    reading = await desk.read()
    here = visit.url.split("?")[0]
    wanted = {name: text for name, text in asked_for.items() if text}
    free = {name: text for name, text in wanted.items() if name not in fixed}
    values = {
        "found": found.items,
        "wanted": asked_for,
        "fixed": fixed,
        "problems": problems,
        "states": list(STATES.items()),
        "names": sorted(reading.workspace.connections) if reading.workspace else [],
        "moving": "after" not in visit.query and any(one.state in MOVING for one in found.items),
        "newest": asking(here, free) if "after" in visit.query else None,
        "older": asking(here, {**free, "after": found.next}) if found.next else None,
        "again": url("deliveries", "replay", **wanted),
        "replayable": wanted.get("state") in SENT,
        "connection": _connection(reading, fixed.get("connection")),
        "asked": bool(free) or "after" in visit.query,
    }
    return Page("deliveries.html", values)


async def show(desk: Desk, visit: Visit) -> Answer:
    """One delivery: its event, what was sent, what came back, and what its mapping makes of it now."""
    detail = await _detail(desk, visit.path["delivery"])
    if detail is None:
        return Absent("There is no such delivery.", "It may have been too old to be kept.")
    reading, summary = await desk.read(), detail.summary
    connection = _connection(reading, summary.connection)
    secrets = connection.secrets if connection else ()
    event = _event(detail.text)
    mapping = _mapping(connection, summary.mapping)
    values = {
        "one": summary,
        "detail": detail,
        "event": event,
        "attempts": [_attempt(one, secrets) for one in detail.attempts],
        "connection": connection,
        "mapping": mapping,
        "made": await _made(desk, event, summary, connection),
        "current": reading.workspace is not None and reading.workspace.revision == detail.revision,
        "replayable": summary.state in SENT,
    }
    return Page("delivery.html", values)


async def _made(
    desk: Desk, event: JsonObject, summary: Summary, connection: Connection | None
) -> Preview | None:
    """What the mapping of a delivery makes of its event by now; None where there is none any more."""
    mapping = _mapping(connection, summary.mapping)
    if connection is None or mapping is None:
        return None
    sample = Sample(f"e{summary.event}", event, summary.source)
    return await preview(desk.turns, sample, connection, mapping)


async def retry(desk: Desk, visit: Visit) -> Answer:
    """Send one delivery again, through its mapping as it is now."""
    detail = await _detail(desk, visit.path["delivery"])
    if detail is None:
        return Absent("There is no such delivery.", "It may have been too old to be kept.")
    one = detail.summary
    here = url("deliveries", one.delivery)
    if one.state not in SENT:
        return Go(here, f"It is {one.state.value}: there is nothing to send again.")
    wanted = {
        "connection": one.connection,
        "mapping": one.mapping,
        "message": one.message_id,
        "state": one.state.value,
    }
    try:
        done = await desk.do("replay", wanted)
    except SegueError as error:
        return Go(here, f"It was not sent again: {error}", "bad")
    said = "It is queued again." if done["deliveries"] else "It is queued already."
    return Go(url("deliveries", message=one.message_id), said)


async def plan(desk: Desk, visit: Visit) -> Answer:
    """How many deliveries a replay would queue, before it does."""
    wanted = {name: text for name in FILTERS if (text := visit.query.text(name))}
    query, problems = parse(wanted)
    if problems or desk.history is None:
        return Go(url("deliveries", **wanted))
    if query.state not in {State(one) for one in SENT}:
        what = "Choose what to send again by its state: Failed, Discarded or Delivered."
        return Page("problem.html", {"what": what, "hint": ""}, 409)
    counted, more = await count(desk.history, query)
    asked_for = [
        (FILTERS[name], STATES[State(text)] if name == "state" else text)
        for name, text in wanted.items()
    ]
    values = {"wanted": wanted, "asked": asked_for, "counted": counted, "more": more}
    return Page("replay.html", values)


async def count(history: History, query: Query) -> tuple[Sequence[tuple[str, str, int]], bool]:
    """How many deliveries match, by connection and mapping; and whether there are more than were looked at.

    The store is only read, so that counting takes nothing from whoever delivers.
    """
    found: Counter[tuple[str, str]] = Counter()
    after: int | None = None
    for _ in range(0, COUNTED, SLICE):
        page = await history.search(query, after=after, limit=SLICE)
        found.update((one.connection, one.mapping) for one in page.items)
        after = page.next
        if after is None:
            break
    rows = [(*names, number) for names, number in sorted(found.items())]
    return rows, after is not None


async def replay(desk: Desk, visit: Visit) -> Answer:
    """Queue what was counted."""
    wanted = {name: text for name in FILTERS if (text := visit.form.text(name))}
    _, problems = parse(wanted)
    if problems:
        return Go(url("deliveries", **wanted))
    try:
        done = await desk.do("replay", _given(wanted))
    except SegueError as error:
        return Go(url("deliveries", **wanted), f"Nothing was queued: {error}", "bad")
    queued = some(cast("int", done["deliveries"]), "delivery is", "deliveries are")
    again = {name: text for name, text in wanted.items() if name in {"connection", "mapping"}}
    return Go(url("deliveries", **again), f"{queued} queued again.")


def parse(wanted: Mapping[str, str]) -> tuple[Query, dict[str, str]]:
    """A search as it was typed, and what is wrong with it by field."""
    problems: dict[str, str] = {}
    times: dict[str, float | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = _time(wanted.get(name, ""))
        except ValueError:
            problems[name] = "This is not a date and time, such as 2026-03-01T14:00."
    state = wanted.get("state") or None
    if state is not None and state not in {one.value for one in State}:
        problems["state"] = "There is no such state."
    query = Query(
        connection=wanted.get("connection") or None,
        mapping=wanted.get("mapping") or None,
        user=wanted.get("user") or None,
        message_id=wanted.get("message") or None,
        state=State(state) if state and "state" not in problems else None,
        code=wanted.get("code") or None,
        since=times.get("since"),
        until=times.get("until"),
    )
    return query, problems


def _time(text: str) -> float | None:
    """A moment as ``datetime-local`` gives it, in UTC. Raises ValueError."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _given(wanted: Mapping[str, str]) -> JsonObject:
    """What the operation is asked with."""
    times = {name: _time(wanted.get(name, "")) for name in ("since", "until")}
    return {**wanted, **times}


async def _detail(desk: Desk, number: str) -> Detail | None:
    known = Form((("number", number),)).number("number")
    if desk.history is None or known is None:
        return None
    return await desk.history.show(known)


def _event(text: bytes) -> JsonObject:
    try:
        return cast("JsonObject", decode(text))
    except JsonError:
        return {}


def _connection(reading: Reading, name: str | None) -> Connection | None:
    known = reading.workspace.connections if reading.workspace else {}
    return known.get(name) if name else None


def _mapping(connection: Connection | None, name: str) -> ActionMapping | None:
    mappings = connection.mappings if connection else ()
    return next((one for one in mappings if one.name == name), None)


def _attempt(one: Attempt, secrets: Sequence[str]) -> Mapping[str, object]:
    return {
        "tried": one,
        "asked": asked(one.request, secrets) if one.request else None,
        "answered": answered(one.response, secrets) if one.response else None,
    }


PLACES: Final[Sequence[Place]] = (
    get("/deliveries", index),
    get("/deliveries/replay", plan),
    post("/deliveries/replay", replay),
    get("/deliveries/{delivery}", show),
    post("/deliveries/{delivery}/retry", retry),
    get("/connections/{connection}/deliveries", of_connection),
)
