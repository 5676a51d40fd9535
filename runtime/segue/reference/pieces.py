"""What a page says, as text and code that no renderer has to take apart.

All of it may come from a plugin's author, and none of it is markup.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from segue.json import JsonValue


class Code(str):
    """A piece of text that is shown as code."""

    __slots__ = ()


Phrase: TypeAlias = Sequence[str]
"""Pieces that are read one after the other, as they are; some of them Code."""


def line(text: object) -> str:
    """Text as one line; what cannot be seen in it is spelled as JSON spells it."""
    return _seen(" ".join(str(text).split()))


def code(value: object) -> Code:
    """A text or another JSON value as code on one line."""
    text = value if isinstance(value, str) else spelled(value)
    return Code(_seen(text.replace("\n", " ")))


def spelled(value: object) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def listed(values: Iterable[object], last: str = ",") -> Phrase:
    """Values as code with commas between them, the last after a word of its own."""
    return joined([[code(one)] for one in values], last)


def joined(phrases: Sequence[Phrase], last: str = ",") -> Phrase:
    """Phrases with commas between them, the last after a word of its own, such as "or"."""
    found: list[str] = []
    for number, phrase in enumerate(phrases):
        if number:
            final = number == len(phrases) - 1 and last != ","
            found.append(f" {last} " if final else ", ")
        found += phrase
    return found


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each one line."""
    return [line(one) for one in text.replace("\r\n", "\n").split("\n\n") if one.strip()]


def words(mapping: JsonValue) -> Phrase:
    """A mapping as people say it: a path as it is, a coalesce as "this, else that"."""
    match mapping:
        case {"@path": str(path), **rest} if not rest:
            return [code(path)]
        case {"@if": {"exists": exists, "then": then, "else": otherwise}} if exists == then:
            return [*words(then), ", else ", *words(otherwise)]
        case {"@template": str(text), **rest} if not rest:
            return [code(text)]
        case _:
            return [code(spelled(mapping))]


def _seen(text: str) -> str:
    return "".join(
        one if one == " " or one.isprintable() else json.dumps(one)[1:-1] for one in text
    )
