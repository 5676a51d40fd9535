"""Members of lists and objects in a text: one more, one less, another name."""

import re
from collections.abc import Collection, Iterator

from segue.json import JsonValue
from segue.workspace import nodes, writing
from segue.workspace.layout import Page, Slot
from segue.workspace.nodes import Node, between, column, leads, line_end, line_start, next_line


class Members:
    """Changes which members there are. All but ``clear`` are for what has several, or is to have."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def insert(self, node: Node, at: int, value: JsonValue, name: str | None = None) -> None:
        """Put a member before the ``at``-th of a list or an object that has some."""
        put = self._insert_line if node.block else self._insert_in_brackets
        put(node, at, value, name)

    def _insert_in_brackets(self, node: Node, at: int, value: JsonValue, name: str | None) -> None:
        text = (
            self.page.flow(value)
            if name is None
            else f"{self.page.flow(name)}: {self.page.flow(value)}"
        )
        if at:
            end = self.page.end(node, at - 1)
            self.page.cut(end, end, f", {text}")
        else:
            start = self.page.start(node, 0)
            self.page.cut(start, start, f"{text}, ")

    def _insert_line(self, node: Node, at: int, value: JsonValue, name: str | None) -> None:
        first = self.page.start(node, 0)
        indent = column(self.page.text, first)
        whole: JsonValue = [value] if name is None else {name: value}
        lines = self.page.newline.join(writing.lines(whole, indent, self.page.step))
        if at:
            end = line_end(self.page.text, self.page.end(node, at - 1))
            self._seal(node.values[at - 1], end)
            self.page.cut(end, end, self._gap(node) + f"{self.page.newline}{lines}")
        elif leads(self.page.text, first):
            start = line_start(self.page.text, first)
            self.page.cut(start, start, f"{lines}{self.page.newline}")
        else:
            self.page.cut(first, first, f"{lines.strip(' ')}{self.page.newline}{' ' * indent}")

    def _seal(self, node: Node, end: int) -> None:
        """Keep text that ends the file without a line break from getting one."""
        while node.block:
            node = node.values[-1]
        head = nodes.head_end(self.page.text, node)
        if end == len(self.page.text) and head < node.end:
            marks = self.page.text[node.start : head].replace("+", "").replace("-", "")
            self.page.cut(node.start, head, f"{marks}-")

    def _gap(self, node: Node) -> str:
        """An empty line, if there is one between all that are there."""
        gaps = [
            self.page.text[self.page.end(node, at - 1) : self.page.start(node, at)]
            for at in range(1, len(node.values))
        ]
        apart = bool(gaps) and all(re.search(r"\n[ ]*\r?\n", gap) for gap in gaps)
        return self.page.newline if apart else ""

    def rename(self, node: Node, at: int, name: str) -> None:
        """Write another key."""
        key = node.keys[at]
        text = (
            self.page.flow(name, key.style) if node.flow else writing.scalar(name, style=key.style)
        )
        self.page.cut(key.start, key.end, text)

    def remove(self, node: Node, gone: Collection[int]) -> None:
        """Remove some members, not all."""
        for start, end in _runs(gone):
            if node.flow:
                self._remove_in_brackets(node, start, end)
            elif start == 0 and not leads(self.page.text, self.page.start(node, 0)):
                self._remove_behind_dash(node, end)
            else:
                for at in range(start, end):
                    self._remove_lines(node, at)

    def clear(self, slot: Slot) -> None:
        """Remove the only member."""
        node, empty = slot.node, "{}" if slot.node.keys else "[]"
        if node.flow:
            self.page.cut(node.start, node.end, empty)
        elif self.page.below(slot):
            head = self.page.head(slot)
            self.page.cut(head, head, f" {empty}")
            self._remove_lines(node, 0)
        else:
            start, end = self.page.start(node, 0), line_end(self.page.text, self.page.end(node, 0))
            self.page.cut(start, end, empty)

    def _remove_in_brackets(self, node: Node, start: int, end: int) -> None:
        last = end == len(node.values)
        first = self.page.end(node, start - 1) if last else self.page.start(node, start)
        stop = self.page.end(node, end - 1) if last else self.page.start(node, end)
        if "#" not in "".join(self._gaps(node, start, end)):
            self.page.cut(first, stop, "")
            return
        for at in range(start, end):
            stop = self.page.end(node, at)
            comma = between(self.page.text, stop)
            self.page.cut(self.page.start(node, at), stop, "")
            if at + 1 < len(node.values):
                self.page.cut(comma, comma + 1, "")

    def _gaps(self, node: Node, start: int, end: int) -> Iterator[str]:
        """What is between the members of a run, and around it."""
        for at in range(max(start, 1), min(end + 1, len(node.values))):
            yield self.page.text[self.page.end(node, at - 1) : self.page.start(node, at)]

    def _remove_behind_dash(self, node: Node, end: int) -> None:
        """Remove the first members where the first begins on the line of a dash."""
        first, kept = self.page.start(node, 0), self.page.start(node, end)
        lines = [
            self.page.text[
                line_end(self.page.text, self.page.end(node, at)) : self.page.start(node, at + 1)
            ]
            for at in range(end)
        ]
        if "#" not in "".join(lines):
            self.page.cut(first, kept, "")
            return
        dash = len(self.page.text[:first].rstrip(" "))
        self.page.cut(dash, line_end(self.page.text, self.page.end(node, 0)), "")
        for at in range(1, end):
            self._remove_lines(node, at)

    def _remove_lines(self, node: Node, at: int) -> None:
        start, end = line_start(self.page.text, self.page.start(node, at)), self.page.end(node, at)
        after = next_line(self.page.text, line_end(self.page.text, end))
        if (
            after == len(self.page.text) and line_end(self.page.text, end) == after
        ):  # no break at the end
            start = max(0, start - len(self.page.newline))
        self.page.cut(start, after, "")


def _runs(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other, as start and end."""
    run: list[int] = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield run[0], run[-1] + 1
            run = []
        run.append(number)
    if run:
        yield run[0], run[-1] + 1
