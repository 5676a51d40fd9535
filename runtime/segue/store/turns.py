"""Sharing places among first tries, so that one busy user cannot hold up the others."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Turns:
    """Who is to have the odd place next, by connection."""

    _turns: defaultdict[str, bool] = field(default_factory=lambda: defaultdict(bool))

    def share(self, connection: str, places: int, begun: int) -> int:
        """How many of the places lanes that begin may have, with so many under way and due.

        Half, and what the others do not need; the odd place goes to the two in turn.
        """
        self._turns[connection] = turn = not self._turns[connection]
        return places - min(begun, (places + turn) // 2)
