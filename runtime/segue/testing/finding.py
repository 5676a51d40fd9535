"""What a plugin ships: its destinations and actions, and where a process of its own finds them."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from segue import modules
from segue.actions import Action
from segue.destination import Destination
from segue.errors import AuthorError
from segue.functions.handlers import HANDLERS
from segue.functions.offering import FunctionAction, offer
from segue.functions.reading import Unread, read_files
from segue.hookspecs import Offer
from segue.plugins import AnyAction
from segue.testing.calls import Origin


_HANDLER: Final = re.compile(rf"^(async )?def ({'|'.join(HANDLERS)})\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The declarations of a plugin, in order of their names; and the handlers of function files."""

    destinations: tuple[Destination, ...]
    actions: tuple[AnyAction, ...]
    origins: tuple[Origin, ...]
    functions: tuple[FunctionAction, ...] = ()

    @property
    def homes(self) -> tuple[Destination, ...]:
        """The destinations of a plugin, and those that function files are."""
        return (*self.destinations, *(one.destination for one in self.functions))

    @property
    def offered(self) -> tuple[AnyAction, ...]:
        """All actions."""
        return (*self.actions, *self.functions)


def find(*plugins: ModuleType | Path) -> Shipped:
    """Everything declared in modules, in the modules below them, and in the loose files of a folder.

    A file with handlers is a function, and is not imported here. Raises AuthorError when there is
    nothing or two of a name or a function does not load, and whatever a file raises that is imported.
    """
    sources = [source for one in plugins for source in _sources(one)]
    handlers = _handlers([one for one in sources if isinstance(one, Path) and _is_function(one)])
    files = {one.file.path for one in handlers}
    roots = [_root(one) for one in sources if one not in files]
    found = [one for root in roots for one in offers(root)]
    destinations = {id(one): one for one in found if isinstance(one, Destination)}
    actions = {id(one): one for one in found if isinstance(one, Action)}
    if not destinations and not actions and not handlers:
        names = ", ".join(str(getattr(one, "__name__", one)) for one in plugins)
        raise AuthorError(
            f"contract({names}): there is no Destination and no Action at the top of it or of the "
            "modules below it, nor a function; give contract() the module or the folder that has them"
        )
    _unique([str(one.slug) for one in destinations.values()], "destinations")
    _unique([str(one.name) for one in actions.values()], "actions")
    return Shipped(
        tuple(sorted(destinations.values(), key=lambda one: str(one.slug))),
        tuple(sorted(actions.values(), key=lambda one: str(one.name))),
        tuple(_origin(root) for root in roots),
        handlers,
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


def _sources(plugin: ModuleType | Path) -> list[ModuleType | Path]:
    if isinstance(plugin, ModuleType):
        return [plugin]
    files = modules.files(plugin) if plugin.is_dir() else [plugin]
    return [file.resolve() for file in files]


def _root(source: ModuleType | Path) -> ModuleType:
    return source if isinstance(source, ModuleType) else modules.execute(source)


def _is_function(file: Path) -> bool:
    """Whether a file defines a handler, by its text: it is not run here."""
    return bool(_HANDLER.search(file.read_text("utf-8", errors="replace")))


def _handlers(files: Sequence[Path]) -> tuple[FunctionAction, ...]:
    """The handlers of function files that events come to. Raises AuthorError for a file that does not load."""
    read = read_files(files)
    wrong = [f"{one.path.name}: {one.reason}" for one in read if isinstance(one, Unread)]
    if wrong:
        raise AuthorError(f"contract(): {'; '.join(wrong)}")
    loaded = [one for one in read if not isinstance(one, Unread)]
    return tuple(action for one in loaded for action in offer(one)[1])


def _origin(module: ModuleType) -> Origin:
    search = getattr(module, "__path__", None)
    file = getattr(module, "__file__", None)
    return Origin(module.__name__, file, tuple(search) if search else None)
