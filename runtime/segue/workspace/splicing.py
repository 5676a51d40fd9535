"""Which characters of a YAML text to replace for a change of its value.

What stands in brackets is changed in its place. In lines of its own a value follows its key on that line
or below it, and its dash at once. Comments stay, but for those within what is removed.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from segue.json import JsonValue
from segue.workspace import nodes, writing
from segue.workspace.nodes import Node, between, column, leads, line_end, line_start, next_line


_ANCHOR: Final = re.compile(r"\s*&[^\s,\[\]{}]+")
_COLUMNS: Final = 2


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


def apply(text: str, splices: Iterable[Splice]) -> str:
    """The text after all splices; removals may overlap."""
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(splices, key=lambda one: one[:2]):
        parts += text[done:start], new
        done = max(done, end)
    return "".join([*parts, text[done:]])


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are one as JSON, where true is no 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


class Splicing:
    """Collects the splices for changes of one text, all by the places it has now."""

    def __init__(self, text: str, root: Node) -> None:
        self.splices: list[Splice] = []
        self._text = text
        found = re.search(f"\r\n|[{nodes.BREAKS}]", text)
        self._newline = found[0] if found else "\n"
        self._strict = root.style == "{"
        self._step = _step(text, root)

    def change(self, slot: Slot, old: JsonValue, new: JsonValue) -> None:
        """Make ``new`` of a value that is ``old``; what they share stays as it is written."""
        if same(old, new):
            return
        opened = self.open(slot.node)
        if opened and isinstance(old, dict) and isinstance(new, dict) and old.keys() & new.keys():
            self._merge(slot.node, old, new)
        elif opened and isinstance(old, list) and isinstance(new, list) and new:
            self._align(slot.node, old, new)
        else:
            self.replace(slot, new)

    def open(self, node: Node) -> bool:
        """Whether members can be put in and taken out: it has some, and its ends are seen."""
        return bool(node.values) and (node.block or self._bracketed(node))

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
                self.insert(node, at, value, name)
        self.remove(node, {*range(len(node.values))} - {*kept})

    def _align(self, node: Node, old: Sequence[JsonValue], new: Sequence[JsonValue]) -> None:
        head, tail = _common(old, new)
        middle, fresh = range(head, len(old) - tail), new[head : len(new) - tail]
        for at, value in zip(middle, fresh, strict=False):
            self.change(Slot(node.values[at], node, at), old[at], value)
        for value in fresh[len(middle) :]:
            self.insert(node, middle.stop, value)
        self.remove(node, {*middle[len(fresh) :]})

    # -- a value for another

    def replace(self, slot: Slot, value: JsonValue) -> None:
        """Write a value in the place of another, whatever that was."""
        if slot.around and slot.around.flow:
            self._replace_in_brackets(slot, value)
        elif self._below_key(slot):
            self._replace_below(slot, value)
        elif self._beside_key(slot):
            self._replace_beside(slot, value)
        else:
            self._replace_in_place(slot, value)

    def _replace_in_brackets(self, slot: Slot, value: JsonValue) -> None:
        node, text = slot.node, self._flow(value, slot.node.style)
        if node.start < node.end:
            self._cut(node.start, node.end, text)
        elif slot.around and slot.around.keys:
            end = slot.around.keys[slot.at].end
            colon = between(self._text, end)
            if self._text[colon : colon + 1] == ":":
                self._cut(colon + 1, colon + 1, f" {text}")
            else:
                self._cut(end, end, f": {text}")

    def _below_key(self, slot: Slot) -> bool:
        return bool(slot.around and slot.around.style == ":" and slot.node.block)

    def _beside_key(self, slot: Slot) -> bool:
        if slot.around is None:
            return False
        empty = slot.node.start == slot.node.end
        return empty or (slot.around.style == ":" and not leads(self._text, slot.node.start))

    def _replace_below(self, slot: Slot, value: JsonValue) -> None:
        node, indent = slot.node, self._indent(slot)
        end = line_end(self._text, node.end)
        if self._inline(value, slot):
            head = self._head(slot)
            first, *rest = self._written(value, slot)
            self._cut(head, head, f" {first}")
            self._cut(line_end(self._text, head), end, self._after(rest))
        else:
            here = column(self._text, node.start)
            fits = isinstance(value, dict) and here > indent
            lines = writing.lines(value, here if fits else indent + self._step, self._step)
            self._cut(line_start(self._text, node.start), end, self._newline.join(lines))

    def _replace_beside(self, slot: Slot, value: JsonValue) -> None:
        node, head = slot.node, self._head(slot)
        first_end = nodes.head_end(self._text, node)
        if self._inline(value, slot):
            first, *rest = self._written(value, slot)
        elif slot.around and slot.around.style == "-":
            first, *rest = writing.lines(value, self._indent(slot) + _COLUMNS, self._step)
            first = first.strip(" ")
        else:
            first, *rest = "", *writing.lines(value, self._indent(slot) + self._step, self._step)
        start = node.start if first and node.start < node.end else head
        self._cut(start, first_end, first if start > head else f" {first}".rstrip(" "))
        self._trail(node, rest)

    def _replace_in_place(self, slot: Slot, value: JsonValue) -> None:
        node = slot.node
        if self._inline(value, slot):
            first, *rest = self._written(value, slot)
        else:
            first, *rest = writing.lines(value, column(self._text, node.start), self._step)
        if node.block:
            end = line_end(self._text, node.end)
            self._cut(node.start, end, first.strip(" ") + self._after(rest))
        else:
            self._cut(node.start, nodes.head_end(self._text, node), first.strip(" "))
            self._trail(node, rest)

    def _trail(self, node: Node, rest: Sequence[str]) -> None:
        """Put lines below one that is replaced; a block of text loses its own."""
        start = line_end(self._text, nodes.head_end(self._text, node))
        end = max(start, node.end) if node.style in {"|", ">"} else start
        self._cut(start, end, self._after(rest))

    def _written(self, value: JsonValue, slot: Slot) -> list[str]:
        style = slot.node.style
        if isinstance(value, str):
            return writing.text_lines(value, style, self._indent(slot) + self._step)
        return [self._flow(value, style)]

    def _inline(self, value: JsonValue, slot: Slot) -> bool:
        """Whether a value is to stand on one line, as the one before it did if there is the room."""
        if self._strict and slot.around is None:
            return True
        room = writing.WIDTH - column(self._text, slot.node.start)
        if slot.node.flow and slot.node.values:
            return len(writing.flow(value)) <= room
        return writing.inline(value, room)

    def _flow(self, value: JsonValue, style: str = "") -> str:
        if isinstance(value, str) and not self._strict:
            return writing.scalar(value, style=style if style in {"'", '"'} else "", flow=True)
        return writing.flow(value, strict=self._strict)

    def _after(self, lines: Iterable[str]) -> str:
        return "".join(f"{self._newline}{line}" for line in lines)

    def _indent(self, slot: Slot) -> int:
        """The column of the key or the dash that a value follows."""
        if slot.around is None:
            return 0
        return column(self._text, self._start(slot.around, 0))

    def _head(self, slot: Slot) -> int:
        """Where a value may begin: after its colon or its dash, and after its anchor."""
        if slot.around is None:
            return slot.node.start
        if slot.around.keys:
            end = between(self._text, slot.around.keys[slot.at].end) + 1
        else:
            end = self._start(slot.around, slot.at) + 1
        anchor = _ANCHOR.match(self._text, end) if slot.node.style != "*" else None
        return anchor.end() if anchor and slot.node.anchor else end

    # -- one more

    def insert(self, node: Node, at: int, value: JsonValue, name: str | None = None) -> None:
        """Put a member before the ``at``-th of a list or an object that has some."""
        put = self._insert_line if node.block else self._insert_in_brackets
        put(node, at, value, name)

    def _insert_in_brackets(self, node: Node, at: int, value: JsonValue, name: str | None) -> None:
        text = self._flow(value) if name is None else f"{self._flow(name)}: {self._flow(value)}"
        if at:
            end = self._end(node, at - 1)
            self._cut(end, end, f", {text}")
        else:
            start = self._start(node, 0)
            self._cut(start, start, f"{text}, ")

    def _insert_line(self, node: Node, at: int, value: JsonValue, name: str | None) -> None:
        first = self._start(node, 0)
        indent = column(self._text, first)
        whole: JsonValue = [value] if name is None else {name: value}
        lines = self._newline.join(writing.lines(whole, indent, self._step))
        if at:
            end = line_end(self._text, self._end(node, at - 1))
            self._seal(node.values[at - 1], end)
            self._cut(end, end, self._gap(node) + f"{self._newline}{lines}")
        elif leads(self._text, first):
            start = line_start(self._text, first)
            self._cut(start, start, f"{lines}{self._newline}")
        else:
            self._cut(first, first, f"{lines.strip(' ')}{self._newline}{' ' * indent}")

    def _seal(self, node: Node, end: int) -> None:
        """Keep text that ends the file without a line break from getting one."""
        while node.block:
            node = node.values[-1]
        head = nodes.head_end(self._text, node)
        if end == len(self._text) and head < node.end:
            marks = self._text[node.start : head].replace("+", "").replace("-", "")
            self._cut(node.start, head, f"{marks}-")

    def _gap(self, node: Node) -> str:
        """An empty line, if there is one between all that are there."""
        gaps = [
            self._text[self._end(node, at - 1) : self._start(node, at)]
            for at in range(1, len(node.values))
        ]
        apart = bool(gaps) and all(re.search(r"\n[ ]*\r?\n", gap) for gap in gaps)
        return self._newline if apart else ""

    def rename(self, node: Node, at: int, name: str) -> None:
        """Write another key."""
        key = node.keys[at]
        text = self._flow(name, key.style) if node.flow else writing.scalar(name, style=key.style)
        self._cut(key.start, key.end, text)

    # -- one less

    def remove(self, node: Node, gone: Collection[int]) -> None:
        """Remove some members, not all."""
        for start, end in _runs(gone):
            if node.flow:
                self._remove_in_brackets(node, start, end)
            elif start == 0 and not leads(self._text, self._start(node, 0)):
                self._remove_behind_dash(node, end)
            else:
                for at in range(start, end):
                    self._remove_lines(node, at)

    def clear(self, slot: Slot) -> None:
        """Remove the only member."""
        node, empty = slot.node, "{}" if slot.node.keys else "[]"
        if node.flow:
            self._cut(node.start, node.end, empty)
        elif self._below_key(slot):
            head = self._head(slot)
            self._cut(head, head, f" {empty}")
            self._remove_lines(node, 0)
        else:
            start, end = self._start(node, 0), line_end(self._text, self._end(node, 0))
            self._cut(start, end, empty)

    def _remove_in_brackets(self, node: Node, start: int, end: int) -> None:
        last = end == len(node.values)
        first = self._end(node, start - 1) if last else self._start(node, start)
        stop = self._end(node, end - 1) if last else self._start(node, end)
        if "#" not in "".join(self._gaps(node, start, end)):
            self._cut(first, stop, "")
            return
        for at in range(start, end):
            stop = self._end(node, at)
            comma = between(self._text, stop)
            self._cut(self._start(node, at), stop, "")
            if at + 1 < len(node.values):
                self._cut(comma, comma + 1, "")

    def _gaps(self, node: Node, start: int, end: int) -> Iterator[str]:
        """What is between the members of a run, and around it."""
        for at in range(max(start, 1), min(end + 1, len(node.values))):
            yield self._text[self._end(node, at - 1) : self._start(node, at)]

    def _remove_behind_dash(self, node: Node, end: int) -> None:
        """Remove the first members where the first begins on the line of a dash."""
        first, kept = self._start(node, 0), self._start(node, end)
        lines = [
            self._text[line_end(self._text, self._end(node, at)) : self._start(node, at + 1)]
            for at in range(end)
        ]
        if "#" not in "".join(lines):
            self._cut(first, kept, "")
            return
        dash = len(self._text[:first].rstrip(" "))
        self._cut(dash, line_end(self._text, self._end(node, 0)), "")
        for at in range(1, end):
            self._remove_lines(node, at)

    def _remove_lines(self, node: Node, at: int) -> None:
        start, end = line_start(self._text, self._start(node, at)), self._end(node, at)
        after = next_line(self._text, line_end(self._text, end))
        if after == len(self._text) and line_end(self._text, end) == after:  # no break at the end
            start = max(0, start - len(self._newline))
        self._cut(start, after, "")

    # -- places

    def _start(self, node: Node, at: int) -> int:
        """Where a member begins: its key, its dash, its anchor."""
        bracket = node.flow and self._bracketed(node)
        pos = self._end(node, at - 1) if at else node.start + bracket
        pos = between(self._text, pos)
        return between(self._text, pos + 1) if at and node.flow else pos

    def _end(self, node: Node, at: int) -> int:
        return max(node.values[at].end, node.keys[at].end if node.keys else 0)

    def _bracketed(self, node: Node) -> bool:
        """Whether what is said to be in brackets is; one pair in a list need not be."""
        return node.flow and self._text[node.start] == node.style

    def _cut(self, start: int, end: int, text: str) -> None:
        self.splices.append(Splice(start, end, text))


def _common(old: Sequence[JsonValue], new: Sequence[JsonValue]) -> tuple[int, int]:
    """How many of two lists are the same from the front, and of the rest from the back."""
    most, head, tail = min(len(old), len(new)), 0, 0
    while head < most and same(old[head], new[head]):
        head += 1
    while tail < most - head and same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    return head, tail


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


def _step(text: str, root: Node) -> int:
    """By how many columns the file indents, from the first that is."""
    for _, node in root.walk():
        for value in node.values:
            if node.style == ":" and value.style == ":" and leads(text, value.start):
                return max(1, column(text, value.start) - column(text, node.start))
    return _COLUMNS
