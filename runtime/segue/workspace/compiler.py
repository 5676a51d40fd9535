"""Triggers and mappings, compiled once for each that differs."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

from segue.errors import Problem
from segue.json import JsonObject, JsonValue, Missing, encode
from segue.mapping import check_mapping, compile_mapping
from segue.trigger import Trigger, compile_trigger, parse_trigger
from segue.workspace.model import AnyAction


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
    """Compiles for one workspace: a thousand mappings share most of their triggers and fields."""

    def __init__(self) -> None:
        self._trigger = cache(_trigger)
        self._mappings: dict[tuple[str, bytes], CompiledMapping] = {}

    def trigger(self, text: str) -> CompiledTrigger:
        """Raises TriggerError."""
        return self._trigger(text)

    def mapping(self, action: AnyAction | None, fields: JsonObject) -> CompiledMapping:
        """Check and compile a mapping; without its action, check what holds for any."""
        key = (action.name if action else "", encode(fields))
        if key not in self._mappings:
            self._mappings[key] = _mapping(action, fields)
        return self._mappings[key]


def _trigger(text: str) -> CompiledTrigger:
    tree = parse_trigger(text)
    return CompiledTrigger(tree, compile_trigger(tree))


def _mapping(action: AnyAction | None, fields: JsonObject) -> CompiledMapping:
    problems = [*check_mapping(fields), *(action.spec.check(fields) if action else [])]
    return CompiledMapping(tuple(problems), None if problems else compile_mapping(fields))
