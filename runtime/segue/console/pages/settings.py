"""The settings of one connection: what it sends with, from which sources, how fast; and its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.connecting import again, ask, write
from segue.console.desk import Desk
from segue.console.forms.settings import ADDRESSED, Typed, borrowed, controls, moved, read
from segue.console.pages.connections import find
from segue.console.places import Place, get, post, url
from segue.console.saving import Change, Conflict, Refused, Saved
from segue.console.visit import Form, Visit, Who
from segue.destination import Destination
from segue.errors import Problem
from segue.json import MISSING, JsonObject, JsonValue
from segue.workspace.editing import Document
from segue.workspace.model import Connection


CONFLICT: Final = (
    "The workspace file has changed meanwhile. What you typed is still here; save it again."
)
MEANWHILE: Final = "The workspace file has changed meanwhile. Nothing was done; look again."
APART: Final = "In the file this is {} now."


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of every connection that is a line of text. ``path`` is where it stands in the file."""

    label: str
    hint: str
    path: tuple[str, ...]


CHOICES: Final[Mapping[str, Choice]] = {
    "base_url": Choice(
        "Address", "Only for a sandbox or a proxy; else the destination's own.", ("base_url",)
    ),
    "rate_limit": Choice(
        "Rate limit", "Such as 10/s. Left empty, the destination's own.", ("rate_limit",)
    ),
    "concurrency": Choice("Deliveries at once", "50 unless you say otherwise.", ("concurrency",)),
    "window": Choice(
        "Keep trying for",
        "Such as 4h or 2d: how long a delivery is tried again.",
        ("retry", "window"),
    ),
}


async def show(desk: Desk, visit: Visit) -> Answer:
    """The form, as the file is."""
    reading = await desk.read()
    connection = find(reading, visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    return await _form(desk, connection, None, {})


async def change(desk: Desk, visit: Visit) -> Answer:
    """Write what was changed, and ask the destination whether the credentials are good."""
    reading, form = await desk.read(), visit.form
    connection = find(reading, visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    kept = reading.connection(connection.name)
    typed = read(connection.destination.settings, form, _object(kept.get("settings")))
    problems = {**typed.problems, **_reserved(connection, form, typed, kept, visit.who)}
    if problems:
        return await _form(desk, connection, form, problems)
    outcome = await write(
        desk,
        connection.name,
        typed,
        partial(_edit, connection.name, form),
        form.text("revision"),
        visit.who,
        f"Change the settings of {connection.name}",
    )
    match outcome:
        case Saved():
            return await ask(desk, connection.name, _here(connection), f"{outcome.told('Saved.')} ")
        case Conflict():
            apart = await _apart(desk, connection, form)
            return await _form(desk, connection, form, {**again(typed), **apart})
        case Refused():
            placed = _placed(outcome.problems, connection.name)
            return await _form(desk, connection, form, {**again(typed), **placed})


async def switch(desk: Desk, visit: Visit) -> Answer:
    """Switch a connection on or off."""
    on = visit.url.endswith("/enable")
    name = visit.path["connection"]

    def edit(document: Document) -> None:
        document.put(("connections", name, "enabled"), on)

    return await _apply(desk, visit, edit, f"{name} is switched {'on' if on else 'off'}.")


async def prove(desk: Desk, visit: Visit) -> Answer:
    """Ask the destination whether the credentials are good."""
    connection = find(await desk.read(), visit.path["connection"])
    if isinstance(connection, Absent):
        return connection
    return await ask(desk, connection.name, _here(connection), saved="")


async def remove(desk: Desk, visit: Visit) -> Answer:
    """Take a connection out of the file. Its deliveries are kept; what waits is held."""
    name = visit.path["connection"]
    outcome = await desk.save(
        visit.form.text("revision"),
        lambda document: document.remove(("connections", name)),
        visit.who,
        f"Remove {name}",
    )
    if isinstance(outcome, Saved):
        said = f"{name} is removed. History has it, should you want it back."
        return Go(url("connections"), outcome.told(said), outcome.tone)
    return Go(url("connections", name, "settings"), _why(outcome), "bad")


async def _apply(desk: Desk, visit: Visit, edit: Change, said: str) -> Answer:
    reading = await desk.read()
    outcome = await desk.save(reading.revision, edit, visit.who, said)
    here = url("connections", visit.path["connection"])
    if isinstance(outcome, Saved):
        return Go(here, outcome.told(said), outcome.tone)
    return Go(here, _why(outcome), "bad")


def _why(outcome: Conflict | Refused) -> str:
    if isinstance(outcome, Conflict):
        return MEANWHILE
    return f"Nothing was changed: {'; '.join(str(one) for one in outcome.problems)}"


def _edit(name: str, form: Form, settings: Mapping[str, JsonValue]) -> Change:
    """Put what a form says into the file, and take out what it leaves empty."""
    root = ("connections", name)

    def edit(document: Document) -> None:
        _let(document, (*root, "settings"), dict(settings) or None)
        for key, choice in CHOICES.items():
            _let(document, (*root, *choice.path), _value(key, form.text(key)))
        if "sources_shown" in form:
            document.put((*root, "sources"), list(form.all("source")))

    return edit


def _reserved(
    connection: Connection, form: Form, typed: Typed, kept: JsonObject, who: Who
) -> dict[str, str]:
    """What only whoever writes the file may change, or whoever knows the secrets, by field."""
    if who.owns:
        return {}
    settings = _object(kept.get("settings"))
    found = moved(connection.destination.settings, typed, settings)
    found |= borrowed(typed.values, settings)
    elsewhere = form.text("base_url") != _at(kept, ("base_url",))
    return {**found, "base_url": ADDRESSED} if elsewhere else found


def _let(document: Document, path: tuple[str, ...], value: JsonValue) -> None:
    """Let a value stand there, nothing for None; what is as it should be is not touched."""
    there = document.value(path)
    if value is None and there is not MISSING:
        document.remove(path)
        if len(path) > 3 and document.value(path[:-1]) in ({}, None):
            document.remove(path[:-1])
    elif value is not None and there != value:
        document.put(path, value)


def _value(key: str, text: str) -> JsonValue:
    """A line of text as it stands in the file."""
    if not text:
        return None
    return int(text) if key == "concurrency" and text.isascii() and text.isdigit() else text


async def _apart(desk: Desk, connection: Connection, form: Form) -> dict[str, str]:
    """Where what was typed is not what the file says by now, by field; saved again, it takes its place."""
    kept = (await desk.read()).connection(connection.name)
    settings = connection.destination.settings
    shown = zip(
        controls(settings, _object(kept.get("settings"))),
        controls(settings, {}, typed=form),
        strict=True,
    )
    found = {now.key: now.value for now, mine in shown if now.value != mine.value}
    lines = {key: _at(kept, choice.path) for key, choice in CHOICES.items()}
    found |= {key: text for key, text in lines.items() if text != form.text(key)}
    said = {key: APART.format(f'"{text}"' if text else "empty") for key, text in found.items()}
    sources = [str(one) for one in _items(kept.get("sources"))]
    if sorted(sources) != sorted(form.all("source")):
        return {
            **said,
            "": f"{CONFLICT} In the file the sources are {', '.join(sources) or 'none'} now.",
        }
    return {**said, "": CONFLICT}


async def _form(
    desk: Desk, connection: Connection, typed: Form | None, problems: Mapping[str, str]
) -> Answer:
    reading = await desk.read()
    kept = reading.connection(connection.name)
    destination: Destination = connection.destination
    values = {
        "connection": connection,
        "controls": controls(
            destination.settings, _object(kept.get("settings")), typed=typed, problems=problems
        ),
        "choices": [
            {"key": key, "choice": one, "value": typed.text(key) if typed else _at(kept, one.path)}
            for key, one in CHOICES.items()
        ],
        "sources": list(reading.workspace.sources) if reading.workspace else [],
        "chosen": typed.all("source") if typed else connection.sources,
        "revision": reading.revision,
        "problems": problems,
    }
    return Page("settings.html", values, 422 if problems else 200)


def _object(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _at(kept: JsonObject, path: Sequence[str]) -> str:
    value: object = kept
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return "" if value is None else str(value)


def _placed(problems: Sequence[Problem], name: str) -> Mapping[str, str]:
    """Problems by the field they belong to, "" for the form."""
    found: dict[str, str] = {}
    for one in problems:
        parts = one.pointer.removeprefix(f"/connections/{name}/").split("/")
        places = {**{"/".join(choice.path): key for key, choice in CHOICES.items()}}
        key = (
            parts[1]
            if parts[0] == "settings" and len(parts) > 1
            else places.get("/".join(parts), "")
        )
        found.setdefault(key, f"{one.message}; {one.hint}" if one.hint else one.message)
    return found


def _here(connection: Connection) -> str:
    return url("connections", connection.name, "settings")


PLACES: Final[Sequence[Place]] = (
    get("/connections/{connection}/settings", show),
    post("/connections/{connection}/settings", change),
    post("/connections/{connection}/enable", switch),
    post("/connections/{connection}/disable", switch),
    post("/connections/{connection}/credentials", prove),
    post("/connections/{connection}/remove", remove),
)
