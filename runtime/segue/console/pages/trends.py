"""Figures of a connection as words and drawings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from segue.console.charts import Series, bars, sparkline, table
from segue.console.rendering import sentence
from segue.dispatch import DROPPED, FILTERED, OFF, UNMATCHED
from segue.store.records import Beat, Stats
from segue.workspace.model import Connection


@dataclass(frozen=True, slots=True)
class Period:
    """How far back to look, and in which steps, both in seconds."""

    key: str
    label: str
    seconds: float
    every: float


PERIODS: Final[Mapping[str, Period]] = {
    one.key: one
    for one in (
        Period("hour", "Last hour", 3_600, 300),
        Period("day", "Last 24 hours", 86_400, 3_600),
        Period("week", "Last 7 days", 7 * 86_400, 6 * 3_600),
        Period("month", "Last 30 days", 30 * 86_400, 86_400),
    )
}

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "first": ("Delivered at first try", "good"),
    "retried": ("Delivered on retry", "2"),
    "discarded": ("Discarded", "plain"),
    "dead": ("Failed", "bad"),
}
"""What a chart is made of, from the bottom up: a field of Beat, its name and its tone."""

UNSENT: Final = frozenset(one.code for one in (UNMATCHED, FILTERED, DROPPED, OFF))
"""Codes of events that a connection was told not to send."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a connection in a word, and why."""

    status: str
    tone: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart with its numbers."""

    svg: Markup
    table: Markup
    legend: Sequence[tuple[str, str]]


def period(key: str) -> Period:
    """The period of this name, a day for any other."""
    return PERIODS.get(key, PERIODS["day"])


def health(connection: Connection, stats: Stats) -> Health:
    """How a connection stands."""
    if stats.hold is not None:
        return Health("Held", "warn", f"{sentence(stats.hold.why)}.")
    if not connection.enabled:
        return Health("Switched off", "plain")
    if not any(one.enabled for one in connection.mappings):
        return Health("No mapping enabled", "plain", "Events are not sent anywhere from here yet.")
    if stats.dead:
        return Health("Some failed", "bad")
    if stats.retrying:
        return Health("Retrying", "warn")
    return Health("Working", "good") if stats.first or stats.retried else Health("Ready", "plain")


def failed(stats: Stats) -> int:
    """How many deliveries came to nothing; events that were never meant to be sent are none of them."""
    unsent = sum(count for code, count in stats.discarded.items() if code in UNSENT)
    return sum(stats.dead.values()) + sum(stats.discarded.values()) - unsent


def trend(beats: Sequence[Beat], now: float, chosen: Period) -> Trend:
    """What became of deliveries over time."""
    times = stretches(now, chosen)
    by_time = {one.at: one for one in beats}
    series = [
        Series(name, [getattr(by_time.get(at, Beat(at)), part) for at in times], tone)
        for part, (name, tone) in PARTS.items()
    ]
    label = f"Deliveries, {chosen.label.lower()}"
    legend = [(one.name, one.tone) for one in series]
    return Trend(bars(times, series, label), table(times, series, label), legend)


def spark(beats: Sequence[Beat], now: float, chosen: Period) -> Markup:
    """Deliveries over time as a small line."""
    by_time = {one.at: one.first + one.retried for one in beats}
    values = [float(by_time.get(at, 0)) for at in stretches(now, chosen)]
    return sparkline(values, f"Delivered, {chosen.label.lower()}")


def stretches(now: float, chosen: Period) -> list[float]:
    """When each stretch of a period begins, the oldest first."""
    first = (now - chosen.seconds) // chosen.every * chosen.every
    count = int((now - first) // chosen.every) + 1
    return [first + number * chosen.every for number in range(count)]
