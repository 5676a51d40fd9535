"""Workspaces without what only a running system has: the environment and the secrets.

A difference needs no credentials, and what is not read cannot be shown. Each ``${NAME}`` without a
default gets a value that stands in for it, made of its name, the same on both sides.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from segue.errors import ConfigError, Problem
from segue.functions.library import Library
from segue.plugins import Catalogue
from segue.workspace import Workspace, load_workspace, yaml


_NAMED: Final = re.compile(r"\$\{(?:secret:)?([A-Za-z0-9_.-]+?)(?::-[^{}]*)?\}")


def _host(name: str) -> str:
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.invalid"


FORMS: Final[Sequence[Callable[[str], str]]] = (
    lambda name: name,
    lambda name: f"https://{_host(name)}",
    _host,
    lambda name: f"someone@{_host(name)}",
    lambda _: "104729",
    lambda _: "true",
)
"""What may stand in for a value, until one suits: text, URL, host, address, number, boolean."""


@dataclass
class StandIns:
    """Values by name; a name has none at first, so that its default counts if it has one."""

    forms: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def values(self) -> dict[str, str]:
        """The values so far."""
        return {name: FORMS[form](name) for name, form in self.forms.items()}

    def advance(self, names: Iterator[str]) -> bool:
        """Give these names another value; False if there is none left to give."""
        moved = False
        for name in {*names}:
            form = self.forms.get(name, -1) + 1
            if form < len(FORMS):
                self.forms[name], moved = form, True
        return moved


def read(file: Path, catalogue: Catalogue, library: Library | None = None) -> Workspace:
    """The workspace of a file with values that stand in for the environment and the secrets.

    Raises ConfigError with what is wrong with the file itself.
    """
    stand_ins, library = StandIns(), library or Library()
    while True:
        values = stand_ins.values
        try:
            return load_workspace(
                file, catalogue, environ=values, secrets=values.get, library=library
            )
        except ConfigError as error:
            if not stand_ins.advance(_names(file, error.problems)):
                raise


def _names(file: Path, problems: Sequence[Problem]) -> Iterator[str]:
    """The names that stand where something is wrong."""
    if not file.is_file() or not any(problem.pointer for problem in problems):
        return
    document = yaml.read(file.read_text(encoding="utf-8")).value
    for problem in problems:
        for text in _texts(_at(document, problem.pointer)):
            yield from (found[1] for found in _NAMED.finditer(text))


def _at(value: object, pointer: str) -> object:
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
