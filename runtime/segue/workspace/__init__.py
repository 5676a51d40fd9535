"""One YAML file, the workspace: sources, connections and mappings, checked and compiled at once."""

from segue.workspace.description import describe
from segue.workspace.draft import draft
from segue.workspace.loading import functions_folder, load_workspace, parse_workspace
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
    "parse_workspace",
    "read_secrets",
    "template",
    "workspace_schema",
]
