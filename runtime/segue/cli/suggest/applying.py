"""Writing suggestions into the workspace."""

import difflib
import getpass
import os
from collections.abc import Sequence
from pathlib import Path

from segue.cli.output import plain, stderr, write
from segue.cli.setup import Setup
from segue.cli.suggest.targets import Target, best, made
from segue.errors import ConfigError
from segue.vault import find_secrets
from segue.workspace import parse_workspace
from segue.workspace.editing import Document
from segue.workspace.saving import Saved, read, save
from segue.workspace.versions import history


def write_in(setup: Setup, targets: Sequence[Target], *, quiet: bool) -> None:
    """Write the best of the suggestions into the workspace, if it is good with them."""
    before = read(setup.file)
    document = Document(before.text)
    for one in targets:
        path = ("connections", one.connection or "", "mappings", one.name)
        if one.new:
            document.put(path, made(one))
        else:
            for suggestion in best(one):
                document.put((*path, one.part, *suggestion.field), suggestion.directive)
    if document.text() == before.text:
        stderr.print("nothing to write")
        return
    if not quiet:
        write(difference(setup.file, before.text, document.text()).rstrip("\n"))
    _save(setup, before, document.text())


def _save(setup: Setup, before: Saved, text: str) -> None:
    secrets = find_secrets(setup.data, os.environ)
    try:
        parse_workspace(
            text, setup.installed, environ=os.environ, secrets=secrets,
            folder=setup.file.parent, library=setup.library,
        )  # fmt: skip
    except ConfigError as error:
        raise ConfigError(error.problems, file=f"{setup.file} with the suggestions") from None
    save(setup.file, text, expected=before.revision)
    past = history(setup.file, setup.data / "versions")
    past.saved(before.text, text, author=_user(), message="segue suggest --apply")
    stderr.print(f"written to {plain(setup.file)}", highlight=False)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody by that number
        return ""


def difference(file: Path, before: str, after: str) -> str:
    """What changes in a file, line by line."""
    texts = before.splitlines(keepends=True), after.splitlines(keepends=True)
    shown = difflib.unified_diff(*texts, str(file), str(file), n=2)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in shown)
