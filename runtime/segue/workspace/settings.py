"""A connection's settings: filled in, brought to the types the destination declares, never shown."""

from collections.abc import Iterator
from typing import Final

from segue.destination import Destination, Settings
from segue.errors import FieldError, PayloadError, Problem, pointer, suggest
from segue.fields import compile_fields
from segue.fields.schema import kinds, properties
from segue.json import JsonObject, JsonValue, quote
from segue.workspace.report import Report
from segue.workspace.shape import mistyped
from segue.workspace.substitution import Substitution, literal


_HINT: Final = "write ${NAME} here, and set that environment variable"


def read_settings(
    where: str,
    settings: JsonObject,
    destination: Destination | None,
    substitution: Substitution,
    report: Report,
) -> Settings:
    """The settings that stand at ``where``; without a known destination they are only filled in."""
    filled = {
        key: substitution.fill(value, where + pointer(key)) for key, value in settings.items()
    }
    if destination is None or report.refused(where):
        return filled
    for key in _surplus(settings, destination):
        known = properties(destination.settings)
        hint = suggest(key, known) or f"it has: {', '.join(known) or 'none'}"
        message = f"{destination.slug} has no setting {quote(key)}"
        report.add(where + pointer(key), message, hint, key=True)
    report.nest(where, list(_untyped(settings, destination)))
    for key in _bare(settings, destination):
        report.note(where + pointer(key), f"the secret {key} stands in the file itself", _HINT)
    try:
        return destination.fields.coerce(filled)
    except PayloadError:
        for error in _discreet(filled, destination):
            report.add(where + error.pointer, error.message)
        return filled


def _surplus(settings: JsonObject, destination: Destination) -> list[str]:
    """Settings that the destination does not declare, unless it says that it takes any."""
    if destination.settings.get("additionalProperties", False) is not False:
        return []
    return [key for key in settings if key not in properties(destination.settings)]


def _untyped(settings: JsonObject, destination: Destination) -> Iterator[Problem]:
    """Values that are not of their type as they stand.

    What is filled in is text and is brought to the type. What stands in the file must have it: a key
    of digits would lose its leading zeros before anyone could tell.
    """
    for key, schema in properties(destination.settings).items():
        wanted = kinds(schema)
        if key in settings and wanted and not _has_type(settings[key], wanted):
            yield Problem(pointer(key), *mistyped(settings[key], wanted[0]))


def _has_type(value: JsonValue, wanted: tuple[str, ...]) -> bool:
    match value:
        case str():
            return not literal(value) or ("string" in wanted and value != "")
        case bool():
            return "boolean" in wanted
        case int() | float():
            return "number" in wanted or ("integer" in wanted and value == int(value))
        case None:
            return "null" in wanted
        case list():
            return "array" in wanted
        case _:
            return "object" in wanted


def _bare(settings: JsonObject, destination: Destination) -> list[str]:
    """Secrets that are not filled in."""
    values = ((key, settings.get(key)) for key in destination.fields.secrets)
    return [key for key, value in values if isinstance(value, str) and value and literal(value)]


def _discreet(settings: Settings, destination: Destination) -> tuple[FieldError, ...]:
    """What is wrong with settings, without their values: any may come from the environment."""
    declared = properties(destination.settings).items()
    hidden = {key: {**schema, "writeOnly": True} for key, schema in declared}
    try:
        compile_fields({**destination.settings, "properties": hidden}).coerce(settings)
    except PayloadError as error:
        return error.errors
    return ()
