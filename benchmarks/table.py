"""What is printed: rows and figures as text or Markdown, the bars, the machine."""

import platform
from collections.abc import Iterable, Iterator, Sequence
from os import cpu_count, getloadavg
from pathlib import Path
from statistics import median

from cases import ACTIONS, WORKS
from durable import CLAIMED, RATE, SIZE, Figure
from measure import Row


HEAD = ("Work", "On", "Reference", "… parsed once", "Segue", "Faster", "… than parsed once")
SAID = {
    "mapping": "mapping",
    "alike": "mapping + validation, the reference's own rules",
    "payload": "mapping + validation, our stricter ones",
    "all": "JSON text to valid payload, trigger included",
}
DURABLE = ("Through the store", "On", "Reference", "Segue", "Best", "Faster")


def text(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    rule = ["─" * width for width in widths]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in (head, rule, *lines))


def markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", "---", *["---:"] * (len(head) - 2)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))


def lines(rows: Iterable[Row]) -> Iterator[list[str]]:
    for row in rows:
        yield [
            row.case.title,
            row.case.subject,
            *(duration(row.typical(column)) for column in ("reference", "parsed once", "segue")),
            spread(row.ratios("reference")),
            spread(row.ratios("parsed once")),
        ]


def summary(rows: Iterable[Row], found: Iterable[Figure]) -> Iterator[str]:
    """The lines of the table in the front page's README: what is faster, and what a machine can do."""
    ratios = {(row.case.title, row.case.subject): row.ratios("reference") for row in rows}
    yield "| per event, Loops defaults | identify | 20-property track |"
    yield "|---|--:|--:|"
    for work, said in SAID.items():
        cells = (factor(median(ratios[WORKS[work], name] or [0])) for name in ACTIONS)
        yield f"| {said} | {' | '.join(cells)} |"
    yield ""
    yield "| through `segue serve`, its defaults, on disk | reference, in memory | Segue |"
    yield "|---|--:|--:|"
    for one in found:
        if one.title == CLAIMED:
            continue
        cells = (quantity(one.typical(column), one.unit) for column in ("reference", "segue"))
        yield f"| {one.title.lower()}, {one.subject} | {' | '.join(cells)} |"


def figures(found: Iterable[Figure]) -> Iterator[list[str]]:
    for one in found:
        yield [
            one.title,
            one.subject,
            *(quantity(one.typical(column), one.unit) for column in ("reference", "segue")),
            quantity(one.best("segue"), one.unit) if len(one.rounds) > 1 else "",
            spread(one.ratios()),
        ]


def quantity(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}{unit}" if unit in (RATE, SIZE) or value >= 100 else f"{value:.3g}{unit}"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    micros = seconds * 1e6
    return f"{micros:,.0f} µs" if micros >= 100 else f"{micros:.3g} µs"


def spread(ratios: Sequence[float]) -> str:
    """The median, and the least and the greatest of the rounds."""
    if not ratios:
        return ""
    return f"{factor(median(ratios))} [{factor(min(ratios))}-{factor(max(ratios))}]"


def factor(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def machine() -> str:
    return f"{cpu_count()} cores, {processor()}; Python {platform.python_version()}"


def busy() -> str:
    """What else the machine does, before this run adds to it."""
    load = getloadavg()[0]
    word = "busy, so that the figures are rough" if load > 1 else "quiet"
    return f"The machine was {word}: load {load:.1f} at the start."


def processor() -> str:
    info = Path("/proc/cpuinfo")
    found = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in found if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _aligned(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for at, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.ljust(width) if at < 2 else cell.rjust(width)
