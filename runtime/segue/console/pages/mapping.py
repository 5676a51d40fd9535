"""The editor of one mapping: trigger, fields, preview, test event, review, save."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

import httpx

from segue.console import bench as work
from segue.console import reviewing
from segue.console.answers import Absent, Answer, Go, Page
from segue.console.bench import Bench, Choosing, View, lay
from segue.console.desk import Desk
from segue.console.forms import draft as forms
from segue.console.forms import edits
from segue.console.forms.draft import Draft, Said
from segue.console.forms.fields import read
from segue.console.places import Place, get, post, url
from segue.console.previewing import placed
from segue.console.reading import Reading
from segue.console.sampling import OWN
from segue.console.saving import Conflict, Refused, Saved
from segue.console.trying import trial
from segue.console.visit import Form, Visit
from segue.delivery.choices import find_choices
from segue.errors import ChoicesError, Problem, pointer
from segue.senders import HttpxSender, Tokens
from segue.workspace.model import ActionMapping, Connection


GONE: Final = Absent(
    "There is no such mapping.", "It may have been renamed or deleted in the file."
)
NAME: Final = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
LONG: Final = 2.0
"""Seconds of ``segue check`` where a review is asked for."""


async def show(desk: Desk, visit: Visit) -> Answer:
    """The editor."""
    bench = await find(desk, visit)
    if bench is None:
        return GONE
    view = await lay(bench, bench.draft, Choosing.of(visit.query))
    return editor(view, visit)


async def send(desk: Desk, visit: Visit) -> Answer:
    """The editor's form, by the button that was pressed."""
    bench = await find(desk, visit)
    return kept(GONE, visit) if bench is None else await act(bench, visit)


def kept(why: Absent, visit: Visit) -> Page:
    """A page that holds what was typed, while there is nothing to put it into."""
    typed = [(name, text) for name, text in visit.form if name != "token"]
    values = {"what": why.what, "hint": why.hint, "inputs": typed, "url": visit.url}
    return Page("mapping_kept.html", values, 409)


async def act(bench: Bench, visit: Visit) -> Answer:
    """What a button of the editor does."""
    deed, choosing = visit.form.text("do", "preview"), Choosing.of(visit.form)
    if deed == "own":
        choosing = replace(choosing, sample=OWN)
    handler = DEEDS.get(deed.partition(":")[0], _rows)

    def make() -> Draft:
        return forms.changed(forms.sent(inputs(visit.form), bench.said), deed)

    view = await lay(bench, make, choosing)
    return await handler(view, visit)


async def _take(view: View, visit: Visit) -> Answer:
    """Fill a field with what is suggested for it."""
    name = visit.form.text("do").partition(":")[2]
    name, _, nth = name.partition(":")
    key = next((one.row.key for one in view.rows if one.name == name), "")
    offers = view.suggested.get(key, ())
    if not (nth.isdecimal() and int(nth) < len(offers)):
        return editor(view, visit)
    row = read(offers[int(nth)].directive, key)
    inside = tuple(row if one.key == key else one for one in view.draft.root.rows)
    draft = replace(view.draft, root=replace(view.draft.root, rows=inside))
    return editor(await lay(view.bench, lambda: draft, view.choosing), visit)


async def live(desk: Desk, visit: Visit) -> Answer:
    """The preview alone, as the form stands."""
    bench = await find(desk, visit)
    return GONE if bench is None else await glance(bench, visit)


async def glance(bench: Bench, visit: Visit) -> Answer:
    """The preview of a form; where its rows have changed, the trigger's text with it."""
    sent = inputs(visit.form)
    make = partial(forms.sent, sent, bench.said)
    view = await lay(bench, make, Choosing.of(visit.form), quick=True)
    draft = view.draft
    typed, was = sent.get("trigger", ""), sent.get("trigger.was", "")
    leads = typed.strip() != was.strip()
    told = {
        "was": was,
        "leads": leads and draft.odd is None,
        "follows": not leads and draft.trigger != typed,
    }
    return Page("mapping_live.html", {**view.values, **told})


async def rows(desk: Desk, visit: Visit) -> Answer:
    """The form alone, after a kind was chosen."""
    bench = await find(desk, visit)
    return GONE if bench is None else await form(bench, visit)


async def form(bench: Bench, visit: Visit) -> Answer:
    """The form alone, as it stands."""
    make = partial(forms.sent, inputs(visit.form), bench.said)
    view = await lay(bench, make, Choosing.of(visit.form), quick=True)
    return Page("mapping_form.html", {**view.values, **_typed(view, visit)})


def inputs(form: Form) -> Mapping[str, str]:
    """What was typed, name by name; lines end with LF."""
    return {key: text.replace("\r\n", "\n") for key, text in form}


async def find(desk: Desk, visit: Visit) -> Bench | None:
    """The mapping that a page is about, as the file has it."""
    reading = await desk.read()
    workspace = reading.workspace
    connection = workspace.connections.get(visit.path["connection"]) if workspace else None
    if workspace is None or connection is None:
        return None
    named = (one for one in connection.mappings if one.name == visit.path["mapping"])
    mapping = next(named, None)
    return (
        None
        if mapping is None
        else Bench(desk, reading, workspace, connection, mapping, mapping.name)
    )


def editor(view: View, visit: Visit, status: int = 200, /, **more: object) -> Page:
    """The page, with what there is to say beside the form."""
    focus = forms.touched(view.draft, visit.form.text("do"))
    told = {**view.values, **_typed(view, visit), "focus": focus, **more}
    return Page("mapping.html", told, status)


def _typed(view: View, visit: Visit) -> Mapping[str, object]:
    """What a form was made from, which it says again when it is sent the next time."""
    revision = visit.form.text("revision", view.bench.reading.revision)
    return {"revision": revision, "was": visit.form.raw("trigger.was")}


# What the buttons do


async def _rows(view: View, visit: Visit) -> Answer:
    return editor(view, visit)


async def _review(view: View, visit: Visit) -> Answer:
    mapping = _edited(view)
    if mapping is None:
        return await _wrong(view, visit)
    found = await reviewing.review(view, mapping, LONG)
    return editor(view, visit, 200, **await asyncio.to_thread(_reviewed, view, found))


def _reviewed(view: View, found: reviewing.Review) -> Mapping[str, object]:
    mine = forms.said(view.draft, view.verdict)
    return {
        "review": found,
        "changes": reviewing.differences(view.draft.base, mine),
        "groups": reviewing.groups(found),
    }


async def _save(view: View, visit: Visit) -> Answer:
    """Save, unless the check finds an event that fails."""
    mapping = _edited(view)
    if mapping is None:
        return await _wrong(view, visit)
    found = await reviewing.check(view.bench, mapping)
    if found.errors:
        return editor(view, visit, 422, **await asyncio.to_thread(_reviewed, view, found))
    return await _keep(view, visit)


async def _keep(view: View, visit: Visit) -> Answer:
    """Save, also what fails on some event, and on top of what somebody else has saved."""
    bench = view.bench
    if _edited(view) is None:
        return await _wrong(view, visit)
    if bench.fresh:
        return await _add(view, visit)
    base, mine = view.draft.base, forms.said(view.draft, view.verdict)
    if mine == base:
        return Go(
            url("connections", bench.connection.name, "mappings"), "There was nothing to save."
        )
    where = edits.place(bench.connection.name, bench.name)
    change = partial(edits.write, where=where, action=bench.mapping.action, base=base, mine=mine)
    why = f"Change mapping {bench.connection.name}/{bench.name}"
    outcome = await bench.desk.save(visit.form.text("revision"), change, visit.who, why)
    match outcome:
        case Saved() as saved:
            return Go(bench.url, saved.told(f"{bench.name} is saved."), saved.tone)
        case Conflict():
            return await _conflict(view, visit)
        case Refused(problems=problems):
            return refuse(view, visit, problems)


async def _add(view: View, visit: Visit) -> Answer:
    """Put a new mapping into the file, switched off."""
    bench = view.bench
    odd = odd_name(bench.name, bench.connection)
    if odd is not None:
        return editor(view, visit, 422, name_problems=(odd,))
    where = edits.place(bench.connection.name, bench.name)
    value = edits.fresh(bench.mapping.action, forms.said(view.draft, view.verdict))
    why = f"Add mapping {bench.connection.name}/{bench.name}"
    outcome = await bench.desk.save(
        visit.form.text("revision"), lambda document: document.put(where, value), visit.who, why
    )
    match outcome:
        case Saved() as saved:
            at = url("connections", bench.connection.name, "mappings")
            said = f"{bench.name} is there, switched off: enable it when you are ready."
            return Go(at, saved.told(said), saved.tone)
        case Conflict():
            return await _conflict(view, visit)
        case Refused(problems=problems):
            return refuse(view, visit, problems)


def odd_name(name: str, connection: Connection) -> Problem | None:
    """What is wrong with a name for a mapping that is to have it."""
    if not NAME.fullmatch(name):
        reason = "a name is up to 100 letters, digits, _ and -, and begins with a letter or a digit"
        return Problem("", reason, 'such as "contacts"')
    if any(known.name == name for known in connection.mappings):
        return Problem("", f'there is a mapping "{name}" already', "choose another name")
    return None


def refuse(view: View, visit: Visit, problems: Sequence[Problem]) -> Page:
    """The editor with what would be wrong with the file, at its rows where it has some."""
    prefix = pointer(*edits.place(view.bench.connection.name, view.bench.name))
    found = work.problems_at(problems, prefix)
    near = placed(found, list(work.places(view.draft.root, ())))
    again = replace(view, placed=near)
    told = [replace(one, message=_where(one, prefix) + one.message) for one in near.rest]
    return editor(again, visit, 422, refused=told, problems=())


def _where(problem: Problem, prefix: str) -> str:
    """What of the file a problem is about, if that is not the mapping as a whole."""
    inside = problem.pointer.removeprefix(prefix)
    return f"{inside.strip('/')}: " if inside else ""


async def _wrong(view: View, visit: Visit) -> Answer:
    """The editor with the problems of what was typed, each at its row."""
    page = editor(view, visit, 422)
    count = (
        len(view.verdict.rows)
        + len(view.verdict.conditions)
        + bool(view.verdict.odd)
        + len(view.static)
    )
    said = "There is one thing to put right first; it says so at its line."
    several = f"There are {count} things to put right first; each says so at its line."
    refused = [*view.placed.rest, Problem("", said if count == 1 else several)]
    return replace(page, values={**page.values, "refused": refused})


async def _conflict(view: View, visit: Visit) -> Answer:
    """Both changes side by side. Nothing of what was typed is lost."""
    reading = await view.bench.desk.read()
    theirs = view.bench.mapping if view.bench.fresh else _theirs(reading, view.bench)
    told = await asyncio.to_thread(_apart, view, theirs)
    return editor(view, visit, 409, conflict=told, revision=reading.revision)


def _apart(view: View, theirs: ActionMapping | str) -> Mapping[str, object]:
    """What somebody else has changed, or why that cannot be told, and what was typed."""
    base, mine = view.draft.base, forms.said(view.draft, view.verdict)
    told = {"gone": "", "theirs": [], "mine": reviewing.differences(base, mine)}
    if isinstance(theirs, str):
        return {**told, "gone": theirs}
    return {**told, "theirs": reviewing.differences(base, Said.by(theirs))}


def _theirs(reading: Reading, bench: Bench) -> ActionMapping | str:
    if reading.workspace is None:
        return "The file has problems now: put them right first, then save again."
    connection = reading.workspace.connections.get(bench.connection.name)
    mappings = connection.mappings if connection else ()
    found = next((one for one in mappings if one.name == bench.name), None)
    return "The mapping is no longer in the file." if found is None else found


def _edited(view: View) -> ActionMapping | None:
    """The mapping as it would be saved, if nothing is wrong with what was typed."""
    return None if not view.verdict.good or view.static else view.mapping


# Sending a test event


async def _test(view: View, visit: Visit) -> Answer:
    """Send the chosen event once, through the mapping as it is typed."""
    mapping = _edited(view)
    if mapping is None or view.sample is None:
        return await _wrong(view, visit)
    bench = view.bench
    tried = await trial(bench.desk, view.sample, bench.connection, mapping, visit.who)
    return editor(view, visit, trial=tried)


# Choices that the destination knows


async def _choices(view: View, visit: Visit) -> Answer:
    """Ask the destination what can be chosen for a field."""
    bench = view.bench
    name = visit.form.text("do").partition(":")[2]
    row = next((one for one in view.every() if one.name == name and one.asks), None)
    if row is None:
        return editor(view, visit)
    field_key = row.asks
    action = bench.mapping.action
    asks = field_key if action.choosing(field_key) else f"{field_key}.__keys__"
    try:
        found = await _ask(bench, asks)
    except ChoicesError as error:
        problem = Problem("", str(error), None)
        rows_now = {**view.placed.rows, (field_key,): (problem,)}
        again = replace(view, placed=replace(view.placed, rows=rows_now))
        return editor(again, visit)
    key = field_key if asks == field_key else "keys"
    choices = {**dict(view.choosing.choices), key: found}
    again = replace(view, choosing=replace(view.choosing, choices=choices))
    return editor(again, visit)


async def _ask(bench: Bench, name: str) -> Sequence[tuple[str, str]]:
    action = bench.mapping.action
    async with (
        httpx.AsyncClient() as client,
        Tokens(HttpxSender(client), bench.desk.tokens) as tokens,
    ):
        found = await find_choices(bench.connection, [action], name, tokens=tokens)
    return work.told(found.choices)


Deed: TypeAlias = Callable[[View, Visit], Awaitable[Answer]]

DEEDS: Final[Mapping[str, Deed]] = {
    "review": _review,
    "save": _save,
    "sure": _keep,
    "mine": _keep,
    "test": _test,
    "choices": _choices,
    "take": _take,
}

AT: Final = "/connections/{connection}/mappings/{mapping}"
PLACES: Final[Sequence[Place]] = (
    get(AT, show),
    post(AT, send),
    post(f"{AT}/preview", live),
    post(f"{AT}/rows", rows),
)
