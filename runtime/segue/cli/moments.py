"""Times on the command line."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import click


UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
AGO: Final = re.compile(r"(\d+)([smhdw])")


class Moment(click.ParamType[float]):
    """Unix seconds, from an ISO 8601 date or time, or from how long ago it was: 90s, 15m, 2h, 7d.

    Without an offset a time is UTC.
    """

    name = "time"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The moment a text means."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        if ago := AGO.fullmatch(text):
            return self._clock() - int(ago[1]) * UNITS[ago[2]]
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            why = f'"{text}" is no time; write 2h, 7d, 2026-03-01 or 2026-03-01T09:30:00Z'
            self.fail(why, param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


MOMENT: Final = Moment()


def written(moment: float | None) -> str | None:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def short(moment: float) -> str:
    """A moment as people read it in a list: local date and time, to the second."""
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float | None) -> str:
    """A duration in a few characters: 12 ms, 3.4 s, 5 m, 2.1 h."""
    if seconds is None:
        return "-"
    for unit, size in (("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1000:.3g} ms"
