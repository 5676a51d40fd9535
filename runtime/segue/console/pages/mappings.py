"""The mappings of a connection: the list, a new one, switched on and off, copied, deleted and brought back."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.bench import Bench, Choosing, lay
from segue.console.desk import Desk
from segue.console.forms import edits
from segue.console.pages import mapping as one
from segue.console.places import Place, get, post, url
from segue.console.reading import Reading
from segue.console.saving import Change, Conflict, Refused, Saved
from segue.console.visit import NOTHING, Form, Visit
from segue.errors import Problem, SegueError
from segue.json import MISSING, JsonObject, JsonValue, Missing
from segue.mapping import compile_mapping
from segue.presets import Preset
from segue.trigger import compile_trigger, parse_trigger
from segue.workspace.editing import Document
from segue.workspace.model import ActionMapping, Connection, Workspace


NOWHERE: Final = Absent(
    "There is no such connection.", "It may have been renamed or deleted in the file."
)
MANY: Final = 50
AGAIN: Final = "The file was changed at the same moment; look at it and try again."


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list: ``number`` of ``pages``, of the ``found`` of all mappings."""

    mappings: Sequence[ActionMapping]
    number: int
    pages: int
    found: int
    words: str


def shelve(mappings: Sequence[ActionMapping], words: str, number: int) -> Shelf:
    """The page of those mappings whose name, trigger or action holds these words."""
    wanted = words.lower()
    found = [
        one
        for one in mappings
        if wanted in f"{one.name} {one.trigger} {one.action.title} {one.action.slug}".lower()
    ]
    pages = max(1, -(-len(found) // MANY))
    number = min(max(1, number), pages)
    return Shelf(found[(number - 1) * MANY : number * MANY], number, pages, len(found), words)


async def index(desk: Desk, visit: Visit) -> Answer:
    """The list."""
    reading = await desk.read()
    connection = _connection(reading, visit)
    return NOWHERE if connection is None else _list(connection, visit)


def _list(connection: Connection, visit: Visit, **more: object) -> Page:
    shelf = shelve(connection.mappings, visit.query.text("q"), visit.query.number("page") or 1)
    at = url("connections", connection.name, "mappings", q=shelf.words)
    values = {"connection": connection, "shelf": shelf, "here": at, "undo": None, "refused": ()}
    return Page("mappings.html", {**values, **more})


def _connection(reading: Reading, visit: Visit) -> Connection | None:
    return (
        reading.workspace.connections.get(visit.path["connection"]) if reading.workspace else None
    )


# Switching, copying, deleting


async def enable(desk: Desk, visit: Visit) -> Answer:
    """Switch a mapping on."""
    return await _switch(desk, visit, on=True)


async def disable(desk: Desk, visit: Visit) -> Answer:
    """Switch a mapping off."""
    return await _switch(desk, visit, on=False)


async def _switch(desk: Desk, visit: Visit, *, on: bool) -> Answer:
    name, where = visit.path["mapping"], _place(visit)

    def change(document: Document) -> None:
        if on and document.value((*where, "enabled")) is not MISSING:
            document.remove((*where, "enabled"))  # on is what a mapping is unless it says otherwise
        elif not on:
            document.put((*where, "enabled"), value=False)

    said = f"{name} is {'enabled' if on else 'disabled'}."
    return await _change(desk, visit, change, f"{'Enable' if on else 'Disable'} mapping", said)


async def duplicate(desk: Desk, visit: Visit) -> Answer:
    """A copy beside a mapping, switched off."""
    reading = await desk.read()
    connection = _connection(reading, visit)
    if connection is None:
        return NOWHERE
    where, taken = _place(visit), {known.name for known in connection.mappings}
    fresh = free(f"{visit.path['mapping']}-copy", taken)

    def change(document: Document) -> None:
        value = document.value(where)
        if isinstance(value, Mapping):
            copy = {**value, "enabled": False}
            document.add((*where[:-1], fresh), copy, after=where[-1])

    return await _change(desk, visit, change, "Copy mapping", f"{fresh} is a copy, switched off.")


async def delete(desk: Desk, visit: Visit) -> Answer:
    """Take a mapping out of the file. The answer holds what was removed."""
    reading = await desk.read()
    connection, where = _connection(reading, visit), _place(visit)
    if connection is None:
        return NOWHERE
    removed: dict[str, str] = {}

    def change(document: Document) -> None:
        removed.update(_removal(document, where))

    why = f"Delete mapping {connection.name}/{where[-1]}"
    outcome = await desk.save(reading.revision, change, visit.who, why)
    if not isinstance(outcome, Saved):
        return _failed(connection, visit, outcome)
    now = _connection(await desk.read(), visit)
    return _list(
        now or connection, visit, undo={"name": where[-1], "fields": removed, "note": outcome.note}
    )


def _removal(document: Document, where: Sequence[str]) -> Mapping[str, str]:
    """Remove a mapping; what it was, where it was among the others, and its very text."""
    before, value = document.text(), document.value(where)
    names = _names(document, where)
    at = names.index(where[-1]) if where[-1] in names else 0
    document.remove(where)
    return {
        "value": json.dumps(None if isinstance(value, Missing) else value, ensure_ascii=False),
        "after": names[at - 1] if at else "",
        **_cut(before, document.text()),
    }


def _cut(before: str, after: str) -> Mapping[str, str]:
    """What was taken out of a text and what was put there, and where."""
    pairs = zip(before, after, strict=False)
    start = next((at for at, (one, two) in enumerate(pairs) if one != two), len(after))
    room = min(len(before), len(after)) - start
    behind = zip(reversed(before), reversed(after), strict=False)
    end = next((at for at, (one, two) in enumerate(behind) if one != two or at == room), room)
    return {
        "start": str(start),
        "text": before[start : len(before) - end],
        "put": after[start : len(after) - end],
    }


def _names(document: Document, where: Sequence[str]) -> list[str]:
    around = document.value(where[:-1])
    return list(around) if isinstance(around, Mapping) else []


async def undo(desk: Desk, visit: Visit) -> Answer:
    """Put a deleted mapping back where it was, with its comments if nothing else has changed there."""
    form, where = visit.form, _place(visit)
    try:
        value: JsonValue = json.loads(form.raw("value"))
    except ValueError:
        value = None
    if not isinstance(value, Mapping):
        return Go(_at(visit), "There is nothing to bring back.")
    told: JsonObject = value

    def change(document: Document) -> None:
        if not _restored(document, where, told, form):
            after = form.raw("after")
            beside = after if after in _names(document, where) else None
            document.add(where, told, after=beside)

    return await _change(desk, visit, change, "Bring back mapping", f"{where[-1]} is back.")


def _restored(document: Document, where: Sequence[str], value: JsonObject, form: Form) -> bool:
    """Whether the very text could be put back, so that the file says what it said."""
    now, start = document.text(), form.number("start")
    text, there = (_broken(form.raw(name), now) for name in ("text", "put"))
    if not text or start is None or not now.startswith(there, start):
        return False
    whole = now[:start] + text + now[start + len(there) :]
    try:
        made = Document(whole)
        same = made.value(where) == value
        made.remove(where)
    except SegueError:  # the file is another by now
        return False
    if not same or made.value() != document.value():
        return False
    document.become(whole)
    return True


def _broken(typed: str, like: str) -> str:
    """A text with the line breaks of another: a browser has its own."""
    return typed.replace("\n", "\r\n") if "\r\n" in like else typed


async def _change(desk: Desk, visit: Visit, change: Change, why: str, said: str) -> Answer:
    """One edit of the file as it is now, and back to the list."""
    reading = await desk.read()
    connection = _connection(reading, visit)
    if connection is None:
        return NOWHERE
    what = f"{why} {connection.name}/{visit.path['mapping']}"
    outcome = await desk.save(reading.revision, change, visit.who, what)
    if isinstance(outcome, Saved):
        return Go(_at(visit), outcome.told(said), outcome.tone)
    return _failed(connection, visit, outcome)


def _failed(connection: Connection, visit: Visit, outcome: Conflict | Refused) -> Page:
    problems = outcome.problems if isinstance(outcome, Refused) else (Problem("", AGAIN),)
    return replace(_list(connection, visit, refused=problems), status=409)


def _place(visit: Visit) -> tuple[str, ...]:
    return edits.place(visit.path["connection"], visit.path["mapping"])


def _at(visit: Visit) -> str:
    return url("connections", visit.path["connection"], "mappings")


def free(name: str, taken: Collection[str]) -> str:
    """A name like this one that no mapping has."""
    return next(one for one in _numbered(name) if one not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


# A new one


async def new(desk: Desk, visit: Visit) -> Answer:
    """Choose an action, then the editor with its defaults filled in."""
    reading = await desk.read()
    connection = _connection(reading, visit)
    if connection is None or reading.workspace is None:
        return NOWHERE
    slug = visit.query.text("action")
    if slug:
        bench = _fresh(desk, reading, reading.workspace, connection, slug, visit.query)
        if bench is None:
            return _unknown(slug)
        return one.editor(await lay(bench, bench.draft, Choosing.of(visit.query)), visit)
    catalogue = desk.catalogue()
    actions = catalogue.actions_of(connection.destination)
    presets = catalogue.presets.get(connection.destination.slug, ())
    return Page(
        "mapping_new.html", {"connection": connection, "actions": actions, "presets": presets}
    )


async def create(desk: Desk, visit: Visit) -> Answer:
    """The form of a new mapping."""
    bench = await _posted(desk, visit)
    return one.kept(NOWHERE, visit) if bench is None else await one.act(bench, visit)


async def live(desk: Desk, visit: Visit) -> Answer:
    """The preview of a new mapping."""
    bench = await _posted(desk, visit)
    return NOWHERE if bench is None else await one.glance(bench, visit)


async def rows(desk: Desk, visit: Visit) -> Answer:
    """The form of a new mapping alone."""
    bench = await _posted(desk, visit)
    return NOWHERE if bench is None else await one.form(bench, visit)


async def _posted(desk: Desk, visit: Visit) -> Bench | None:
    reading = await desk.read()
    connection = _connection(reading, visit)
    if connection is None or reading.workspace is None:
        return None
    slug = visit.form.text("action")
    bench = _fresh(desk, reading, reading.workspace, connection, slug, NOTHING)
    return None if bench is None else replace(bench, name=visit.form.text("name"))


def _unknown(slug: str) -> Absent:
    return Absent(f"There is no action {slug}.", "Choose one of those that the destination has.")


def _fresh(
    desk: Desk,
    reading: Reading,
    workspace: Workspace,
    connection: Connection,
    slug: str,
    query: Form,
) -> Bench | None:
    """A mapping that is not in the file yet: an action's defaults, or a preset's."""
    catalogue = desk.catalogue()
    action = next((a for a in catalogue.actions_of(connection.destination) if a.slug == slug), None)
    if action is None:
        return None
    mapping, title = replace(ActionMapping.of(action), enabled=False), action.title
    presets = catalogue.presets.get(connection.destination.slug, ())
    chosen = query.number("preset")
    if chosen is not None and 0 < chosen <= len(presets):
        preset = presets[chosen - 1]
        mapping, title = _preset(mapping, preset), preset.name
    plain = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "mapping"
    name = free(plain, {known.name for known in connection.mappings})
    return Bench(
        desk, reading, workspace, connection, replace(mapping, name=name), name, fresh=True
    )


def _preset(mapping: ActionMapping, preset: Preset) -> ActionMapping:
    fields = mapping.action.overridden(preset.override)
    tree = parse_trigger(preset.trigger) if preset.trigger else mapping.trigger
    mode = preset.sync_mode or mapping.sync_mode
    made = compile_mapping(fields)
    return replace(
        mapping,
        trigger=tree,
        matches=compile_trigger(tree),
        fields=fields,
        map=made,
        sync_mode=mode,
    )


HERE: Final = "/connections/{connection}/mappings"
NEW: Final = "/connections/{connection}/new"
"""Not below the mappings, where any word may be the name of one."""

PLACES: Final[Sequence[Place]] = (
    get(HERE, index),
    get(NEW, new),
    post(NEW, create),
    post(f"{NEW}/preview", live),
    post(f"{NEW}/rows", rows),
    post(f"{one.AT}/enable", enable),
    post(f"{one.AT}/disable", disable),
    post(f"{one.AT}/duplicate", duplicate),
    post(f"{one.AT}/delete", delete),
    post(f"{one.AT}/undo", undo),
)
