"""What becomes of a delivery after a try. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from segue.delivery.run import INTERRUPTED, Attempt
from segue.dispatch import UNFIT
from segue.http import Request
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry, name
from segue.store import values as store
from segue.store.values import Claim, Settlement, State
from segue.workspace.model import Connection


TOO_MANY: Final = name(HTTPStatus.TOO_MANY_REQUESTS)

UNSENT: Final = frozenset({UNFIT, "FILTERED_BY_RULES"})
"""Codes of what ends before anything is sent: discarded. All else that ends badly is a dead letter."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What a request was made by, and how long it may be tried."""

    connection: Connection
    revision: str
    plugin: str


def conclude(
    claim: Claim,
    outcome: Outcome,
    attempts: Sequence[Attempt] = (),
    *,
    maker: Maker,
    chance: float,
    now: float,
    first: Request | None = None,
    unstored: bool = False,
) -> Settlement:
    """The settlement of one try.

    ``first`` is the request to send again. ``unstored``: the destination took a request whose answer
    the action wants anew, or could not be stored. The window counts what attempts and backoff took. Any other time, in the lane, for pace, held,
    behind an open breaker or after a 429, does not use it up.
    """
    spent = claim.spent + sum(one.seconds for one in attempts)
    settlement = Settlement(
        claim,
        _state(outcome),
        outcome.code,
        outcome.why,
        due=now if isinstance(outcome, Retry) else None,
        attempts=records(attempts, maker.connection),
        ambiguous=unstored or (isinstance(outcome, Retry) and outcome.ambiguous),
        frozen=first,
        spent=spent,
        revision=maker.revision,
        plugin=maker.plugin,
    )
    if not isinstance(outcome, Retry) or outcome.code == INTERRUPTED.code:
        return settlement
    policy, tries = maker.connection.retry, claim.attempts + 1
    delay = policy.delay(tries, chance=chance, after=outcome.after)
    if outcome.code == TOO_MANY:
        return replace(settlement, due=now + delay)
    if policy.spent(spent, delay):
        why = f"gave up after {tries} attempts: {outcome.why}"
        return replace(settlement, state=State.DEAD, why=why, due=None)
    return replace(settlement, due=now + delay, spent=spent + delay)


def shelve(claim: Claim, code: str, why: str) -> Settlement:
    """The settlement of a delivery that cannot be made now, nor given up."""
    return Settlement(claim, State.HELD, code, why, spent=claim.spent)


def records(attempts: Iterable[Attempt], connection: Connection) -> tuple[store.Attempt, ...]:
    """Attempts as the store keeps them: no secret in them, URLs in full."""
    base, secrets = connection.base.rstrip("/"), connection.secrets
    return tuple(_record(one, base, secrets) for one in attempts)


def _record(attempt: Attempt, base: str, secrets: Sequence[str]) -> store.Attempt:
    outcome, request, response = attempt.outcome, attempt.request, attempt.response
    if request is not None and request.url.startswith("/"):
        request = replace(request, url=base + request.url)
    return store.Attempt(
        attempt.at,
        attempt.seconds,
        isinstance(outcome, Delivered),
        outcome.code,
        outcome.why,
        None if response is None else response.status,
        None if request is None else request.redacted(secrets),
        None if response is None else response.redacted(secrets),
        attempt.step,
    )


def _state(outcome: Outcome) -> State:
    match outcome:
        case Delivered():
            return State.DELIVERED
        case Retry():
            return State.RETRYING
        case Held():
            return State.HELD
        case Discarded(code=code):
            return State.DISCARDED if code in UNSENT else State.DEAD
