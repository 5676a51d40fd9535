"""Schemas of events: what each event of a workspace should look like.

``Schemas`` answers for a type and a name, ``compile_rule`` makes of them what is asked of every event that
arrives. ``inference`` writes schemas from recorded events, ``tracking_plan`` from a Segment tracking plan.
"""

from segue.schemas.model import CALLS, NO_SCHEMAS, PARTS, Enforce, EventSchema, Schemas, Undeclared
from segue.schemas.reading import check_schema
from segue.schemas.ruling import CODES, Rule, Ruling, compile_rule


__all__ = [
    "CALLS",
    "CODES",
    "NO_SCHEMAS",
    "PARTS",
    "Enforce",
    "EventSchema",
    "Rule",
    "Ruling",
    "Schemas",
    "Undeclared",
    "check_schema",
    "compile_rule",
]
