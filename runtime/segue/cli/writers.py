"""Which actions of a workspace write to what they are given: each mapping is previewed once to see."""

import asyncio
from collections.abc import Iterator

from segue import samples
from segue.cli.dev.fitting import fitted
from segue.delivery import Scripts
from segue.delivery.witness import Witness
from segue.dispatch import Delivery
from segue.functions.host import Host
from segue.functions.offering import FunctionAction
from segue.workspace import Workspace


def writers(workspace: Workspace) -> list[str]:
    """A sentence for each action that does. Functions are given what is theirs, and are not run."""
    return asyncio.run(_watched([*_deliveries(workspace)]))


def _deliveries(workspace: Workspace) -> Iterator[Delivery]:
    events = [*samples.by_type().values()]
    for connection in workspace.connections.values():
        for mapping in connection.mappings:
            if not connection.functions and not isinstance(mapping.action, FunctionAction):
                yield Delivery(fitted(mapping, events), "check", connection, mapping)


async def _watched(deliveries: list[Delivery]) -> list[str]:
    witness = Witness(lambda _: None)
    async with Host() as host:
        for one in deliveries:
            await Scripts(host, witness=witness).preview(one)
    return [*witness.told.values()]
