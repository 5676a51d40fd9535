"""What a plugin ships: its destinations and actions, and where a process of its own finds them."""

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from segue import modules
from segue.actions import Action
from segue.destination import Destination
from segue.errors import AuthorError
from segue.hookspecs import Offer
from segue.plugins import AnyAction
from segue.testing.calls import Origin


@dataclass(frozen=True, slots=True)
class Shipped:
    """The declarations of a plugin, in order of their names."""

    destinations: tuple[Destination, ...]
    actions: tuple[AnyAction, ...]
    origins: tuple[Origin, ...]


def find(*plugins: ModuleType | Path) -> Shipped:
    """Everything declared in modules, in the modules below them, and in the loose files of a folder.

    Raises AuthorError when there is nothing or two of a name, and whatever a file raises that is imported.
    """
    roots = [root for one in plugins for root in _roots(one)]
    found = [one for root in roots for one in offers(root)]
    destinations = {id(one): one for one in found if isinstance(one, Destination)}
    actions = {id(one): one for one in found if isinstance(one, Action)}
    if not destinations and not actions:
        names = ", ".join(str(getattr(one, "__name__", one)) for one in plugins)
        raise AuthorError(
            f"contract({names}): there is no Destination and no Action at the top of it or of the "
            "modules below it; give contract() the module or the folder that has them"
        )
    _unique([str(one.slug) for one in destinations.values()], "destinations")
    _unique([str(one.name) for one in actions.values()], "actions")
    return Shipped(
        tuple(sorted(destinations.values(), key=lambda one: str(one.slug))),
        tuple(sorted(actions.values(), key=lambda one: str(one.name))),
        tuple(_origin(root) for root in roots),
    )


def _unique(names: Sequence[str], kind: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise AuthorError(f'two {kind} are called "{name}"; give each a slug of its own')


def reopen(origin: Origin) -> list[Offer]:
    """What is declared in the module of an origin, found by its name, or else from its file."""
    try:
        module = importlib.import_module(origin.name)
    except ImportError:
        module = None
    if module is None or getattr(module, "__file__", None) != origin.file:
        module = _read(origin)
    return offers(module)


def offers(root: ModuleType) -> list[Offer]:
    """What a plugin offers: what its ``segue_register`` returns, or else what it declares."""
    found = list(modules.walk(root))
    for function, name in modules.functions(found).items():
        if name == "segue_register":
            made = function()
            return modules.sort(made if isinstance(made, Iterable) else [made])
    return modules.declared(found)


def _read(origin: Origin) -> ModuleType:
    if origin.file is None:
        raise AuthorError(f"the module {origin.name} cannot be imported by name, and has no file")
    search = None if origin.search is None else list(origin.search)
    spec = importlib.util.spec_from_file_location(
        origin.name, origin.file, submodule_search_locations=search
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[origin.name] = module
    spec.loader.exec_module(module)
    return module


def _roots(plugin: ModuleType | Path) -> list[ModuleType]:
    if isinstance(plugin, ModuleType):
        return [plugin]
    files = modules.files(plugin) if plugin.is_dir() else [plugin]
    return [modules.execute(file.resolve()) for file in files]


def _origin(module: ModuleType) -> Origin:
    search = getattr(module, "__path__", None)
    file = getattr(module, "__file__", None)
    return Origin(module.__name__, file, tuple(search) if search else None)
