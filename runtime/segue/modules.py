"""The modules of a plugin: finding and importing them, and what stands at their top."""

import ast
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Final

from segue.actions import Action
from segue.arguments import Place, place, said
from segue.destination import Destination
from segue.errors import PluginError
from segue.hookspecs import Offer


# A package that sets this is not searched any deeper: a sandbox, vendored code, templates.
STOP: Final = "SEGUE_PLUGIN"

LOOSE: Final = "segue_plugin_"
"""What the module of a loose file is called, before the file's own name."""


def files(folder: Path | None) -> list[Path]:
    """The loose files of a folder, and the packages in it by their __init__.py. Raises PluginError."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise PluginError(folder.name, "the plugins folder does not exist", file=str(folder))
    packages = folder.glob("*/__init__.py")
    return sorted([*folder.glob("[!_]*.py"), *packages])


def title(file: Path) -> str:
    """What a loose file is called: a package by its folder."""
    return file.parent.name if file.name == "__init__.py" else file.name


def execute(file: Path) -> ModuleType:
    """Import a loose file, or a package by its __init__.py, under a name of its own."""
    package = file.name == "__init__.py"
    stem = file.parent.name if package else file.stem
    name = f"{LOOSE}{stem}"
    search = [str(file.parent.absolute())] if package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=search)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    for stale in [one for one in sys.modules if one.startswith(f"{name}.")]:  # of an earlier import
        del sys.modules[stale]
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def loose(file: Path) -> Iterator[ModuleType]:
    """The module of a loose file, or all those of a package, imported."""
    yield from walk(execute(file))


def walk(module: object) -> Iterator[ModuleType]:
    """A module and all below it, imported."""
    if not isinstance(module, ModuleType):
        raise TypeError(f"its entry point should name a module, not a {type(module).__name__}")
    yield module
    if getattr(module, STOP, True):
        for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{module.__name__}."):
            yield from walk(importlib.import_module(found.name))


def declared(modules: Iterable[ModuleType]) -> list[Offer]:
    """Every declaration at the top of these modules, once, destinations first."""
    return sort(value for module in modules for value in vars(module).values())


def sort(values: Iterable[object]) -> list[Offer]:
    """The declarations among these values, once, destinations first."""
    found = list(values)
    destinations = {id(one): one for one in found if isinstance(one, Destination)}
    actions = {id(one): one for one in found if isinstance(one, Action)}
    return [*destinations.values(), *actions.values()]


def functions(modules: Iterable[ModuleType]) -> dict[FunctionType, str]:
    """The functions at the top of the modules in which they are defined, by name."""
    return {
        value: name
        for module in modules
        for name, value in vars(module).items()
        if type(value) is FunctionType and value.__module__ == module.__name__
    }


def assigned(modules: Sequence[ModuleType], value: object) -> Place | None:
    """The file and line where a value at the top of a module is given its name."""
    for module in modules:
        names = {name for name, one in vars(module).items() if one is value}
        file = module.__file__
        if names and file is not None:
            for line in _assignments(Path(file), names):
                return file, line
    return None


def _assignments(file: Path, names: set[str]) -> Iterator[int]:
    for statement in ast.parse(file.read_bytes()).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name in names:
                    yield statement.lineno
            case _:
                pass


def refusal(error: BaseException) -> tuple[str, Place | None]:
    """Why a plugin cannot be imported and what to do about it; and where."""
    where = place(error)
    match error:
        case ModuleNotFoundError(name=str(name)):
            why = f'it needs the module "{name}", which is not there'
            return f"{why}; install it beside Segue, or correct the import", where
        case SyntaxError(msg=why, filename=str(file), lineno=int(line)):
            return f"it is not Python: {why}; correct this line", (file, line)
        case SystemExit():
            why = f"it ends the program when it is imported ({said(error)})"
            return f'{why}; put what it runs under if __name__ == "__main__"', where
        case _:
            why = f"it fails when it is imported: {said(error)}"
            return f"{why}; correct it, or leave it out with --block", where
