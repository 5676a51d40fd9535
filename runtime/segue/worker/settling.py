"""What becomes of a delivery after a try. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Literal

from segue.delivery.run import INTERRUPTED, Attempt
from segue.dispatch import UNFIT
from segue.functions.errors import DROPPED, UNSUPPORTED
from segue.hookspecs import Settled
from segue.http import Request, Response
from segue.json import JsonObject
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry, given_up, name
from segue.retry import RetryPolicy
from segue.store import values as store
from segue.store.records import BODY
from segue.store.values import Claim, Settlement, State
from segue.workspace.model import Connection


TOO_MANY: Final = name(HTTPStatus.TOO_MANY_REQUESTS)

UNSENT: Final = frozenset({UNFIT, "FILTERED_BY_RULES", DROPPED, UNSUPPORTED})
"""Codes of what ends before anything is sent: discarded. All else that ends badly is a dead letter."""

_ENDS: Final[Mapping[State, Literal["delivered", "discarded", "dead"]]] = {
    State.DELIVERED: "delivered",
    State.DISCARDED: "discarded",
    State.DEAD: "dead",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """What a request was made by, and how long it may be tried."""

    connection: Connection
    revision: str
    plugin: str


@dataclass(slots=True)
class Trial:
    """What one try of a delivery was: its attempts, and what the next try needs of it.

    ``first`` is the request to send again, ``payload`` what to make requests of again.
    ``unstored``: the destination took a request whose answer
    the action wants anew, or could not be stored.
    """

    attempts: Sequence[Attempt] = ()
    first: Request | None = None
    payload: JsonObject | None = None
    unstored: bool = False

    @property
    def seconds(self) -> float:
        """How long its requests took."""
        return sum(one.seconds for one in self.attempts)


UNTRIED: Final = Trial()


def conclude(
    claim: Claim,
    outcome: Outcome,
    trial: Trial = UNTRIED,
    *,
    maker: Maker,
    chance: float,
    now: float,
) -> Settlement:
    """The settlement of one try.

    What doubted credentials refused is due at once: it is the connection that is held. A try that
    failed before a request was made counts as one too.
    """
    state = _state(outcome)
    if isinstance(outcome, Retry) and not trial.attempts and outcome.code != INTERRUPTED.code:
        trial = replace(trial, attempts=(Attempt(None, None, outcome, 0.0, now),))
    settlement = Settlement(
        claim,
        state,
        outcome.code,
        outcome.why,
        due=now if state is State.RETRYING else None,
        attempts=records(trial.attempts, maker.connection),
        ambiguous=trial.unstored or (isinstance(outcome, Retry) and outcome.ambiguous),
        frozen=trial.first,
        spent=claim.spent + trial.seconds,
        revision=maker.revision,
        plugin=maker.plugin,
        payload=trial.payload,
    )
    if not isinstance(outcome, Retry) or outcome.code == INTERRUPTED.code:
        return settlement
    return _later(settlement, outcome, maker.connection.retry, chance)


def _later(
    settlement: Settlement, outcome: Retry, policy: RetryPolicy, chance: float
) -> Settlement:
    """The settlement with the time of the next try, or of one that is given up.

    The window counts what attempts and backoff take. Any other time, in the lane, for pace, held,
    behind an open breaker or after a 429, does not use it up.
    """
    tries, spent = settlement.claim.attempts + 1, settlement.spent
    delay = policy.delay(tries, chance=chance, after=outcome.after)
    due = (settlement.due or 0.0) + delay
    if outcome.code == TOO_MANY:
        return replace(settlement, due=due)
    if policy.spent(spent, delay):
        why = given_up(tries, outcome).why
        return replace(settlement, state=State.DEAD, why=why, due=None)
    return replace(settlement, due=due, spent=spent + delay)


def shelve(claim: Claim, code: str, why: str) -> Settlement:
    """The settlement of a delivery that cannot be made now, nor given up."""
    return Settlement(claim, State.HELD, code, why, spent=claim.spent)


def ended(settlement: Settlement) -> Settled | None:
    """What plugins are told of a settlement; None of one that is not the end."""
    state = _ENDS.get(settlement.state)
    if state is None:
        return None
    claim = settlement.claim
    return Settled(
        delivery=claim.delivery,
        source=claim.source,
        connection=claim.connection,
        mapping=claim.mapping,
        message_id=claim.message_id,
        state=state,
        code=settlement.code,
        why=settlement.why,
        tries=claim.attempts + bool(settlement.attempts),
        replay=claim.replay,
        received_at=claim.received_at,
    )


def records(attempts: Iterable[Attempt], connection: Connection) -> tuple[store.Attempt, ...]:
    """Attempts as the store keeps them: no secret in them, URLs in full."""
    base, secrets = _base(connection), connection.secrets
    return tuple(_record(one, base, secrets) for one in attempts)


def _base(connection: Connection) -> str:
    try:
        return connection.base.rstrip("/")
    except Exception:  # noqa: BLE001 an author's code may raise anything, and is told of it elsewhere
        return ""


def _record(attempt: Attempt, base: str, secrets: Sequence[str]) -> store.Attempt:
    outcome, request, response = attempt.outcome, attempt.request, attempt.response
    if request is not None and request.url.startswith("/"):
        request = request.at(base + request.url)
    return store.Attempt(
        attempt.at,
        attempt.seconds,
        isinstance(outcome, Delivered),
        outcome.code,
        outcome.why,
        None if response is None else response.status,
        None if request is None else request.redacted(secrets),
        None if response is None else _shortened(response.redacted(secrets)),
        attempt.step,
    )


def _shortened(response: Response) -> Response:
    """The answer with as much as the store keeps, and a byte more where it was longer.

    Hundreds may wait to be written, and an answer may have a megabyte.
    """
    if len(response.body) <= BODY:
        return response
    return replace(response, body=response.body[: BODY + 1])


def _state(outcome: Outcome) -> State:
    match outcome:
        case Delivered():
            return State.DELIVERED
        case Retry() | Held():
            return State.RETRYING
        case Discarded(code=code):
            return State.DISCARDED if code in UNSENT else State.DEAD
