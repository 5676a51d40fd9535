"""Triggers and mappings, compiled once for each that differs."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from segue.errors import Problem
from segue.json import JsonObject, JsonValue, Missing, encode
from segue.mapping import check_mapping, compile_mapping
from segue.trigger import Trigger, compile_trigger, parse_trigger
from segue.workspace.model import AnyAction


K = TypeVar("K")
V = TypeVar("V")
Map: TypeAlias = Callable[[JsonObject], JsonValue | Missing]


class CompiledTrigger(NamedTuple):
    """A trigger as a tree and as a function."""

    tree: Trigger
    matches: Callable[[JsonObject], bool]


class CompiledMapping(NamedTuple):
    """What is wrong with a mapping, by pointers into it; else the function made of it."""

    problems: tuple[Problem, ...]
    map: Map | None


class Compiler:
    """Compiles for one workspace: a thousand mappings share most of their triggers and fields.

    One that is kept compiles only what has changed when the workspace is read again.
    """

    def __init__(self) -> None:
        self._triggers: _Kept[str, CompiledTrigger] = _Kept()
        self._mappings: _Kept[tuple[int, bytes], tuple[AnyAction | None, CompiledMapping]] = _Kept()

    def turn(self) -> None:
        """A workspace has been read: forget what it has not used."""
        self._triggers.turn()
        self._mappings.turn()

    def trigger(self, text: str) -> CompiledTrigger:
        """Raises TriggerError."""
        return self._triggers.find(text, lambda: _trigger(text))

    def mapping(self, action: AnyAction | None, fields: JsonObject) -> CompiledMapping:
        """Check and compile a mapping; without its action, check what holds for any."""
        key = (id(action), encode(fields))  # the action is kept with it, so its id stays its own
        return self._mappings.find(key, lambda: (action, _mapping(action, fields)))[1]


class _Kept(Generic[K, V]):
    """What was made last, and before that."""

    def __init__(self) -> None:
        self._now: dict[K, V] = {}
        self._before: dict[K, V] = {}

    def find(self, key: K, make: Callable[[], V]) -> V:
        found = self._now.get(key)
        if found is None:
            found = self._now[key] = self._before.get(key) or make()
        return found

    def turn(self) -> None:
        self._before, self._now = self._now, {}


def _trigger(text: str) -> CompiledTrigger:
    tree = parse_trigger(text)
    return CompiledTrigger(tree, compile_trigger(tree))


def _mapping(action: AnyAction | None, fields: JsonObject) -> CompiledMapping:
    problems = [*check_mapping(fields), *(action.spec.check(fields) if action else [])]
    return CompiledMapping(tuple(problems), None if problems else compile_mapping(fields))
