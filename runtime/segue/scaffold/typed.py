"""The TypedDict of a field spec, as source."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from segue.fields.schema import items, kinds, properties, required
from segue.json import JsonObject
from segue.scaffold.source import INDENT, WIDTH, constant


LONGEST: Final = 24
"""Characters of a name in a class, so that it fits on a line with its annotation."""

_TYPES: Final[Mapping[str, str]] = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "null": "None",
}
_NAMES: Final = frozenset(
    {*_TYPES.values(), "list", "JsonObject", "JsonValue", "NotRequired", "TypedDict", "Payload"}
)
"""What annotations are made of: no member of a class may hide it."""

_ABOUT: Final = {
    True: "What the fields below make of an event.",
    False: "A part of a payload.",
}


@dataclass(slots=True)
class Typed:
    """The classes of a field spec, the innermost first; and the names they need."""

    classes: list[str] = field(default_factory=list[str])
    names: set[str] = field(default_factory=set[str])
    uses: set[str] = field(default_factory=set[str])

    def add(self, schema: JsonObject, name: str = "Payload") -> str:
        """Write the class of an object's fields, and return what it is called."""
        name = self._free(name[: 2 * LONGEST])
        needed = required(schema)
        members: dict[str, str] = {}
        for key, part in properties(schema).items():
            hint = self._hint(part, name + _word(key))
            optional = key not in needed
            members[key] = f"NotRequired[{hint}]" if optional else self._fitting(key, hint)
        self.uses |= {"TypedDict"} | ({"NotRequired"} if set(members) - set(needed) else set[str]())
        write = _class if all(map(_is_plain, members)) else _call
        self.classes.append(write(name, members))
        return name

    def _fitting(self, key: str, hint: str) -> str:
        """A hint that can stand beside its key: of several types too long for a line, any value."""
        union = re.sub(r"\[.*\]", "", hint)
        room = WIDTH - 2 * INDENT - len(constant(key)) - len(": ,")
        return self._use("JsonValue") if "|" in union and len(hint) > room else hint

    def _hint(self, part: JsonObject, name: str) -> str:
        given = kinds(part)
        several = [self._kind(kind, part, name) for kind in given]
        return " | ".join(several) or self._use("JsonValue")

    def _kind(self, kind: str, part: JsonObject, name: str) -> str:
        if kind == "object":
            return self.add(part, name) if properties(part) else self._use("JsonObject")
        if kind == "array":
            one = self._hint(items(part), name) if "items" in part else self._use("JsonValue")
            return f"list[{one}]"
        return _TYPES[kind]

    def _use(self, name: str) -> str:
        self.uses.add(name)
        return name

    def _free(self, name: str) -> str:
        number = 1
        while (free := name if number == 1 else f"{name}{number}") in self.names:
            number += 1
        self.names.add(free)
        return free


def _class(name: str, members: Mapping[str, str]) -> str:
    lines = [f"class {name}(TypedDict):", f'    """{_ABOUT[name == "Payload"]}"""']
    rows = [_member(f"    {key}: ", hint, "") for key, hint in members.items()]
    return "\n".join([*lines, *([""] if rows else []), *rows])


def _call(name: str, members: Mapping[str, str]) -> str:
    """For keys that cannot stand in a class."""
    hides = all(map(_is_name, members))
    indent = " " * 2 * INDENT
    lines = [_member(f"{indent}{constant(key)}: ", hint, ",") for key, hint in members.items()]
    head = f"{name} = TypedDict(" + ("  # noqa: UP013 a key hides a type" if hides else "")
    return "\n".join([head, f'    "{name}",', "    {", *lines, "    },", ")"])


def _member(head: str, hint: str, end: str) -> str:
    """A key and its annotation, which is broken at its brackets where it is too long."""
    outer, bracket, inner = hint.partition("[")
    if len(head + hint + end) <= WIDTH or not bracket or not hint.endswith("]"):
        return head + hint + end
    indent = " " * (len(head) - len(head.lstrip()))
    return "\n".join(
        [f"{head}{outer}[", _member(f"{indent}    ", inner[:-1], ""), f"{indent}]{end}"]
    )


def _is_name(key: str) -> bool:
    return bool(re.fullmatch(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", key)) and not keyword.iskeyword(key)


def _is_plain(key: str) -> bool:
    hides = key in _NAMES or key.startswith("Payload")
    return _is_name(key) and not hides and len(key) <= LONGEST


def _word(key: str) -> str:
    """A key as part of the name of a class."""
    words = re.findall(r"[A-Za-z0-9]+", key)
    return "".join(word[:1].upper() + word[1:] for word in words)[:LONGEST] or "Part"
