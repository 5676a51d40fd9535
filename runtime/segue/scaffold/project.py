"""What is new in a project: files in folders beside a workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segue.scaffold import sources
from segue.scaffold.files import NewFile
from segue.scaffold.names import DestinationName
from segue.scaffold.templates import render


@dataclass(frozen=True, slots=True)
class Project:
    """A workspace's folder, and where its plugins and functions are, from there."""

    root: Path
    plugins: str = "plugins"
    functions: str = "functions"

    def plugin(self, modules: Mapping[str, str], folder: Path) -> list[NewFile]:
        """The files of a plugin in a folder, and the tests of all plugins."""
        text = render("test_plugins.py", path=self.plugins)
        tests = NewFile(self.root / "tests" / "test_plugins.py", text, shared=True)
        return [*(NewFile(folder / file, source) for file, source in modules.items()), tests]

    def function(self, name: DestinationName) -> list[NewFile]:
        """A function, and tests of it."""
        file = f"{self.functions}/{name.slug}.py"
        test = self.root / "tests" / f"test_{name.module}.py"
        return [
            NewFile(self.root / file, sources.function(name)),
            NewFile(test, render("test_function.py", name=name, path=file)),
        ]

    def workspace(self, key: str, connection: str) -> str:
        """The text of a workspace with one connection, and the folder that this key names."""
        folder = {"plugins": self.plugins, "functions": self.functions}[key]
        return render("workspace.yaml", key=key, folder=f"./{folder}", connection=connection)


def connection(name: DestinationName, settings: Sequence[str], action: str | None) -> str:
    """A connection in a workspace, with the settings that what is new begins with."""
    return render("connection.yaml", name=name, settings=settings, action=action)
