"""What the workspace file was before, and having an earlier version back."""

import asyncio
import difflib
from collections.abc import Sequence
from typing import Final

from segue.console.answers import Absent, Answer, Go, Page
from segue.console.desk import Desk
from segue.console.places import Place, get, post, url
from segue.console.redaction import veil
from segue.console.saving import Conflict, Refused, Saved
from segue.console.visit import Visit
from segue.workspace.versions import HistoryError, Version


async def index(desk: Desk, _: Visit) -> Answer:
    """The versions, the newest first."""
    reading = await desk.read()
    try:
        versions = await asyncio.to_thread(desk.versions.versions)
    except HistoryError as error:
        return Page("history.html", {"versions": [], "problem": str(error)})
    known = [one.revision for one in versions]
    current = known.index(reading.revision) if reading.revision in known else None
    return Page("history.html", {"versions": versions, "problem": "", "current": current})


async def show(desk: Desk, visit: Visit) -> Answer:
    """One version: what it changed, and how it differs from the file."""
    reading, name = await desk.read(), visit.path["version"]
    try:
        versions = list(await asyncio.to_thread(desk.versions.versions))
        text = await asyncio.to_thread(desk.versions.text, name)
    except HistoryError as error:
        return Absent("There is no such version.", str(error))
    at = next((at for at, one in enumerate(versions) if one.id == name), None)
    if at is None:
        return Absent("There is no such version.")
    before = await _text(desk, versions[at + 1 :])
    shown = await asyncio.to_thread(veil, reading, desk.catalogue(), (before, text))
    values = {
        "one": versions[at],
        "text": shown(text),
        "changed": [shown(line) for line in differences(before, text)],
        "apart": [shown(line) for line in differences(reading.text, text)],
        "revision": reading.revision,
    }
    return Page("version.html", values)


async def restore(desk: Desk, visit: Visit) -> Answer:
    """Let the file hold an earlier version again."""
    name = visit.path["version"]
    here = url("history", name)
    try:
        text = await asyncio.to_thread(desk.versions.text, name)
    except HistoryError as error:
        return Go("/history", f"It was not restored: {error}", "bad")

    outcome = await desk.save(visit.form.text("revision"), text, visit.who, f"Restore {name[:10]}")
    match outcome:
        case Conflict():
            return Go(here, "The workspace file has changed meanwhile; look at it again.", "warn")
        case Refused():
            why = "; ".join(str(one) for one in outcome.problems)
            return Go(here, f"It was not restored: {why}", "bad")
        case Saved() as saved:
            return Go("/history", saved.told("It is restored."), saved.tone)


def differences(before: str, after: str) -> list[str]:
    """What was added and removed, with some lines around it; nothing where both are the same."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    return list(lines)[2:]


async def _text(desk: Desk, older: Sequence[Version]) -> str:
    """The text of the first of these versions, "" where there is none."""
    try:
        return await asyncio.to_thread(desk.versions.text, older[0].id) if older else ""
    except HistoryError:
        return ""


PLACES: Final[Sequence[Place]] = (
    get("/history", index),
    get("/history/{version}", show),
    post("/history/{version}/restore", restore),
)
