"""What goes where: the list of connections."""

from collections.abc import Sequence
from typing import Final

from segue.console.answers import Answer, Go, Page
from segue.console.desk import Desk
from segue.console.places import Place, get
from segue.console.visit import Visit
from segue.store.records import Stats


DAY: Final = 86_400.0
NONE: Final = Stats()


async def home(_: Desk, __: Visit) -> Answer:
    """The first page is the list of connections."""
    return Go("/connections")


async def index(desk: Desk, _: Visit) -> Answer:
    """Every connection of the workspace with how it went since yesterday."""
    history = desk.history
    stats = await history.stats(since=desk.clock() - DAY) if history else {}
    reading = await desk.read()
    found = reading.workspace.connections.values() if reading.workspace else ()
    rows = [{"connection": one, "stats": stats.get(one.name, NONE)} for one in found]
    return Page("connections.html", {"rows": rows, "elsewhere": stats.get("", NONE)})


PLACES: Final[Sequence[Place]] = (get("/", home), get("/connections", index))
