"""Asking a destination whether a connection's credentials are good."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TypeAlias

from segue.arguments import raised
from segue.destination import Proof
from segue.errors import DeliveryError
from segue.http import Request, Response
from segue.outcome import Delivered, Outcome, Retry, fault, hide, judge
from segue.senders import Tokens
from segue.workspace.model import Connection


Ask: TypeAlias = Callable[[Request], Awaitable[tuple[Outcome, Response | None]]]


async def prove(connection: Connection, tokens: Tokens) -> Outcome | None:
    """What the destination says of the credentials; None where it has no test for them."""
    asked: list[Request] = []

    async def ask(request: Request) -> tuple[Outcome, Response | None]:
        asked.append(request)
        response = await tokens.send(connection, request)
        return judge(request, response), response

    outcome = await conduct(connection, ask)
    return outcome if asked or not isinstance(outcome, Delivered) else None


async def conduct(connection: Connection, ask: Ask) -> Outcome:
    """Make the credential test of a connection with whatever sends its requests."""
    try:
        with closing(connection.destination.proof(connection.settings)) as proof:
            outcome = await _walk(proof, ask)
    except DeliveryError as error:
        outcome = fault(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
        outcome = Retry(f"the credential test failed: {raised(error)}", "INTERNAL")
    return hide(outcome, connection.secrets)


async def _walk(proof: Proof, ask: Ask) -> Outcome:
    """Send its requests; whoever makes them has the last word on answers that are good."""
    request = next(proof, None)
    outcome: Outcome = Delivered()
    while request is not None:
        outcome, response = await ask(request)
        if response is None or not isinstance(outcome, Delivered):
            break
        request = _next(proof, response)
    return outcome


def _next(proof: Proof, response: Response) -> Request | None:
    try:
        return proof.send(response)
    except StopIteration:
        return None
