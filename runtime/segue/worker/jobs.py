"""What goes out at once: one delivery, or a group that shares a request. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from segue.delivery import Attempt, Run
from segue.delivery.scripts import is_hidden
from segue.dispatch import Prepared, broken
from segue.errors import AuthorError
from segue.outcome import Delivered, Outcome
from segue.store.values import Claim, Settlement
from segue.worker.preparing import Keep, Plan
from segue.worker.settling import UNTRIED, Trial, conclude
from segue.workspace.model import ActionMapping


@dataclass(slots=True)
class Single:
    """One delivery."""

    claim: Claim
    mapping: ActionMapping
    plan: Plan

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Its claim."""
        return (self.claim,)

    @property
    def again(self) -> bool:
        """Whether it has been tried before."""
        return self.claim.attempts > 0

    async def run(self, keep: Keep) -> Run | Outcome:
        """One try."""
        return await self.plan.run(self.claim, self.mapping, keep)

    def settle(
        self, run: Run | None, outcome: Outcome, *, chance: float, now: float
    ) -> list[Settlement]:
        """What became of it; without a run nothing was sent."""
        maker = self.plan.makers[self.mapping.name]
        trial = UNTRIED if run is None else _trial(run)
        return [conclude(self.claim, outcome, trial, maker=maker, chance=chance, now=now)]


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery of a group with its payload, and its bytes in the request."""

    claim: Claim
    prepared: Prepared
    size: int


@dataclass(slots=True)
class Group:
    """Deliveries through one mapping that go together. ``due`` is when they stop waiting for more.

    A batch is made anew at each try, of the payloads that its items had at their first.
    """

    mapping: ActionMapping
    plan: Plan
    due: float
    items: list[Item] = field(default_factory=list[Item])
    size: int = 1  # the list's brackets, less the comma that its last item does not have

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of its items."""
        return tuple(one.claim for one in self.items)

    @property
    def again(self) -> bool:
        """Whether all of them have been tried before."""
        return all(one.claim.attempts for one in self.items)

    async def run(self, _: Keep) -> Run:
        """One try of all of them."""
        user = self.items[0].claim.user
        run = Run(
            connection=self.plan.connection, mapping=self.mapping, user=user, again=self.again
        )
        run.script = partial(self.plan.scripts.several, [one.prepared for one in self.items])
        run.hidden = is_hidden(self.mapping.action, together=True)
        return run

    def settle(
        self, run: Run | None, outcome: Outcome, *, chance: float, now: float
    ) -> list[Settlement]:
        """What became of each. Those that failed together are due together."""
        maker = self.plan.makers[self.mapping.name]
        return [
            conclude(item.claim, each, _own(run, item, each), maker=maker, chance=chance, now=now)
            for item, each in zip(self.items, self._outcomes(run, outcome), strict=True)
        ]

    def _outcomes(self, run: Run | None, outcome: Outcome) -> Sequence[Outcome]:
        given = None if run is None else run.outcomes
        if given is None or not isinstance(outcome, Delivered):
            return [outcome] * len(self.items)
        wrong = _odd(given, len(self.items))
        if wrong:
            return [broken(self.mapping, AuthorError(wrong))] * len(self.items)
        return given


Job: TypeAlias = Single | Group


def _odd(given: object, count: int) -> str | None:
    """What is wrong with that which an author's batch returned, if it is not the outcomes."""
    if not isinstance(given, Sequence) or not all(isinstance(one, Outcome) for one in given):
        return f"its batch returned {type(given).__name__}, not a list of outcomes"
    if len(given) != count:
        return f"it returned {len(given)} outcomes for {count} payloads"
    return None


def _trial(run: Run) -> Trial:
    """The try of a single delivery; of a pure action the request says all that matters."""
    payload = None if run.prepared is None else run.prepared.payload
    return Trial(run.attempts, run.first, payload, run.latest is not None)


def _own(run: Run | None, item: Item, outcome: Outcome) -> Trial:
    """The try of a group as that of one item.

    Without bodies for one that was delivered, else with its own payload and all of the answer.
    """
    if run is None:
        return UNTRIED
    if isinstance(outcome, Delivered):
        return Trial([replace(one, request=None, response=None) for one in run.attempts])
    own = [_single(one, item) for one in run.attempts]
    own[-1:] = [replace(one, outcome=outcome) for one in own[-1:]]
    return Trial(own, payload=item.prepared.payload)


def _single(attempt: Attempt, item: Item) -> Attempt:
    if attempt.request is None:
        return attempt
    request = replace(attempt.request, json=item.prepared.payload, body=None)
    return replace(attempt, request=request)
