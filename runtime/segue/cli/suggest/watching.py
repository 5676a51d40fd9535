"""What is known about the events of a mapping, and what follows from it."""

import asyncio
from collections.abc import Sequence
from typing import BinaryIO, cast

from segue.cli.event_schemas import Take, counting, given, recorded
from segue.cli.output import some, stderr
from segue.cli.setup import Setup
from segue.cli.suggest.targets import Target
from segue.errors import ConfigError, Problem
from segue.json import JsonError, JsonObject, decode
from segue.samples import by_type
from segue.schemas import PARTS, check_schema
from segue.solving import solve
from segue.store.records import EventQuery
from segue.suggesting import LEVELS, Level, Suggestion, declared, silent, suggest


def take_events(
    setup: Setup, targets: Sequence[Target], file: BinaryIO | None, since: float | None
) -> None:
    """Have each mapping see the events that it matches."""

    def see(event: JsonObject) -> None:
        for one in targets:
            if one.mapping.matches(event):
                one.seen.see(event)

    with counting(see) as take:
        refused = _take(setup, file, since, take)
    if refused:
        stderr.print(f"[yellow]left out, for being refused: {some(refused, 'event', 'events')}[/]")
    for one in targets:
        one.sources = one.seen.sources()


def _take(setup: Setup, file: BinaryIO | None, since: float | None, take: Take) -> int:
    if file is not None:
        return given(file, take)
    asyncio.run(recorded(setup, EventQuery(since=since, bare=True), take))
    return 0


def take_schema(targets: Sequence[Target], file: BinaryIO) -> None:
    """Go by what a schema says of events, or of their properties or traits."""
    try:
        document = decode(file.read())
    except JsonError as error:
        raise ConfigError([Problem("", f"it is not JSON: {error}")], file=_name(file)) from None
    problems = check_schema(document)
    if problems or not isinstance(document, dict):
        raise ConfigError(problems, file=_name(file))
    whole = {"properties", "traits", "context"} & {
        *cast("JsonObject", document.get("properties", {}))
    }
    for one in targets:
        part = PARTS.get(_kind(one), "properties")
        one.sources = [*declared(document, () if whole else (part,))]


def _name(file: BinaryIO) -> str:
    name: object = getattr(file, "name", None)  # of stdin it is a number
    return name if isinstance(name, str) else "stdin"


def _kind(target: Target) -> str:
    """The type of the events of a mapping; of one that says none, that of an event that it matches."""
    if target.seen.kind:
        return target.seen.kind
    solved = solve(target.mapping.trigger, [*by_type().values()])
    return str(solved["type"]) if solved else ""


def found(target: Target, least: Level) -> Sequence[Suggestion]:
    """The suggestions for fields that get nothing."""
    mapping = target.mapping.fields
    speaking = mapping.keys() - (silent(mapping, target.sources) if target.sources else set())
    made = suggest(
        target.action.fields,
        target.sources,
        kind=_kind(target),
        event=target.seen.event,
        without=target.own | speaking,
    )
    return [one for one in made if one.score >= LEVELS[least]]
