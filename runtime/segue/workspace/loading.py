"""From a workspace file to a workspace, or to everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from segue.errors import ConfigError, Problem
from segue.functions.library import Library
from segue.json import MISSING, JsonObject
from segue.plugins import Catalogue
from segue.workspace import shape, yaml
from segue.workspace.compiler import Compiler
from segue.workspace.connections import Connections
from segue.workspace.functions import Inserts, read_folder
from segue.workspace.mappings import Mappings
from segue.workspace.model import Connection, Source, Workspace
from segue.workspace.report import Report
from segue.workspace.schemas import EventSchemas, named_files
from segue.workspace.sources import read_sources
from segue.workspace.substitution import Secrets, Substitution


_EMPTY: Final = Problem("", "the file is empty", '"segue init" writes one to start from', 1, 1)


def load_workspace(
    file: Path,
    catalogue: Catalogue,
    *,
    environ: Mapping[str, str],
    secrets: Secrets | None = None,
    library: Library | None = None,
    compiler: Compiler | None = None,
) -> Workspace:
    """Read a workspace file. Raises ConfigError with every problem of the file, each with its place."""
    try:
        workspace = parse_workspace(
            _text(file),
            catalogue,
            environ=environ,
            secrets=secrets,
            folder=file.parent,
            library=library,
            compiler=compiler,
        )
    except ConfigError as error:
        raise ConfigError(error.problems, file=str(file)) from None
    return replace(workspace, file=file)


def parse_workspace(
    text: str | yaml.Document,
    catalogue: Catalogue,
    *,
    environ: Mapping[str, str],
    secrets: Secrets | None = None,
    folder: Path | None = None,
    library: Library | None = None,
    compiler: Compiler | None = None,
) -> Workspace:
    """Read the text of a workspace file, or what YAML makes of it; ``catalogue`` is what is installed.

    Its folders are looked for from ``folder`` on; a ``library`` reads each function only once, a
    ``compiler`` that is kept compiles a mapping only once.
    ``environ`` and ``secrets`` give the values of ``${NAME}`` and ``${secret:NAME}``. Raises
    ConfigError with every problem of the text, each with its place; no value filled in is shown.
    """
    document = yaml.read(text) if isinstance(text, str) else text
    if document.value is MISSING:
        raise ConfigError(document.problems or [_EMPTY])
    compiler = compiler or Compiler()
    report = Report(document.places, document.problems)
    file = shape.check(document.value, report)
    substitution = Substitution(environ, secrets, report)
    base = folder or Path()
    catalogue = read_folder(file.get("functions"), base, catalogue, library or Library(), report)
    mappings = Mappings(catalogue, report, compiler)
    sources, connections = _wired(file, mappings, substitution)
    schemas = EventSchemas(base, report)
    declared = schemas.read(file.get("schemas", {}))
    _remark(file, base, report)
    if report.problems:
        raise ConfigError(report.problems)
    compiler.turn()
    return Workspace(
        sources,
        connections,
        notes=report.notes,
        revision=_revision(
            document.text, catalogue if "functions" in file else None, schemas.texts.values()
        ),
        functions=base / file["functions"] if "functions" in file else None,
        hooks=catalogue.hooks,
        schemas=declared,
    )


def _wired(
    file: shape.FileText, mappings: Mappings, substitution: Substitution
) -> tuple[Mapping[str, Source], Mapping[str, Connection]]:
    """The sources of a file, and the connections that could be made between them and destinations."""
    catalogue, report = mappings.catalogue, mappings.report
    sources = read_sources(file.get("sources", {}), substitution, report)
    inserts = Inserts(catalogue, report)
    connections = Connections(catalogue, sources, substitution, mappings, inserts, report)
    made = {name: connections.make(name, one) for name, one in file.get("connections", {}).items()}
    return sources, {name: one for name, one in made.items() if one}


def _remark(file: shape.FileText, base: Path, report: Report) -> None:
    """What is to be said of the keys that nothing here reads."""
    if "plugins" in file and not (base / file["plugins"]).is_dir():
        hint = "make it, or remove the key"
        report.add("/plugins", f"there is no such folder: {file['plugins']}", hint)


def _revision(text: str, catalogue: Catalogue | None, schemas: Iterable[bytes]) -> str:
    """What tells this text and its schemas from others; with a catalogue, these functions too."""
    versions = [f"\n{one}" for one in catalogue.plugins] if catalogue is not None else []
    whole = sha256("".join([text, *versions]).encode(errors="replace"))
    for one in schemas:
        whole.update(sha256(one).digest())
    return whole.hexdigest()[:12]


def functions_folder(file: Path) -> Path | None:
    """The folder of functions that a workspace file names, whatever else may be wrong with it."""
    return _folder(file, "functions")


def plugins_folder(file: Path) -> Path | None:
    """The folder of plugins that a workspace file names, whatever else may be wrong with it."""
    return _folder(file, "plugins")


def schema_files(file: Path) -> tuple[Path, ...]:
    """The files of schemas that a workspace file names, whatever may be wrong with it or them."""
    return named_files(_top(file, "schemas"), file.parent)


def named_folder(file: Path, key: str) -> str | None:
    """What a workspace file says under one of its keys that name a folder."""
    named = _top(file, key).get(key)
    return named if isinstance(named, str) else None


def _top(file: Path, key: str) -> JsonObject:
    """What a file says, as far as it can be read; nothing where it is sure to lack a key."""
    try:
        text = _text(file)
    except ConfigError:
        return {}
    if (
        key not in text and "\\" not in text
    ):  # a large file is read for nothing; "\x" may spell any key
        return {}
    value = yaml.read(text).value
    return value if isinstance(value, Mapping) else {}


def _folder(file: Path, key: str) -> Path | None:
    named = named_folder(file, key)
    folder = None if named is None else file.parent / named
    return folder if folder is not None and folder.is_dir() else None


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(yaml.SIZE + 1)
    except OSError as error:
        raise ConfigError([Problem("", f"the file cannot be read: {error.strerror}")]) from None
    if len(data) > yaml.SIZE:
        raise ConfigError([yaml.TOO_LARGE])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problem = Problem("", "the file is not UTF-8 text", "save it as UTF-8", line, column)
        raise ConfigError([problem]) from None
