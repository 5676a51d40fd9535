"""Counting what became of events and deliveries."""

from collections import Counter
from dataclasses import dataclass, field

from rich.table import Table

from segue.cli.output import plain, some
from segue.delivery import Settled
from segue.dispatch import Skipped
from segue.events import Event, Rejected
from segue.hooks import DROPPED
from segue.intake import UNWANTED
from segue.outcome import Delivered
from segue.schemas import CODES
from segue.store.records import Summary
from segue.store.values import State


EXAMPLES = 20


@dataclass
class Tally:
    """Sums of one run. ``deliveries`` counts by connection, mapping and outcome code.

    ``stored`` are the events that were new to the store, ``known`` those that it had, or was not given.
    """

    events: int = 0
    stored: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    deliveries: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    retried: int = 0
    failures: list[str] = field(default_factory=list[str])

    def refuse(self, rejected: Rejected) -> None:
        """Count an event that was refused on arrival, or dropped by a plugin, which is no failure."""
        self.events += 1
        if rejected.code == DROPPED:
            self.skipped["-", DROPPED] += 1
            return
        self.refused[rejected.code] += 1
        self._fail(str(rejected))

    def skip(self, skipped: Skipped, event: Event) -> None:  # noqa: ARG002 for those who show it
        """Count a connection that an event did not go to."""
        self.skipped[skipped.connection, skipped.discarded.code] += 1

    def end(self, connection: str, code: str, count: int) -> None:
        """Count events that ended on their way to a connection, or "" for before; which, the store knows.

        What schemas block is refused, and was not known, whoever asked them.
        """
        if code in CODES:
            self.refused[code] += count
            self.known -= count
            blocked = some(count, "event is", "events are")
            self._fail(f'{blocked} blocked by a schema; "segue send --dry-run" says why ({code})')
        elif connection or code != UNWANTED:
            self.skipped[connection or "-", code] += count

    def settle(self, settled: Settled) -> None:
        """Count a delivery that is over."""
        delivery, outcome = settled.delivery, settled.outcome
        self.deliveries[delivery.connection.name, delivery.mapping.name, outcome.code] += 1
        self.retried += len(settled.attempts) > 1
        if not isinstance(outcome, Delivered):
            subject = f"{delivery.event.get('messageId')} → {delivery.connection.name}.{delivery.mapping.name}"
            self._fail(f"{subject}: {outcome.why} ({outcome.code})")

    def find(self, found: Summary) -> None:
        """Count a delivery as it stands in the store."""
        code = found.state.name if found.state in PENDING else found.code
        self.deliveries[found.connection, found.mapping, code] += 1
        self.retried += found.attempts > 1
        if found.state is not State.DELIVERED:
            subject = f"{found.message_id} → {found.connection}.{found.mapping}"
            self._fail(f"{subject}: {found.why or found.state.value} ({code})")

    @property
    def ok(self) -> bool:
        """Whether everything that was meant to arrive did."""
        return not self.refused and all(code in GOOD for *_, code in self.deliveries)

    def data(self) -> dict[str, object]:
        """The sums as JSON for scripts."""
        return {
            "events": self.events,
            "stored": self.stored,
            "known": self.known,
            "refused": dict(self.refused),
            "skipped": [
                {"connection": connection, "code": code, "count": count}
                for (connection, code), count in sorted(self.skipped.items())
            ],
            "deliveries": [
                {"connection": connection, "mapping": mapping, "code": code, "count": count}
                for (connection, mapping, code), count in sorted(self.deliveries.items())
            ],
            "retried": self.retried,
            "failures": self.failures,
        }

    def table(self) -> Table:
        """The sums as people read them."""
        table = Table("Connection", "Mapping", "Outcome", box=None, pad_edge=False)
        table.add_column("Count", justify="right")
        for (connection, mapping, code), count in sorted(self.deliveries.items()):
            colour = "green" if code in GOOD else "red"
            table.add_row(connection, mapping, f"[{colour}]{plain(code)}[/]", f"{count:,}")
        for (connection, code), count in sorted(self.skipped.items()):
            table.add_row(connection, "-", f"[dim]{code}[/]", f"{count:,}")
        for code, count in sorted(self.refused.items()):
            table.add_row("-", "-", f"[red]{code}[/]", f"{count:,}")
        return table

    def _fail(self, sentence: str) -> None:
        if len(self.failures) < EXAMPLES:
            self.failures.append(sentence)


GOOD = frozenset({"OK", "ALREADY_DELIVERED"})
PENDING = frozenset({State.WAITING, State.RETRYING})
