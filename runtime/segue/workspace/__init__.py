"""One YAML file, the workspace: sources, connections and mappings, checked and compiled at once."""

from segue.workspace.adding import with_key
from segue.workspace.description import describe
from segue.workspace.draft import draft
from segue.workspace.loading import (
    functions_folder,
    load_workspace,
    named_folder,
    parse_workspace,
    plugins_folder,
    schema_files,
)
from segue.workspace.model import ActionMapping, Connection, Source, Workspace
from segue.workspace.schema import workspace_schema
from segue.workspace.secrets import read_secrets
from segue.workspace.template import template


__all__ = [
    "ActionMapping",
    "Connection",
    "Source",
    "Workspace",
    "describe",
    "draft",
    "functions_folder",
    "load_workspace",
    "named_folder",
    "parse_workspace",
    "plugins_folder",
    "read_secrets",
    "schema_files",
    "template",
    "with_key",
    "workspace_schema",
]
