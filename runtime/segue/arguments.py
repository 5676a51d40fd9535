"""Calling an author's function with what it names, as pluggy and pytest do."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from segue.errors import AuthorError, Problem, suggest


R = TypeVar("R")


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
