"""Schemas on their way into a workspace: as files, and as the lines that name them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from segue.json import JsonObject


_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_]+)*")
_WORDS: Final = frozenset({"true", "false", "null"})
_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A schema for a type and, where that is track, a name. ``whole``: it is of the event as a whole."""

    type: str
    name: str | None
    document: JsonObject
    whole: bool = False


def file_names(entries: Iterable[Entry]) -> list[tuple[str, Entry]]:
    """Each with the name of a file for it: plain letters and digits, none twice."""
    named: dict[str, Entry] = {}
    for one in entries:
        words = re.findall(r"[a-z0-9]+", f"{one.type} {one.name or ''}".lower())
        stem = "-".join(words)[:_LENGTH].rstrip("-")
        name, number = stem, 1
        while name in named:
            number += 1
            name = f"{stem}-{number}"
        named[name] = one
    return [(f"{name}.json", one) for name, one in named.items()]


def block(places: Iterable[tuple[str, Entry]]) -> str:
    """The key ``schemas`` of a workspace as YAML; each schema with the path of its file."""
    track: list[str] = []
    others: list[str] = []
    for path, one in places:
        said = scalar(path)
        value = f"{{schema: {said}, of: event}}" if one.whole and one.type != "common" else said
        if one.type == "track":
            track.append(f"    {scalar(one.name or '')}: {value}")
        else:
            others.append(f"  {one.type}: {value}")
    head = ["  track:", *track] if track else []
    return "\n".join(["schemas:", *head, *others, ""])


def scalar(text: str) -> str:
    """A text as YAML on one line, also as a key."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)


def written(document: JsonObject | Mapping[str, object]) -> str:
    """A schema as the text of a file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
