"""A report as JUnit XML, which CI systems show as tests: one for each mapping.

No more than Jenkins' schema of it allows, which some readers insist on.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from segue.check.model import Finding, Report
from segue.json import script


_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def junit(report: Report, *, strict: bool = False) -> str:
    """One suite; a mapping fails for its errors, and for its warnings where it is strict."""
    found: dict[tuple[str, str], list[Finding]] = {
        (one.connection, one.mapping): [] for one in report.evidence
    }
    for one in report.findings:
        found.setdefault((one.connection, one.mapping), []).append(one)
    failing = {
        key: [one for one in several if _fails(one, strict=strict)]
        for key, several in found.items()
    }
    failed = str(sum(bool(several) for several in failing.values()))
    counts = {"tests": str(len(found)), "failures": failed, "errors": "0"}
    root = Element("testsuites", counts)
    file = _fit(report.file)
    about = {"name": f"segue check {file}".strip(), **counts, "skipped": "0", "file": file}
    suite = SubElement(root, "testsuite", about)
    for (connection, mapping), several in found.items():
        names = {"classname": _fit(connection), "name": _fit(mapping), "time": "0"}
        case = SubElement(suite, "testcase", names)
        if failing[connection, mapping]:
            first = failing[connection, mapping][0]
            failure = SubElement(
                case, "failure", {"type": first.code, "message": _fit(first.message)}
            )
            failure.text = _fit("\n\n".join(map(_told, failing[connection, mapping])))
        rest = [one for one in several if one not in failing[connection, mapping]]
        if rest:
            SubElement(case, "system-out").text = _fit("\n\n".join(map(_told, rest)))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _fails(finding: Finding, *, strict: bool) -> bool:
    return finding.severity == "error" or (strict and finding.severity == "warning")


def _told(finding: Finding) -> str:
    place = f"{finding.line}:{finding.column}: {finding.severity} {finding.code}"
    example = f"\n{script(finding.event)}" if finding.event is not None else ""
    return f"{place}: {finding.message}; {finding.remedy}{example}"


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
