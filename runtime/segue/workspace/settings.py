"""A connection's settings: filled in, brought to the types the destination declares, never shown."""

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
    surplus, untyped = _surplus(settings, destination), _untyped(settings, destination)
    report.nest(where, surplus, keys={problem.pointer for problem in surplus})
    report.nest(where, untyped)
    for key in _bare(settings, destination):
        report.note(where + pointer(key), f"the secret {key} stands in the file itself", _HINT)
    left_out = {problem.pointer for problem in untyped}
    typed = {key: value for key, value in filled.items() if pointer(key) not in left_out}
    try:
        return destination.fields.coerce(typed)
    except PayloadError:
        for error in _discreet(typed, destination):
            report.add(where + error.pointer, error.message.removesuffix("."))
        return typed


def _surplus(settings: JsonObject, destination: Destination) -> list[Problem]:
    """Settings that the destination does not declare, unless it says that it takes any."""
    known = properties(destination.settings)
    if destination.settings.get("additionalProperties", False) is not False:
        return []
    there = f"it has: {', '.join(known) or 'none'}"
    return [
        Problem(
            pointer(key),
            f"{destination.slug} has no setting {quote(key)}",
            suggest(key, known) or there,
        )
        for key in settings
        if key not in known
    ]


def _untyped(settings: JsonObject, destination: Destination) -> list[Problem]:
    """Values that are not of their type as they stand.

    What is filled in is text and is brought to the type. What stands in the file must have it: a key
    of digits would lose its leading zeros before anyone could tell.
    """
    declared = ((key, kinds(schema)) for key, schema in properties(destination.settings).items())
    return [
        Problem(pointer(key), *mistyped(settings[key], wanted[0]))
        for key, wanted in declared
        if key in settings and wanted and not _has_type(settings[key], wanted)
    ]


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
