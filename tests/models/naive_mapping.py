"""The mapping language once more, as a plain recursive interpreter: slow, obvious, no tables, no closures.

The compiled mappings must equal it. With quirks switched on it is also a model of Segment's
actions-core, so that a recorded run which differs from ours names the quirks that make it differ.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from javascript import falsy, folds, is_index, loosely_empty, units, whole

from segue.json import MISSING, decode, ordered, script, text
from segue.mapping.liquid import compile_liquid


QUIRKS = frozenset(
    {
        "blank is loose",  # 0, false, [] and the like are blank
        "brackets are dots",  # $ alone, dots and quotes in brackets
        "else is truthy",
        "errors",  # a directive that cannot apply raises
        "falsy ends a path",  # and is what it finds
        "falsy values are absent",  # those written in @case, @replace and @json
        "flatten wraps",
        "letter case matters",  # in a mode or direction
        "merge deletes",  # an undefined member that comes later
        "merge spreads",
        "numbers overflow",  # where @json decodes
        "prototypes",
        "replace empties",  # what is no text
        "replacement patterns",
        "template reads twice",
        "units",  # @replace finds half a character
    }
)
SPACE = (
    "\t\n\v\f\r \u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
TEXT, KEYS, ITEMS = 1_000_000, 10_000_000, 50_000


class RefusedError(Exception):
    """The reference implementation raises here."""


class Function:
    """What JavaScript's prototypes hold; JSON leaves it out."""

    def __init__(self, name: str = "") -> None:
        self.name = name


def run(mapping: Any, event: Any, quirks: frozenset[str] = frozenset()) -> Any:
    """What a mapping makes of an event, MISSING included."""
    return clean(Interpreter(quirks).resolve(rewritten(mapping), event))


def rewritten(mapping: Any) -> Any:
    entry = mapping.get("__segment_internal_directive") if isinstance(mapping, dict) else None
    if not entry:
        return mapping
    [(name, operand)] = entry.items()
    rest = {key: value for key, value in mapping.items() if key != "__segment_internal_directive"}
    return {name: {**operand, "mapping": rest}}


def clean(value: Any) -> Any:
    """Without members that are missing; items that are become null."""
    if isinstance(value, Mapping):
        kept = {key: clean(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not MISSING}
    if isinstance(value, list):
        return [None if item is MISSING else item for item in map(clean, value)]
    return MISSING if isinstance(value, Function) else value


class Interpreter:
    def __init__(self, quirks: frozenset[str]) -> None:
        self.quirks = quirks

    def on(self, quirk: str) -> bool:
        assert quirk in QUIRKS
        return quirk in self.quirks

    def refuse(self) -> Any:
        if self.on("errors"):
            raise RefusedError
        return MISSING

    def resolve(self, value: Any, event: Any) -> Any:
        if isinstance(value, list):
            return clean([self.resolve(item, event) for item in value])
        if not isinstance(value, dict):
            return value
        names = [key for key in value if key.startswith("@")]
        if names and not set(value) - {*names, "_metadata"}:
            return self.directive(names[0], value[names[0]], event)
        members = {key: self.resolve(item, event) for key, item in value.items()}
        if self.on("merge deletes"):
            return members
        return {key: item for key, item in members.items() if item is not MISSING}

    def directive(self, name: str, operand: Any, event: Any) -> Any:
        found = getattr(self, "at_" + name[1:].lower(), None)
        return found(operand, event) if found else self.refuse()

    # paths

    def keys(self, path: str) -> list[str]:
        if self.on("brackets are dots"):
            return self.plain_keys(path)
        if path == "$" or path[:2] in ("$.", "$["):
            path = path[1:]
        quoted = r"""\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]+"""
        keys = []
        for index, part in enumerate(re.split(quoted, path, flags=re.DOTALL)):
            if index % 2:
                keys.append(re.sub(r"""\\(["'\\])""", r"\1", part[1:-1]))
            else:
                keys += self.plain_keys(part)
        return keys

    def plain_keys(self, path: str) -> list[str]:
        pieces = re.split(r"""\.|\[(?=['"0-9])|(?<=['"0-9])\]+""", path)
        return [piece.replace("'", "").replace('"', "") for piece in pieces if piece]

    def look(self, event: Any, keys: list[str]) -> Any:
        value = event
        for key in keys:
            if self.on("falsy ends a path") and falsy(value):
                return value
            value = self.member(value, key)
        return value

    def member(self, value: Any, key: str) -> Any:
        if isinstance(value, Mapping) and key in value:
            return value[key]
        if isinstance(value, str) and key == "length":
            return len(units(value))
        if isinstance(value, list) and key == "length":
            return len(value)
        if isinstance(value, str | list) and is_index(key):
            items = units(value) if isinstance(value, str) else value
            return items[int(key)] if int(key) < len(items) else MISSING
        return self.inherited(value, key) if self.on("prototypes") else MISSING

    def inherited(self, value: Any, key: str) -> Any:
        if value is None or value is MISSING:
            return MISSING
        if key == "constructor":
            kinds = {
                dict: "Object",
                list: "Array",
                str: "String",
                bool: "Boolean",
                Function: "Function",
            }
            return Function(kinds.get(type(value), "Number"))
        if isinstance(value, Function) and key in ("name", "length"):
            return value.name if key == "name" else 1
        shared = {"toString", "hasOwnProperty", "valueOf"}
        return (
            Function(key)
            if key in shared or (isinstance(value, list) and key == "map")
            else MISSING
        )

    def at_path(self, operand: Any, event: Any) -> Any:
        path = self.resolve(operand, event)
        if not isinstance(path, str):
            return self.refuse()
        if self.on("brackets are dots"):
            path = path.replace("$.", "", 1)
        return self.look(event, self.keys(path))

    # texts

    def text(self, value: Any) -> str:
        if isinstance(value, dict) and "toString" in value and self.on("prototypes"):
            raise RefusedError
        if isinstance(value, list):
            return ",".join("" if item is None else self.text(item) for item in value)
        return text(value)

    def at_template(self, operand: Any, event: Any) -> Any:
        template = self.resolve(operand, event)
        if not isinstance(template, str):
            return self.refuse()

        def fill(found: re.Match[str]) -> str:
            value = self.look(event, self.keys(found[1].strip(SPACE)))
            return "" if value is None or value is MISSING else self.text(value)

        triple, double = r"\{\{\{([^}]+)\}\}\}", r"\{\{([^}]+)\}\}"
        if self.on("template reads twice"):
            return re.sub(double, fill, re.sub(triple, fill, template))
        written, done = [], 0
        for found in re.finditer(triple, template):
            written += re.sub(double, fill, template[done : found.start()]), fill(found)
            done = found.end()
        return self.short("".join([*written, re.sub(double, fill, template[done:])]))

    def short(self, value: str) -> Any:
        return value if len(value) <= TEXT or self.quirks else MISSING

    def at_case(self, operand: Any, event: Any) -> Any:
        operator = operand.get("operator")
        if not operator:
            return self.refuse()
        if self.on("falsy values are absent") and falsy(operand.get("value", MISSING)):
            return MISSING
        value = self.resolve(operand.get("value", MISSING), event)
        if not isinstance(value, str):
            return value
        if operator not in ("lower", "upper"):
            return self.refuse()
        return value.lower() if operator == "lower" else value.upper()

    def at_replace(self, operand: Any, event: Any) -> Any:
        if self.on("falsy values are absent") and falsy(operand.get("value", MISSING)):
            return MISSING
        value = self.resolve(operand.get("value", MISSING), event)
        if isinstance(value, bool | int | float):
            value = self.text(value)
        if not isinstance(value, str):
            return "" if self.on("replace empties") else value
        every = operand.get("global") is not False
        fold = operand.get("ignorecase") is True
        for nth in ("", "2"):
            old, new = operand.get(f"pattern{nth}") or "", operand.get(f"replacement{nth}", "")
            new = "" if new is None else new
            if max(len(units(part)) for part in (old, new) if isinstance(part, str)) > 10:
                return self.refuse()
            if old and isinstance(new, str):
                value = self.replaced(value, old, new, -1 if every else 1, folds if fold else str)
                if self.short(value) is MISSING:
                    return MISSING
        return value

    def replaced(
        self, value: str, old: str, new: str, times: int, same: Callable[[str], str]
    ) -> str:
        cut = units if self.on("units") else list
        letters, sought = cut(value), [same(letter) for letter in cut(old)]
        result, at = [], 0
        while at < len(letters):
            piece = letters[at : at + len(sought)]
            if times and [same(letter) for letter in piece] == sought:
                before, after = whole(letters[:at]), whole(letters[at + len(sought) :])
                result.append(self.replacement(new, before, whole(piece), after))
                at, times = at + len(sought), times - 1
            else:
                result, at = [*result, letters[at]], at + 1
        return whole(result)

    def replacement(self, new: str, before: str, piece: str, after: str) -> str:
        if not self.on("replacement patterns"):
            return new
        marks = {"$$": "$", "$&": piece, "$`": before, "$'": after}
        return re.sub(r"\$[$&`']", lambda found: marks[found[0]], new)

    def at_liquid(self, operand: Any, event: Any) -> Any:
        return compile_liquid(operand)(event if isinstance(event, Mapping) else {})

    # conditions

    def at_if(self, operand: Any, event: Any) -> Any:
        written = [operand.get(key, MISSING) for key in ("exists", "blank")]
        if self.on("errors") and all(falsy(value) for value in written):
            raise RefusedError
        if "exists" in operand:
            tested = self.resolve(operand["exists"], event)
            holds = tested is not None and tested is not MISSING
        else:
            tested = self.resolve(operand.get("blank", MISSING), event)
            empty = loosely_empty(tested) if self.on("blank is loose") else tested == ""
            holds = tested is not None and tested is not MISSING and not empty
        if holds:
            return self.resolve(operand.get("then", MISSING), event)
        if self.on("else is truthy") and falsy(operand.get("else", MISSING)):
            return MISSING
        return self.resolve(operand.get("else", MISSING), event)

    # values

    def at_literal(self, operand: Any, event: Any) -> Any:
        return self.resolve(operand, event)

    def at_excludewhennull(self, operand: Any, event: Any) -> Any:
        return self.without_nulls(self.resolve(operand, event))

    def without_nulls(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            kept = {key: self.without_nulls(item) for key, item in value.items()}
            return {key: item for key, item in kept.items() if item is not MISSING}
        return MISSING if value is None else value

    def at_json(self, operand: Any, event: Any) -> Any:
        if self.on("falsy values are absent") and falsy(operand.get("value", MISSING)):
            raise RefusedError
        value, mode = self.resolve(operand.get("value", MISSING), event), operand["mode"]
        if self.on("letter case matters") and mode not in ("encode", "decode"):
            return MISSING
        if mode.lower() == "encode":
            return MISSING if value is MISSING else self.short(script(clean(value)))
        if not isinstance(value, str):
            return value
        try:
            return (
                json.loads(value, parse_constant=float.fromhex)
                if self.on("numbers overflow")
                else decode(value)
            )
        except ValueError:
            return value

    def at_flatten(self, operand: Any, event: Any) -> Any:
        separator, value = (
            self.resolve(operand.get("separator"), event),
            self.resolve(operand["value"], event),
        )
        arrays = falsy(operand.get("omitArrays", MISSING))
        if not separator:
            return self.refuse()
        if not isinstance(value, dict | (list if arrays else dict)) and not self.on(
            "flatten wraps"
        ):
            return MISSING
        flat: dict[str, Any] = {}

        def spread(value: Any, prefix: str) -> None:
            if not isinstance(value, dict | (list if arrays else dict)):
                flat[prefix] = value
                return
            inside = (
                value
                if isinstance(value, dict)
                else {str(at): item for at, item in enumerate(value)}
            )
            for key, item in ordered(inside.items()):
                spread(item, f"{prefix}{separator}{key}" if prefix else key)

        spread(value, "")
        return flat if sum(map(len, flat)) <= KEYS else MISSING

    def at_merge(self, operand: Any, event: Any) -> Any:
        direction = operand.get("direction")
        if not direction:
            return self.refuse()
        values = [self.resolve(item, event) for item in operand["objects"]]
        left = direction if self.on("letter case matters") else direction.lower()
        merged: dict[str, Any] = {}
        for value in reversed(values) if left == "left" else values:
            merged.update(self.members(value))
        return merged

    def members(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return dict(value)
        if self.on("merge spreads") and isinstance(value, str | list):
            items = units(value) if isinstance(value, str) else value
            return {str(index): item for index, item in enumerate(items)}
        return {}

    def at_transform(self, operand: Any, event: Any) -> Any:
        applied = clean(self.resolve(rewritten(operand["apply"]), event))
        if applied is MISSING or (applied is None and not self.on("falsy ends a path")):
            applied = {}
        if not isinstance(applied, Mapping) and applied is not None:
            return self.refuse()
        return self.resolve(operand["mapping"], applied)

    def at_arraypath(self, operand: Any, event: Any) -> Any:
        source, *shapes = operand
        root = (
            self.at_path(source, event) if isinstance(source, str) else self.resolve(source, event)
        )
        if (
            not isinstance(root, list | dict)
            or not shapes
            or not isinstance(shapes[0], dict)
            or not shapes[0]
        ):
            return root
        items = root if isinstance(root, list) else [root]
        if len(items) > ITEMS and not self.quirks:
            return MISSING
        made = [self.resolve(shapes[0], item) for item in items]
        return clean(made)
