"""Trend charts as SVG: series in, markup out.

A chart is as wide as its place: what is horizontal is given in percent, or drawn in a box of its
own that stretches, so that text keeps its size. Colours are classes of the stylesheet.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from markupsafe import Markup


Say: TypeAlias = Callable[[float], str]
Place: TypeAlias = Callable[[int, float], tuple[float, float]]
"""Where the value of a bucket is in its box."""

WIDE: Final = 1000
"""Units across the stretching box."""

TOP: Final = 8
FOOT: Final = 20
"""Pixels above the plot and below it, for the labels of the time."""

SEEN: Final = 2.0
"""Pixels that a value takes at the least, so that one failure among thousands is seen."""

GAP: Final = 0.22
"""The part of a column's width that stays empty."""

HOUR: Final = 3_600
DAY: Final = 86_400
LEAST: Final = 1e-9
MOST: Final = 1e300
"""Between these a scale can be had; beyond them a value stays at the edge of the plot."""
NOTHING: Final = Markup(
    '<text class="empty-plot" x="50%" y="{}" text-anchor="middle">Nothing in this time.</text>'
)
_STEPS: Final = (60, 300, 900, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY)


@dataclass(frozen=True, slots=True)
class Series:
    """A line of numbers with a name. ``tone`` is good, warn, bad, plain, or 1 to 4."""

    name: str
    values: Sequence[float | None]
    tone: str = "1"


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the time axis: ``at`` in percent of the width, ``time`` as a Unix time."""

    at: float
    label: str
    time: float = 0.0


def plain(value: float) -> str:
    """A number as people write it: 1,200, 0.25."""
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"


def ticks(top: float, most: int = 4, least: float = 0.0) -> list[float]:
    """Round numbers from 0 to the first that is not below ``top``, ``most`` steps at the most.

    Steps are multiples of ``least``: 1 for what is counted, so that no line is at two and a half.
    """
    if not LEAST < top < MOST:
        return [0.0, 1.0]
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    rounds = (
        one * power for one in (1, 2, 2.5, 5, 10) if not (one * power % least if least else 0)
    )
    step = max(least, next((one for one in rounds if one >= rough), 10 * power))
    return [index * step for index in range(math.ceil(round(top / step, 9)) + 1)]


def hours(times: Sequence[float], most: int = 6) -> list[Tick]:
    """Marks at full hours or days (UTC) of buckets that begin at these Unix times."""
    if len(times) < 2 or times[1] <= times[0]:
        return [Tick(0.0, _clock(at, HOUR), at) for at in times[:1]]
    width = times[1] - times[0]
    start, span = times[0], times[-1] - times[0] + width
    step = next((one for one in _STEPS if span / one <= most), 30 * DAY)
    first = math.ceil(start / step) * step
    count = max(0, math.ceil((start + span - first) / step))
    return [
        Tick(100 * (at - start) / span, _clock(at, step), at)
        for at in (first + index * step for index in range(min(count, most + 1)))
    ]


def _clock(at: float, step: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%b}" if step >= DAY else f"{moment:%H:%M}"


def sparkline(
    values: Sequence[float | None], label: str, *, tone: str = "1", height: int = 28
) -> Markup:
    """A small line without axes. ``label`` says what it shows."""
    top, last = _highest([values]) or 1.0, max(1, len(values) - 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return WIDE * index / last, 2 + (height - 4) * (1 - value / top)

    inside = _drawn(values, place, height - 2, tone, area=True)
    return _svg(label, _span(values, plain), height, _box(inside, 0, height))


def bars(
    times: Sequence[float],
    series: Sequence[Series],
    label: str,
    *,
    height: int = 180,
    say: Say = plain,
) -> Markup:
    """Columns over time, one for each bucket; several series are stacked, the first at the bottom."""
    stacks = [_sum(column) for column in _columns(times, series)]
    counted = all(value == round(value) for value in stacks)
    scale = ticks(max(stacks, default=0.0), least=1.0 if counted else 0.0)
    plot = _Plot(height, scale[-1])
    columns = Markup().join(_column(index, times, series, plot, say) for index in range(len(times)))
    body = _ruled(scale, plot) + columns + _axis(times, plot)
    if not any(stacks):
        body += NOTHING.format(_short(plot.y(plot.top / 2)))
    return _framed(label, series, plot, body, scale, say)


def lines(
    times: Sequence[float],
    series: Sequence[Series],
    label: str,
    *,
    height: int = 180,
    say: Say = plain,
) -> Markup:
    """Lines over time; a missing value leaves a gap."""
    scale = ticks(_highest([one.values for one in series]))
    plot = _Plot(height, scale[-1])

    def place(index: int, value: float) -> tuple[float, float]:
        return WIDE * (index + 0.5) / max(1, len(times)), plot.y(value) - TOP

    drawn = Markup().join(
        _drawn(one.values[: len(times)], place, plot.deep, one.tone, area=len(series) == 1)
        for one in series
    )
    body = _ruled(scale, plot) + _box(drawn, TOP, plot.deep) + _axis(times, plot)
    return _framed(label, series, plot, body, scale, say)


def table(
    times: Sequence[float], series: Sequence[Series], label: str, *, say: Say = plain
) -> Markup:
    """The numbers of a chart as an HTML table."""
    head = Markup().join(
        Markup('<th scope="col" class="number">{}</th>').format(one.name) for one in series
    )
    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _moment(at), Markup().join(_cell(one.values, index, say) for one in series)
        )
        for index, at in enumerate(times)
    )
    return Markup(
        '<div class="scroll" role="group" tabindex="0" aria-label="{}"><table class="table">'
        '<thead><tr><th scope="col">Time</th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(label, head, rows)


def _cell(values: Sequence[float | None], index: int, say: Say) -> Markup:
    value = _at(values, index)
    return Markup('<td class="number">{}</td>').format(
        "\N{EN DASH}" if value is None else say(value)
    )


def _moment(at: float) -> Markup:
    moment = datetime.fromtimestamp(at, UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{moment:%Y-%m-%d %H:%M} UTC"
    )


# Drawing


@dataclass(frozen=True, slots=True)
class _Plot:
    height: int
    top: float

    @property
    def deep(self) -> int:
        """Pixels that the highest value takes."""
        return self.height - TOP - FOOT

    def y(self, value: float) -> float:
        """The pixel of a value; what is too high for the scale is at its top."""
        return TOP + self.deep * (1 - min(1.0, value / self.top))


def _svg(label: str, said: str, height: int, body: Markup, kind: str = "plot") -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" role="img" width="100%" height="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(kind, height, _clean(label), _clean(said), body)


def _framed(
    label: str,
    series: Sequence[Series],
    plot: _Plot,
    body: Markup,
    scale: Sequence[float],
    say: Say,
) -> Markup:
    """A plot with the numbers of its scale left of it, where the stylesheet leaves room."""
    numbers = Markup().join(
        Markup('<text x="-8" y="{}" text-anchor="end">{}</text>').format(
            _short(plot.y(value) + 4), say(value)
        )
        for value in scale
    )
    return _svg(label, _summary(series, say), plot.height, numbers + body, "plot scaled")


def _box(inside: Markup, y: int, height: int) -> Markup:
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{h}" viewBox="0 0 {} {h}" preserveAspectRatio="none">{}</svg>'
    ).format(y, WIDE, inside, h=height)


def _ruled(scale: Sequence[float], plot: _Plot) -> Markup:
    return Markup().join(
        Markup('<line class="{}" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(
            "grid" if value else "axis", y=_short(plot.y(value))
        )
        for value in scale
    )


def _axis(times: Sequence[float], plot: _Plot) -> Markup:
    return Markup().join(
        Markup('<text x="{}%" y="{}" text-anchor="{}"{}>{}</text>').format(
            _short(tick.at), plot.height - 4, _anchor(tick.at), _clocked(tick), tick.label
        )
        for tick in hours(times)
    )


def _clocked(tick: Tick) -> Markup:
    """What lets the browser put an hour into the viewer's zone; days stay those of UTC, as the buckets are."""
    return Markup(' data-hour="{}"').format(int(tick.time)) if ":" in tick.label else Markup()


def _anchor(at: float) -> str:
    return "start" if at < 4 else "end" if at > 96 else "middle"


def _column(
    index: int, times: Sequence[float], series: Sequence[Series], plot: _Plot, say: Say
) -> Markup:
    width = 100 / len(times)
    x, wide, floor = _short(width * (index + GAP / 2)), _short(width * (1 - GAP)), plot.y(0)
    drawn = Markup()
    for one in series:
        value = _positive(_at(one.values, index))
        if value:
            top = max(float(TOP), floor - max(SEEN, plot.y(0) - plot.y(value)))
            drawn += Markup(
                '<rect class="bar s-{}" x="{}%" y="{}" width="{}%" height="{}" rx="1.5"/>'
            ).format(one.tone, x, _short(top), wide, _short(floor - top))
            floor = top
    catch = Markup('<rect class="catch" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        _short(width * index), TOP, _short(width), plot.deep
    )
    said = ", ".join(f"{one.name} {_word(_at(one.values, index), say)}" for one in series)
    moment = datetime.fromtimestamp(times[index], UTC)
    title = _clean(f"{moment:%d %b %H:%M} UTC: {said}")
    return Markup('<g class="column"><title data-from="{}">{}</title>{}{}</g>').format(
        int(times[index]), title, catch, drawn
    )


def _drawn(
    values: Sequence[float | None], place: Place, floor: float, tone: str, *, area: bool
) -> Markup:
    shapes = Markup()
    for run in _runs(values, place):
        path = " L".join(f"{_short(x)} {_short(y)}" for x, y in run)
        if area and len(run) > 1:
            shapes += Markup('<path class="area s-{}" d="M{} L{} {f} L{} {f}Z"/>').format(
                tone, path, _short(run[-1][0]), _short(run[0][0]), f=floor
            )
        alone = "" if len(run) > 1 else "h0.01"
        shapes += Markup('<path class="stroke s-{}" d="M{}{}"/>').format(tone, path, alone)
    return shapes


def _runs(values: Sequence[float | None], place: Place) -> list[list[tuple[float, float]]]:
    """Points in the box, a list for each stretch without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if _finite(value) is None:
            runs.append([])
        else:
            runs[-1].append(place(index, _positive(value)))
    return [run for run in runs if run]


# Numbers and words


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _positive(value: float | None) -> float:
    return max(0.0, _finite(value) or 0.0)


def _at(values: Sequence[float | None], index: int) -> float | None:
    return _finite(values[index]) if index < len(values) else None


def _columns(times: Sequence[float], series: Sequence[Series]) -> list[list[float | None]]:
    return [[_at(one.values, index) for one in series] for index in range(len(times))]


def _sum(column: Sequence[float | None]) -> float:
    return sum(_positive(value) for value in column)


def _highest(many: Sequence[Sequence[float | None]]) -> float:
    return max((_positive(value) for values in many for value in values), default=0.0)


def _word(value: float | None, say: Say) -> str:
    return "no value" if value is None else say(value)


def _summary(series: Sequence[Series], say: Say) -> str:
    return "; ".join(f"{one.name}: {_span(one.values, say)}" for one in series)


def _span(values: Sequence[float | None], say: Say) -> str:
    known = [value for one in values if (value := _finite(one)) is not None]
    if not known:
        return "no values"
    return f"from {say(min(known))} to {say(max(known))}, last {say(known[-1])}"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _clean(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\t\n\r")
