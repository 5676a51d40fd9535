"""Actions as Segment publishes them, read for what Segue can use.

A definition is a ``metadata.json``: a destination with ``actions`` by slug, each with ``fields`` by key.
A catalogue's page has both as lists, under other names; and a single action may stand alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias, cast

from segue.errors import AuthorError, suggest
from segue.json import JsonError, JsonObject, JsonValue, decode, quote, script


RESERVED: Final = ("enable_batching", "batch_size", "batch_bytes", "batch_keys")
INTERNAL: Final = "__segment_internal"
"""Fields that Segment's own platform reads, and how others of that kind begin."""


DEEPEST: Final = 60
"""Levels of objects and lists in a definition."""


LONGEST: Final = 80
"""Characters of a value that a note shows."""


class Note(NamedTuple):
    """One thing that is not carried over: where it stands, and what to do about it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


Notes: TypeAlias = list[Note]
Check: TypeAlias = Callable[[JsonValue], bool]


@dataclass(frozen=True, slots=True)
class Published:
    """One action of a definition, and its destination as far as it is told.

    ``fields`` hold only attributes that are known and of their type. ``presets`` are those of this action.
    """

    slug: str
    action: JsonObject
    fields: Mapping[str, JsonObject]
    presets: Sequence[JsonObject]
    destination: JsonObject
    notes: Notes = field(default_factory=list[Note])


def read(data: bytes, slug: str) -> Published:
    """The action of this slug, or the only one there is. Raises AuthorError."""
    try:
        document = decode(data)
    except JsonError as error:
        raise AuthorError(f"the definition is not JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise AuthorError("the definition is no JSON object")
    if _is_deep(document):
        raise AuthorError(f"the definition is nested over {DEEPEST} levels")
    actions = _actions(document)
    found = _find(actions, slug)
    notes = [] if found == slug else [Note("actions", f"the action is {quote(found)} there")]
    action, destination = actions[found], document if "actions" in document else {}
    known = dict(_keyed(action.get("fields"), "fieldKey"))
    presets = [
        one
        for one in _listed(destination.get("presets"))
        if found in (one.get("partnerAction"), one.get("actionSlug"))
    ]
    fields = known_fields(known, ("fields",), notes)
    return Published(found, _renamed(action, _ACTION_NAMES), fields, presets, destination, notes)


def known_fields(
    fields: Mapping[str, JsonObject], where: tuple[str, ...], notes: Notes
) -> dict[str, JsonObject]:
    """The fields with those attributes that are known and of their type; the others are noted."""
    return {key: _known(one, (*where, key), notes) for key, one in fields.items()}


def shown(value: JsonValue) -> str:
    """A value in a note, shortened."""
    text = script(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"


def _is_deep(document: JsonValue) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            one
            for each in level
            if isinstance(each, list | Mapping)
            for one in (each.values() if isinstance(each, Mapping) else each)
        ]
    return bool(level)


def _actions(document: JsonObject) -> dict[str, JsonObject]:
    if "actions" not in document and "fields" in document:
        return {str(document.get("slug") or "action"): document}
    found = dict(_keyed(document.get("actions"), "slug"))
    if not found:
        raise AuthorError('the definition has no "actions"; Segment calls the file metadata.json')
    return found


def _find(actions: Mapping[str, JsonObject], slug: str) -> str:
    if slug in actions:
        return slug
    if len(actions) == 1:
        return next(iter(actions))
    hint = suggest(slug, actions) or f"there are {', '.join(map(quote, actions))}"
    raise AuthorError(f"the definition has no action {quote(slug)}; {hint}")


def _keyed(value: JsonValue, key: str) -> Iterator[tuple[str, JsonObject]]:
    """Members by their keys, be they in an object or a list."""
    if isinstance(value, Mapping):
        yield from ((name, one) for name, one in value.items() if isinstance(one, Mapping))
    for one in _listed(value):
        if isinstance(one.get(key), str):
            yield cast("str", one[key]), one


def _listed(value: JsonValue) -> list[JsonObject]:
    several = value if isinstance(value, list) else []
    return [one for one in several if isinstance(one, Mapping)]


# Attributes


def _known(given: JsonObject, where: tuple[str, ...], notes: Notes) -> JsonObject:
    """One field."""
    made: dict[str, JsonValue] = {}
    for name, value in _flat(given).items():
        check = _ATTRIBUTES.get(name)
        if name in _IGNORED or value is None or value == "":
            continue
        if check is None or not check(value):
            why = "is not an attribute that is known" if check is None else "is malformed"
            notes.append(Note("/".join(where), f"{quote(name)} {why}"))
        elif name == "properties":
            nested = {k: v for k, v in cast("JsonObject", value).items() if isinstance(v, Mapping)}
            made[name] = known_fields(nested, where, notes)
        else:
            made[name] = value
    return made


def _flat(given: JsonObject) -> JsonObject:
    """A field under the names it has in a definition, not in a catalogue."""
    more = given.get("displayMetadata")
    shown = more if isinstance(more, Mapping) else {}
    rest = {name: value for name, value in given.items() if name != "displayMetadata"}
    return _renamed({**rest, **shown}, _FIELD_NAMES)


def _renamed(given: JsonObject, names: Mapping[str, str]) -> JsonObject:
    renamed = {names[name]: value for name, value in given.items() if name in names}
    kept = {name: value for name, value in given.items() if name not in names}
    return {**kept, **{name: one for name, one in renamed.items() if kept.get(name) is None}}


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str)


def _is_flag(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, list)


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, Mapping)


_ATTRIBUTES: Final[Mapping[str, Check]] = {
    **dict.fromkeys(("label", "description", "type", "format", "placeholder"), _is_text),
    **dict.fromkeys(("defaultObjectUI", "category", "displayMode"), _is_text),
    "hookInputFieldType": _is_text,
    **dict.fromkeys(("multiple", "additionalProperties", "allowNull", "dynamic"), _is_flag),
    **dict.fromkeys(("unsafe_hidden", "hidden", "readOnly"), _is_flag),
    **dict.fromkeys(("minimum", "maximum"), _is_number),
    **dict.fromkeys(("choices", "disabledInputMethods"), _is_list),
    **dict.fromkeys(("properties", "depends_on"), _is_object),
    "required": lambda value: _is_flag(value) or _is_object(value),
    "default": lambda _: True,
}

_ACTION_NAMES: Final = {"name": "title", "defaultTrigger": "defaultSubscription"}
_FIELD_NAMES: Final = {
    "defaultValue": "default",
    "dependsOn": "depends_on",
    "conditionallyRequired": "required",
}
_IGNORED: Final = frozenset(
    {"fieldKey", "id", "sortOrder", "fieldSchema", "dynamicProperties", "propertiesMetadata"}
)
"""What a catalogue says of a field for its own sake, or a second time."""
