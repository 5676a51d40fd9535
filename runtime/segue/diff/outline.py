"""What two workspaces are compared by before any event is: their mappings, as plain values.

An outline can go from one process to another. It holds no setting, only hashes of settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias

from segue.functions.offering import FunctionAction
from segue.json import encode
from segue.workspace.model import ActionMapping, Connection, Workspace


Name: TypeAlias = tuple[str, str]

PARTLY: Final = "its requests after the first are compared only where answers were recorded"
ASYNC: Final = "an async action sends its requests itself; its payloads are compared"
FUNCTION: Final = "a function makes its requests; only which events get there is compared"
INSERTED: Final = "functions change its events; only which events get there is compared"


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of a connection. The hashes tell whether two of them say the same.

    ``content`` is of the mapping without its name, ``way`` of what stands before it in its
    connection, ``settings`` of each setting. ``limits`` says what cannot be compared, ``unseen``
    that this is all but which events get there. ``secrets`` are values that must not be shown.
    """

    connection: str
    mapping: str
    destination: str
    content: str
    way: str
    settings: Mapping[str, str]
    enabled: bool
    limits: str = ""
    unseen: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> Name:
        """Its connection and its own."""
        return self.connection, self.mapping


def outline(workspace: Workspace) -> Sequence[Entry]:
    """The mappings of a workspace, in the order of the file, those that are switched off too."""
    return [
        _entry(connection, mapping)
        for connection in workspace.connections.values()
        for mapping in connection.mappings
    ]


def _entry(connection: Connection, mapping: ActionMapping) -> Entry:
    limits = _limits(connection, mapping)
    return Entry(
        connection.name,
        mapping.name,
        connection.destination.slug,
        content(mapping),
        way(connection),
        {key: _hash(encode(value)) for key, value in connection.settings.items()},
        connection.enabled and mapping.enabled,
        limits,
        limits in {FUNCTION, INSERTED},
        connection.secrets,
    )


def content(mapping: ActionMapping) -> str:
    """A hash of what a mapping says, without its name."""
    code = mapping.action.file.source if isinstance(mapping.action, FunctionAction) else ""
    said = (
        mapping.action.name,
        repr(mapping.trigger),
        code,
        mapping.sync_mode,
        mapping.matching_key,
    )
    return _hash(repr((*said, mapping.enabled)).encode(errors="replace") + encode(mapping.fields))


def way(connection: Connection) -> str:
    """A hash of all that a connection says, but its name, its mappings and how fast it is."""
    functions = [(one.file.source, encode(dict(one.settings))) for one in connection.functions]
    settings = encode(dict(connection.settings))
    said = (connection.destination.slug, connection.base_url, settings, connection.enabled)
    where = (sorted(connection.sources), connection.filters, functions)
    return _hash(repr((*said, *where)).encode(errors="replace"))


def _limits(connection: Connection, mapping: ActionMapping) -> str:
    if isinstance(mapping.action, FunctionAction):
        return FUNCTION
    if connection.functions:
        return INSERTED
    if mapping.action.kind == "async" and mapping.action.batches is None:
        return ASYNC
    return PARTLY if mapping.action.kind == "generator" else ""


def _hash(text: bytes) -> str:
    return sha256(text).hexdigest()
