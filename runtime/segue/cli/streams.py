"""The standard streams, whatever they are: closed, full, or of an encoding that lacks characters."""

import codecs
import json
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO


def ready() -> None:
    """Have what is closed lead nowhere, which Python leaves out, and write with what encoding there is."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 to the end
    spell(sys.stdout)


def spell(stream: TextIO) -> None:
    """Have what a stream's encoding has no character for written as JSON spells it."""
    if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
        codecs.register_error("json", escaped)
        stream.reconfigure(errors="json")


def escaped(error: UnicodeError) -> tuple[str, int]:
    """The characters that cannot be encoded, as JSON escapes, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def flushed() -> bool:
    """Whether stdout takes what is left for it. What cannot be written any more is given up."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def sentence(error: OSError) -> str:
    """What the system said, and of what: a file, or stdout where that cannot be written."""
    said = error.strerror or str(error)
    about = error.filename or (None if flushed() else "stdout")
    return f"{about}: {said}" if about else said
