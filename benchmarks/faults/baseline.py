"""Ordinary practice: somebody puts one event through the mapping and looks at what comes out.

Of the mutant they see what the original would not have shown: that the workspace does not load, that
the event is refused, that a field is empty, or that its value changed its type. Which event: the
sample of its call type that ships with Segue, or the first of the team's own schema.
"""

from typing import Any, Final, TypeAlias

from faults.corpus import Case
from faults.operators import Fault
from faults.oracle import replay, stream
from segue.samples import by_type


Json: TypeAlias = Any

NOTHING: Final = ""


def shipped(case: Case) -> Json:
    """The sample event of the type that the mapping is for; None if the trigger takes none."""
    return next(filter(case.mapping.matches, by_type().values()), None)


def first(case: Case) -> Json:
    """The first event of the schema: everything there, everything as usual."""
    return next(filter(case.mapping.matches, stream(case, 1_000)), None)


def seen(case: Case, fault: Fault, event: Json, *, loads: bool) -> str:
    """What the event shows of the fault: an effect as ``oracle`` names them, or nothing."""
    if not loads:
        return "load"
    if event is None or fault.copies > 1 or fault.kind.startswith("trigger"):
        return NOTHING  # one event that should go through, and does, once
    word, _ = replay(case, fault, event)
    return word if word in {"refused", "emptied", "coerced"} else NOTHING
