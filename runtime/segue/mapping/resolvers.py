"""Resolvers: what a mapping is compiled to, a callable from event to value.

Most are plain functions. The three below say what they do, so that what holds them can do it faster.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from segue.json import MISSING, JsonValue, Missing


Resolver: TypeAlias = Callable[[JsonValue], JsonValue | Missing]
Change: TypeAlias = Callable[[JsonValue | Missing], JsonValue | Missing]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that no event changes."""

    value: JsonValue | Missing = MISSING

    def __call__(self, _event: JsonValue) -> JsonValue | Missing:
        return self.value


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value at the end of a path."""

    keys: tuple[str, ...]
    get: Resolver

    def __call__(self, event: JsonValue) -> JsonValue | Missing:
        return self.get(event)


@dataclass(frozen=True, slots=True)
class First:
    """What is looked up, or what stands in where that is missing or null."""

    lookup: Lookup
    otherwise: Resolver

    def __call__(self, event: JsonValue) -> JsonValue | Missing:
        value = self.lookup.get(event)
        return self.otherwise(event) if value is None or value is MISSING else value


def bare(resolver: Resolver) -> Resolver:
    """The same as a function, which is faster to call than an object."""
    if isinstance(resolver, Lookup):
        return resolver.get
    if isinstance(resolver, Fixed):
        value = resolver.value
        return lambda _event: value
    return resolver


def all_fixed(resolvers: Iterable[Resolver]) -> bool:
    return all(isinstance(resolver, Fixed) for resolver in resolvers)


def changed(change: Change, resolver: Resolver) -> Resolver:
    """What a change makes of a value; of a fixed one it is made here, once."""
    if isinstance(resolver, Fixed):
        return Fixed(change(resolver.value))
    resolve = bare(resolver)
    return lambda event: change(resolve(event))


def or_null(value: JsonValue | Missing) -> JsonValue:
    """A value as an item of an array, where a missing one is null."""
    return None if isinstance(value, Missing) else value
