"""Lines of a plugin: where in its own code something happened, as ``acme.py:12``."""

import os
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Final


_SEGUE: Final = os.path.dirname(os.path.dirname(__file__)) + os.sep  # noqa: PTH120 a guard would see what Path does
_LIBRARY: Final = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120 as above


def of_frame(frame: FrameType | None) -> str:
    """The nearest line of a plugin, from a frame outwards."""
    lines: list[tuple[str, int]] = []
    while frame is not None:
        lines.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return nearest(lines)


def of_error(error: BaseException) -> str:
    """The line of a plugin where an error came through, the innermost."""
    lines: list[tuple[str, int]] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return nearest(reversed(lines))


def nearest(lines: Iterable[tuple[str, int]]) -> str:
    """Of lines from the innermost outwards the first that is neither Python's nor Segue's."""
    for file, line in lines:
        if not _foreign(file):
            return f"{os.path.basename(file)}:{line}"  # noqa: PTH119 as above
    return "an unknown place"


def _foreign(file: str) -> bool:
    library = file.startswith(_LIBRARY) and "site-packages" not in file
    return library or file.startswith((_SEGUE, "<"))
