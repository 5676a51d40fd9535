"""How often a password may be tried: by name, and by where the tries come from."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeAlias


Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries at once, and one more every so many seconds."""

    burst: int
    every: float

    @property
    def whole(self) -> float:
        """Seconds after which everything is allowed again."""
        return self.burst * self.every


NAME: Final = Allowance(10, 30.0)
ADDRESS: Final = Allowance(30, 6.0)


@dataclass(slots=True)
class Attempts:
    """Counts tries, of ``most`` names and addresses at a time: the ones seen longest ago are let go.

    For each is kept when its tries are used up no longer (the theoretical arrival time of GCRA), which
    says the same as a bucket that fills evenly.
    """

    name: Allowance = NAME
    address: Allowance = ADDRESS
    most: int = 10_000
    _until: OrderedDict[Key, float] = field(default_factory=OrderedDict[Key, float])

    def take(self, name: str, address: str, now: float) -> float:
        """Count a try and return 0, or the seconds to wait; then nothing was counted."""
        asked = [(("name", name), self.name), (("address", address), self.address)]
        wait = max(self._wait(key, allowance, now) for key, allowance in asked)
        if wait == 0:
            for key, allowance in asked:
                self._count(key, allowance, now)
        return wait

    def forgive(self, name: str) -> None:
        """Whoever knew the password has its tries back; the address has not."""
        self._until.pop(("name", name), None)

    def _wait(self, key: Key, allowance: Allowance, now: float) -> float:
        room = allowance.whole - allowance.every
        used = min(self._until.get(key, now) - now, allowance.whole)  # a clock may be set back
        return max(0.0, used - room)

    def _count(self, key: Key, allowance: Allowance, now: float) -> None:
        until = min(self._until.get(key, now), now + allowance.whole)
        self._until[key] = max(until, now) + allowance.every
        self._until.move_to_end(key)
        while len(self._until) > self.most:
            self._until.popitem(last=False)
