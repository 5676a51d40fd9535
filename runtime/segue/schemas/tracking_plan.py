"""Reads a Segment tracking plan: its rules as schemas, and what of it they cannot say.

Two forms are known: the plan with ``rules.events`` as Protocols exports it, and the list of rules that the
Public API answers with. Each rule is a JSON Schema of a whole event. Where it asks for nothing but
properties or traits, that part becomes the schema.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from segue.errors import pointer, suggest
from segue.json import JsonObject, JsonValue, quote
from segue.schemas.entries import Entry
from segue.schemas.model import COMMON, PARTS
from segue.schemas.reading import check_schema


_NOTHING: Final[JsonObject] = {}
_NOTES: Final = frozenset({"$schema", "$id", "id", "title", "description", "labels", "$comment"})
_ENVELOPE: Final = frozenset({"context", "traits", "properties"})
_LISTS: Final = ("identify_traits", "group_traits")
_GLOBAL: Final = {"global": COMMON, "identify": "identify", "group": "group", "page": "page", "screen": "screen"}  # fmt: skip


class PlanError(ValueError):
    """What was given is no tracking plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The schemas of a plan, and a sentence for each thing that they do not carry over."""

    entries: Sequence[Entry]
    notes: Sequence[str] = field(default=())


class _Rule(NamedTuple):
    """A rule as it stands in the plan. ``where`` is a JSON pointer."""

    where: str
    type: str
    name: str | None
    version: JsonValue
    schema: JsonValue
    extras: JsonObject


def read_plan(value: JsonValue) -> Plan:
    """The schemas of a tracking plan. Raises PlanError where it is none."""
    notes: list[str] = []
    entries: list[Entry] = []
    for rule in _latest(_rules(value, notes), notes):
        entry = _entry(rule, notes)
        if entry is not None:
            entries.append(entry)
    return Plan(entries, notes)


def _rules(value: JsonValue, notes: list[str]) -> Iterator[_Rule]:
    plan, at = value, ""
    if isinstance(plan, Mapping) and isinstance(plan.get("data"), Mapping):
        plan, at = plan["data"], "/data"
    rules = plan.get("rules") if isinstance(plan, Mapping) else plan
    at = f"{at}/rules" if isinstance(plan, Mapping) else at
    if isinstance(rules, Mapping):
        return _exported(rules, at, notes)
    if isinstance(rules, list):
        return _answered(rules, at, notes)
    raise PlanError('this is no tracking plan: it has no "rules"')


def _exported(rules: JsonObject, at: str, notes: list[str]) -> Iterator[_Rule]:
    """The rules of a plan as Protocols exports it."""
    events = rules.get("events", [])
    if not isinstance(events, list):
        raise PlanError(f"this is no tracking plan: {at}/events is no list")
    for index, one in enumerate(events):
        where = f"{at}/events{pointer(index)}"
        if not isinstance(one, Mapping):
            notes.append(f"{where}: it is no object")
            continue
        name = one.get("name")
        if not isinstance(name, str) or not name:
            notes.append(f"{where}: it has no name")
            continue
        yield _Rule(f"{where}/rules", "track", name, one.get("version"), one.get("rules"), one)
    for key, kind in _GLOBAL.items():
        if rules.get(key) is not None:
            yield _Rule(f"{at}/{key}", kind, None, None, rules[key], _NOTHING)
    for key, rest in rules.items():
        if key in _LISTS and rest:
            notes.append(f'{at}/{key}: lists of traits are not read, only "{key.split("_")[0]}" is')
        elif key not in {"events", *_GLOBAL, *_LISTS}:
            hint = suggest(key, ["events", *_GLOBAL])
            notes.append(
                f"{at}{pointer(key)}: such rules are not known{f'; {hint}' if hint else ''}"
            )


def _answered(rules: Sequence[JsonValue], at: str, notes: list[str]) -> Iterator[_Rule]:
    """The rules of a plan as the Public API lists them."""
    for index, one in enumerate(rules):
        where = f"{at}{pointer(index)}"
        kind = one.get("type") if isinstance(one, Mapping) else None
        if not isinstance(one, Mapping) or not isinstance(kind, str):
            notes.append(f"{where}: it has no type")
            continue
        kind, name = kind.lower(), one.get("key")
        if kind not in {*PARTS, COMMON}:
            notes.append(f"{where}: rules of type {quote(kind)} are not known")
        elif kind == "track" and (not isinstance(name, str) or not name):
            notes.append(f"{where}: it has no key, which is the name of the event")
        else:
            track = cast("str", name) if kind == "track" else None
            yield _Rule(f"{where}/jsonSchema", kind, track, one.get("version"), one.get("jsonSchema"), one)  # fmt: skip


def _latest(rules: Iterator[_Rule], notes: list[str]) -> list[_Rule]:
    """The highest version of each, in the order of the plan; of equal ones the last."""
    kept: dict[tuple[str, str | None], _Rule] = {}
    for rule in rules:
        key = rule.type, rule.name
        before = kept.get(key)
        if before is not None:
            notes.append(_outdated(*sorted((before, rule), key=_version)))
        kept[key] = rule if before is None else max(rule, before, key=_version)
    return list(kept.values())


def _outdated(older: _Rule, newer: _Rule) -> str:
    said = "" if older.version is None else f" version {older.version} of"
    return f"{older.where}:{said} {_called(older)} is left out, {newer.where} is newer"


def _version(rule: _Rule) -> tuple[int, ...]:
    """A version as numbers: 2, "2", "1.10.0"."""
    words = str(rule.version).split(".")
    return tuple(int(word) if word.isdecimal() and len(word) < 20 else 0 for word in words)


def _called(rule: _Rule) -> str:
    return rule.type if rule.name is None else quote(rule.name)


def _entry(rule: _Rule, notes: list[str]) -> Entry | None:
    if not isinstance(rule.schema, Mapping):
        notes.append(f"{rule.where}: there is no JSON Schema of {_called(rule)}")
        return None
    problems = check_schema(rule.schema)
    if problems:
        notes.append(f"{rule.where}: {_called(rule)} is left out: " + "; ".join(map(str, problems)))
        return None
    part = PARTS.get(rule.type)
    inner = None if part is None else _part(rule.schema, part)
    document = rule.schema if inner is None else inner
    if rule.type != "track" and _empty(document, _ENVELOPE if inner is None else frozenset()):
        return None
    return Entry(rule.type, rule.name, _described(document, rule), whole=inner is None)


def _part(schema: JsonObject, part: str) -> JsonObject | None:
    """The schema of the part, where the whole asks for nothing else. A missing part counts as ``{}``."""
    known = schema.get("properties", _NOTHING)
    rest = {key: one for key, one in schema.items() if key != "required"}
    if not isinstance(known, Mapping) or schema.get("required", []) not in ([], [part]):
        return None
    inner = known.get(part, _NOTHING)
    others = {key: one for key, one in known.items() if key != part}
    if not isinstance(inner, Mapping) or not _empty({**rest, "properties": others}, _ENVELOPE):
        return None
    if _refers(inner):
        return None
    dialect = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    return {**dialect, **inner}


def _refers(value: JsonValue) -> bool:
    """Whether there is a reference, which would lead elsewhere in a part of its own."""
    if isinstance(value, Mapping):
        return "$ref" in value or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))


def _empty(schema: JsonValue, parts: frozenset[str] = frozenset()) -> bool:
    """Whether a schema asks for no more than an object, and that these parts of it are objects."""
    if not isinstance(schema, Mapping):
        return schema is True
    if schema.get("type", "object") not in ("object", ["object"]) or schema.get("required"):
        return False
    if not schema.keys() <= {*_NOTES, "type", "properties", "required"}:
        return False
    known = schema.get("properties", _NOTHING)
    members = known.items() if isinstance(known, Mapping) else ()
    return all(_empty(one) if key in parts else _free(one) for key, one in members)


def _free(schema: JsonValue) -> bool:
    return schema is True or (isinstance(schema, Mapping) and schema.keys() <= _NOTES)


def _described(document: JsonObject, rule: _Rule) -> JsonObject:
    """With what the plan says beside the schema: title, description, version and labels as a comment."""
    labels = rule.extras.get("labels") or cast("JsonObject", rule.schema).get("labels")
    words = [f"version {rule.version}"] if rule.version is not None else []
    if isinstance(labels, Mapping) and labels:
        words += [f"labels: {', '.join(f'{key}={value}' for key, value in labels.items())}"]
    about = rule.extras.get("description")
    said: dict[str, JsonValue] = {"title": rule.name or rule.type}
    if isinstance(about, str) and about:
        said["description"] = about
    if words:
        said["$comment"] = "; ".join(words)
    head = {key: document[key] for key in ("$schema",) if key in document}
    return {**head, **said, **{key: one for key, one in document.items() if key not in head}}
