"""Deliveries and figures as JSON for scripts and as tables for people."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from rich.markup import escape
from rich.table import Table

from segue.cli.moments import short, span, written
from segue.cli.output import cell, request_data, request_text, response_data, response_text
from segue.json import JsonError, JsonValue, decode
from segue.store.records import Detail, Stats, Summary
from segue.store.values import Attempt, State


COLOURS: Final[Mapping[State, str]] = {
    State.WAITING: "yellow",
    State.RETRYING: "yellow",
    State.HELD: "magenta",
    State.DELIVERED: "green",
    State.DISCARDED: "red",
    State.DEAD: "red",
    State.REPLAYED: "dim",
    State.CANCELLED: "dim",
}


def summary_data(one: Summary) -> dict[str, object]:
    """One delivery as JSON."""
    return {
        "delivery": one.delivery,
        "eventId": one.event,
        "connection": one.connection,
        "mapping": one.mapping,
        "source": one.source,
        "user": one.user,
        "messageId": one.message_id,
        "state": one.state.value,
        "code": one.code,
        "why": one.why,
        "replay": one.replay,
        "tries": one.attempts,
        "queuedAt": written(one.queued_at),
        "endedAt": written(one.ended_at),
        "due": written(one.due),
    }


def summary_table(summaries: Iterable[Summary]) -> Table:
    """Deliveries, one a row."""
    table = Table(box=None, pad_edge=False)
    for name in ("Delivery", "Queued", "Mapping", "User", "Message", "State", "Tries", "Why"):
        table.add_column(name, no_wrap=name not in {"User", "Message", "Why"})
    for one in summaries:
        table.add_row(
            str(one.delivery),
            short(one.queued_at),
            cell(f"{one.connection}.{one.mapping}"),
            cell(one.user[:40]),
            cell(one.message_id[:50]),
            coloured(one.state),
            str(one.attempts),
            cell(reason(one.code, one.why)[:160]),
        )
    return table


def coloured(state: State) -> str:
    """A state in its colour."""
    return f"[{COLOURS[state]}]{state.value}[/]"


def reason(code: str, why: str) -> str:
    """A code and its sentence, nothing for OK. It is not escaped."""
    return "" if code in {"", "OK"} else f"{code} {why}".strip()


def detail_data(detail: Detail) -> dict[str, object]:
    """Everything about a delivery as JSON."""
    return {
        **summary_data(detail.summary),
        "revision": detail.revision,
        "plugin": detail.plugin,
        "event": _event(detail.text),
        "attempts": [_attempt(one) for one in detail.attempts],
    }


def detail_text(detail: Detail) -> Iterable[str]:
    """A delivery as people read it: markup, a piece at a time."""
    one = detail.summary
    yield (
        f"[bold]delivery {one.delivery}[/] {coloured(one.state)} {escape(reason(one.code, one.why))}".strip()
    )
    yield escape(f"{one.source} → {one.connection}.{one.mapping}, queued {short(one.queued_at)}")
    if detail.revision:
        yield f"[dim]{escape(f'workspace {detail.revision}, plugin {detail.plugin}')}[/]"
    yield "\n[bold]event[/]"
    yield escape(json.dumps(_event(detail.text), indent=2, ensure_ascii=False))
    for attempt in detail.attempts:
        yield from _attempt_text(attempt)


def _attempt_text(attempt: Attempt) -> Iterable[str]:
    colour = "green" if attempt.ok else "red"
    step = f", step {attempt.step + 1}" if attempt.step else ""
    head = f"try {attempt.number}{step}: [{colour}]{attempt.status or attempt.code}[/]"
    yield f"\n[bold]{head}[/] {short(attempt.at)}, {span(attempt.seconds)} {escape(reason(attempt.code, attempt.why))}"
    if attempt.request is not None:
        yield escape(request_text(attempt.request, ()))
    if attempt.response is not None:
        yield escape(response_text(attempt.response, ()))
    if attempt.request is None and attempt.response is None:
        yield "[dim]request and response are no longer kept[/]"


def _attempt(attempt: Attempt) -> dict[str, object]:
    request = attempt.request
    return {
        "number": attempt.number,
        "step": attempt.step,
        "at": written(attempt.at),
        "seconds": attempt.seconds,
        "ok": attempt.ok,
        "code": attempt.code,
        "why": attempt.why,
        "status": attempt.status,
        "request": None if request is None else request_data(request, ()),
        "response": response_data(attempt.response, ()),
        "cut": attempt.cut,
    }


def _event(text: bytes) -> JsonValue:
    try:
        return decode(text)
    except JsonError:
        return text.decode(errors="replace")


def stats_data(stats: Mapping[str, Stats]) -> list[dict[str, object]]:
    """Figures by connection as JSON; "" is what led to no connection."""
    return [
        {
            "connection": name,
            "firstTry": one.first,
            "retried": one.retried,
            "waiting": one.waiting,
            "retrying": one.retrying,
            "held": one.held,
            "discarded": dict(one.discarded),
            "dead": dict(one.dead),
            "cancelled": one.cancelled,
            "p50": one.p50,
            "p95": one.p95,
            "hold": None
            if one.hold is None
            else {"code": one.hold.code, "why": one.hold.why, "since": written(one.hold.since)},
        }
        for name, one in sorted(stats.items())
    ]


def stats_table(stats: Mapping[str, Stats]) -> Table:
    """Figures by connection, one a row."""
    table = Table("Connection", box=None, pad_edge=False)
    for name in ("First try", "Retried", "Waiting", "Held", "Dead", "Discarded", "p50", "p95"):
        table.add_column(name, justify="right")
    for name, one in sorted(stats.items()):
        table.add_row(
            escape(name) or "[dim]none[/]",
            f"{one.first:,}",
            f"{one.retried:,}",
            f"{one.waiting + one.retrying:,}",
            f"{one.held:,}",
            f"{sum(one.dead.values()):,}",
            f"{sum(one.discarded.values()):,}",
            span(one.p50),
            span(one.p95),
        )
    return table


def stats_notes(stats: Mapping[str, Stats]) -> Iterable[str]:
    """What the table has no room for: holds, and reasons by code."""
    for name, one in sorted(stats.items()):
        subject = escape(name) or "no connection"
        if one.hold is not None:
            held = escape(f"{one.hold.why} ({one.hold.code})")
            yield f"[magenta]{subject} is held[/] since {short(one.hold.since)}: {held}"
        for word, counts in (("dead", one.dead), ("discarded", one.discarded)):
            for code, count in sorted(counts.items()):
                yield f"[dim]{subject}: {word} {escape(code)} {count:,}[/]"
