"""Know before you deploy: what a change would send differently, of events that were recorded.

    report = segue.diff.compare(old, new, [("web", event)])
    for mapping in report.mappings:
        print(mapping.name, mapping.changed, "of", mapping.reached)

Two workspaces, as they were loaded, are asked what they make of each event, up to its request.
Nothing is sent.
"""

from segue.diff.comparing import Comparison, Recorded, compare
from segue.diff.model import Change, Example, Group, MappingReport, Note, Report, Sent
from segue.diff.opening import read


__all__ = [
    "Change",
    "Comparison",
    "Example",
    "Group",
    "MappingReport",
    "Note",
    "Recorded",
    "Report",
    "Sent",
    "compare",
    "read",
]
