"""A report as SARIF 2.1.0, which GitHub and editors show beside the lines."""

import os
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from segue.check.model import Finding, Report, Severity
from segue.check.pages import CODES, page
from segue.json import JsonObject, JsonValue, script


LEVELS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "note": "note"}

CERTAIN: Final = frozenset(
    {"S001", "S003", "S005", "S006", "S008", "S010", "S011", "S012", "S013", "S017", "S018"}
)
"""Codes of what can be an error."""

REMARKS: Final = frozenset({"S009", "S019"})
"""Codes of what is never more than a note."""

ROOT: Final = "%SRCROOT%"

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(
    report: Report, version: str, *, file: str = "", lines: Sequence[str] = (), strict: bool = False
) -> JsonObject:
    """One run with a rule for every code that was found; what is ignored is there as suppressed.

    ``file`` is the workspace's path from the root of the repository on, with forward slashes, and
    ``lines`` are its text; with them a region ends where its line does.
    """
    every = [*report.findings, *report.ignored]
    codes = sorted({one.code for one in every})
    driver: JsonObject = {
        "name": "segue check",
        "version": version,
        "rules": [_rule(code) for code in codes],
    }
    uri = quote(os.fsencode(file or Path(report.file or "segue.yaml").name))
    results = [_result(one, uri, lines, codes.index(one.code)) for one in every]
    run: JsonObject = {
        "tool": {"driver": driver},
        "invocations": [
            {"executionSuccessful": True, "exitCode": int(report.fails(strict=strict))}
        ],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> JsonObject:
    text = page(code)
    level = "error" if code in CERTAIN else "note" if code in REMARKS else "warning"
    return {
        "id": code,
        "shortDescription": {"text": CODES[code]},
        "fullDescription": {"text": CODES[code]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Finding, uri: str, lines: Sequence[str], index: int) -> JsonObject:
    example = f"\n{script(finding.event)}" if finding.event is not None else ""
    said = f"{finding.subject}: {finding.message}; {finding.remedy}{example}"
    where: JsonObject = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": ROOT},
            "region": _region(finding, lines),
        },
        "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": "member"}],
    }
    made: dict[str, JsonValue] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _literal(said)},
        "locations": [where],
        "partialFingerprints": _fingerprints(finding, uri),
    }
    if finding.ignored is not None:
        made["suppressions"] = [{"kind": "inSource", "justification": finding.ignored}]
    return made


def _region(finding: Finding, lines: Sequence[str]) -> JsonObject:
    """From where it begins to the end of its line, counted from 1; the end is behind the last one."""
    start, column = max(1, finding.line), max(1, finding.column)
    region: JsonObject = {"startLine": start, "startColumn": column, "endLine": start}
    last = len(lines[start - 1].rstrip()) + 1 if start <= len(lines) else 0
    return {**region, "endColumn": last} if last > column else region


def _fingerprints(finding: Finding, uri: str) -> JsonObject:
    """The same for the same finding, wherever it moves and whatever its example is.

    GitHub knows a finding by ``primaryLocationLineHash`` alone, and makes one of the lines if there is
    none: each edit nearby would close the finding and open another.
    """
    mark = sha256("\n".join((uri, *finding.key)).encode(errors="surrogatepass")).hexdigest()
    return {"segueFinding/v1": mark, "primaryLocationLineHash": f"{mark[:16]}:1"}


def _literal(text: str) -> str:
    """Text in which nothing is a link (SARIF 2.1.0, 3.11.6)."""
    return re.sub(r"([\[\]])", r"\\\1", text) if re.search(r"\]\(", text) else text
