"""Calling an author's function with what it names, as pluggy and pytest do; and telling what it raised."""

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Final, TypeAlias, TypeVar, cast

from segue.errors import AuthorError, Problem, SegueError, suggest


R = TypeVar("R")
Place: TypeAlias = tuple[str, int]

_OURS: Final = str(Path(__file__).parent) + os.sep
_PYTHONS: Final = str(Path(os.__file__).parent) + os.sep


def bind(function: Callable[..., R], offered: Sequence[str]) -> Callable[[Mapping[str, object]], R]:
    """Inspect ``function`` once; return a callable that takes everything on offer by name.

    Raises AuthorError for a parameter that nobody offers and that has no default.
    """
    names = tuple(name for name in _parameters(function, offered) if name in offered)
    if len(names) == 1:
        (only,) = names
        return lambda offer: function(**{only: offer[only]})
    return lambda offer: function(**{name: offer[name] for name in names})


def misnamed(
    function: Callable[..., object] | None, offered: Sequence[str], subject: str
) -> list[Problem]:
    """What is wrong with the parameters of a function; nothing where there is no function."""
    try:
        if function is not None:
            _parameters(function, offered)
    except AuthorError as error:
        return [Problem("", f"{subject}: {error}")]
    return []


def untold(**texts: object) -> list[Problem]:
    """Which of these, named as an author names them, should be text and is not."""
    return [
        Problem("", f"the {name} should be text, not {type(value).__name__}")
        for name, value in texts.items()
        if not isinstance(value, str)
    ]


def _parameters(function: Callable[..., object], offered: Sequence[str]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.name not in offered and parameter.default is parameter.empty:
            hint = suggest(parameter.name, offered) or f"it may take {', '.join(offered)}"
            raise AuthorError(f'{function.__name__}() asks for "{parameter.name}"; {hint}')
    return [parameter.name for parameter in parameters]


def written(function: object) -> Place | None:
    """The file and line of a function."""
    code = getattr(inspect.unwrap(cast("Callable[..., object]", function)), "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)


def raised(error: BaseException) -> str:
    """What an author's code raised, in one line with its place: "KeyError: 'id' (acme.py:14)"."""
    found = place(error)
    return said(error) + (f" ({short(found)})" if found else "")


def short(found: Place) -> str:
    """A place without its folder: "acme.py:14"."""
    return f"{Path(found[0]).name}:{found[1]}"


def said(error: BaseException) -> str:
    """An error's type and message in one line, whatever its text may do."""
    name = type(error).__name__
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 an author's code may raise anything
        return name
    if isinstance(error, SegueError):
        return text or name
    return f"{name}: {text}"


def place(error: BaseException) -> Place | None:
    """The innermost file and line of the author's own code that an error came through.

    That is the folder in which it left ours; what it calls elsewhere is a library.
    """
    steps = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    outside = [one for one in steps if not _foreign(one[0])]
    if not outside:
        return None
    home = str(Path(outside[0][0]).parent)
    return [one for one in outside if one[0].startswith(home)][-1]


def current(frame: FrameType | None) -> Place | None:
    """The author's file and line that a frame is at: the innermost that is neither ours nor Python's."""
    while frame is not None and _foreign(frame.f_code.co_filename):
        frame = frame.f_back
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def _foreign(file: str) -> bool:
    """Whether a file is ours or Python's own. What was installed may stand below Python's."""
    ours = file.startswith((_OURS, "<"))
    return ours or (file.startswith(_PYTHONS) and f"{os.sep}site-packages{os.sep}" not in file)
