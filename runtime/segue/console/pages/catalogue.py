"""What can be connected: every installed destination, its reference, and adding it."""

from collections.abc import Mapping, Sequence
from typing import Final

from segue.console.answers import Absent, Answer, Page
from segue.console.connecting import Wanted, ask, begin
from segue.console.desk import Desk
from segue.console.forms.settings import ADDRESSED, borrowed, controls, read
from segue.console.places import Place, get, post, url
from segue.console.saving import Conflict, Refused
from segue.console.visit import NOTHING, Form, Visit
from segue.destination import Destination
from segue.errors import Problem, SegueError, suggest
from segue.reference import page as reference


async def index(desk: Desk, visit: Visit) -> Answer:
    """Every destination, or those in which a word stands."""
    words = visit.query.text("q").lower()
    catalogue = desk.catalogue()
    found = [
        {"one": one, "actions": [action.title for action in catalogue.actions_of(one)]}
        for one in catalogue.destinations.values()
    ]
    wanted = [row for row in found if all(word in _words(row) for word in words.split())]
    return Page("catalogue.html", {"found": wanted, "q": visit.query.text("q")})


async def show(desk: Desk, visit: Visit) -> Answer:
    """The reference of a destination."""
    destination = _find(desk, visit.path["slug"])
    if isinstance(destination, Absent):
        return destination
    reading = await desk.read()
    known = reading.workspace.connections.values() if reading.workspace else ()
    values = {
        "destination": destination,
        "page": reference(destination, desk.catalogue()),
        "own": [one for one in known if one.destination.slug == destination.slug],
    }
    return Page("destination.html", values)


async def blank(desk: Desk, visit: Visit) -> Answer:
    """The form of a new connection."""
    destination = _find(desk, visit.path["slug"])
    if isinstance(destination, Absent):
        return destination
    return await _form(desk, destination, NOTHING, {})


async def add(desk: Desk, visit: Visit) -> Answer:
    """Write the connection, keep its secrets, and ask the destination whether they are good."""
    destination = _find(desk, visit.path["slug"])
    if isinstance(destination, Absent):
        return destination
    form, reading = visit.form, await desk.read()
    typed = read(destination.settings, form, {})
    wanted = Wanted.of(form, destination, desk.catalogue())
    problems = {**wanted.problems(reading.workspace), **typed.problems}
    if not visit.who.owns:
        problems |= borrowed(typed.values, {})
        problems |= {"base_url": ADDRESSED} if wanted.base_url else {}
    if problems:
        return await _form(desk, destination, form, problems)
    revision = form.text("revision") or reading.revision
    outcome = await begin(desk, wanted, typed, revision, visit.who)
    if isinstance(outcome, Conflict):
        said = "The workspace file has changed meanwhile; look at it and add this again."
        return await _form(desk, destination, form, {"": said})
    if isinstance(outcome, Refused):
        return await _form(desk, destination, form, _placed(outcome.problems, wanted.name))
    return await ask(desk, wanted.name, url("connections", wanted.name, "mappings"))


async def _form(
    desk: Desk, destination: Destination, form: Form, problems: Mapping[str, str]
) -> Answer:
    reading, typed = await desk.read(), form if form.items else None
    catalogue = desk.catalogue()
    values = {
        "destination": destination,
        "controls": controls(destination.settings, {}, typed=typed, problems=problems),
        "form": form,
        "name": form.text("name") or _free(destination.slug, reading.workspace),
        "sources": list(reading.workspace.sources) if reading.workspace else [],
        "starts": Wanted.offers(destination, catalogue),
        "revision": reading.revision,
        "problems": problems,
    }
    return Page("add.html", values, 422 if problems else 200)


def _placed(problems: Sequence[Problem], name: str) -> Mapping[str, str]:
    """Problems of the file by the field of the form they belong to, "" for the form."""
    found: dict[str, str] = {}
    for one in problems:
        above = f"/connections/{name}/settings/"
        key = one.pointer.removeprefix(above) if one.pointer.startswith(above) else ""
        found.setdefault(
            key.split("/")[0], f"{one.message}; {one.hint}" if one.hint else one.message
        )
    return found


def _find(desk: Desk, slug: str) -> Destination | Absent:
    catalogue = desk.catalogue()
    try:
        return catalogue.destination(slug)
    except SegueError:
        hint = suggest(slug, catalogue.destinations) or ""
        return Absent(f'No destination "{slug}" is installed.', hint)


def _free(slug: str, workspace: object) -> str:
    taken = getattr(workspace, "connections", {})
    numbered = (slug if number == 1 else f"{slug}-{number}" for number in range(1, 10_000))
    return next(name for name in numbered if name not in taken)


def _words(row: Mapping[str, object]) -> str:
    one = row["one"]
    assert isinstance(one, Destination)
    return f"{one.title} {one.slug} {one.description} {row['actions']}".lower()


PLACES: Final[Sequence[Place]] = (
    get("/catalogue", index),
    get("/catalogue/{slug}", show),
    get("/catalogue/{slug}/add", blank),
    post("/catalogue/{slug}/add", add),
)
