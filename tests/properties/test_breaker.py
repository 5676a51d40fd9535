"""Whatever happens in whatever order, a breaker lets one probe through, and in the end does."""

from copy import deepcopy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from segue.breaker import Breaker, BreakerPolicy, State


POLICY = BreakerPolicy(failures=3, first=10.0, cap=60.0)
ROUNDING = 1e-6  # a moment less another is not to the last digit what was added
CHANCE = st.floats(0, 1, exclude_max=True)


class Machine(RuleBasedStateMachine):
    """Requests go and end in any order, at any time, well or badly or saying nothing."""

    under_way = Bundle("under_way")

    def __init__(self):
        super().__init__()
        self.breaker, self.now = Breaker(POLICY), 0.0
        self.probes, self.row, self.since = [], 0, None

    @property
    def closed(self):
        return self.breaker.state(self.now) is State.CLOSED

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds):
        self.now += seconds

    @rule(target=under_way)
    def a_request_wants_to_go(self):
        closed, wait = self.closed, self.breaker.wait(self.now)
        leave = self.breaker.admit(self.now)
        assert (leave is not None) == (wait == 0.0)
        if leave is None:
            return multiple()
        if not closed:
            self.probes.append(leave)
        return leave

    @rule(leave=consumes(under_way))
    def it_is_answered(self, leave):
        self.breaker.settle(leave, up=True, now=self.now, chance=0.0)
        self.probes, self.row = [], 0
        assert self.closed
        assert self.breaker.wait(self.now) == 0.0

    @rule(leave=consumes(under_way), chance=CHANCE)
    def it_fails(self, leave, chance):
        closed, before = self.closed, deepcopy(self.breaker)
        probed = leave in self.probes
        self.breaker.settle(leave, up=False, now=self.now, chance=chance)
        if closed:
            self.row += 1
            assert self.closed == (self.row < POLICY.failures)
        elif probed:
            self.probes.remove(leave)
            wait = self.breaker.wait(self.now)
            assert POLICY.first / 2 - ROUNDING <= wait <= POLICY.cap + ROUNDING
        else:
            assert self.breaker.wait(self.now) == before.wait(self.now)

    @rule(leave=consumes(under_way))
    def it_shows_nothing(self, leave):
        closed = self.closed
        self.breaker.settle(leave, up=None, now=self.now, chance=0.0)
        self.probes = [one for one in self.probes if one is not leave]
        assert self.closed == closed

    @invariant()
    def one_probe_at_most(self):
        assert self.closed or len(self.probes) <= 1

    @precondition(lambda self: not self.probes)
    @invariant()
    def somebody_may_go_in_the_end(self):
        wait = self.breaker.wait(self.now)
        assert 0 <= wait <= POLICY.cap + ROUNDING
        assert deepcopy(self.breaker).admit(self.now + wait + ROUNDING) is not None


TestBreaker = Machine.TestCase
TestBreaker.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
