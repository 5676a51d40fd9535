"""What goes where: the list of connections, and how one of them goes."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.desk import Desk
from segue.console.pages.trends import PERIODS, Period, failed, health, period, spark, trend
from segue.console.places import Place, get, post, url
from segue.console.reading import Reading
from segue.console.rendering import some
from segue.console.visit import Visit
from segue.errors import SegueError, suggest
from segue.store.records import Beat, Stats
from segue.workspace.model import Connection


NONE: Final = Stats()
SAID: Final = {
    "hold": ("It is held; {}.", "delivery waits", "deliveries wait"),
    "resume": ("It goes on; {}.", "delivery had waited", "deliveries had waited"),
}


async def home(_: Desk, __: Visit) -> Answer:
    """The first page is the list of connections."""
    return Go("/connections")


async def index(desk: Desk, _: Visit) -> Answer:
    """Every connection of the workspace with how it went since yesterday."""
    reading, day = await desk.read(), PERIODS["day"]
    stats, beats = await figures(desk, day)
    found = reading.workspace.connections.values() if reading.workspace else ()
    rows = [
        {
            "connection": one,
            "stats": stats.get(one.name, NONE),
            "health": health(one, stats.get(one.name, NONE)),
            "failed": failed(stats.get(one.name, NONE)),
            "spark": spark(beats.get(one.name, ()), desk.clock(), day),
        }
        for one in found
    ]
    gone = sorted(name for name in stats if name and not any(one.name == name for one in found))
    return Page("connections.html", {"rows": rows, "nowhere": stats.get("", NONE), "gone": gone})


async def overview(desk: Desk, visit: Visit) -> Answer:
    """How one connection goes: what was delivered, what waits and why."""
    reading = await desk.read()
    connection = find(reading, visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    chosen = period(visit.query.text("period"))
    stats, beats = await figures(desk, chosen)
    own = stats.get(connection.name, NONE)
    values = {
        "connection": connection,
        "stats": own,
        "health": health(connection, own),
        "failed": failed(own),
        "trend": trend(beats.get(connection.name, ()), desk.clock(), chosen),
        "periods": [(one.key, one.label) for one in PERIODS.values()],
        "period": chosen,
    }
    return Page("connection.html", values)


async def hold(desk: Desk, visit: Visit) -> Answer:
    """Let the deliveries of a connection wait."""
    return await _ask(desk, visit, "hold", {"why": visit.form.text("why")})


async def resume(desk: Desk, visit: Visit) -> Answer:
    """Let them go on."""
    return await _ask(desk, visit, "resume", {})


async def _ask(desk: Desk, visit: Visit, what: str, given: Mapping[str, str]) -> Answer:
    name = visit.path["connection"]
    here = url("connections", name)
    try:
        done = await desk.do(what, {"connection": name, **given})
    except SegueError as error:
        return Go(here, f"Nothing was changed: {error}", "bad")
    said, one, more = SAID[what]
    return Go(here, said.format(some(cast("int", done["deliveries"]), one, more)))


async def figures(
    desk: Desk, chosen: Period
) -> tuple[Mapping[str, Stats], Mapping[str, Sequence[Beat]]]:
    """The figures of a period and how they came about, by connection."""
    if desk.history is None:
        return {}, {}
    since = desk.clock() - chosen.seconds
    stats = await desk.history.stats(since=since)
    return stats, await desk.history.trend(since=since, every=chosen.every)


def find(reading: Reading, name: str) -> Connection | Absent:
    """The connection of this name, or that there is none."""
    known = reading.workspace.connections if reading.workspace else {}
    if name in known:
        return known[name]
    if reading.workspace is None:
        return Absent("The workspace file has problems, so nothing of it can be shown.")
    return Absent(f'There is no connection "{name}".', suggest(name, known) or "")


PLACES: Final[Sequence[Place]] = (
    get("/", home),
    get("/connections", index),
    get("/connections/{connection}", overview),
    post("/connections/{connection}/hold", hold),
    post("/connections/{connection}/resume", resume),
)
