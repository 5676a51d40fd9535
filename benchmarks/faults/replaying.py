"""Whether a counterexample goes wrong in the runtime as ``segue check`` says.

The event arrives, is dispatched and prepared by the code that serves production, up to its first
request. The search is not asked again.
"""

from typing import Final

from segue.check import Finding
from segue.check.judging import ARRIVED
from segue.check.searching import REFUSALS
from segue.dispatch import Dispatcher, prepare
from segue.events import normalise
from segue.outcome import Discarded
from segue.workspace import Workspace


DESCRIBED: Final = "S018"
"""A request unlike its provider's OpenAPI document, which the runtime does not read."""

CHANGED: Final = frozenset({"S014", "S015"})


def replayable(finding: Finding) -> bool:
    """Whether a finding shows an event of which the runtime must make what it says."""
    return finding.event is not None and finding.code in (REFUSALS | CHANGED) - {DESCRIBED}


def agrees(workspace: Workspace, finding: Finding) -> bool:
    """Whether the runtime refuses the event with the same words, or makes the same payload of it."""
    arrived = normalise(finding.event, received_at=ARRIVED, message_id=lambda: "message-1")
    (source,) = workspace.connections[finding.connection].sources
    (delivery,) = (
        one
        for one in Dispatcher(workspace).dispatch(arrived, source)
        if (one.connection.name, one.mapping.name) == (finding.connection, finding.mapping)
    )
    made = prepare(delivery)
    if isinstance(made, Discarded):
        return finding.code in REFUSALS and str(finding.error) in made.why
    return finding.code in CHANGED and made.payload == finding.payload
