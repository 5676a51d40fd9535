"""Sources of the file, each with a write key of its own."""

from collections.abc import Mapping

from segue.errors import pointer
from segue.workspace.model import Source
from segue.workspace.report import Report
from segue.workspace.shape import SourceText
from segue.workspace.substitution import Substitution


def read_sources(
    texts: Mapping[str, SourceText], substitution: Substitution, report: Report
) -> dict[str, Source]:
    """The sources by name. Write keys are never part of a message."""
    owners: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for name, text in texts.items():
        where = pointer("sources", name, "write_key")
        key = substitution.text(text.get("write_key", ""), where)
        owner = owners.setdefault(key, name)
        if any(sign.isspace() or sign == ":" for sign in key):
            report.add(where, 'a write key cannot hold spaces or ":"')
        if owner != name:
            hint = "give each source its own"
            report.add(where, f'the source "{owner}" has the same write key', hint)
        sources[name] = Source(name, key)
    return sources
