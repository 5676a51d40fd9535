"""What a mapping would do with one event: the payload, what is wrong with it, the request. Nothing is sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from segue.console.exchanges import Asked, asked
from segue.console.forms.draft import Said, Verdict
from segue.console.rendering import pretty
from segue.console.sampling import Sample
from segue.console.turns import Turns
from segue.delivery.scripts import Scripts, is_hidden
from segue.dispatch import Delivery, Prepared, allowed, screened
from segue.errors import DeliveryError, MappingError, PayloadError, Problem, SegueError
from segue.functions.host import Host
from segue.functions.inserting import transform
from segue.http import REDACTED, Request
from segue.json import MISSING, JsonObject
from segue.mapping import check_mapping, compile_mapping
from segue.outcome import Discarded
from segue.trigger import Trigger, compile_trigger
from segue.workspace.model import ActionMapping, Connection


Keys = tuple[str, ...]

LATE: Final = "This takes too long to be shown."
DOTS: Final = "••••••••"
STAND_IN: Final = "••••access••••"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of an event, as far as it comes.

    ``problems`` are those of fields, by their keys; ``why`` are the reasons why nothing is sent,
    ``aside`` is what else keeps the event from being sent by this connection, whatever the mapping;
    ``late`` says that it took too long.
    """

    sample: Sample
    matches: bool | None
    payload: str | None = None
    problems: tuple[tuple[Keys, Problem], ...] = ()
    request: Asked | None = None
    why: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    late: bool = False


def edited(mapping: ActionMapping, verdict: Verdict, said: Said) -> ActionMapping | None:
    """The mapping as it would be, None where it would be none."""
    if verdict.fields is None:
        return None
    try:
        made = compile_mapping(verdict.fields)
    except MappingError:
        return None
    tree = mapping.trigger if verdict.trigger is None else verdict.trigger
    modes = [one for one in mapping.action.sync_modes if one == said.sync_mode]
    return replace(
        mapping,
        trigger=tree,
        fields=verdict.fields,
        matches=compile_trigger(tree),
        map=made,
        sync_mode=modes[0] if modes else mapping.action.sync_mode,
        matching_key=said.matching_key or None,
    )


def faults(mapping: ActionMapping, fields: JsonObject) -> list[tuple[Keys, Problem]]:
    """What is wrong with fields whatever the event is, by their keys."""
    found = [*check_mapping(fields)]
    found += mapping.action.spec.check(fields) if not found else []
    return [(keys(one.pointer), one) for one in found]


def keys(pointer: str) -> Keys:
    """The keys that a JSON pointer is made of."""
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def count(trigger: Trigger, events: Sequence[Sample]) -> tuple[Sample, ...]:
    """The events that match."""
    matches = compile_trigger(trigger)
    return tuple(one for one in events if matches(one.event))


async def preview(
    turns: Turns, sample: Sample, connection: Connection, mapping: ActionMapping
) -> Preview:
    """What the mapping would do with an event. Never raises; it takes some seconds at most."""
    try:
        return await turns.run(partial(_preview, sample, connection, mapping))
    except TimeoutError:
        return Preview(sample, None, why=(LATE,), late=True)
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        return Preview(
            sample, None, why=(f"This cannot be shown: {type(error).__name__}: {error}",)
        )


async def _preview(sample: Sample, connection: Connection, mapping: ActionMapping) -> Preview:
    found = Preview(sample, None, aside=tuple(_aside(sample.event, connection, mapping)))
    delivery = Delivery(sample.event, sample.source, connection, mapping)
    async with Host() as host:
        try:
            event = await transform(sample.event, connection.functions, delivery.context, host)
        except DeliveryError as error:
            return replace(found, why=(f"A function of the connection ends it: {error}",))
        found = replace(found, matches=mapping.matches(sample.event))
        plain = replace(delivery, event=event, connection=replace(connection, functions=()))
        return await _filled(found, plain, Scripts(host))


async def _filled(found: Preview, delivery: Delivery, scripts: Scripts) -> Preview:
    mapping, connection = delivery.mapping, delivery.connection
    made = mapping.map(delivery.event)
    try:
        payload = mapping.action.spec.coerce({} if made is MISSING else made)
    except PayloadError as error:
        problems = tuple(
            (keys(one.pointer), Problem(one.pointer, one.message)) for one in error.errors
        )
        shown = None if made is MISSING else pretty(made)
        return replace(
            found, payload=shown, problems=problems, why=(f"The payload is not valid: {error}",)
        )
    found = replace(found, payload=pretty(payload))
    if is_hidden(mapping.action):
        return replace(
            found, why=("An async action sends what it likes; there is no request to show.",)
        )
    prepared = await scripts.preview(delivery)
    if not isinstance(prepared, Prepared):
        return replace(found, why=(prepared.why,))
    if prepared.request is None:
        return replace(found, why=("The action makes no request for this event.",))
    return replace(found, request=_exact(prepared.request, connection))


def _exact(request: Request, connection: Connection) -> Asked:
    """The request as it would be sent, with dots for what authenticates it."""
    token = STAND_IN if connection.destination.oauth is not None else None
    try:
        whole = connection.sign(request, token)
    except (SegueError, ValueError):
        whole = request.under(connection.base)
    shown = asked(whole, (*connection.secrets, STAND_IN))
    headers = {name: value.replace(REDACTED, DOTS) for name, value in shown.headers.items()}
    return replace(shown, headers=headers)


def _aside(event: JsonObject, connection: Connection, mapping: ActionMapping) -> Iterator[str]:
    """What keeps an event from being sent, whatever the mapping makes of it."""
    if not mapping.enabled:
        yield "This mapping is disabled: nothing is sent until it is enabled in the list."
    if not connection.enabled:
        yield "The connection is switched off."
    wanted = event.get("integrations")
    if isinstance(wanted, Mapping) and wanted and not allowed(wanted, connection.destination):
        yield "The event's integrations object switches this destination off."
    seen = screened(event, connection)
    if isinstance(seen, Discarded):
        yield f"A filter of the connection keeps this event back: {seen.why}."


@dataclass(frozen=True, slots=True)
class Placed:
    """Problems at the rows that are there, and those that have none."""

    rows: Mapping[Keys, tuple[Problem, ...]]
    rest: tuple[Problem, ...] = field(default=())


def placed(problems: Sequence[tuple[Keys, Problem]], rows: Sequence[Keys]) -> Placed:
    """Each problem at the nearest row that is shown."""
    known = set(rows)
    found: dict[Keys, tuple[Problem, ...]] = {}
    rest: list[Problem] = []
    for where, problem in problems:
        near = next((where[:end] for end in range(len(where), 0, -1) if where[:end] in known), None)
        if near is None:
            rest.append(problem)
        elif not any(one.message == problem.message for one in found.get(near, ())):
            found[near] = (*found.get(near, ()), problem)
    return Placed(found, tuple(rest))
