"""Reading what a process said on its way out."""

import re
from pathlib import Path

from segue.functions.handlers import place


def last_place(told: str, path: Path, asked: str = "") -> str:
    """Where in a file the process was, of the trace that faulthandler wrote; else what was asked."""
    found = re.search(rf'File "{re.escape(str(path))}", line (\d+) in (\S+)', told)
    if found:
        return place(str(path), int(found[1]), found[2])
    return f"{path.name} in {asked}" if asked else path.name


def is_late(told: str) -> bool:
    """Whether it ended because a step took too long."""
    return re.search(r"^Timeout \(", told, re.MULTILINE) is not None
