"""What every command needs: the catalogue and the workspace, loaded when asked for."""

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import click

from segue.cli.output import plain, stderr
from segue.cli.patience import PATIENT
from segue.destination import Destination
from segue.errors import ConfigError, PluginError, Problem, suggest
from segue.functions.library import Library
from segue.hooks import Trace
from segue.plugins import AnyAction, Catalogue, load_plugins
from segue.secrets import TOKENS, FileSecrets
from segue.vault import find_secrets
from segue.workspace import (
    Workspace,
    functions_folder,
    load_workspace,
    plugins_folder,
)
from segue.workspace.compiler import Compiler
from segue.workspace.model import Connection, Source


TRACE: Final = "SEGUE_TRACE_PLUGINS"


@dataclass
class Setup:
    """The options given before the command."""

    file: Path
    data: Path
    plugins_dir: Path | None = None
    block: tuple[str, ...] = ()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Everything installed, and the functions that the workspace's file names."""
        folder = functions_folder(self.file)
        if folder is None:
            return self.installed
        found = self.library.extend(self.installed, folder)
        leave_out(found.problems[len(self.installed.problems) :])
        return found

    @cached_property
    def library(self) -> Library:
        """Function files, each read once for each content it has."""
        return Library()

    @cached_property
    def installed(self) -> Catalogue:
        """Everything installed; what cannot be used is said on stderr."""
        folder = self.plugins_dir or plugins_folder(self.file)
        with redirect_stdout(sys.stderr), redirect_stderr(sys.stderr):  # put back what plugins do
            catalogue = load_plugins(
                folder=folder, block=self.block, trace=tracing(), watch=PATIENT.watch
            )
        self.remark(catalogue)
        return catalogue

    def remark(self, catalogue: Catalogue) -> None:
        """Say on stderr what cannot be used, and what was to be blocked and is not there."""
        leave_out(catalogue.problems)
        known = {
            *catalogue.actions,
            *catalogue.destinations,
            *(one.name for one in catalogue.plugins),
        }
        for name in catalogue.unblocked:
            hint = suggest(name, known) or "segue plugins lists what there is"
            stderr.print(f"[yellow]not blocked:[/] nothing is called {plain(name)}; {plain(hint)}")

    def action(self, name: str) -> AnyAction:
        """The action of this name."""
        try:
            return self.catalogue.action(name)
        except PluginError as error:
            raise click.UsageError(error.reason) from None

    def destination(self, slug: str) -> Destination:
        """The destination of this slug."""
        try:
            return self.catalogue.destination(slug)
        except PluginError as error:
            raise click.UsageError(error.reason) from None

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of the file; its notes are said on stderr. Raises ConfigError."""
        workspace = self.load()
        for note in workspace.notes:
            stderr.print(f"[yellow]note:[/] {plain(self.file)}:{plain(note)}", highlight=False)
        return workspace

    def load(
        self,
        catalogue: Catalogue | None = None,
        library: Library | None = None,
        compiler: Compiler | None = None,
    ) -> Workspace:
        """Read the file as it is at this moment, with what is installed. Raises ConfigError."""
        if not self.file.exists():
            missing = Problem("", "there is no such workspace", '"segue init" writes one')
            raise ConfigError([missing], file=str(self.file))
        return load_workspace(
            self.file,
            catalogue or self.installed,
            environ=os.environ,
            secrets=find_secrets(self.data, os.environ),
            library=library or self.library,
            compiler=compiler,
        )

    @property
    def secrets(self) -> FileSecrets:
        """Where rotated tokens are kept."""
        return FileSecrets(self.data / TOKENS)

    def source(self, name: str | None) -> Source:
        """The source of this name, or the only one there is."""
        sources = self.workspace.sources
        if name is None and len(sources) == 1:
            return next(iter(sources.values()))
        if name is None:
            raise click.UsageError(f"choose a source with --source: {', '.join(sources)}")
        if name not in sources:
            hint = suggest(name, sources) or f"there are {', '.join(sources) or 'none'}"
            raise click.UsageError(f'no source is called "{name}"; {hint}')
        return sources[name]

    def connection(self, name: str) -> Connection:
        """The connection of this name."""
        connections = self.workspace.connections
        if name not in connections:
            hint = suggest(name, connections) or f"there are {', '.join(connections) or 'none'}"
            raise click.UsageError(f'no connection is called "{name}"; {hint}')
        return connections[name]


def leave_out(problems: Sequence[PluginError]) -> None:
    """Say what cannot be used."""
    for problem in problems:
        stderr.print(f"[yellow]left out:[/] {plain(problem)}", highlight=False)


def tracing() -> Trace | None:
    """Who is told of each call of a plugin's hooks, if anyone wants to know. It goes to stderr."""
    if os.environ.get(TRACE, "0") in {"", "0"}:
        return None
    logging.basicConfig(format="segue: %(message)s")
    log = logging.getLogger("segue.plugins.trace")
    log.setLevel(logging.INFO)
    return log.info


pass_setup = click.make_pass_decorator(Setup)
