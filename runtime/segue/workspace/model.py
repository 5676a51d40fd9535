"""A workspace as values: sources, connections and mappings, everything compiled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from segue.actions import Action
from segue.addresses import Guard, Network
from segue.audience import SyncMode
from segue.destination import Destination, Settings
from segue.errors import Problem
from segue.filters import Filter, Screen
from segue.functions.inserting import Insert
from segue.hooks import NO_HOOKS, Hooks
from segue.http import Request
from segue.json import JsonObject, JsonValue, Missing
from segue.mapping import compile_mapping
from segue.pacing import RateLimit
from segue.retry import RetryPolicy
from segue.schemas import NO_SCHEMAS, Schemas
from segue.trigger import Trigger, compile_trigger, parse_trigger


AnyAction: TypeAlias = Action[..., object]


@dataclass(frozen=True, slots=True)
class Source:
    """Where events come from; its write key is how a sender names it."""

    name: str
    write_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ActionMapping:
    """One trigger and one action with its field values. ``name`` is its identity.

    ``fields`` is the mapping in force, ``matches`` and ``map`` are the compiled trigger and mapping.
    ``own_trigger`` and ``own_fields`` tell what the file itself says; the rest are the action's defaults.
    ``plugin`` names where the action comes from, with its version. ``sync_mode`` and
    ``matching_key`` are for actions that ask for them.
    """

    name: str
    action: AnyAction
    trigger: Trigger
    fields: JsonObject
    matches: Callable[[JsonObject], bool] = field(repr=False, compare=False)
    map: Callable[[JsonObject], JsonValue | Missing] = field(repr=False, compare=False)
    enabled: bool = True
    own_trigger: bool = False
    own_fields: frozenset[str] = frozenset()
    plugin: str = ""
    sync_mode: SyncMode | None = None
    matching_key: str | None = None

    @classmethod
    def of(cls, action: AnyAction) -> "ActionMapping":
        """The action with its own trigger and default mapping."""
        trigger = parse_trigger(action.trigger)
        matches, made = compile_trigger(trigger), compile_mapping(action.mapping)
        return cls(action.slug, action, trigger, action.mapping, matches, made)


@dataclass(frozen=True)
class Connection:
    """One configured instance of a destination. ``name`` is its identity.

    ``rate_limit`` None means that it is not paced. Events go through the ``functions`` before they
    are mapped. ``allow_private`` are networks that are not public and may be reached all the same.
    ``told`` are the secrets that were filled in, in whatever setting.
    """

    name: str
    destination: Destination
    settings: Settings = field(repr=False)
    sources: tuple[str, ...]
    mappings: tuple[ActionMapping, ...] = ()
    base_url: str | None = None
    enabled: bool = True
    rate_limit: RateLimit | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    concurrency: int = 50
    filters: tuple[Filter, ...] = ()
    functions: tuple[Insert, ...] = ()
    allow_private: tuple[Network, ...] = ()
    told: frozenset[str] = field(default=frozenset(), repr=False)

    def sign(self, request: Request, token: str | None = None) -> Request:
        """The request as it is sent: absolute, under this connection's base URL, authenticated.

        ``token`` is an access token, where the destination needs one.
        """
        return self.destination.sign(request, self.settings, base=self.base_url, token=token)

    @property
    def base(self) -> str:
        """The base URL that requests are put behind."""
        return self.base_url or self.destination.base(self.settings)

    @cached_property
    def guard(self) -> Guard | None:
        """Where its requests may go; None where its destination says where they go."""
        return Guard(self.allow_private) if self.destination.open_url else None

    @cached_property
    def screen(self) -> Screen | None:
        """The filters, compiled; None without any."""
        return Screen(self.filters) if self.filters else None

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        declared = self.destination.secrets(self.settings)
        theirs = (secret for one in self.functions for secret in one.secrets)
        return (*declared, *sorted({*self.told, *theirs}.difference(declared)))

    @cached_property
    def credential(self) -> tuple[object, ...]:
        """What two connections have in common when they share one rate limit."""
        return (self.destination.slug, self.base_url, self.secrets or self.name)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything one workspace file says. ``notes`` are what it allows but may not mean.

    ``revision`` is made of the file's text, its functions and schemas: it is another when a character is.
    ``hooks`` are those of the plugins it was read with, ``functions`` is the folder of functions.
    """

    sources: Mapping[str, Source]
    connections: Mapping[str, Connection]
    file: Path | None = None
    notes: tuple[Problem, ...] = ()
    revision: str = ""
    functions: Path | None = None
    hooks: Hooks = field(default=NO_HOOKS, repr=False, compare=False)
    schemas: Schemas = NO_SCHEMAS

    def source(self, write_key: str) -> Source | None:
        """The source of a write key, None for an unknown one."""
        return next((one for one in self.sources.values() if one.write_key == write_key), None)
