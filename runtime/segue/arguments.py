"""Calling an author's function with what it names, as pluggy and pytest do."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from segue.errors import AuthorError, suggest


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


def _parameters(function: Callable[..., object], offered: Sequence[str]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.name not in offered and parameter.default is parameter.empty:
            hint = suggest(parameter.name, offered) or f"it may take {', '.join(offered)}"
            raise AuthorError(f'{function.__name__}() asks for "{parameter.name}"; {hint}')
    return [parameter.name for parameter in parameters]
