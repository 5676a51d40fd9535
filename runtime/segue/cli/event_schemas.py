"""segue schema infer and import: schemas of events, from recorded events or a tracking plan."""

import asyncio
import os
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias, cast

import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from segue.cli.files import INPUT, utf8
from segue.cli.moments import MOMENT
from segue.cli.output import plain, print_json, some, stderr, write
from segue.cli.setup import Setup, pass_setup
from segue.control import read_store
from segue.errors import ConfigError, Problem
from segue.events import Rejected, read
from segue.json import JsonError, JsonObject, decode
from segue.schemas.entries import Entry, block, file_names, written
from segue.schemas.inference import Inference
from segue.schemas.tracking_plan import PlanError, read_plan
from segue.store.records import EventQuery


PAGE: Final = 1000
STEP: Final = 10_000

Take: TypeAlias = Callable[[JsonObject], None]

folder = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each schema to a file in this folder.",
)
force = click.option("--force", is_flag=True, help="Write over files that say something else.")


@click.command("infer", short_help="Write schemas of recorded events, or of a file.")
@click.option("--since", type=MOMENT, help="Recorded events of then or later: 2h, 7d, 2026-03-01.")
@click.option("--source", help="Recorded events of this source only.")
@click.option(
    "--events", "file", type=INPUT, help='Events of a file instead, one a line ("-" is stdin).'
)
@click.option(
    "--event", "names", multiple=True, help="Only track events of this name, or of these."
)
@folder
@force
@pass_setup
def infer(
    setup: Setup,
    since: float | None,
    source: str | None,
    file: BinaryIO | None,
    names: tuple[str, ...],
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Write a JSON Schema of each event that is in the data directory, or in a file.

    Each says on how many events it rests. Nothing in the data directory is changed. With -o the
    lines for the workspace are printed, else all schemas are, as one JSON object.
    """
    if file is not None and (since is not None or source is not None):
        raise click.UsageError("--since and --source choose recorded events; --events has its own")
    inference = Inference(frozenset(names))
    left = inference.left_out
    with counting(inference.see) as take:
        if file is None:
            asyncio.run(recorded(setup, EventQuery(source=source, since=since), take))
        else:
            left["they would be refused on arrival"] += given(file, take)
    notes = [
        f"{some(count, 'event', 'events')} left out: {why}" for why, count in left.items() if count
    ]
    finish(setup, list(inference.entries()), notes, output, force=force)


@click.command("import", short_help="Write schemas of a Segment tracking plan.")
@click.argument("plan", type=INPUT)
@folder
@force
@pass_setup
def import_plan(setup: Setup, plan: BinaryIO, output: Path | None, *, force: bool) -> None:
    """Write the rules of a Segment tracking plan as JSON Schemas; PLAN is a file, or "-" for stdin.

    It is the JSON that Protocols exports, or what the Public API lists as a plan's rules. What cannot be
    carried over is listed. With -o the lines for the workspace are printed, else all schemas are.
    """
    try:
        found = read_plan(decode(plan.read()))
    except (JsonError, PlanError) as error:
        name: object = getattr(plan, "name", None)  # of stdin it is a number, or there is none
        where = name if isinstance(name, str) else "stdin"
        raise ConfigError([Problem("", str(error))], file=where) from None
    notes = [f"not carried over: {note}" for note in found.notes]
    finish(setup, found.entries, notes, output, force=force)


@contextmanager
def counting(take: Take) -> Generator[Take]:
    """``take``, with a line on the terminal that says how many events it was given."""
    columns = SpinnerColumn(), TextColumn("{task.completed:,.0f} events")
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task, seen = bar.add_task("", total=None), 0

        def counted(event: JsonObject) -> None:
            nonlocal seen
            seen += 1
            if seen % STEP == 0:
                bar.advance(task, STEP)
            take(event)

        yield counted


def given(file: BinaryIO, take: Take) -> int:
    """Have the events of a file taken; how many of them would be refused."""
    refused = 0
    for one in read(utf8(file), clock=lambda: datetime.now(UTC), ids=lambda: str(uuid.uuid4())):
        if isinstance(one, Rejected):
            refused += 1
        else:
            take(one)
    return refused


async def recorded(setup: Setup, query: EventQuery, take: Take) -> None:
    """Have the events of the data directory taken, a page at a time."""
    async with read_store(setup.data) as store:
        after: int | None = None
        while True:
            page = await store.history.events(query, after=after, limit=PAGE, oldest_first=True)
            for kept in page.items:
                take(cast("JsonObject", decode(kept.text)))
            after = page.next
            if after is None:
                return


def finish(
    setup: Setup,
    entries: Sequence[Entry],
    notes: Sequence[str],
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Print schemas or write them to files, and say what is not in them."""
    if output is None:
        print_json(collected(entries))
    elif entries:
        put(file_names(entries), output, force=force)
        base = os.path.relpath(output, setup.file.parent)
        places = [(Path(base, name).as_posix(), one) for name, one in file_names(entries)]
        stderr.print(f"wrote {some(len(places), 'schema', 'schemas')} to {plain(output)}; for {plain(setup.file)}:")  # fmt: skip
        write(block(places).rstrip())
    if not entries:
        stderr.print("there is nothing to write a schema from")
    for note in notes:
        stderr.print(f"[yellow]{plain(note)}[/]", highlight=False)


def put(files: Sequence[tuple[str, Entry]], output: Path, *, force: bool) -> None:
    """Write the files of a folder; none where one of them says something else already."""
    texts = {output / name: written(one.document) for name, one in files}
    changed = [
        file for file, text in texts.items() if file.exists() and file.read_text("utf-8") != text
    ]
    if changed and not force:
        names = ", ".join(file.name for file in changed)
        hint = "write to another folder, or over them with --force"
        raise ConfigError(
            [Problem("", f"there is something else already in {names}", hint)], file=str(output)
        )
    output.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")


def collected(entries: Sequence[Entry]) -> JsonObject:
    """Schemas as they would stand in a workspace."""
    forms = {(one.type, one.name): form(one) for one in entries}
    track = {cast("str", name): one for (kind, name), one in forms.items() if kind == "track"}
    others = {kind: one for (kind, _), one in forms.items() if kind != "track"}
    return {**({"track": track} if track else {}), **others}


def form(entry: Entry) -> JsonObject:
    """A schema in the long form, in which it can stand in a workspace."""
    whole = entry.whole and entry.type != "common"
    return {"schema": entry.document, **({"of": "event"} if whole else {})}
