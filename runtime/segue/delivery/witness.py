"""Naming an action that writes to what it is given. Nobody else sees what it wrote, so nothing else would show it."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from segue.arguments import short, written
from segue.dispatch import Prepared
from segue.workspace.model import ActionMapping


log: Final = logging.getLogger("segue.delivery")

TRIES: Final = 3
"""Deliveries of an action that are looked at. One that writes does so at once, most often."""


class Witness:
    """Compares what an action is given before and after, at its first deliveries.

    ``told`` is a sentence for each action that writes, by its name; each goes to ``say`` once, to the log
    if nobody else listens.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say = say or partial(log.warning, "%s")
        self.told: dict[str, str] = {}
        self._looks: Counter[str] = Counter()

    def look(self, items: Sequence[Prepared]) -> "Look | None":
        """What one call of an action is given, as it is now; None where enough has been seen."""
        mapping = items[0].delivery.mapping
        name = mapping.action.name
        if self._looks[name] >= TRIES:
            return None
        self._looks[name] += 1
        return Look(self, mapping, items)

    def tell(self, mapping: ActionMapping, changed: Sequence[str]) -> None:
        """Say once of an action what it writes to."""
        action = mapping.action
        if action.name in self.told:
            return
        plugin = f' of plugin "{mapping.plugin}"' if mapping.plugin else ""
        where = written(action.perform)
        there = f" (see {short(where)})" if where else ""
        sentence = (
            f"{action.name}{plugin} writes to the {' and the '.join(changed)} that it is given{there}; "
            "make a copy and change that: what it wrote is lost, and may differ at a retry"
        )
        self.told[action.name] = sentence
        self._say(sentence)


class Look:
    """One call, with what it was given."""

    def __init__(self, witness: Witness, mapping: ActionMapping, items: Sequence[Prepared]) -> None:
        self._witness, self._mapping, self._items = witness, mapping, items
        self._before = self._given()

    def compare(self) -> None:
        """The action has run, or a step of it."""
        after = self._given()
        changed = [name for name, text in self._before.items() if text != after[name]]
        if changed:
            self._witness.tell(self._mapping, changed)

    def _given(self) -> dict[str, str]:
        deliveries = [one.delivery for one in self._items]
        return {
            "payload": _spelled([one.payload for one in self._items]),
            "event": _spelled([one.event for one in deliveries]),
            "settings": _spelled(deliveries[0].connection.settings),
        }


def _spelled(value: object) -> str:
    """Any value as text; an author may have put in what has none."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 an author's object may raise anything
        return f"{type(error).__name__}"
