"""Suggestions as text and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from segue.cli.output import brief, plain, some, stdout, write
from segue.cli.suggest.targets import Target, made
from segue.json import JsonObject
from segue.suggesting import Level
from segue.workspace.writing import lines


COLOURS: Final[Mapping[Level, str]] = {"sure": "green", "likely": "yellow", "possible": "dim"}


def show(targets: Sequence[Target]) -> None:
    """Print the suggestions, and of a new mapping what it would be."""
    for one in targets:
        about = f"{one.connection} / {one.name}" if one.connection else one.action.name
        events = some(one.seen.events, "event", "events") if one.seen.events else "a schema"
        if not one.sources:
            stdout.print(
                f"[bold]{plain(about)}[/]: no event that its trigger matches", highlight=False
            )
            continue
        stdout.print(f"[bold]{plain(about)}[/]  [dim]by {events}[/]", highlight=False)
        if one.found:
            for line in _listed(one):
                stdout.print(line, highlight=False)
        else:
            stdout.print("  nothing to suggest for the fields that get nothing", highlight=False)
        if one.new:
            write("\n" + "\n".join(lines({one.name: made(one)}, 0, 2)))


def _listed(target: Target) -> Iterator[str]:
    """Two lines for each suggestion, the field on the first of its own."""
    width = max(len(".".join(one.field)) for one in target.found)
    last: tuple[str, ...] = ()
    for one in target.found:
        name = "" if one.field == last else ".".join(one.field)
        last = one.field
        level = f"[{COLOURS[one.level]}]{one.level:<8}[/]"
        yield f"  {plain(name.ljust(width))}  {level}  {plain(one.directive['@path'])}"
        said = (
            [one.reason, f"in {one.share:.0%} of the events"]
            if target.seen.events
            else [one.reason]
        )
        said += [", ".join(brief(example, 30) for example in one.examples)]
        yield f"  {' ' * width}            [dim]{plain('; '.join(filter(None, said)))}[/]"


def data(target: Target) -> JsonObject:
    """A mapping and its suggestions, as JSON."""
    return {
        "connection": target.connection,
        "mapping": target.name,
        "action": target.action.name,
        "new": target.new,
        "events": target.seen.events,
        "suggestions": [
            {
                "field": list(one.field), "directive": one.directive, "level": one.level,
                "score": one.score, "reason": one.reason, "share": one.share,
                "examples": list(one.examples),
            }
            for one in target.found
        ],
    }  # fmt: skip
