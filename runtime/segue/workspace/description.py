"""A workspace as plain data for people and scripts, defaults filled in and secrets left out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from segue.filters import Filter
from segue.http import REDACTED, redact
from segue.json import JsonObject, JsonValue
from segue.schemas import EventSchema, Schemas
from segue.workspace.model import ActionMapping, Connection, Workspace


def describe(workspace: Workspace, *, connection: str | None = None) -> JsonObject:
    """What is in force, of the whole workspace or of one connection, as JSON.

    Of each trigger and field it says whether it comes from the ``file`` or is the action's
    ``default``. Write keys are left out and secret settings redacted.
    """
    chosen = [one for one in workspace.connections.values() if connection in {None, one.name}]
    declared = None if connection else _schemas(workspace.schemas)
    return {
        "sources": sorted({name for one in chosen for name in one.sources})
        if connection
        else list(workspace.sources),
        **({"schemas": declared} if declared else {}),
        "connections": {one.name: _connection(one) for one in chosen},
    }


def _schemas(schemas: Schemas) -> JsonObject:
    """What each schema is of and what is done about it; not what it says."""
    calls = {kind: _schema(one) for kind, one in schemas.calls.items()}
    return {
        **(
            {"track": {name: _schema(one) for name, one in schemas.track.items()}}
            if schemas.track
            else {}
        ),
        **calls,
        **({"common": _schema(schemas.common)} if schemas.common else {}),
        **({"undeclared": schemas.undeclared} if schemas.undeclared != "allow" else {}),
    }


def _schema(schema: EventSchema) -> JsonObject:
    return {"of": schema.part or "event", "enforce": schema.enforce}


def _connection(connection: Connection) -> JsonObject:
    limit = connection.rate_limit
    return {
        "destination": connection.destination.slug,
        "enabled": connection.enabled,
        "base_url": redact(connection.base, connection.secrets),
        "sources": list(connection.sources),
        "settings": _settings(connection),
        "rate_limit": asdict(limit) if limit else None,
        "retry": asdict(connection.retry),
        "concurrency": connection.concurrency,
        "filters": [_filter(one) for one in connection.filters],
        "functions": [one.file.slug for one in connection.functions],
        "allow_private": [str(one) for one in connection.allow_private],
        "mappings": {one.name: _mapping(one) for one in connection.mappings},
    }


def _settings(connection: Connection) -> JsonObject:
    secret = connection.destination.fields.secrets
    return {
        name: REDACTED if name in secret else _redacted(value, connection.secrets)
        for name, value in connection.settings.items()
    }


def _redacted(value: JsonValue, secrets: Sequence[str]) -> JsonValue:
    match value:
        case str():
            return redact(value, secrets)
        case Mapping():
            return {key: _redacted(item, secrets) for key, item in value.items()}
        case Sequence():
            return [_redacted(item, secrets) for item in value]
        case _:
            return value


def _filter(one: Filter) -> JsonObject:
    by_kind: dict[str, JsonObject] = {
        "sample": {"rate": one.rate},
        "block": {"fields": list(one.fields)},
        "allow": {"fields": list(one.fields)},
    }
    return {"if": str(one.trigger), "action": one.kind, **by_kind.get(one.kind, {})}


def _mapping(mapping: ActionMapping) -> JsonObject:
    return {
        "action": mapping.action.name,
        "enabled": mapping.enabled,
        "trigger": {"text": str(mapping.trigger), "from": _origin(own=mapping.own_trigger)},
        **_told(sync_mode=mapping.sync_mode, matching_key=mapping.matching_key),
        "fields": {
            name: {"value": value, "from": _origin(own=name in mapping.own_fields)}
            for name, value in mapping.fields.items()
        },
    }


def _told(**values: str | None) -> JsonObject:
    return {name: value for name, value in values.items() if value is not None}


def _origin(*, own: bool) -> JsonValue:
    return "file" if own else "default"
