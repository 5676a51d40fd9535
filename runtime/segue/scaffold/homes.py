"""Where the destination of a new action is, and how the action imports it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from segue import modules
from segue.destination import Destination
from segue.errors import AuthorError, PluginError
from segue.functions.offering import FunctionDestination
from segue.plugins import Catalogue


@dataclass(frozen=True, slots=True)
class Home:
    """A destination that is there.

    ``line`` imports it, as ``constant``. ``folder`` is that of its package where it is loose,
    ``distribution`` what to install where it is not.
    """

    line: str
    constant: str
    folder: Path | None = None
    distribution: str | None = None


def find_home(slug: str, catalogue: Catalogue) -> Home | None:
    """The home of a destination, None where there is none of that name.

    Raises AuthorError for one that no other file can import.
    """
    try:
        destination = catalogue.destination(slug)
    except PluginError:
        return None
    if isinstance(destination, FunctionDestination):
        file = destination.file.path.name
        raise AuthorError(f"{slug} is a function; write another on_… into {file} instead")
    for module, name in _holders(destination):
        if module.__name__.startswith(modules.LOOSE):
            return _loose(module, name, destination)
        line = f"from {module.__name__} import {name}"
        version = catalogue.origins[slug].name
        return Home(line, name, distribution=version)
    raise AuthorError(f"{slug} has no name at the top of a module; give it one, to import it by")


def _loose(module: ModuleType, name: str, destination: Destination) -> Home:
    _, _, below = module.__name__.partition(".")
    top = sys.modules[module.__name__.partition(".")[0]]
    file = Path(str(top.__file__))
    if file.name != "__init__.py":
        package = file.with_suffix("")
        raise AuthorError(
            f"{destination.slug} is one file, which no other can import; make a package of it "
            f"(mkdir {package} && mv {file} {package}/__init__.py), then try again"
        )
    return Home(f"from .{below} import {name}", name, folder=file.parent)


def _holders(destination: Destination) -> Iterator[tuple[ModuleType, str]]:
    """The modules in which a destination is given its name."""
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None):
            names = [name for name, one in vars(module).items() if one is destination]
            if names and modules.assigned([module], destination):
                yield module, names[0]
