"""Functions of the file: the folder they are in, and those that a connection has its events go through."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from segue.errors import PluginError, pointer, suggest
from segue.functions.inserting import Insert
from segue.functions.library import Library
from segue.functions.offering import FunctionDestination
from segue.json import quote
from segue.plugins import Catalogue
from segue.workspace.report import Report
from segue.workspace.settings import read_settings
from segue.workspace.shape import InsertText
from segue.workspace.substitution import Substitution


def read_folder(
    text: str | None, base: Path, catalogue: Catalogue, library: Library, report: Report
) -> Catalogue:
    """The catalogue with the functions of a folder, ``base`` being the one that the file is in."""
    if text is None:
        return catalogue
    try:
        found = library.extend(catalogue, base / text)
    except PluginError as error:
        report.add("/functions", f"{error.reason}: {text}", "make it, or remove the key")
        return catalogue
    for problem in found.problems[len(catalogue.problems) :]:
        report.note("/functions", f"{problem.plugin}.py is left out: {problem.reason}")
    return found


@dataclass(frozen=True, slots=True)
class Inserts:
    """Makes the insert functions of a connection; what cannot be made is reported."""

    catalogue: Catalogue
    report: Report

    def make(
        self, where: str, texts: Sequence[str | InsertText], substitution: Substitution
    ) -> tuple[Insert, ...]:
        """The functions that stand at ``where``, in their order."""
        made = (
            self._insert(where + pointer(at), one, substitution) for at, one in enumerate(texts)
        )
        return tuple(one for one in made if one is not None)

    def _insert(self, where: str, text: str | InsertText, above: Substitution) -> Insert | None:
        name = text if isinstance(text, str) else text["function"]
        given = {} if isinstance(text, str) else text.get("settings", {})
        destination = self._find(where, name)
        if destination is None:
            return None
        for handler in destination.file.handlers.values():
            if handler.kind == "generator":
                hint = "return the event, or use async to ask somebody else"
                self.report.add(where, f"{handler.name} of {quote(name)} yields requests", hint)
                return None
        substitution = replace(above, told=set())
        settings = read_settings(f"{where}/settings", given, destination, substitution, self.report)
        secrets = {*destination.secrets(settings), *substitution.told}
        return Insert(destination.file, settings, tuple(sorted(secrets)))

    def _find(self, where: str, name: str) -> FunctionDestination | None:
        found = self.catalogue.destinations.get(name)
        if isinstance(found, FunctionDestination):
            return found
        if not left_out(where, name, self.catalogue, self.report):
            known = [
                slug
                for slug, one in self.catalogue.destinations.items()
                if isinstance(one, FunctionDestination)
            ]
            there = f"there are: {', '.join(known)}" if known else _HINT
            self.report.add(
                where, f"no function is called {quote(name)}", suggest(name, known) or there
            )
        return None


_HINT: Final = 'say where they are, at the top of the file: "functions: ./functions"'


def left_out(where: str, name: str, catalogue: Catalogue, report: Report) -> bool:
    """Whether a function of this name is there but of no use, which is then reported."""
    reason = next((one.reason for one in catalogue.problems if one.plugin == name), None)
    if reason is not None:
        report.add(where, f"{quote(name)} cannot be used", reason)
    return reason is not None
