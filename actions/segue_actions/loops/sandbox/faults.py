"""Faults on demand: a text such as ``5xx=0.1,timeout=0.02,429`` as a pure decision.

    faults = fault *("," fault)
    fault  = kind ["=" share] [":" ("before" / "after")]
    kind   = "5xx" / "500" / "502" / "503" / "504" / "timeout" / "429"

A share is the part of requests that is struck, from 0 to 1. ``before`` and ``after`` say whether a
fault strikes before the request takes effect or after it; unsaid, half of the 5xx and all timeouts
strike after. A 429 always refuses. A bare ``429`` adds nothing to the rate limit, and only asks that
there be one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from segue.errors import ConfigError, Problem, suggest


_STATUSES: Final[Mapping[str, tuple[int | None, ...]]] = {
    "5xx": (500, 502, 503, 504),
    "500": (500,),
    "502": (502,),
    "503": (503,),
    "504": (504,),
    "timeout": (None,),
    "429": (429,),
}
_AFTER: Final[Mapping[str, float]] = {"timeout": 1.0, "429": 0.0}  # share that strikes after
_WHEN: Final[Mapping[str, float]] = {"before": 0.0, "after": 1.0}
_NUMBER: Final = re.compile(r"\d+(\.\d+)?|\.\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request: a status, or None when no answer comes."""

    status: int | None
    after: bool

    def __str__(self) -> str:
        return f"{self.status or 'timeout'} {'after' if self.after else 'before'} effect"


@dataclass(frozen=True, slots=True)
class Rule:
    """So large a share of requests meets one of these statuses, ``after`` of them after effect."""

    kind: str
    share: float
    after: float

    def fault(self, draw: float) -> Fault:
        """The fault at a number from 0 to 1 inside this rule's share."""
        late = draw >= 1 - self.after
        within = (draw - (1 - self.after)) / self.after if late else draw / (1 - self.after)
        statuses = _STATUSES[self.kind]
        return Fault(statuses[min(int(within * len(statuses)), len(statuses) - 1)], late)


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults to inject. ``limited``: the text asks for the rate limit by name."""

    rules: tuple[Rule, ...] = ()
    limited: bool = False

    def at(self, draw: float) -> Fault | None:
        """The fault that a request with this number from [0, 1) meets."""
        for rule in self.rules:
            if draw < rule.share:
                return rule.fault(draw / rule.share)
            draw -= rule.share
        return None


def parse(text: str | None) -> Faults:
    """Read the text of ``--fail``. Raises ConfigError with every problem in it."""
    items = [item for part in (text or "").split(",") if (item := part.strip())]
    problems = [problem for item in items for problem in _wrong(item)]
    rules = [] if problems else [_rule(item) for item in items]
    problems += _conflicts(rules)
    if problems:
        raise ConfigError(problems)
    return Faults(tuple(rule for rule in rules if rule.share), limited="429" in items)


def _split(item: str) -> tuple[str, str | None, str | None]:
    """Kind, share and when; None for what is not written."""
    head, colon, when = item.partition(":")
    kind, equals, share = head.partition("=")
    return kind.strip(), share.strip() if equals else None, when.strip() if colon else None


def _rule(item: str) -> Rule:
    kind, share, when = _split(item)
    return Rule(kind, float(share or 0), _WHEN[when] if when else _AFTER.get(kind, 0.5))


def _wrong(item: str) -> Iterator[Problem]:
    kind, share, when = _split(item)
    if kind not in _STATUSES:
        message = f'"{item}": "{kind}" is none of {", ".join(_STATUSES)}'
        yield Problem("", message, suggest(kind, _STATUSES))
    if when is not None and when not in _WHEN:
        message = f'"{item}": "{when}" is neither before nor after'
        yield Problem("", message, suggest(when, _WHEN))
    if kind == "429" and when == "after":
        yield Problem("", f'"{item}": a 429 refuses a request before it has any effect')
    if share is None and kind in _STATUSES and kind != "429":
        yield Problem("", f'"{item}" has no share', f'write for instance "{kind}=0.1"')
    if share is not None and _share(share, 1) is None:
        percent = _share(share.rstrip("%"), 100)
        hint = None if percent is None else f'did you mean "{kind}={percent / 100:g}"?'
        yield Problem("", f'"{item}": a share is a number from 0 to 1', hint)


def _share(text: str, limit: int) -> float | None:
    number = float(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= limit else None


def _conflicts(rules: Collection[Rule]) -> Iterator[Problem]:
    counts = Counter(rule.kind for rule in rules)
    for kind in (kind for kind, count in counts.items() if count > 1):
        yield Problem("", f'"{kind}" is given more than once', "keep one of them")
    total = sum(rule.share for rule in rules)
    if total > 1 + 1e-9:
        yield Problem("", f"the shares add up to {total:g}, over 1", "lower some of them")
