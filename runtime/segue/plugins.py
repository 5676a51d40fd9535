"""Finding destinations and actions: entry points, and loose files in a folder.

Each destination and each action becomes a pluggy plugin of its own ("loops", "loops.sendEvent"), so
that one can be blocked by name. A plugin that cannot be used is reported and leaves the others alone.
"""

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias, TypeVar

import pluggy

from segue import hookspecs
from segue.actions import Action
from segue.destination import Destination
from segue.errors import PluginError, suggest
from segue.hookspecs import PROJECT, hookimpl
from segue.presets import Preset


T = TypeVar("T")
AnyAction: TypeAlias = Action[..., object]

# A package that sets this is not searched any deeper: a sandbox, vendored code, templates.
STOP: Final = "SEGUE_PLUGIN"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One distribution or file that offers something."""

    name: str
    version: str | None
    file: str | None

    def __str__(self) -> str:
        return f"{self.name} {self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything installed, by name, sorted; and what could not be used, with the reason.

    ``origins`` tells the plugin of each action, ``unblocked`` which names were to be blocked and
    are nobody's. ``presets`` are the usable ones of each destination, by its slug.
    """

    destinations: Mapping[str, Destination]
    actions: Mapping[str, AnyAction]
    plugins: tuple[Plugin, ...] = ()
    problems: tuple[PluginError, ...] = ()
    origins: Mapping[str, Plugin] = field(default_factory=dict[str, Plugin])
    unblocked: tuple[str, ...] = ()
    presets: Mapping[str, tuple[Preset, ...]] = field(default_factory=dict[str, tuple[Preset, ...]])

    def destination(self, slug: str) -> Destination:
        """The destination of this slug. Raises PluginError with the nearest name."""
        return _look_up(self.destinations, slug, "destination")

    def action(self, name: str) -> AnyAction:
        """The action of this name ("loops.sendEvent"). Raises PluginError with the nearest name."""
        return _look_up(self.actions, name, "action")

    def actions_of(self, destination: Destination) -> tuple[AnyAction, ...]:
        """The actions a destination offers, in the order of their names."""
        return tuple(found for found in self.actions.values() if found.destination is destination)


def load_plugins(*, folder: Path | None = None, block: Collection[str] = ()) -> Catalogue:
    """Load every installed plugin, and the files of ``folder``.

    ``block`` names destinations, actions or whole plugins that are left out.
    """
    loader = _Loader(block)
    for point in sorted(entry_points(group=PROJECT), key=_rank):
        loader.load(_plugin(point), point.load)
    for file in _files(folder):
        loader.load(Plugin(file.name, None, str(file)), partial(_execute, file))
    return loader.catalogue()


@dataclass(slots=True, eq=False)  # pluggy keeps its plugins apart by identity
class _Offer:
    """One declaration as pluggy sees it."""

    plugin: Plugin


@dataclass(slots=True, eq=False)
class _DestinationOffer(_Offer):
    destination: Destination

    @hookimpl
    def segue_destination(self) -> Destination:
        return self.destination


@dataclass(slots=True, eq=False)
class _ActionOffer(_Offer):
    action: AnyAction

    @hookimpl
    def segue_action(self) -> AnyAction:
        return self.action


class _Loader:
    def __init__(self, block: Collection[str]) -> None:
        self.manager = pluggy.PluginManager(PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.block = block
        self.plugins: list[Plugin] = []
        self.problems: list[PluginError] = []
        self.names: set[str] = set()
        for name in block:
            self.manager.set_blocked(name)

    def load(self, plugin: Plugin, load: Callable[[], ModuleType]) -> None:
        self.names.add(plugin.name)
        if plugin.name in self.block:
            return
        self.plugins.append(plugin)
        try:
            found = _declared([*_walk(load())])
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 a plugin may raise anything
            self._report(plugin, f"it fails to load: {_why(error)}")
            return
        for declared in found:
            self._register(plugin, declared)

    def _report(self, plugin: Plugin, reason: str) -> None:
        self.problems.append(PluginError(plugin.name, reason, file=plugin.file))

    def _register(self, plugin: Plugin, declared: Destination | AnyAction) -> None:
        name = str(declared.slug if isinstance(declared, Destination) else declared.name)
        self.names.add(name)
        if self.manager.is_blocked(name):
            return
        problem = self._reason(name, declared)
        if problem:
            self._report(plugin, f"{name}: {problem}")
        elif isinstance(declared, Destination):
            self.manager.register(_DestinationOffer(plugin, declared), name)
        else:
            self.manager.register(_ActionOffer(plugin, declared), name)

    def _reason(self, name: str, declared: Destination | AnyAction) -> str | None:
        other = self.manager.get_plugin(name)
        if isinstance(other, _Offer):
            return f'the name is taken by plugin "{other.plugin.name}"; choose another slug'
        try:
            problems = declared.check()
        except Exception as error:  # noqa: BLE001 what is no declaration may fail in any way
            return f"it is malformed: {_why(error)}"
        return "; ".join(map(str, problems)) or None

    def catalogue(self) -> Catalogue:
        hook = self.manager.hook
        destinations: list[Destination] = hook.segue_destination()
        actions: list[AnyAction] = hook.segue_action()
        known = {one.slug: one for one in sorted(destinations, key=lambda one: one.slug)}
        usable = {one.name: one for one in actions if self._usable(one, known)}
        presets = {slug: self._presets(one, usable) for slug, one in known.items()}
        return Catalogue(
            destinations=known,
            actions=dict(sorted(usable.items())),
            plugins=tuple(self.plugins),
            problems=tuple(self.problems),
            origins={name: self._origin(name) for name in usable},
            unblocked=tuple(name for name in self.block if name not in self.names),
            presets=presets,
        )

    def _presets(
        self, destination: Destination, actions: Mapping[str, AnyAction]
    ) -> tuple[Preset, ...]:
        """The presets whose mapping is right; the others are reported, unless their action is blocked."""
        usable: list[Preset] = []
        for preset in destination.presets:
            name = f"{destination.slug}.{preset.action}"
            action = actions.get(name)
            if action is None and self.manager.is_blocked(name):
                continue
            wrong = _misfit(preset, action)
            if wrong:
                reason = f'{destination.slug}: the preset "{preset.name}": {wrong}'
                self._report(self._origin(destination.slug), reason)
            else:
                usable.append(preset)
        return tuple(usable)

    def _usable(self, action: AnyAction, known: Mapping[str, Destination]) -> bool:
        """Whether an action's destination is there too; says so unless it was blocked."""
        slug = action.destination.slug
        if known.get(slug) is action.destination:
            return True
        if not self.manager.is_blocked(slug):
            reason = f'its destination "{slug}" is left out, or not at the top of a module'
            self._report(self._origin(action.name), f"{action.name}: {reason}")
        return False

    def _origin(self, name: str) -> Plugin:
        offer = self.manager.get_plugin(name)
        assert isinstance(offer, _Offer)
        return offer.plugin


def _look_up(known: Mapping[str, T], name: str, kind: str) -> T:
    if name in known:
        return known[name]
    hint = suggest(name, known) or f"installed: {', '.join(known) or 'none'}"
    raise PluginError(name, f'no {kind} is called "{name}"; {hint}')


def _misfit(preset: Preset, action: AnyAction | None) -> str:
    """What is wrong with a preset, in one line."""
    if action is None:
        return f'there is no action "{preset.action}"'
    try:
        return "; ".join(map(str, action.check_preset(preset)))
    except Exception as error:  # noqa: BLE001 what is no declaration may fail in any way
        return f"it is malformed: {_why(error)}"


def _rank(point: EntryPoint) -> tuple[bool, str]:
    """Built-ins first, so that a newcomer never takes a name from them."""
    return point.value != "segue_actions", point.name


def _plugin(point: EntryPoint) -> Plugin:
    distribution = point.dist
    if distribution is None:
        return Plugin(point.name, None, point.value)
    return Plugin(distribution.name, distribution.version, point.value)


def _files(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise PluginError(folder.name, "the plugins folder does not exist", file=str(folder))
    packages = folder.glob("*/__init__.py")
    return sorted([*folder.glob("[!_]*.py"), *packages])


def _execute(file: Path) -> ModuleType:
    """Import a loose file, or a package by its __init__.py, under a name of its own."""
    package = file.name == "__init__.py"
    stem = file.parent.name if package else file.stem
    name = f"segue_plugin_{stem}"
    search = [str(file.parent)] if package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=search)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _walk(module: ModuleType) -> Iterator[ModuleType]:
    """A module and all below it, imported."""
    yield module
    if getattr(module, STOP, True):
        for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{module.__name__}."):
            yield from _walk(importlib.import_module(found.name))


def _declared(modules: Iterable[ModuleType]) -> list[Destination | AnyAction]:
    """Every declaration at the top of these modules, once, destinations first."""
    values = [value for module in modules for value in vars(module).values()]
    destinations = {id(one): one for one in values if isinstance(one, Destination)}
    actions = {id(one): one for one in values if isinstance(one, Action)}
    return [*destinations.values(), *actions.values()]


def _why(error: BaseException) -> str:
    """The error in one line, with the place in the plugin where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    frame = frames[-1] if frames else None
    where = f" ({Path(frame.filename).name}:{frame.lineno})" if frame else ""
    return f"{type(error).__name__}: {error}{where}"
