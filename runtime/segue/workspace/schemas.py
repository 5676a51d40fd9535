"""Schemas of events, as they stand in the file and in the files that it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast

from segue.errors import Problem, pointer
from segue.fields.schema import properties
from segue.json import JsonError, JsonObject, JsonValue, decode
from segue.schemas import CALLS, PARTS, EventSchema, Schemas, check_schema
from segue.workspace.report import Report
from segue.workspace.shape import EventSchemaText, SchemasText


SIZE: Final = 10_000_000
"""Bytes of one file."""

Text: TypeAlias = str | EventSchemaText

_NUL: Final = "\0"
_ENVELOPE: Final = frozenset({"properties", "traits", "context"})


class EventSchemas:
    """Reads the schemas of a workspace; what is wrong with them is reported.

    ``base`` is the folder that the workspace file is in. ``texts`` are the files that were read.
    """

    def __init__(self, base: Path, report: Report) -> None:
        self._base, self._report = base, report
        self._made: dict[Path, JsonObject | None] = {}
        self.texts: dict[Path, bytes] = {}

    def read(self, text: SchemasText) -> Schemas:
        """All of them."""
        found = {
            name: self._entry(f"/schemas/track{pointer(name)}", "track", one, text)
            for name, one in text.get("track", {}).items()
        }
        entries = cast("Mapping[str, Text]", text)
        calls = {
            kind: self._entry(f"/schemas/{kind}", kind, entries[kind], text)
            for kind in (*CALLS, "common")
            if kind in entries
        }
        common = calls.pop("common", None)
        return Schemas(
            {name: one for name, one in found.items() if one},
            {kind: one for kind, one in calls.items() if one},
            common,
            text.get("undeclared", "allow"),
            tuple(self.texts),
        )

    def _entry(self, where: str, kind: str, text: Text, above: SchemasText) -> EventSchema | None:
        form: EventSchemaText = {"schema": text} if isinstance(text, str) else text
        if "schema" not in form:  # refused with the shape of the file
            return None
        given = form["schema"]
        place = where if isinstance(text, str) else f"{where}/schema"
        document = self._document(place, given)
        part = self._part(f"{where}/of", kind, form)
        if document is None:
            return None
        if part is not None and _whole(document):
            hint = "if it is, say {schema: …, of: event}"
            self._report.note(where, "this looks like a schema of a whole event", hint)
        return EventSchema(document, part, form.get("enforce", above.get("enforce", "none")))

    def _part(self, where: str, kind: str, form: EventSchemaText) -> str | None:
        """The part that a schema describes; None for the whole event."""
        usual = PARTS.get(kind)
        said = form.get("of", usual or "event")
        if said not in {usual, "event"}:
            known = f"{usual} or event" if usual else "event"
            self._report.add(where, f"a schema of {kind} is of {known}", "or leave the key out")
        return None if said == "event" else usual

    def _document(self, where: str, given: str | JsonObject) -> JsonObject | None:
        if not isinstance(given, str):
            problems = check_schema(given)
            self._report.nest(where, problems)
            return None if problems else given
        file = self._base / given
        if file not in self._made:
            self._made[file] = self._file(where, given, file)
        elif self._made[file] is None:
            self._report.add(where, f"{given} cannot be used", "see above")
        return self._made[file]

    def _file(self, where: str, name: str, file: Path) -> JsonObject | None:
        """The schema of a file; its problems stand where the workspace names it."""
        try:
            text = _read(file)
            self.texts[file] = text
            document = decode(text)
        except OSError as error:
            self._report.add(where, f"{name} cannot be read: {error.strerror or error}")
            return None
        except JsonError as error:
            self._report.add(where, f"{name}:{error.line}:{error.column}: {error.reason}")
            return None
        problems = check_schema(document)
        if problems:
            self._report.add(where, "; ".join(_told(name, one) for one in problems))
            return None
        return cast("JsonObject", document)


def _read(file: Path) -> bytes:
    if _NUL in str(file):
        raise OSError("no file can have that name")
    with file.open("rb") as stream:
        text = stream.read(SIZE + 1)
    if len(text) > SIZE:
        raise OSError(f"it is over {SIZE:,} bytes long")
    return text


def _told(name: str, problem: Problem) -> str:
    place = f"{name}#{problem.pointer}" if problem.pointer else name
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{place}: {problem.message}{hint}"


def _whole(document: JsonObject) -> bool:
    """Whether a schema speaks of nothing but parts of an event."""
    known = properties(document)
    return bool(known) and _ENVELOPE.issuperset(known)


def named_files(value: JsonValue, base: Path) -> tuple[Path, ...]:
    """The files that the ``schemas`` of a workspace name, whatever its shape."""
    schemas = _member(value, "schemas")
    if not isinstance(schemas, Mapping):
        return ()
    track = _member(schemas, "track")
    places = [*(track.values() if isinstance(track, Mapping) else ())]
    places += [schemas.get(kind) for kind in (*CALLS, "common")]
    named = (_member(one, "schema") if isinstance(one, Mapping) else one for one in places)
    return tuple(sorted({base / one for one in named if isinstance(one, str) and _NUL not in one}))


def _member(value: JsonValue, key: str) -> JsonValue:
    return value.get(key) if isinstance(value, Mapping) else None
