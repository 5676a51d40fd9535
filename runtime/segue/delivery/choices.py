"""Asking a destination for the choices of a field, with a connection's own settings."""

from collections.abc import Collection, Iterable
from typing import Final

from segue.choices import Asking, Choices, ChoiceSteps
from segue.errors import ChoicesError, DeliveryError, suggest
from segue.http import redact
from segue.json import JsonObject, quote
from segue.outcome import Delivered, judge
from segue.plugins import AnyAction
from segue.senders import Tokens
from segue.workspace.model import Connection


MOST: Final = 50
"""A page is made of so many answers at most."""


async def find_choices(
    connection: Connection,
    actions: Collection[AnyAction],
    field: str,
    *,
    tokens: Tokens,
    payload: JsonObject | None = None,
    page: str | None = None,
) -> Choices:
    """A page of the choices of a field, which one of these actions or their destination knows.

    ``payload`` is what the other fields hold so far, ``page`` the ``next_page`` of the page before.
    Raises ChoicesError.
    """
    asking = _asking(connection, actions, field)
    steps = asking.steps(settings=connection.settings, payload=payload or {}, page=page)
    try:
        return await _walk(connection, steps, tokens)
    except ChoicesError:
        raise
    except DeliveryError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        why = f"{type(error).__name__}: {error}"
    reason = f"the choices of {quote(field)} cannot be had: {redact(why, connection.secrets)}"
    raise ChoicesError(reason) from None


async def _walk(connection: Connection, steps: ChoiceSteps, tokens: Tokens) -> Choices:
    try:
        request = next(steps)
        for _ in range(MOST):
            response = await tokens.send(connection, request)
            outcome = judge(request, response)
            if not isinstance(outcome, Delivered):
                raise DeliveryError(f"{connection.destination.title} answered {outcome.why}")
            request = steps.send(response)
    except StopIteration as end:
        choices: Choices = end.value
        return choices
    raise DeliveryError(f"{MOST} requests and there is no end")


def _asking(connection: Connection, actions: Collection[AnyAction], field: str) -> Asking:
    """Who is to be asked. Raises ChoicesError for nobody, and for several who may answer otherwise."""
    menu = connection.destination.menu
    asked = ((one.name, one.menu.find(field)) for one in actions)
    own = {name: asking for name, asking in asked if asking is not None}
    shared, several = menu.find(field), {one.find: one for one in own.values()}
    if not own and shared is not None:
        return shared
    if len(several) == 1:
        return next(iter(several.values()))
    if several:
        raise ChoicesError(f"{quote(field)} is a field of {', '.join(own)}; say which")
    known = sorted({*menu, *(name for one in actions for name in one.menu)})
    there = f"there are choices for: {', '.join(known) or 'none'}"
    hint = suggest(field, known) or there
    raise ChoicesError(f"{_subject(actions)} has no choices for {quote(field)}; {hint}")


def _subject(actions: Iterable[AnyAction]) -> str:
    names = [one.name for one in actions]
    return names[0] if len(names) == 1 else "the destination"
