"""The profile of JSON Schema that a field spec may use: ``urn:segue:fields``, and what it cannot say."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

import jsonschema_rs

from segue.errors import Problem, pointer, suggest
from segue.fields.messages import EXPECTED, seen
from segue.fields.patterns import PatternError, translate
from segue.fields.reference import Failure, compile_reference
from segue.fields.schema import Path, closed, properties, rebuild, required, walk
from segue.json import JsonObject, JsonValue, quote
from segue_schemas import REGISTRY


Check: TypeAlias = Callable[[Path, JsonObject], Iterator[Problem]]

DEEPEST: Final = 48
"""Keys on the way to the innermost schema; a level of objects takes two."""

_PARTS: Final = {
    name: cast("dict[str, Any]", REGISTRY.contents(name))
    for name in ("urn:segue:fields", "urn:segue:directive")
}
_PROFILE: Final = _PARTS["urn:segue:fields"]
_WORDS: Final[tuple[list[str], ...]] = (
    _PROFILE["$defs"]["keyword"]["enum"],
    _PROFILE["$defs"]["ui"]["propertyNames"]["enum"],
)
_VALUES: Final = frozenset(("mapping", "default", "examples"))

_fits: Final = jsonschema_rs.validator_for(
    _PROFILE,
    registry=jsonschema_rs.Registry(_PARTS.items()),
).is_valid
_judge: Final = compile_reference(_PROFILE, REGISTRY)


def check_fields(schema: JsonValue) -> list[Problem]:
    """Every problem of a field spec, each with the JSON pointer of its place. None: it compiles.

    What stands under ``mapping`` is for ``check_mapping`` to judge.
    """
    if not isinstance(schema, Mapping):
        return [Problem("", f"a field spec is an object, not {seen(schema)}")]
    parts: list[tuple[Path, JsonObject]] = []
    for path, part in walk(schema):
        if len(path) > DEEPEST:  # one that holds itself has no end
            return [Problem("", f"the schemas are nested over {DEEPEST // 2} levels")]
        parts.append((path, part))
    stated = rebuild(schema, _without_values)
    if not _is_read(stated):
        return list(dict.fromkeys(map(_problem, _judge(stated))))
    return [problem for path, part in parts for check in _CHECKS for problem in check(path, part)]


def _without_values(schema: JsonObject) -> JsonObject:
    return {word: value for word, value in schema.items() if word not in _VALUES}


def _is_read(schema: JsonObject) -> bool:
    try:
        return _fits(schema)
    except ValueError:  # a key that is no text, a lone surrogate
        return False


def _problem(failure: Failure) -> Problem:
    where = failure.path
    if failure.asked in _WORDS:
        word = str(failure.found)
        message = f"{quote(word)} is not a keyword of field specs"
        return Problem(pointer(*where, word), message, suggest(word, failure.asked))
    hint = suggest(str(failure.found), map(str, failure.asked)) if failure.rule == "enum" else None
    return Problem(pointer(*where), _reason(failure), hint)


def _reason(failure: Failure) -> str:
    known = failure.about.get("errorMessage")
    if known:
        return str(known)
    if failure.rule == "required":
        return f"{quote(failure.key)} is missing"
    subject = quote(str(failure.path[-1])) if failure.path else "a field spec"
    wanted = EXPECTED[failure.rule](failure.asked)
    return f"{subject} {wanted}, but it is {seen(failure.found)}"


def _mapping_is_on_top(path: Path, part: JsonObject) -> Iterator[Problem]:
    if "mapping" in part and not (len(path) == 2 and path[0] == "properties"):
        hint = "give the field on top of this one a mapping for the whole of it"
        yield Problem(pointer(*path, "mapping"), '"mapping" belongs to a top-level field', hint)


def _pattern_runs(path: Path, part: JsonObject) -> Iterator[Problem]:
    if "pattern" not in part:
        return
    try:
        translate(cast("str", part["pattern"]))
    except PatternError as error:
        yield Problem(pointer(*path, "pattern"), f"the pattern cannot be used: {error}")


def _required_is_declared(path: Path, part: JsonObject) -> Iterator[Problem]:
    for index, key in enumerate(required(part) if closed(part) else ()):
        if key not in properties(part):
            where = pointer(*path, "required", index)
            yield Problem(where, f"no field {quote(key)}", suggest(key, properties(part)))


_CHECKS: Final[tuple[Check, ...]] = (
    _mapping_is_on_top,
    _pattern_runs,
    _required_is_declared,
)
"""What the metaschema cannot say."""
