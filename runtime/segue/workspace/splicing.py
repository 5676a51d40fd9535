"""Which characters of a YAML text to replace for a change of its value.

What stands in brackets is changed in its place. In lines of its own a value follows its key on that line
or below it, and its dash at once. Comments stay, but for those within what is removed.
"""

import json
from collections.abc import Sequence

from segue.json import JsonValue
from segue.workspace import nodes, writing
from segue.workspace.layout import COLUMNS, Page, Slot
from segue.workspace.members import Members
from segue.workspace.nodes import Node, between, column, leads, line_end, line_start


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are one as JSON, where true is no 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


class Splicing:
    """Makes one value of another; ``members`` changes which members one has."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.members = Members(page)

    def change(self, slot: Slot, old: JsonValue, new: JsonValue) -> None:
        """Make ``new`` of a value that is ``old``; what they share stays as it is written."""
        if same(old, new):
            return
        opened = self.page.open(slot.node)
        if opened and isinstance(old, dict) and isinstance(new, dict) and old.keys() & new.keys():
            self._merge(slot.node, old, new)
        elif opened and isinstance(old, list) and isinstance(new, list) and new:
            self._align(slot.node, old, new)
        else:
            self.replace(slot, new)

    def _merge(self, node: Node, old: dict[str, JsonValue], new: dict[str, JsonValue]) -> None:
        kept = [at for at, name in enumerate(node.names) if name in new]
        for at in kept:
            name = node.names[at]
            self.change(Slot(node.values[at], node, at), old[name], new[name])
        at = kept[0] + 1 if kept[0] else 0
        for name, value in new.items():
            if name in old:
                at = node.names.index(name) + 1
            else:
                self.members.insert(node, at, value, name)
        self.members.remove(node, {*range(len(node.values))} - {*kept})

    def _align(self, node: Node, old: Sequence[JsonValue], new: Sequence[JsonValue]) -> None:
        head, tail = _common(old, new)
        middle, fresh = range(head, len(old) - tail), new[head : len(new) - tail]
        for at, value in zip(middle, fresh, strict=False):
            self.change(Slot(node.values[at], node, at), old[at], value)
        for value in fresh[len(middle) :]:
            self.members.insert(node, middle.stop, value)
        self.members.remove(node, {*middle[len(fresh) :]})

    def replace(self, slot: Slot, value: JsonValue) -> None:
        """Write a value in the place of another, whatever that was."""
        if slot.around and slot.around.flow:
            self._replace_in_brackets(slot, value)
        elif self.page.below(slot):
            self._replace_below(slot, value)
        elif self._beside_key(slot):
            self._replace_beside(slot, value)
        else:
            self._replace_in_place(slot, value)

    def _replace_in_brackets(self, slot: Slot, value: JsonValue) -> None:
        node, text = slot.node, self.page.flow(value, slot.node.style)
        if node.start < node.end:
            self.page.cut(node.start, node.end, text)
        elif slot.around and slot.around.keys:
            end = slot.around.keys[slot.at].end
            colon = between(self.page.text, end)
            if self.page.text[colon : colon + 1] == ":":
                self.page.cut(colon + 1, colon + 1, f" {text}")
            else:
                self.page.cut(end, end, f": {text}")

    def _beside_key(self, slot: Slot) -> bool:
        if slot.around is None:
            return False
        empty = slot.node.start == slot.node.end
        return empty or (slot.around.style == ":" and not leads(self.page.text, slot.node.start))

    def _replace_below(self, slot: Slot, value: JsonValue) -> None:
        node, indent = slot.node, self._indent(slot)
        end = line_end(self.page.text, node.end)
        if self._inline(value, slot):
            head = self.page.head(slot)
            first, *rest = self._written(value, slot)
            self.page.cut(head, head, f" {first}")
            self.page.cut(line_end(self.page.text, head), end, self.page.after(rest))
        else:
            here = column(self.page.text, node.start)
            fits = isinstance(value, dict) and here > indent
            lines = writing.lines(value, here if fits else indent + self.page.step, self.page.step)
            self.page.cut(
                line_start(self.page.text, node.start), end, self.page.newline.join(lines)
            )

    def _replace_beside(self, slot: Slot, value: JsonValue) -> None:
        node, head = slot.node, self.page.head(slot)
        first_end = nodes.head_end(self.page.text, node)
        if self._inline(value, slot):
            first, *rest = self._written(value, slot)
        elif slot.around and slot.around.style == "-":
            first, *rest = writing.lines(value, self._indent(slot) + COLUMNS, self.page.step)
            first = first.strip(" ")
        else:
            first, *rest = (
                "",
                *writing.lines(value, self._indent(slot) + self.page.step, self.page.step),
            )
        start = node.start if first and node.start < node.end else head
        self.page.cut(start, first_end, first if start > head else f" {first}".rstrip(" "))
        self._trail(node, rest)

    def _replace_in_place(self, slot: Slot, value: JsonValue) -> None:
        node = slot.node
        if self._inline(value, slot):
            first, *rest = self._written(value, slot)
        else:
            first, *rest = writing.lines(value, column(self.page.text, node.start), self.page.step)
        if node.block:
            end = line_end(self.page.text, node.end)
            self.page.cut(node.start, end, first.strip(" ") + self.page.after(rest))
        else:
            self.page.cut(node.start, nodes.head_end(self.page.text, node), first.strip(" "))
            self._trail(node, rest)

    def _trail(self, node: Node, rest: Sequence[str]) -> None:
        """Put lines below one that is replaced; a block of text loses its own."""
        start = line_end(self.page.text, nodes.head_end(self.page.text, node))
        end = max(start, node.end) if node.style in {"|", ">"} else start
        self.page.cut(start, end, self.page.after(rest))

    def _written(self, value: JsonValue, slot: Slot) -> list[str]:
        style = slot.node.style
        if isinstance(value, str):
            return writing.text_lines(value, style, self._indent(slot) + self.page.step)
        return [self.page.flow(value, style)]

    def _inline(self, value: JsonValue, slot: Slot) -> bool:
        """Whether a value is to stand on one line, as the one before it did if there is the room."""
        if self.page.strict and slot.around is None:
            return True
        room = writing.WIDTH - column(self.page.text, slot.node.start)
        if slot.node.flow and slot.node.values:
            return len(writing.flow(value)) <= room
        return writing.inline(value, room)

    def _indent(self, slot: Slot) -> int:
        """The column of the key or the dash that a value follows."""
        if slot.around is None:
            return 0
        return column(self.page.text, self.page.start(slot.around, 0))


def _common(old: Sequence[JsonValue], new: Sequence[JsonValue]) -> tuple[int, int]:
    """How many of two lists are the same from the front, and of the rest from the back."""
    most, head, tail = min(len(old), len(new)), 0, 0
    while head < most and same(old[head], new[head]):
        head += 1
    while tail < most - head and same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    return head, tail
