"""Deliveries that wait for others to share a request with. Pure."""

import math

from segue.actions import Batch
from segue.dispatch import Prepared
from segue.json import encode
from segue.store.values import Claim
from segue.worker.jobs import Group, Item
from segue.worker.preparing import Plan


class Gatherer:
    """Puts deliveries into groups, until these are full or have waited long enough."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, ...], Group] = {}

    def __len__(self) -> int:
        return sum(len(group.items) for group in self._groups.values())

    @property
    def due(self) -> float:
        """When a group will have waited long enough."""
        return min((group.due for group in self._groups.values()), default=math.inf)

    def add(self, claim: Claim, prepared: Prepared, plan: Plan, now: float) -> list[Group]:
        """Let a delivery wait; the groups that are full by that."""
        mapping = prepared.delivery.mapping
        batch = mapping.action.batches
        assert batch is not None
        key, full = (mapping.name, *_values(batch, prepared)), list[Group]()
        item = Item(claim, prepared, len(encode(prepared.payload)) + 1)
        group = self._groups.get(key)
        if group is not None and group.size + item.size > batch.max_bytes:
            full.append(self._groups.pop(key))
            group = None
        if group is None:
            group = self._groups[key] = Group(mapping, plan, now + batch.wait)
        group.items.append(item)
        group.size += item.size
        if len(group.items) >= batch.max_items:
            full.append(self._groups.pop(key))
        return full

    def ripe(self, now: float) -> list[Group]:
        """The groups that have waited long enough; they wait no longer."""
        ripe = {key: group for key, group in self._groups.items() if group.due <= now}
        for key in ripe:
            del self._groups[key]
        return list(ripe.values())

    def clear(self) -> list[Group]:
        """All groups; nobody waits then."""
        return self.ripe(math.inf)


def _values(batch: Batch, prepared: Prepared) -> list[str]:
    """What the payloads of one group have in common."""
    return [encode(prepared.payload.get(key)).decode() for key in batch.keys]
