"""The switches of ``segue sandbox loops --set NAME=VALUE``, read from text."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.applications import Starlette

from segue.errors import suggest
from segue_actions.loops.sandbox.app import create_app


def open_app(
    *, db: str | None, faults: str | None, seed: int | None, switches: Mapping[str, str]
) -> Starlette:
    """``create_app`` with switches as texts. Raises ValueError for one that does not exist or fit."""
    options = {name: _read(name, text) for name, text in switches.items()}
    return create_app(db=db, faults=faults, seed=seed, **options)


def _read(name: str, text: str) -> Any:
    if name not in SWITCHES:
        hint = suggest(name, SWITCHES) or f"there are {', '.join(SWITCHES)}"
        raise ValueError(f'the Loops sandbox has no switch "{name}"; {hint}')
    try:
        return SWITCHES[name](text)
    except (KeyError, ValueError):
        raise ValueError(f'the switch "{name}" cannot be "{text}"') from None


def _one_of(*words: str) -> Callable[[str], str]:
    return {word: word for word in words}.__getitem__


SWITCHES: Final[Mapping[str, Callable[[str], object]]] = {
    "strict": {"true": True, "false": False}.__getitem__,
    "burn": {"true": True, "false": False}.__getitem__,
    "rate": int,
    "idempotency": _one_of("any", "body"),
    "clash": _one_of("400", "409", "email", "userId"),
    "hang": float,
}
