"""Forgetting a person: here, and at every destination that can."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, cast

from segue.destination import Person
from segue.errors import DeliveryError, StoreError
from segue.functions.host import FunctionScript, Host
from segue.functions.offering import FunctionDestination
from segue.http import Request, Response, Sender, redact
from segue.json import JsonObject, decode, encode
from segue.outcome import Delivered, Outcome, Retry, fault, judge
from segue.privacy.hashes import Hasher
from segue.retry import RetryPolicy
from segue.senders import Tokens
from segue.store.protocols import Clock, Ledger, Store
from segue.workspace.model import Connection


BOOK: Final = "forgotten"
POLICY: Final = RetryPolicy(window=60.0, cap=10.0)
PATIENCE: Final = 120.0
PAUSE: Final = 0.25

Sleep: TypeAlias = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a destination made of it. ``why`` says how it failed, or that it cannot delete."""

    connection: str
    ok: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, and when. ``who`` is a keyed hash; ``done`` means that nothing is left."""

    who: str
    at: float
    cancelled: int
    events: int
    answers: tuple[Answered, ...]

    @property
    def done(self) -> bool:
        return all(answer.ok for answer in self.answers)

    def data(self) -> JsonObject:
        """The receipt as JSON."""
        answers: list[JsonObject] = [
            {"connection": one.connection, "ok": one.ok, "why": one.why} for one in self.answers
        ]
        return {
            "who": self.who,
            "at": self.at,
            "done": self.done,
            "cancelled": self.cancelled,
            "events": self.events,
            "destinations": answers,
        }


async def forget(
    user: str,
    *,
    store: Store,
    hasher: Hasher,
    connections: Collection[Connection],
    sender: Sender,
    clock: Clock,
    sleep: Sleep = asyncio.sleep,
    tokens: Tokens | None = None,
    troubles: Callable[[], Sequence[str]] = list,
) -> Receipt:
    """Cancel what is under way for a user, delete them at every destination, then here.

    The anonymousIds that came with the userId go too. While a destination fails, the events stay:
    they alone tell the anonymousIds, and with them this can be done again. What is under way is
    waited for, unless there are ``troubles`` that keep it from ending: that raises StoreError.
    """
    ids = await store.history.known(user)
    cancelled = await _cancel(ids, store, clock, sleep, troubles)
    people = [Person(user_id=user), *(Person(anonymous_id=one) for one in sorted(ids - {user}))]
    tokens = tokens or Tokens(sender, now=clock)
    answers = [await _delete(one, people, tokens, clock, sleep) for one in connections]
    events = await store.history.forget(ids) if all(one.ok for one in answers) else 0
    receipt = Receipt(hasher(user), clock(), cancelled, events, tuple(answers))
    await store.ledger.note(BOOK, f"{receipt.who} {receipt.at:.6f}", encode(receipt.data()))
    return receipt


async def receipts(ledger: Ledger, who: str | None = None) -> list[JsonObject]:
    """The receipts there are, of everyone or of one keyed hash."""
    notes = await ledger.notes(BOOK)
    kept = [note for note in notes if who is None or note.key.startswith(f"{who} ")]
    return [cast("JsonObject", decode(note.value)) for note in kept]


async def _cancel(
    ids: Collection[str],
    store: Store,
    clock: Clock,
    sleep: Sleep,
    troubles: Callable[[], Sequence[str]],
) -> int:
    """Take back what waits, and wait for what is on its way at this moment."""
    total, until = 0, clock() + PATIENCE
    while True:
        found = await store.queue.cancel(ids)
        total += found.deliveries
        if not found.in_flight:
            return total
        why = troubles()
        if why or clock() >= until:
            count = "1 delivery is" if found.in_flight == 1 else f"{found.in_flight} deliveries are"
            raise StoreError(
                f"nothing is forgotten yet: {count} still under way; {'; '.join(why) or 'try again later'}"
            )
        await sleep(PAUSE)


async def _delete(
    connection: Connection, people: Sequence[Person], tokens: Tokens, clock: Clock, sleep: Sleep
) -> Answered:
    send = partial(_send, connection, tokens=tokens, clock=clock, sleep=sleep)
    erase = _by_function if isinstance(connection.destination, FunctionDestination) else _by_plugin
    try:
        outcome = await erase(connection, people, send)
    except DeliveryError as error:
        outcome = fault(error)
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        why = f"on_delete failed: {type(error).__name__}: {error}"
        return Answered(connection.name, ok=False, why=redact(why, connection.secrets))
    if outcome is None:
        return Answered(connection.name, ok=True, why="it has no way to delete a person")
    if not isinstance(outcome, Delivered):
        why = redact(f"{outcome.why} ({outcome.code})", connection.secrets)
        return Answered(connection.name, ok=False, why=why)
    return Answered(connection.name, ok=True)


async def _by_plugin(
    connection: Connection, people: Sequence[Person], send: "_Sending"
) -> Outcome | None:
    """All requests are made before one is sent. None if the destination cannot delete anybody."""
    requests = _requests(connection, people)
    for request in requests or ():
        outcome, _ = await send(request)
        if not isinstance(outcome, Delivered):
            return outcome
    return None if requests is None else Delivered()


async def _by_function(
    connection: Connection, people: Sequence[Person], send: "_Sending"
) -> Outcome | None:
    """A function makes its requests one after the other, in a process of its own."""
    destination = cast("FunctionDestination", connection.destination)
    async with Host() as host:
        for person in people:
            call = destination.forgetting(
                person, connection.name, connection.settings, connection.secrets
            )
            if call is None:
                return None
            outcome = await _walk(host.script(call), send)
            if not isinstance(outcome, Delivered):
                return outcome
    return Delivered()


async def _walk(script: FunctionScript, send: "_Sending") -> Outcome:
    request = await script.ask(None)
    while request is not None:
        outcome, response = await send(request)
        if not isinstance(outcome, Delivered):
            return outcome
        request = await script.ask(response)
    return Delivered()


def _requests(connection: Connection, people: Iterable[Person]) -> list[Request] | None:
    made = [connection.destination.forget(one, connection.settings) for one in people]
    return (
        [request for some in made if some is not None for request in some]
        if None not in made
        else None
    )


_Sending: TypeAlias = Callable[[Request], Awaitable[tuple[Outcome, Response | None]]]


async def _send(
    connection: Connection, request: Request, *, tokens: Tokens, clock: Clock, sleep: Sleep
) -> tuple[Outcome, Response | None]:
    """Send one request, at the connection's pace, again while that may help."""
    started, tries = clock(), 0
    response: Response | None = None
    while True:
        tries += 1
        if connection.rate_limit is not None:
            await sleep(connection.rate_limit.per / connection.rate_limit.requests)
        try:
            response = await tokens.send(connection, request)
            outcome = judge(request, response, now=clock())
        except DeliveryError as error:
            outcome = fault(error)
        if not isinstance(outcome, Retry):
            return outcome, response
        delay = POLICY.delay(tries, chance=1.0, after=outcome.after)
        if POLICY.spent(clock() - started, delay):
            return outcome, response
        await sleep(delay)
