"""A report as SARIF 2.1.0, which GitHub and editors show beside the lines."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from segue.check.model import Finding, Report, Severity
from segue.check.pages import CODES, page
from segue.json import JsonObject, JsonValue, script


LEVELS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "note": "note"}

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report, version: str) -> JsonObject:
    """One run with a rule for every code that was found; what is ignored is there as suppressed."""
    every = [*report.findings, *report.ignored]
    codes = sorted({one.code for one in every})
    driver: JsonObject = {
        "name": "segue check",
        "version": version,
        "rules": [_rule(code) for code in codes],
    }
    results = [_result(one, report.file, codes.index(one.code)) for one in every]
    run: JsonObject = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> JsonObject:
    text = page(code)
    return {
        "id": code,
        "shortDescription": {"text": CODES[code]},
        "fullDescription": {"text": CODES[code]},
        "help": {"text": text, "markdown": text},
    }


def _result(finding: Finding, file: str, index: int) -> JsonObject:
    example = f"\n{script(finding.event)}" if finding.event is not None else ""
    region: JsonObject = {"startLine": finding.line, "startColumn": finding.column}
    where: JsonObject = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": "member"}],
    }
    made: dict[str, JsonValue] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.subject}: {finding.message}; {finding.remedy}{example}"},
        "locations": [where],
        "partialFingerprints": {
            "segueFinding/v1": sha256("\n".join(finding.key).encode()).hexdigest()
        },
    }
    if finding.ignored is not None:
        made["suppressions"] = [{"kind": "inSource", "justification": finding.ignored}]
    return made


def _uri(file: str) -> str:
    """A relative path as a URI reference, an absolute one as a file URI."""
    path = Path(file or "segue.yaml")
    return path.as_uri() if path.is_absolute() else path.as_posix().replace(" ", "%20")
