"""Where events come from: write keys, and how a sender uses one."""

from collections.abc import Sequence
from typing import Final

from segue.console.answers import Answer, Go, Page
from segue.console.connecting import NAME
from segue.console.desk import Desk
from segue.console.places import Place, get, post
from segue.console.saving import Conflict, Refused, Saved
from segue.console.visit import Visit
from segue.workspace.editing import Document


async def index(desk: Desk, visit: Visit) -> Answer:
    """Every source with its write key and what to put into a program."""
    return await _page(desk, visit, "")


async def add(desk: Desk, visit: Visit) -> Answer:
    """A new source with a write key of its own."""
    name, reading = visit.form.text("name"), await desk.read()
    known = reading.workspace.sources if reading.workspace else {}
    if not NAME.fullmatch(name):
        return await _page(
            desk, visit, "A name is made of letters, digits, dashes and underscores."
        )
    if name in known:
        return await _page(desk, visit, "There is a source of this name already.")

    def edit(document: Document) -> None:
        document.put(("sources", name), {"write_key": desk.key()})

    outcome = await desk.save(
        visit.form.text("revision"), edit, visit.who, f"Add the source {name}"
    )
    match outcome:
        case Conflict():
            return await _page(
                desk, visit, "The workspace file has changed meanwhile; add it again."
            )
        case Refused():
            return await _page(desk, visit, "; ".join(str(one) for one in outcome.problems))
        case Saved() as saved:
            said = f"The source {name} is there. Connect it under the settings of a connection."
            return Go("/sources", saved.told(said), saved.tone)


async def _page(desk: Desk, visit: Visit, problem: str) -> Answer:
    reading = await desk.read()
    workspace = reading.workspace
    known = workspace.sources.values() if workspace else ()
    connections = workspace.connections.values() if workspace else ()
    rows = [
        {
            "source": one,
            "feeds": [where.name for where in connections if one.name in where.sources],
            "snippets": snippets(desk.intake, one.write_key),
        }
        for one in known
    ]
    values = {
        "rows": rows,
        "revision": reading.revision,
        "name": visit.form.text("name"),
        "problem": problem,
    }
    return Page("sources.html", values, 422 if problem else 200)


def snippets(address: str, key: str) -> list[tuple[str, str]]:
    """What to put into a program, by the name of its library."""
    curl = (
        f"curl -u {key}: {address}/v1/track -H 'content-type: application/json' \\\n"
        """  -d '{"userId": "ada", "event": "Order Completed", "properties": {"total": 42}}'"""
    )
    python = (
        "from segment import analytics\n\n"
        f"analytics.write_key = {key!r}\nanalytics.host = {address!r}\n"
        'analytics.track("ada", "Order Completed", {"total": 42})\nanalytics.flush()'
    )
    node = (
        'import { Analytics } from "@segment/analytics-node"\n\n'
        f'const analytics = new Analytics({{ writeKey: "{key}", host: "{address}" }})\n'
        'analytics.track({ userId: "ada", event: "Order Completed", properties: { total: 42 } })'
    )
    browser = (
        'import { AnalyticsBrowser } from "@segment/analytics-next"\n\n'
        f'const analytics = AnalyticsBrowser.load(\n  {{ writeKey: "{key}", cdnURL: "{address}" }},\n'
        f'  {{ integrations: {{ "Segment.io": {{ apiHost: "{_host(address)}/v1", protocol: "{_scheme(address)}" }} }} }},\n)\n'
        'analytics.track("Order Completed", { total: 42 })'
    )
    return [("curl", curl), ("Python", python), ("Node", node), ("Browser", browser)]


def _host(address: str) -> str:
    return address.partition("://")[2]


def _scheme(address: str) -> str:
    return address.partition("://")[0]


PLACES: Final[Sequence[Place]] = (get("/sources", index), post("/sources", add))
