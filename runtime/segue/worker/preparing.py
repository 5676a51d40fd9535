"""From a claim to something that can be sent, or to the reason why not."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, cast

from segue.delivery.courier import begin
from segue.delivery.run import Run
from segue.delivery.scripts import Once, Scripts
from segue.dispatch import Delivery, Prepared, reduced
from segue.json import JsonObject, decode
from segue.outcome import Discarded, Outcome
from segue.store.values import Claim, Settlement, Step
from segue.worker.settling import Maker, shelve
from segue.workspace.model import ActionMapping, Connection


Keep: TypeAlias = Callable[[Step], Awaitable[None]]

AHEAD: Final = 10.0
"""Of a connection that is paced, so many seconds' worth of deliveries are claimed ahead at most."""

DEPTH: Final = 16
BREADTH: Final = 32
"""So many may stand in line for each place, and so many for all of them at least."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A connection as one revision of the workspace has it.

    ``reach`` is how many deliveries may stand in line for it, ``appetite`` how many may wait for
    others to share a request with.
    """

    connection: Connection
    mappings: Mapping[str, ActionMapping]
    makers: Mapping[str, Maker]
    reach: int
    appetite: int
    scripts: Scripts

    @classmethod
    def of(cls, connection: Connection, revision: str, scripts: Scripts) -> "Plan":
        """The plan of a connection."""
        mappings = {one.name: one for one in connection.mappings}
        makers = {name: Maker(connection, revision, one.plugin) for name, one in mappings.items()}
        batches = (one.action.batches for one in connection.mappings)
        appetite = max((one.max_items for one in batches if one is not None), default=0)
        return cls(connection, mappings, makers, _reach(connection), appetite, scripts)

    def find(self, claim: Claim) -> ActionMapping | Settlement:
        """The mapping of a claim; a delivery waits for it as long as there is none to use."""
        mapping, name = self.mappings.get(claim.mapping), self.connection.name
        if mapping is None:
            why = f'the connection "{name}" has no mapping "{claim.mapping}" any more'
            return shelve(claim, "MAPPING_GONE", why)
        if not mapping.enabled:
            why = f'the mapping "{claim.mapping}" of "{name}" is switched off'
            return shelve(claim, "MAPPING_DISABLED", why)
        return mapping

    def fill(self, claim: Claim, mapping: ActionMapping) -> Prepared | Discarded:
        """The payload of a claim's event where no function changes it."""
        delivery = self._deliver(claim, mapping)
        if isinstance(delivery, Discarded):
            return delivery
        return self.scripts.fill(delivery, claim.payload)

    async def prepare(self, claim: Claim, mapping: ActionMapping) -> Prepared | Outcome:
        """The payload of a claim's event: of its first try, else as it is mapped now."""
        delivery = self._deliver(claim, mapping)
        if isinstance(delivery, Discarded):
            return delivery
        return await self.scripts.prepare(delivery, claim.payload)

    def _deliver(self, claim: Claim, mapping: ActionMapping) -> Delivery | Discarded:
        event = reduced(cast("JsonObject", decode(claim.event)), self.connection)
        if isinstance(event, Discarded):
            return event
        return Delivery(event, claim.source, self.connection, mapping, claim.replay)

    async def run(self, claim: Claim, mapping: ActionMapping, keep: Keep) -> Run | Outcome:
        """A try of a claim. A request that was made once is sent again, whatever is mapped now."""
        if claim.frozen is not None and mapping.action.kind == "pure":
            run = Run(connection=self.connection, mapping=mapping, user=claim.user)
            frozen = claim.frozen
            run.script = partial(Once, lambda: frozen)
        else:
            if self.connection.functions:
                prepared = await self.prepare(claim, mapping)
            else:
                prepared = self.fill(claim, mapping)
            if not isinstance(prepared, Prepared):
                return prepared
            run = begin(prepared, self.scripts)
            run.user = claim.user
        run.first, run.steps, run.keep = claim.frozen, list(claim.steps), keep
        run.again, run.ambiguous = claim.attempts > 0, claim.ambiguous
        return run


def _reach(connection: Connection) -> int:
    limit, most = connection.rate_limit, max(BREADTH, DEPTH * connection.concurrency)
    if limit is None:
        return most
    return max(1, min(most, int(AHEAD * limit.requests / limit.per)))
