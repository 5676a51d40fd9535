"""The plugins there are: entry points and loose files, what they offer, which hooks they implement.

Destinations ("loops"), actions ("loops.sendEvent"), hooks ("acme-segue.segue_event") and whole plugins
are blocked by name. What cannot be used is reported, with its place and what to do, and leaves the
rest alone.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from time import perf_counter
from types import FunctionType, ModuleType
from typing import Any, Final, TypeAlias, TypeVar, cast

import pluggy

from segue import hookspecs, modules
from segue.actions import Action
from segue.arguments import Place, misnamed, raised, written
from segue.destination import Destination
from segue.errors import PluginError, suggest
from segue.hooks import NO_HOOKS, Hooks, Listener, Trace
from segue.hookspecs import PROJECT, Offer
from segue.presets import Preset


T = TypeVar("T")
AnyAction: TypeAlias = Action[..., object]

HOOKS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(inspect.signature(spec).parameters)
    for name, spec in vars(hookspecs).items()
    if hasattr(spec, f"{PROJECT}_spec")
}
"""The hooks there are, and the arguments on offer to each."""


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

    ``origins`` tells the plugin of each action and destination, ``unblocked`` which names were to be
    blocked and are nobody's. ``presets`` are the usable ones of each destination, by its slug.
    ``hooks`` calls what the plugins implement.
    """

    destinations: Mapping[str, Destination]
    actions: Mapping[str, AnyAction]
    plugins: tuple[Plugin, ...] = ()
    problems: tuple[PluginError, ...] = ()
    origins: Mapping[str, Plugin] = field(default_factory=dict[str, Plugin])
    unblocked: tuple[str, ...] = ()
    presets: Mapping[str, tuple[Preset, ...]] = field(default_factory=dict[str, tuple[Preset, ...]])
    hooks: Hooks = NO_HOOKS

    def destination(self, slug: str) -> Destination:
        """The destination of this slug. Raises PluginError with the nearest name."""
        return _look_up(self.destinations, slug, "destination")

    def action(self, name: str) -> AnyAction:
        """The action of this name ("loops.sendEvent"). Raises PluginError with the nearest name."""
        return _look_up(self.actions, name, "action")

    def actions_of(self, destination: Destination) -> tuple[AnyAction, ...]:
        """The actions a destination offers, in the order of their names."""
        return tuple(found for found in self.actions.values() if found.destination is destination)


Watch: TypeAlias = Callable[[Plugin], AbstractContextManager[object]]


def load_plugins(
    *,
    folder: Path | None = None,
    block: Collection[str] = (),
    trace: Trace | None = None,
    loose: Callable[[Path], Iterable[ModuleType]] = modules.loose,
    watch: Watch | None = None,
) -> Catalogue:
    """Load every installed plugin, and the files of ``folder``.

    ``block`` names destinations, actions, hooks or whole plugins that are left out. ``trace`` is told
    how long each plugin took to load, and of every call of a hook. ``loose`` imports a loose file. Each plugin
    is imported inside what ``watch`` makes for it.
    """
    loader = _Loader(block, trace, watch or nullcontext)
    for point in sorted(entry_points(group=PROJECT), key=_rank):
        loader.load(_plugin(point), partial(_installed, point))
    for file in modules.files(folder):
        loader.load(Plugin(modules.title(file), None, str(file)), partial(loose, file))
    return loader.catalogue()


@dataclass(eq=False)  # pluggy keeps its plugins apart by identity
class _Hooked:
    """A plugin as pluggy sees it: its hooks are attributes."""

    plugin: Plugin


class _Loader:
    def __init__(self, block: Collection[str], trace: Trace | None, watch: Watch) -> None:
        self.block, self.trace, self.watch = frozenset(block), trace, watch
        self.plugins: list[Plugin] = []
        self.problems: list[PluginError] = []
        self.names: set[str] = set()
        self.faulty: set[str] = set()
        self.offers: dict[str, Offer] = {}
        self.origins: dict[str, Plugin] = {}
        self.hooked: list[_Hooked] = []

    def load(self, plugin: Plugin, load: Callable[[], Iterable[ModuleType]]) -> None:
        self.names.add(plugin.name)
        if plugin.name in self.block:
            return
        self.plugins.append(plugin)
        start = perf_counter()
        try:
            with self.watch(plugin):
                self._take(plugin, list(load()))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 a plugin may raise anything
            self._report(plugin, *modules.refusal(error))
        if self.trace is not None:
            self.trace(f'plugin "{plugin.name}": loaded in {(perf_counter() - start) * 1e3:.2f} ms')

    def _take(self, plugin: Plugin, found: Sequence[ModuleType]) -> None:
        hooks = self._hooks(plugin, found)
        register = hooks.pop("segue_register", None)
        offers = modules.declared(found) if register is None else self._asked(plugin, register)
        for offer in offers:
            self._offer(plugin, found, offer)
        if hooks:
            hooked = _Hooked(plugin)
            vars(hooked).update(hooks)
            self.hooked.append(hooked)

    def _report(self, plugin: Plugin, reason: str, place: Place | None = None) -> None:
        file, line = place or (plugin.file, None)
        self.problems.append(PluginError(plugin.name, reason, file=file, line=line))

    # Hooks

    def _hooks(self, plugin: Plugin, found: Sequence[ModuleType]) -> dict[str, FunctionType]:
        """The hooks that a plugin implements; what is wrong with the others is reported."""
        hooks: dict[str, FunctionType] = {}
        for function, name in modules.functions(found).items():
            options = getattr(function, f"{PROJECT}_impl", None)
            if options is None and name not in HOOKS:
                continue
            hook = (options or {}).get("specname") or name
            self.names.add(f"{plugin.name}.{hook}")
            if f"{plugin.name}.{hook}" in self.block:
                continue
            wrong = _misuse(function, hook, options, hooks)
            if wrong:
                self._report(plugin, wrong, written(function))
            else:
                hooks[hook] = function
        return hooks

    def _asked(self, plugin: Plugin, register: Callable[[], object]) -> list[Offer]:
        """What a plugin offers by its own word."""
        where = written(register)
        try:
            made = register()
            one = isinstance(made, Destination | Action)
            values = [made] if one else list(cast("Iterable[object]", made))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 a plugin may raise anything
            why = f"segue_register failed: {raised(error)}; return destinations and actions"
            self._report(plugin, why, where)
            return []
        found = modules.sort(values)
        if len(found) < len(values):
            why = (
                "segue_register returned what is neither a Destination nor an Action; leave it out"
            )
            self._report(plugin, why, where)
        return found

    def _listeners(self) -> dict[str, list[Listener]]:
        """The hooks in the order in which they are called, which pluggy knows.

        It asks those that were registered last first.
        """
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(hookspecs)
        for number, hooked in reversed(list(enumerate(self.hooked))):
            manager.register(hooked, str(number))
        callers = {name: cast("pluggy.HookCaller", getattr(manager.hook, name)) for name in HOOKS}
        found = {name: reversed(caller.get_hookimpls()) for name, caller in callers.items()}
        listeners = {name: [_listener(name, one) for one in some] for name, some in found.items()}
        return {name: some for name, some in listeners.items() if some}

    # Destinations and actions

    def _offer(self, plugin: Plugin, found: Sequence[ModuleType], offer: Offer) -> None:
        name = str(offer.slug if isinstance(offer, Destination) else offer.name)
        self.names.add(name)
        if name in self.block or self.offers.get(name) is offer:  # another plugin's, imported
            return
        problem = self._reason(name, offer)
        if problem:
            self.faulty.add(name)
            self._report(plugin, f"{name}: {problem}", _place(offer, found))
        else:
            self.offers[name], self.origins[name] = offer, plugin

    def _reason(self, name: str, offer: Offer) -> str | None:
        other = self.origins.get(name)
        if other is not None:
            return f'the name is taken by plugin "{other.name}"; choose another slug'
        try:
            problems = offer.check()
        except Exception as error:  # noqa: BLE001 what is no declaration may fail in any way
            return f"it is malformed: {raised(error)}; compare it with actions/README.md"
        # A trigger's text and the caret below it are for a terminal; a place in the file is here.
        return "; ".join(str(one).partition("\n")[0] for one in problems) or None

    def catalogue(self) -> Catalogue:
        offers = [self.offers[name] for name in sorted(self.offers)]
        known = {one.slug: one for one in offers if isinstance(one, Destination)}
        actions = [one for one in offers if isinstance(one, Action)]
        usable = {one.name: one for one in actions if self._usable(one, known)}
        presets = {slug: self._presets(one, usable) for slug, one in known.items()}
        return Catalogue(
            destinations=known,
            actions=usable,
            plugins=tuple(self.plugins),
            problems=tuple(self.problems),
            origins={name: self.origins[name] for name in (*known, *usable)},
            unblocked=tuple(sorted(self.block - self.names)),
            presets=presets,
            hooks=Hooks(self._listeners(), trace=self.trace),
        )

    def _presets(
        self, destination: Destination, actions: Mapping[str, AnyAction]
    ) -> tuple[Preset, ...]:
        """The presets whose mapping is right; the others are reported, unless their action is blocked."""
        usable: list[Preset] = []
        for preset in destination.presets:
            name = f"{destination.slug}.{preset.action}"
            action = actions.get(name)
            if action is None and name in self.block:
                continue
            wrong = _misfit(preset, action)
            if wrong:
                reason = f'{destination.slug}: the preset "{preset.name}": {wrong}'
                self._report(self.origins[destination.slug], reason)
            else:
                usable.append(preset)
        return tuple(usable)

    def _usable(self, action: AnyAction, known: Mapping[str, Destination]) -> bool:
        """Whether an action's destination is there too; says so unless it was blocked."""
        slug = action.destination.slug
        if known.get(slug) is action.destination:
            return True
        if slug not in self.block | self.faulty:
            reason = f'its destination "{slug}" is not at the top of a module; give it a name there'
            place = written(action.perform)
            self._report(self.origins[action.name], f"{action.name}: {reason}", place)
        return False


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
        return f"it is malformed: {raised(error)}"


def _rank(point: EntryPoint) -> tuple[bool, str]:
    """Built-ins first, so that a newcomer never takes a name from them."""
    return point.value != "segue_actions", point.name


def _plugin(point: EntryPoint) -> Plugin:
    distribution = point.dist
    if distribution is None:
        return Plugin(point.name, None, point.value)
    return Plugin(distribution.name, distribution.version, point.value)


def _installed(point: EntryPoint) -> Iterable[ModuleType]:
    return modules.walk(point.load())


def _place(offer: Offer, found: Sequence[ModuleType]) -> Place | None:
    """Where a declaration is written."""
    if isinstance(offer, Action):
        return written(offer.perform)
    return modules.assigned(found, offer)


def _misuse(
    function: FunctionType, hook: str, options: Mapping[str, Any] | None, known: Collection[str]
) -> str | None:
    """What is wrong with the implementation of a hook, and what to do."""
    if options is None:
        return f"{hook}() is not marked as a hook; put @hookimpl above it"
    if hook not in HOOKS:
        hint = suggest(hook, HOOKS) or f"there are {', '.join(HOOKS)}"
        return f'no hook is called "{hook}"; {hint}'
    if hook in known:
        return f"{hook} is implemented twice in this plugin; make one function of them"
    if options["wrapper"] or options["hookwrapper"]:
        return f"{hook}() wraps other plugins, which is not on offer; use tryfirst or trylast"
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        return f"{hook}() is async or yields; write it as a plain function"
    wrong = misnamed(function, HOOKS[hook], hook)
    return wrong[0].message.removeprefix(f"{hook}: ") if wrong else None


def _listener(hook: str, found: pluggy.HookImpl) -> Listener:
    function = cast("FunctionType", found.function)
    taken = inspect.signature(function).parameters
    arguments = tuple(name for name in HOOKS[hook] if name in taken)
    return Listener(cast("_Hooked", found.plugin).plugin.name, hook, function, arguments)
