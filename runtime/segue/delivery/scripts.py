"""What a delivery asks, one request after the other, wherever they are made.

A plugin's generator runs here, under a watch; a function in a process of its own, and its next
request takes a while to come. Who sends them need not know.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from segue.actions import BatchScript
from segue.delivery.watch import Watch
from segue.delivery.witness import Look, Witness
from segue.dispatch import Delivery, Prepared, broken, fill
from segue.errors import DeliveryError
from segue.functions.host import Host
from segue.functions.inserting import transform
from segue.functions.offering import FunctionAction, FunctionDestination
from segue.http import Request, Response
from segue.json import JsonObject
from segue.outcome import Discarded, Outcome, fault, hide
from segue.plugins import AnyAction
from segue.workspace.model import Connection


class Script(Protocol):
    """The requests of a delivery. That of a batch ends with an outcome for each of its items."""

    @property
    def outcomes(self) -> Sequence[Outcome] | None:
        """What a batch ended with."""
        ...

    async def ask(self, answer: Response | None) -> Request | None:
        """The next request, made of the answer to the last one; None when there is no more."""
        ...

    def close(self) -> None:
        """Nothing more will be asked."""
        ...


class Inline:
    """A generator of this process as a script. ``name`` is whose it is, ``look`` what it is given."""

    def __init__(self, steps: BatchScript, name: str, watch: Watch, look: Look | None) -> None:
        self.outcomes: Sequence[Outcome] | None = None
        self._steps, self._name, self._watch, self._look = steps, name, watch, look

    async def ask(self, answer: Response | None) -> Request | None:
        """The next request; raises what the author's code raises."""
        self._watch.begin(self._name)
        try:
            return next(self._steps) if answer is None else self._steps.send(answer)
        except StopIteration as end:
            self.outcomes = end.value
            return None
        finally:
            self._watch.end()
            if self._look is not None:
                self._look.compare()

    def close(self) -> None:
        """The generator ends with this object."""


class Once:
    """One request as a script, made when it is asked for."""

    outcomes: Sequence[Outcome] | None = None

    def __init__(self, make: Callable[[], Request]) -> None:
        self._make = make

    async def ask(self, answer: Response | None) -> Request | None:
        """The request, and nothing after it; raises what the author's code raises."""
        return self._make() if answer is None else None

    def close(self) -> None:
        """There is nothing to end."""


class Scripts:
    """Makes what a delivery needs: its event, its payload, its requests.

    ``host`` runs functions, ``watch`` is told of what plugins run here, ``witness`` knows which of
    their actions write to what they are given.
    """

    def __init__(
        self, host: Host, watch: Watch | None = None, witness: Witness | None = None
    ) -> None:
        self._host, self._watch, self.witness = host, watch or Watch(), witness or Witness()

    async def prepare(
        self, delivery: Delivery, payload: JsonObject | None = None
    ) -> Prepared | Outcome:
        """The delivery with its event as the connection's functions leave it, and its payload.

        A ``payload`` that was made before stays as it is.
        """
        connection = delivery.connection
        if connection.functions:
            try:
                event = await transform(
                    delivery.event, connection.functions, delivery.context, self._host
                )
            except DeliveryError as error:
                return hide(fault(error), connection.secrets)
            delivery = replace(delivery, event=event)
        return self.fill(delivery, payload)

    def fill(self, delivery: Delivery, payload: JsonObject | None = None) -> Prepared | Discarded:
        """The payload of an event that is to be mapped as it is."""
        if payload is not None:
            return Prepared(delivery, payload, None)
        self._watch.begin(delivery.mapping.action.name)
        try:
            return fill(delivery)
        finally:
            self._watch.end()

    def single(self, prepared: Prepared) -> Script:
        """The requests of one delivery, from the first one on; not of a plugin's async action."""
        delivery = prepared.delivery
        action, connection = delivery.mapping.action, delivery.connection
        if not isinstance(action, FunctionAction):
            if action.kind == "pure":
                return Once(partial(self._make, prepared))
            look = self.witness.look((prepared,))
            return Inline(prepared.steps(), action.name, self._watch, look)
        return self._host.script(
            action.single(delivery.event, connection.settings, delivery.context, connection.secrets)
        )

    def _make(self, prepared: Prepared) -> Request:
        look = self.witness.look((prepared,))
        self._watch.begin(prepared.delivery.mapping.action.name)
        try:
            return prepared.make()
        finally:
            self._watch.end()
            if look is not None:
                look.compare()

    def several(self, items: Sequence[Prepared]) -> Script:
        """The requests of deliveries through one mapping, which go together."""
        deliveries = [one.delivery for one in items]
        mapping, connection = deliveries[0].mapping, deliveries[0].connection
        action, settings = mapping.action, connection.settings
        events = [one.event for one in deliveries]
        contexts = [one.context for one in deliveries]
        if isinstance(action, FunctionAction):
            return self._host.script(action.several(events, settings, contexts, connection.secrets))
        steps = action.batch_steps(
            [one.payload for one in items],
            settings=settings,
            contexts=contexts,
            events=events,
            sync_mode=mapping.sync_mode,
            matching_key=mapping.matching_key,
        )
        return Inline(steps, action.name, self._watch, self.witness.look(items))

    async def preview(self, delivery: Delivery) -> Prepared | Outcome:
        """The delivery with its first request, if there is one to show. Nothing is sent."""
        prepared = await self.prepare(delivery)
        if not isinstance(prepared, Prepared) or is_hidden(delivery.mapping.action):
            return prepared
        script = self.single(prepared)
        try:
            request = await script.ask(None)
            if request is not None:
                _place(request, delivery.connection)
        except DeliveryError as error:
            outcome = fault(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
            outcome = broken(delivery.mapping, error)
        else:
            return replace(prepared, request=request)
        finally:
            script.close()
        return hide(outcome, delivery.connection.secrets)


def _place(request: Request, connection: Connection) -> None:
    """Raises what keeps a request from being sent."""
    if isinstance(connection.destination, FunctionDestination):
        connection.sign(request)
    else:
        request.under(connection.base)


def is_hidden(action: AnyAction, *, together: bool = False) -> bool:
    """Whether an action's requests cannot be seen: what is async sends them itself."""
    if isinstance(action, FunctionAction) and together:
        return action.sends_together
    return action.kind == "async" and not together
