"""One event through a connection: what each mapping would make of it, and sending it for a try."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from segue.console.answers import Absent, Answer, Page
from segue.console.desk import Desk
from segue.console.pages.connections import find
from segue.console.places import Place, get, post
from segue.console.previewing import preview
from segue.console.sampling import OFFERED, OWN, Sample, gather, pasted
from segue.console.trying import Trial, trial
from segue.console.visit import Form, Visit
from segue.workspace.model import Connection


MOST: Final = 20
"""So many of the mappings that match are shown at work."""


async def show(desk: Desk, visit: Visit) -> Answer:
    """What would become of an event: the one that is asked for, or the last that arrived."""
    connection = find(await desk.read(), visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    return await _page(desk, connection, visit.query)


async def send(desk: Desk, visit: Visit) -> Answer:
    """Look at an event that was pasted, or send the chosen one through one mapping."""
    connection = find(await desk.read(), visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    wanted = visit.form.text("mapping")
    mapping = next((one for one in connection.mappings if one.name == wanted), None)
    chosen = await _choose(desk, connection, visit.form)
    if mapping is None or not isinstance(chosen, Sample):
        return await _page(desk, connection, visit.form)
    plain = replace(connection, enabled=True)
    done = await trial(desk, chosen, plain, mapping, visit.who)
    return await _page(desk, connection, visit.form, done)


async def _choose(desk: Desk, connection: Connection, form: Form) -> Sample | str | None:
    """The event that is asked for, what is wrong with a pasted one, None where there is none."""
    now = datetime.fromtimestamp(desk.clock(), UTC)
    if form.text("sample") == OWN:
        return pasted(form.raw("own"), connection, now)
    last = await gather(desk.history, connection, now)
    fits = (
        one for one in last.events if any(use.matches(one.event) for use in connection.mappings)
    )
    first = next(fits, next(iter(last.events), None))
    return last.find(form.text("sample")) or first


async def _page(
    desk: Desk, connection: Connection, form: Form, done: Trial | None = None
) -> Answer:
    last = await gather(desk.history, connection, datetime.fromtimestamp(desk.clock(), UTC))
    chosen = await _choose(desk, connection, form)
    sample = chosen if isinstance(chosen, Sample) else None
    wanted = [one for one in connection.mappings if sample and one.matches(sample.event)]
    looks = [
        (one, await preview(desk.turns, sample, connection, one)) for one in wanted[:MOST] if sample
    ]
    values = {
        "connection": connection,
        "sample": sample,
        "real": last.real,
        "options": [
            *((one.key, one.label) for one in last.events[:OFFERED]),
            (OWN, "one pasted below"),
        ],
        "own": form.raw("own"),
        "problem": chosen if isinstance(chosen, str) else "",
        "looks": looks,
        "others": [one for one in connection.mappings if one not in wanted] + wanted[MOST:],
        "trial": done,
    }
    return Page("tester.html", values)


PLACES: Final[Sequence[Place]] = (
    get("/connections/{connection}/test", show),
    post("/connections/{connection}/test", send),
)
