"""Sending one event for a try, and what came of it in words."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from segue.console.desk import Desk
from segue.console.exchanges import Answered, Asked, answered, asked
from segue.console.previewing import preview
from segue.console.sampling import Sample
from segue.console.visit import Who
from segue.delivery.trial import attempt
from segue.dispatch import Delivery
from segue.outcome import Delivered, Discarded, Held, Outcome
from segue.workspace.model import ActionMapping, Connection


LATE: Final = "The mapping takes too long for this event."
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Tried:
    """One request of a test event, and its answer."""

    request: Asked
    response: Answered | None
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a test event, in words."""

    label: str
    title: str
    why: str
    tone: str
    attempts: tuple[Tried, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict[str, str])


async def trial(
    desk: Desk, sample: Sample, connection: Connection, mapping: ActionMapping, who: Who
) -> Trial:
    """Send an event once, as a message of its own. The store knows nothing of it.

    What takes too long to be shown is not sent either: it would keep all pages waiting.
    """
    label = f"{sample.label}, sent to {connection.name} by {who.name}"
    if (await preview(desk.turns, sample, connection, mapping)).late:
        return Trial(label, "Nothing was sent", LATE, "bad")
    event = {**sample.event, "messageId": f"test-{uuid.uuid4()}"}
    delivery = Delivery(event, sample.source, connection, mapping)
    settled = await attempt(delivery, desk.tokens, send=True)
    title, tone = worded(settled.outcome, connection)
    return Trial(
        label,
        title,
        settled.outcome.why or "It answered as it should.",
        tone,
        tuple(
            Tried(
                asked(one.request.under(connection.base), connection.secrets),
                answered(one.response, connection.secrets) if one.response else None,
                one.seconds,
                one.outcome.why,
            )
            for one in settled.attempts
            if one.request is not None
        ),
        sandbox(connection),
    )


def worded(outcome: Outcome, connection: Connection) -> tuple[str, str]:
    """An outcome in a few words, and its tone."""
    title = connection.destination.title
    match outcome:
        case Delivered():
            return f"{title} took it", "good"
        case Discarded():
            return f"Not delivered: {outcome.code}", "bad"
        case Held():
            return f"{title} does not accept the credentials", "bad"
        case _:
            return f"Not delivered this time: {outcome.code}", "warn"


def sandbox(connection: Connection) -> Mapping[str, str]:
    """The pages of the sandbox that a connection sends to, if it sends to one here."""
    stand_in, base = connection.destination.stand_in, urlsplit(connection.base)
    if stand_in is None or base.hostname not in LOOPBACK:
        return {}
    return {name: f"{base.scheme}://{base.netloc}{path}" for name, path in stand_in.pages.items()}
