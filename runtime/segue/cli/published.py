"""Field specs as they are published, and read again: from files, folders and what is installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click

from segue.cli.setup import Setup
from segue.errors import ConfigError, Problem, suggest
from segue.fields import check_fields
from segue.json import JsonError, JsonObject, decode
from segue.plugins import AnyAction


def spec(action: AnyAction) -> JsonObject:
    """The field spec of an action as a document of its own."""
    about = {
        "$schema": "urn:segue:fields",
        "title": action.title,
        "description": action.description,
    }
    return {**about, **action.fields}


def document(value: object) -> str:
    """A schema as it stands in a file."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def read(name: str, setup: Setup) -> dict[str, JsonObject]:
    """The field specs of a file, a folder, an action or a destination, each by its action's name.

    Raises ConfigError for a file that holds none, click.UsageError for an unknown name.
    """
    path = Path(name)
    if path.is_file():
        return {path.stem: load(path)}
    if path.is_dir():
        return {file.stem: load(file) for file in sorted(path.glob("*.json"))}
    catalogue = setup.catalogue
    if name in catalogue.actions:
        return {name: spec(catalogue.actions[name])}
    if name in catalogue.destinations:
        actions = catalogue.actions_of(catalogue.destinations[name])
        return {one.name: spec(one) for one in actions}
    hint = suggest(name, [*catalogue.actions, *catalogue.destinations])
    what = f'no file, folder, action or destination is called "{name}"'
    raise click.UsageError(f"{what}; {hint}" if hint else what)


def load(file: Path) -> JsonObject:
    """The field spec in a file. Raises ConfigError."""
    try:
        found = decode(file.read_bytes())
    except JsonError as error:
        raise ConfigError([Problem("", f"this is not JSON: {error}")], file=str(file)) from None
    problems = check_fields(found) if isinstance(found, Mapping) else [_ODD]
    if problems:
        raise ConfigError(problems, file=str(file))
    return cast("JsonObject", found)


_ODD = Problem("", "a field spec is a JSON object")
