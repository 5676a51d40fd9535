"""Where each value of a YAML text begins and ends, so that one can be changed and nothing else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias, cast

from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from segue.workspace.yaml import events


Key: TypeAlias = str | int

BREAKS: Final = "\n\r\x85\u2028\u2029"
_END: Final = re.compile(f"[{BREAKS}]|\\Z")
_BREAK: Final = re.compile(f"\r\n|[{BREAKS}]|\\Z")
_BETWEEN: Final = re.compile(f"(?:[ \t{BREAKS}]|#[^{BREAKS}]*)*")
_HEADER: Final = re.compile(r"[|>][-+0-9]*")


class _Mark(Protocol):
    @property
    def index(self) -> int: ...


@dataclass(slots=True)
class Node:
    """A value or a key: characters ``start`` to ``end`` of its text.

    An anchor is before ``start``. A block ends with its last value: comments and blank lines after it
    are not of it. ``style`` is a scalar's mark, "*" for an alias, "[" or "{" for what stands in
    brackets, "-" or ":" for lists and objects in lines of their own.
    """

    style: str
    start: int
    end: int
    anchor: str | None = None
    keys: "Sequence[Node]" = ()
    names: Sequence[str] = ()
    values: "Sequence[Node]" = ()

    @property
    def block(self) -> bool:
        """Whether it is a list or an object in lines of its own."""
        return self.style in {"-", ":"}

    @property
    def flow(self) -> bool:
        """Whether it is a list or an object in brackets."""
        return self.style in {"[", "{"}

    def at(self, key: Key) -> int | None:
        """Where a member is among the others, None where there is none."""
        if self.style in {"{", ":"}:
            return self.names.index(key) if key in self.names else None
        inside = isinstance(key, int) and 0 <= key < len(self.values)
        return cast("int", key) if inside else None

    def walk(self, path: tuple[Key, ...] = ()) -> "Iterator[tuple[tuple[Key, ...], Node]]":
        """It and all within, each with its path."""
        yield path, self
        names: Iterable[Key] = self.names or range(len(self.values))
        for name, value in zip(names, self.values, strict=True):
            yield from value.walk((*path, name))


def find_root(text: str) -> Node | None:
    """The value of a text that the reader of workspaces takes, None if there is none."""
    tree = _Tree(text)
    for event in events(text):
        tree.take(event)
    return tree.root


@dataclass(slots=True)
class _Open:
    """A list or an object whose end has not come. ``turn``: a key comes next."""

    node: Node
    turn: bool
    keys: list[Node] = field(default_factory=list[Node])
    names: list[str] = field(default_factory=list[str])
    values: list[Node] = field(default_factory=list[Node])

    def closed(self) -> Node:
        """The node with all that is in it."""
        self.node.keys, self.node.names, self.node.values = self.keys, self.names, self.values
        return self.node


class _Tree:
    """Makes nodes of the events of one document."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = []
        self.root: Node | None = None

    def take(self, event: Event) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._put(self._scalar(cast("ScalarEvent", event)), cast("ScalarEvent", event).value)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self._begin(cast("CollectionStartEvent", event), kind is MappingStartEvent)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._finish(event)
        elif kind is AliasEvent:
            name = cast("AliasEvent", event).anchor
            self._put(Node("*", _start(event), _end(event), name), "")

    def _scalar(self, event: ScalarEvent) -> Node:
        start = _start(event)
        end = max(start, _end(event))
        style = event.style or ""
        if event.anchor:
            start = min(end, self._past(start))
        if style in {"|", ">"}:
            end = self._body(start, end)
        return Node(style, start, end, event.anchor)

    def _body(self, start: int, end: int) -> int:
        """Where the last line of a block of text ends."""
        header = _HEADER.match(self._text, start)
        body = self._text[start:end]
        if header and "+" in header[0]:
            return end - (0 if body[-1:] not in BREAKS else 2 if body.endswith("\r\n") else 1)
        return start + len(body.rstrip(f" {BREAKS}"))

    def _begin(self, event: CollectionStartEvent, mapping: bool) -> None:  # noqa: FBT001
        start = self._past(_start(event)) if event.anchor else _start(event)
        style = ("{" if mapping else "[") if event.flow_style else (":" if mapping else "-")
        self._open.append(_Open(Node(style, start, start, event.anchor), mapping))

    def _past(self, start: int) -> int:
        """What comes after an anchor."""
        found = re.compile(r"&[^\s,\[\]{}]+").match(self._text, start)
        return between(self._text, found.end()) if found else start

    def _finish(self, event: Event) -> None:
        node = self._open.pop().closed()
        if node.flow:
            node.end = _end(event)
            if self._text[node.start] != node.style and node.values:  # a pair in a list: [a: b]
                node.end = node.values[-1].end
        elif node.values:
            node.end = max(node.values[-1].end, node.keys[-1].end if node.keys else 0)
        self._put(node, "")

    def _put(self, node: Node, name: str) -> None:
        if not self._open:
            self.root = node
            return
        around = self._open[-1]
        if around.turn:
            around.keys.append(node)
            around.names.append(name)
            around.turn = False
        else:
            around.values.append(node)
            around.turn = bool(around.keys)


def _start(event: Event) -> int:
    return cast("_Mark", event.start_mark).index


def _end(event: Event) -> int:
    return cast("_Mark", event.end_mark).index


def between(text: str, at: int) -> int:
    """What comes next, after blanks, line breaks and comments."""
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def line_start(text: str, at: int) -> int:
    """Where the line begins."""
    return max(text.rfind(one, 0, at) for one in BREAKS) + 1


def line_end(text: str, at: int) -> int:
    """Where the line ends, before its break."""
    found = _END.search(text, at)
    return found.start() if found else len(text)


def next_line(text: str, at: int) -> int:
    """Where the next line begins, the end of the text if there is none."""
    found = _BREAK.search(text, at)
    return found.end() if found else len(text)


def column(text: str, at: int) -> int:
    """How far into its line a place is, from 0."""
    return at - line_start(text, at)


def leads(text: str, at: int) -> bool:
    """Whether there are only spaces before it in its line."""
    return not text[line_start(text, at) : at].strip(" ")


def head_end(text: str, node: Node) -> int:
    """Where a value's own first line ends: after "|-" for a block of text."""
    found = _HEADER.match(text, node.start) if node.style in {"|", ">"} else None
    return found.end() if found else node.end
