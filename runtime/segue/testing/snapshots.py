"""Recorded requests: what an action makes of the sample events, as readable JSON beside the tests."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from segue.http import Request
from segue.json import JsonValue, decode
from segue.testing.breaking import BrokenError
from segue.testing.subject import ActionSubject


FOLDER: Final = "snapshots"


def record(subject: ActionSubject) -> str:
    """The requests of an action for its sample events, as JSON text without secrets; "" for none."""
    secrets = subject.home.destination.secrets(subject.home.settings)
    entries: list[JsonValue] = [
        {
            "event": event,
            "payload": payload,
            "requests": [_data(one, secrets) for one in made.requests],
        }
        for event, payload in subject.shown
        if (made := subject.run([payload])).requests
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n" if entries else ""


def _data(request: Request, secrets: Sequence[str]) -> JsonValue:
    shown = request.redacted(secrets)
    body = decode(shown.body) if request.json is not None and shown.body else None
    parts: dict[str, JsonValue] = {
        "method": shown.method,
        "url": shown.url,
        "params": dict(shown.params),
        "headers": dict(shown.headers),
        "json": body if shown.json is None else shown.json,
        "body": shown.body.decode(errors="replace") if shown.body and body is None else None,
        "accept": sorted(shown.accept),
    }
    return {name: value for name, value in parts.items() if value not in (None, {}, [])}


def compare(made: str, file: Path, *, update: bool, guarded: bool) -> bool:
    """Hold what is made now to its file; True if the file was written. ``guarded`` writes none.

    A file that is missing is written, unless guarded. Raises BrokenError with the differences.
    """
    known = file.read_text(encoding="utf-8") if file.is_file() else None
    if known == made:
        return False
    if guarded and known is None:
        raise BrokenError(
            f"its requests are not recorded: there is no {FOLDER}/{file.name}",
            "Run the tests once where CI is not set, look at the file, and commit it.",
        )
    if known is not None and not update:
        raise BrokenError(
            f"its requests are not those of {FOLDER}/{file.name}:\n"
            + "\n".join(_diff(known, made)),
            "If that is what you want, run pytest --segue-update, and commit the file.",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(made, encoding="utf-8")
    return True


def _diff(known: str, made: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        known.splitlines(), made.splitlines(), "recorded", "made now", lineterm="", n=3
    )
    for at, line in enumerate(lines):
        if at >= 80:
            yield "…"
            return
        yield line


def file_of(subject: ActionSubject, folder: Path) -> Path:
    """Where the requests of an action are recorded, beside the test file in ``folder``."""
    return folder / FOLDER / f"{subject.name}.json"


def guarded(environ: Mapping[str, str]) -> bool:
    """Whether this is a CI run, which may not write what it is to check."""
    return environ.get("CI", "").lower() not in {"", "0", "false"}
