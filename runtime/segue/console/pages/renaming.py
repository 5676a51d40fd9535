"""Another name for a mapping, and what that means for the deliveries that know it by the one it has."""

from collections.abc import Sequence
from typing import Final

from segue.console.answers import Answer, Go, Page
from segue.console.desk import Desk
from segue.console.forms import edits
from segue.console.pages import mapping as one
from segue.console.places import Place, get, post, url
from segue.console.saving import Conflict, Refused, Saved
from segue.console.visit import Visit
from segue.errors import Problem
from segue.store.records import Query
from segue.store.values import State
from segue.workspace.model import Connection


OPEN: Final = (State.WAITING, State.RETRYING, State.HELD)
CHANGED: Final = "The workspace file has changed meanwhile; see that the name is still right."


async def show(desk: Desk, visit: Visit) -> Answer:
    """A form for the name, and what has to be known before."""
    return await _page(desk, visit)


async def rename(desk: Desk, visit: Visit) -> Answer:
    """Give a mapping another name; where it stands, its lines and their comments stay."""
    bench = await one.find(desk, visit)
    if bench is None:
        return one.GONE
    name, connection = visit.form.text("name"), bench.connection
    if name == bench.name:
        return Go(bench.url, "It has this name already.")
    odd = one.odd_name(name, connection)
    if odd is not None:
        return await _page(desk, visit, odd)
    where = edits.place(connection.name, bench.name)
    outcome = await desk.save(
        visit.form.text("revision"),
        lambda document: document.rename(where, name),
        visit.who,
        f"Rename mapping {connection.name}/{bench.name} to {name}",
    )
    match outcome:
        case Saved() as saved:
            here = url("connections", connection.name, "mappings", name)
            return Go(here, saved.told(f"{bench.name} is called {name} now."), saved.tone)
        case Conflict():
            return await _page(desk, visit, Problem("", CHANGED))
        case Refused(problems=problems):
            return await _page(desk, visit, *problems)


async def _page(desk: Desk, visit: Visit, *problems: Problem) -> Answer:
    bench = await one.find(desk, visit)
    if bench is None:
        return one.GONE
    values = {
        "connection": bench.connection,
        "bench": bench,
        "name": visit.form.text("name", bench.name),
        "problems": problems,
        "waiting": await _waiting(desk, bench.connection, bench.name),
        "revision": bench.reading.revision,
    }
    return Page("mapping_rename.html", values, 422 if problems else 200)


async def _waiting(desk: Desk, connection: Connection, name: str) -> int:
    """How many deliveries have not ended that know a mapping by this name."""
    if desk.history is None:
        return 0
    asked = [Query(connection=connection.name, mapping=name, state=state) for state in OPEN]
    return sum([await desk.history.count(query) for query in asked])


AT: Final = f"{one.AT}/rename"
PLACES: Final[Sequence[Place]] = (get(AT, show), post(AT, rename))
