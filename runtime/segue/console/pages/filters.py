"""What a connection does not get: events that are dropped, and fields that are left out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.desk import Desk
from segue.console.forms.filters import KINDS, Row, read, rows, told
from segue.console.pages.connections import find
from segue.console.places import Place, get, post, url
from segue.console.sampling import gather
from segue.console.saving import Conflict, Refused, Saved
from segue.console.visit import Visit
from segue.dispatch import screened
from segue.errors import Problem
from segue.json import MISSING, script
from segue.outcome import Discarded
from segue.workspace.editing import Document
from segue.workspace.model import Connection


CONFLICT: Final = (
    "The workspace file has changed meanwhile. What you typed is still here; save it again."
)


async def show(desk: Desk, visit: Visit) -> Answer:
    """The filters, and what they do to the last events."""
    reading = await desk.read()
    connection = find(reading, visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    return await _page(desk, connection, rows(reading.connection(connection.name).get("filters")))


async def change(desk: Desk, visit: Visit) -> Answer:
    """Write them, or show them with one more or one less."""
    reading, form = await desk.read(), visit.form
    connection = find(reading, visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    typed = read(form)
    if "remove" in form or "add" in form:
        more = [Row(form.text("add"))] if "add" in form else []
        gone = form.number("remove")
        focus = len(typed) if gone is None else min(gone, len(typed) - 1)
        shown = [*typed, *more]
        return await _page(desk, connection, shown, revision=form.text("revision"), focus=focus)
    path = ("connections", connection.name, "filters")

    def edit(document: Document) -> None:
        if typed:
            document.put(path, [one.text() for one in typed])
        elif document.value(path) is not MISSING:
            document.remove(path)

    outcome = await desk.save(
        form.text("revision"), edit, visit.who, f"Change the filters of {connection.name}"
    )
    match outcome:
        case Conflict():
            now = rows((await desk.read()).connection(connection.name).get("filters"))
            other = ", ".join(script(one.text()) for one in now) or "none"
            apart = [one.text() for one in now] != [one.text() for one in typed]
            said = f"{CONFLICT} In the file they are now: {other}." if apart else CONFLICT
            return await _page(desk, connection, typed, said=said)
        case Refused():
            at, rest = _placed(outcome.problems, connection.name)
            return await _page(
                desk, connection, told(typed, at), said="; ".join(rest) or "Some filters are wrong."
            )
        case Saved() as saved:
            here = url("connections", connection.name, "filters")
            return Go(here, saved.told("The filters are saved."), saved.tone)


async def _page(
    desk: Desk,
    connection: Connection,
    typed: Sequence[Row],
    *,
    said: str = "",
    revision: str = "",
    focus: int | None = None,
) -> Answer:
    reading = await desk.read()
    last = await gather(desk.history, connection, datetime.fromtimestamp(desk.clock(), UTC))
    seen = [screened(one.event, connection) for one in last.events]
    values = {
        "connection": connection,
        "rows": typed,
        "kinds": KINDS,
        "problem": said,
        "focus": focus,
        "revision": revision or reading.revision,
        "looked": len(seen) if last.real else 0,
        "stopped": sum(isinstance(one, Discarded) for one in seen),
        "changed": sum(
            one is not sample.event and not isinstance(one, Discarded)
            for one, sample in zip(seen, last.events, strict=True)
        ),
    }
    return Page("filters.html", values, 422 if said else 200)


def _placed(problems: Sequence[Problem], name: str) -> tuple[Mapping[int, list[str]], list[str]]:
    """Problems by the filter they are about, and the others."""
    found: dict[int, list[str]] = {}
    rest: list[str] = []
    above = f"/connections/{name}/filters/"
    for one in problems:
        number = one.pointer.removeprefix(above).split("/")[0]
        said = f"{one.message}; {one.hint}" if one.hint else one.message
        if one.pointer.startswith(above) and number.isdigit():
            found.setdefault(int(number), []).append(said)
        else:
            rest.append(said)
    return found, rest


PLACES: Final[Sequence[Place]] = (
    get("/connections/{connection}/filters", show),
    post("/connections/{connection}/filters", change),
)
