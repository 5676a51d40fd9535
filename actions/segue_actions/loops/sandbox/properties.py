"""Contact properties and mailing lists: the built-in ones, and the calls that list and add them."""

import re
from collections.abc import Mapping
from typing import Final, get_args

from segue.json import JsonObject
from segue_actions.loops.sandbox.model import Answer, Call, Kind, MailingList, Property, Refused
from segue_actions.loops.sandbox.team import Team


_KINDS: Final[Mapping[object, Kind]] = {kind: kind for kind in get_args(Kind)}
_RESERVED: Final = frozenset({"id", "listId", "softDeleteAt", "teamId", "updatedAt"})
_CAMEL: Final = re.compile(r"[a-z][A-Za-z0-9]*")


def show(team: Team, call: Call) -> Answer:
    """GET /v1/contacts/properties."""
    scope = call.query.get("list", "all")
    if scope not in {"all", "custom"}:
        raise Refused(400, 'list must be "all" or "custom".')
    chosen = [one for one in team.properties.values() if one.custom or scope == "all"]
    return Answer(200, [{"key": one.key, "label": one.label, "type": one.type} for one in chosen])


def create(team: Team, call: Call) -> Answer:
    """POST /v1/contacts/properties."""
    name, kind = call.body.get("name"), _KINDS.get(str(call.body.get("type")))
    if not isinstance(name, str) or not _CAMEL.fullmatch(name):
        raise Refused(400, "The name must be in camelCase, letters and digits only.")
    if kind is None:
        raise Refused(400, "The type must be string, number, boolean or date.")
    if name in _RESERVED:
        raise Refused(400, f"{name} is a reserved name.")
    if name in team.properties:
        raise Refused(400, "Property already exists.")
    team.add_property(Property(name, label(name), kind))
    return Answer(200, {"success": True})


def label(key: str) -> str:
    """``favoriteColor`` is shown as "Favorite Color"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key)
    return words[:1].upper() + words[1:]


def lists(team: Team, call: Call) -> Answer:  # noqa: ARG001 the signature of every operation
    """GET /v1/lists."""
    return Answer(200, [_list(one) for one in team.lists.values()])


def _list(one: MailingList) -> JsonObject:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "isPublic": one.public,
    }
