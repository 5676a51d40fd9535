"""A text to be edited: how it is laid out, where its members are, and which characters are to be replaced."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from segue.json import JsonValue
from segue.workspace import nodes, writing
from segue.workspace.nodes import Node, between, column, leads


COLUMNS: Final = 2
"""By how much is indented where the file does not show it, and after a dash."""

_ANCHOR: Final = re.compile(r"\s*&[^\s,\[\]{}]+")


class Splice(NamedTuple):
    """The characters from ``start`` to ``end`` become ``text``."""

    start: int
    end: int
    text: str


class Slot(NamedTuple):
    """A value, and where it is: the ``at``-th of what is ``around`` it, None at the top."""

    node: Node
    around: Node | None = None
    at: int = 0


class Page:
    """A text, all by the places it has now, and the splices that are to be made in it."""

    def __init__(self, text: str, root: Node) -> None:
        self.splices: list[Splice] = []
        self.text = text
        found = re.search(f"\r\n|[{nodes.BREAKS}]", text)
        self.newline = found[0] if found else "\n"
        self.strict = root.style == "{"  # JSON stays JSON
        self.step = _step(text, root)

    def cut(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of another."""
        self.splices.append(Splice(start, end, text))

    def start(self, node: Node, at: int) -> int:
        """Where a member begins: its key, its dash, its anchor."""
        bracket = node.flow and self.bracketed(node)
        pos = self.end(node, at - 1) if at else node.start + bracket
        pos = between(self.text, pos)
        return between(self.text, pos + 1) if at and node.flow else pos

    def end(self, node: Node, at: int) -> int:
        """Where a member ends, before any comment."""
        return max(node.values[at].end, node.keys[at].end if node.keys else 0)

    def open(self, node: Node) -> bool:
        """Whether members can be put in and taken out: it has some, and its ends are seen."""
        return bool(node.values) and (node.block or self.bracketed(node))

    def bracketed(self, node: Node) -> bool:
        """Whether what is said to be in brackets is; one pair in a list need not be."""
        return node.flow and self.text[node.start] == node.style

    def below(self, slot: Slot) -> bool:
        """Whether a list or an object stands in lines below its key."""
        return bool(slot.around and slot.around.style == ":" and slot.node.block)

    def head(self, slot: Slot) -> int:
        """Where a value may begin: after its colon or its dash, and after its anchor."""
        if slot.around is None:
            return slot.node.start
        if slot.around.keys:
            end = between(self.text, slot.around.keys[slot.at].end) + 1
        else:
            end = self.start(slot.around, slot.at) + 1
        anchor = _ANCHOR.match(self.text, end) if slot.node.style != "*" else None
        return anchor.end() if anchor and slot.node.anchor else end

    def flow(self, value: JsonValue, style: str = "") -> str:
        """A value on one line, text in the quotes of ``style`` if it can be."""
        if isinstance(value, str) and not self.strict:
            return writing.scalar(value, style=style if style in {"'", '"'} else "", flow=True)
        return writing.flow(value, strict=self.strict)

    def after(self, lines: Iterable[str]) -> str:
        """Lines below another."""
        return "".join(f"{self.newline}{line}" for line in lines)


def apply(text: str, splices: Iterable[Splice]) -> str:
    """The text after all splices; removals may overlap."""
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(splices, key=lambda one: one[:2]):
        parts += text[done:start], new
        done = max(done, end)
    return "".join([*parts, text[done:]])


def _step(text: str, root: Node) -> int:
    """By how many columns the file indents, from the first that is."""
    for _, node in root.walk():
        for value in node.values:
            if node.style == ":" and value.style == ":" and leads(text, value.start):
                return max(1, column(text, value.start) - column(text, node.start))
    return COLUMNS
