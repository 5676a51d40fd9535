"""Events that once made a mapping fail: kept beside the workspace, and tried first from then on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from segue.check.model import Finding
from segue.json import JsonError, JsonObject, JsonValue, decode, script


FOLDER: Final = "checks"


def load(folder: Path, connection: str, mapping: str) -> list[JsonObject]:
    """The events that are kept for a mapping; a file that cannot be read holds none."""
    return [cast("JsonObject", one["event"]) for one in _read(_file(folder, connection, mapping))]


def save(folder: Path, findings: Iterable[Finding]) -> list[Path]:
    """Keep the counterexamples of errors; gives the files that were written. Nothing is removed."""
    written: list[Path] = []
    for (connection, mapping), several in _by_mapping(findings).items():
        file = _file(folder, connection, mapping)
        kept = _read(file)
        events = [one["event"] for one in kept]
        fresh = [_case(one) for one in several if one.event not in events]
        if fresh:
            folder.mkdir(exist_ok=True)
            cases = sorted([*kept, *fresh], key=script)
            file.write_text(
                json.dumps(cases, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            written.append(file)
    return written


def _by_mapping(findings: Iterable[Finding]) -> Mapping[tuple[str, str], Sequence[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        if one.event is not None and one.severity == "error":
            found.setdefault((one.connection, one.mapping), []).append(one)
    return found


def _case(finding: Finding) -> Mapping[str, JsonValue]:
    return {"code": finding.code, "error": finding.error, "event": finding.event}


def _file(folder: Path, connection: str, mapping: str) -> Path:
    """Names of connections and mappings are letters, digits, "_" and "-"."""
    return folder / f"{connection}.{mapping}.json"


def _read(file: Path) -> list[Mapping[str, JsonValue]]:
    try:
        found = decode(file.read_bytes())
    except (OSError, JsonError):
        return []
    cases = found if isinstance(found, list) else []
    return [
        one for one in cases if isinstance(one, Mapping) and isinstance(one.get("event"), Mapping)
    ]
