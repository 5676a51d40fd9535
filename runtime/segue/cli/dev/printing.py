"""What a round has to tell, for people and for programs."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from segue.cli.dev.comparing import Change, Line
from segue.cli.dev.session import Round
from segue.cli.output import plain


NOTHING: Final = (
    'nothing to try yet: "segue new destination acme" writes a plugin, "segue init" a workspace'
)

STANDING: Final = "until that is right, what worked before stays"

_STYLES: Final = {"+": "green", "-": "red", " ": "default", "…": "dim"}


def text(round_: Round, at: datetime) -> Iterator[str]:
    """The lines of a round as markup."""
    names = ", ".join(map(_short, round_.files)) or f"with {round_.event}"
    yield f"[bold]── {at:%H:%M:%S}[/] {plain(names)}"
    for problem in round_.problems:
        yield f"[red]wrong:[/] {plain(problem)}"
    if round_.problems and round_.standing:
        yield f"[dim]{STANDING}[/]"
    for change in round_.changes:
        yield from _change(change)
    if not round_.changes:
        yield "no change" if round_.standing else NOTHING


def _change(change: Change) -> Iterator[str]:
    if change.status == "same":
        yield f"[bold]{plain(change.name)}[/]  no change"
        return
    yield f"[bold]{plain(change.name)}[/]  [dim]{change.status}[/]"
    if change.status == "new" and not change.preview.matches:
        yield f"  its trigger does not match this event: {plain(change.preview.trigger)}"
        return
    yield from map(_line, change.lines)


def _line(line: Line) -> str:
    sign = line.sign
    return f"[{_STYLES[sign]}]{sign} {plain(line.text)}".rstrip() + "[/]"


def data(round_: Round) -> str:
    """A round as one line of JSON."""
    return json.dumps(
        {
            "files": [str(file) for file in round_.files],
            "event": round_.event,
            "changes": [_change_data(one) for one in round_.changes],
            "problems": [asdict(one) for one in round_.problems],
        },
        ensure_ascii=False,
    )


def _change_data(change: Change) -> dict[str, object]:
    diff = change.lines if change.status == "changed" else ()
    return {
        "name": change.name,
        "status": change.status,
        **change.preview.data,
        "diff": [f"{one.sign} {one.text}".rstrip() for one in diff],
    }


def _short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}" if file.parent.name else file.name
