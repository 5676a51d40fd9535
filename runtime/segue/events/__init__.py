"""Segment-spec events: read, check, normalise.

An event is a JSON object of one of six call types. ``parse`` takes the text of one and gives the
event that everything after it works with, or raises EventError with Segment's reason code;
``read`` and ``split`` do so for the lines of a file and the items of a batch, and give a Rejected
in the place of each one they refuse. In a program that holds dicts, ``check`` comes first and
``normalise`` second.

What is decided here, where Segment's documents leave it open:

* ``null`` in a field of the specification is the same as leaving the field out.
* No event is refused for its clock. A time that cannot be read counts as not sent, and
  ``originalTimestamp`` keeps what was sent.
* An event that carries both ``originalTimestamp`` and a readable ``timestamp`` was corrected
  before (an export, a replay), so its time stands.
* In a batch, what an item says itself wins over what the batch says for all.
* Nothing is cut off. Segment drops properties beyond 10,000; here the size of an event is the bound.
* ``version`` and ``channel`` are kept when sent and never invented.
"""

from segue.events.batch import merge, split
from segue.events.intake import MAX_BYTES, Event, check, normalise, parse
from segue.events.reasons import REASONS
from segue.events.rules import MAX_MESSAGE_ID, TYPES
from segue.events.stream import Rejected, lines, read
from segue.events.values import MAX_DEPTH


__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_MESSAGE_ID",
    "REASONS",
    "TYPES",
    "Event",
    "Rejected",
    "check",
    "lines",
    "merge",
    "normalise",
    "parse",
    "read",
    "split",
]
