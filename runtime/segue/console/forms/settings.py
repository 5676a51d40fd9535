"""The settings of a destination as fields of a form, and back. No secret is ever in a form."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from segue.console.rendering import pretty
from segue.console.visit import Form
from segue.fields.schema import kinds, properties, required
from segue.json import JsonError, JsonObject, JsonValue, decode


Kind: TypeAlias = Literal["text", "number", "select", "secret", "textarea", "code"]

REFERENCE: Final = re.compile(r"\$\{(secret:)?[A-Za-z0-9_.-]+(:-[^{}]*)?\}")
"""A value that only names where the secret is."""

FILED: Final = (
    "What ${…} names can be used only by whoever writes the workspace file; type the value itself."
)
"""Said where somebody who signed in names what the machine holds."""

MOVED: Final = "Another setting was changed that may be part of where this is sent; type it again."
"""Said at what is secret where somebody who signed in could else have it sent to himself."""

ADDRESSED: Final = "Another address can be given only by whoever writes the workspace file."


@dataclass(frozen=True, slots=True)
class Control:
    """One setting. ``name`` is that of its input, ``set`` says that a secret is there already."""

    key: str
    name: str
    label: str
    kind: Kind
    value: str = ""
    hint: str = ""
    required: bool = False
    set: bool = False
    options: Sequence[tuple[str, str]] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says: the values for the file, the secrets for the vault, and what cannot be read.

    Both the secrets and the problems are by key. A key that is in none of them is left out.
    """

    values: Mapping[str, JsonValue]
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    problems: Mapping[str, str] = field(default_factory=dict[str, str])


def controls(
    schema: JsonObject,
    kept: JsonObject,
    *,
    typed: Form | None = None,
    problems: Mapping[str, str] | None = None,
) -> list[Control]:
    """The fields of a form. ``kept`` is what the file says, ``typed`` what was sent and is shown again."""
    needed, found = required(schema), problems or {}
    return [
        Control(
            key=key,
            name=_name(at),
            label=_text(one, "title") or key,
            kind=_kind(one),
            value="" if _kind(one) == "secret" else _shown(one, kept.get(key), typed, at),
            hint=_text(one, "description"),
            required=key in needed,
            set=key in kept,
            options=[("", "not chosen"), *_options(one)],
            problems=[found[key]] if key in found else [],
        )
        for at, (key, one) in enumerate(properties(schema).items())
    ]


def read(schema: JsonObject, form: Form, kept: JsonObject) -> Typed:
    """What was typed. A secret that was left empty stays what it is."""
    values: dict[str, JsonValue] = {}
    secrets: dict[str, str] = {}
    problems: dict[str, str] = {}
    for at, (key, one) in enumerate(properties(schema).items()):
        text = form.raw(_name(at)) if _kind(one) == "code" else form.text(_name(at))
        if _kind(one) == "secret" and not text:
            values |= {key: kept[key]} if key in kept else {}
        elif _kind(one) == "secret" and not REFERENCE.fullmatch(text):
            secrets[key] = text
        elif text:
            try:
                values[key] = _value(one, text)
            except ValueError as error:
                problems[key] = str(error)
    return Typed({**_others(schema, kept), **values}, secrets, problems)


def borrowed(values: Mapping[str, JsonValue], kept: Mapping[str, JsonValue]) -> dict[str, str]:
    """Why settings that name something of the environment or the vault are not taken, by key.

    It would be sent to wherever whoever typed it says. What the file says already may stay.
    """
    return {
        key: FILED
        for key, value in values.items()
        if value != kept.get(key) and "${" in json.dumps(value)
    }


def moved(schema: JsonObject, typed: Typed, kept: Mapping[str, JsonValue]) -> dict[str, str]:
    """Which secrets have to be typed again, by key: all, where a text changes that may lead them elsewhere.

    What a destination makes of a text nobody can tell; a number, or one of a list, leads nowhere new.
    """
    known = properties(schema)
    free = [key for key, one in known.items() if _kind(one) in {"text", "textarea", "code"}]
    if all(typed.values.get(key) == kept.get(key) for key in free):
        return {}
    secret = [key for key, one in known.items() if _kind(one) == "secret" and key in kept]
    return {key: MOVED for key in secret if key not in typed.secrets}


def _others(schema: JsonObject, kept: JsonObject) -> JsonObject:
    """What the file says that the schema does not know: it stays."""
    return {key: value for key, value in kept.items() if key not in properties(schema)}


def _value(schema: JsonObject, text: str) -> JsonValue:
    """A text as the value that its setting wants. Raises ValueError, in words."""
    wanted = kinds(schema)
    if REFERENCE.fullmatch(text) or not wanted or "string" in wanted:
        return text
    if "array" in wanted and _kind(schema) == "textarea":
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        value = decode(text)
    except JsonError:
        raise ValueError(_WANTED[_kind(schema)]) from None
    return value


_WANTED: Final[Mapping[Kind, str]] = {
    "number": "This is not a number.",
    "select": "Choose one of the list.",
    "code": "This is not JSON.",
    "text": "This is not a value that fits.",
    "textarea": "Write one on each line.",
    "secret": "This is not a value that fits.",
}


def _kind(schema: JsonObject) -> Kind:
    wanted = kinds(schema)
    if schema.get("writeOnly") is True:
        return "secret"
    if _options(schema):
        return "select"
    if "array" in wanted:
        lines = kinds(_items(schema)) == ("string",)
        return "textarea" if lines else "code"
    if "object" in wanted:
        return "code"
    return "number" if wanted and {*wanted} <= {"number", "integer", "null"} else "text"


def _options(schema: JsonObject) -> list[tuple[str, str]]:
    choices = schema.get("enum")
    if isinstance(choices, list | tuple):
        return [(_plain(one), _plain(one)) for one in choices if one is not None]
    return [("true", "Yes"), ("false", "No")] if kinds(schema) == ("boolean",) else []


def _shown(schema: JsonObject, kept: JsonValue, typed: Form | None, at: int) -> str:
    if typed is not None and _name(at) in typed:
        return typed.raw(_name(at))
    if kept is None:
        return ""
    if _kind(schema) == "textarea" and isinstance(kept, list | tuple):
        return "\n".join(_plain(one) for one in kept)
    return pretty(kept) if _kind(schema) == "code" else _plain(kept)


def _items(schema: JsonObject) -> JsonObject:
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(schema: JsonObject, key: str) -> str:
    value = schema.get(key)
    return value if isinstance(value, str) else ""


def _name(at: int) -> str:
    return f"setting-{at}"
