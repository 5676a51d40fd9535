"""A plugin as a package of its own, ready to be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segue.scaffold.files import NewFile
from segue.scaffold.templates import render


@dataclass(frozen=True, slots=True)
class Package:
    """A package to write. ``name`` is that of its distribution, ``destination`` what it is for.

    ``action`` names one that it offers, ``needs`` the distributions it builds on.
    """

    name: str
    title: str
    destination: str
    action: str
    needs: tuple[str, ...] = ("segue",)

    @property
    def module(self) -> str:
        """What is imported."""
        return self.name.replace("-", "_")

    @property
    def entry(self) -> str:
        """What its entry point is called."""
        return self.name.removesuffix("-segue")

    def files(self, parent: Path, modules: Mapping[str, str]) -> list[NewFile]:
        """Everything, in a folder of its own."""
        root = parent / self.name
        source = root / "src" / self.module
        return [
            *(NewFile(source / file, text) for file, text in modules.items()),
            NewFile(source / "py.typed", ""),
            *(NewFile(root / file, render(template, package=self)) for file, template in _REST),
            NewFile(
                root / "tests" / f"test_{self.module}.py", render("test_package.py", package=self)
            ),
        ]


_REST = (
    ("pyproject.toml", "pyproject.toml"),
    ("README.md", "README.md"),
    (".gitignore", "gitignore"),
    (".github/workflows/ci.yml", "ci.yml"),
)
