"""YAML as JSON values that know where they stand.

libyaml splits the text into events; the values are made here, by the core schema of YAML 1.2: ``yes``,
``on`` and dates are text. Beyond that a workspace is also JSON: keys are text and stand once, and there
are no tags and no merge keys. Nothing here recurses, and what aliases expand to is counted, so no text
exhausts the stack or the memory.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, TypeAlias, cast

from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from segue.errors import Problem, pointer, suggest
from segue.json import MISSING, JsonValue, Missing, quote, script
from segue.workspace.places import Mark, Members, Place, Places, Text
from segue.workspace.scalars import resolve
from segue.workspace.syntax import BANG, explain


try:
    from yaml import CSafeLoader as Parser
except ImportError:  # PyYAML built without libyaml: the same events, about ten times slower
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

SIZE: Final = 10_000_000
NODES: Final = 500_000
DEPTH: Final = 100

TOO_LARGE: Final = Problem("", f"the file is larger than {SIZE // 1_000_000} MB", None, 1, 1)

# YAML 1.2.2, production 1: what may stand in a document unescaped.
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says. ``value`` is MISSING when it is empty or cannot be read.

    A value that a problem refuses is null in ``value``, or left out with its key.
    """

    value: JsonValue | Missing
    problems: tuple[Problem, ...]
    places: Places
    text: str


class _Parser(Protocol):
    def get_event(self) -> Event | None: ...
    def dispose(self) -> None: ...


def read(text: str, *, parser: Callable[[str], _Parser] = Parser) -> Document:
    """Read one YAML document. What is wrong becomes a problem; nothing is raised."""
    reader = _Reader(Text(text))
    unreadable = _unreadable(text)
    if unreadable:
        return Document(MISSING, (unreadable,), reader.places(), text)
    try:
        for event in events(text, parser):
            reader.take(event)
    except YAMLError as error:
        reader.end(explain(cast("MarkedYAMLError", error), reader.text))
    except _Stop:
        pass
    else:
        return reader.document()
    return Document(MISSING, tuple(reader.problems), reader.places(), text)


class _Stop(Exception):  # noqa: N818 only read() sees it
    """A problem that is in the list already leaves no sense in reading on."""


def _unreadable(text: str) -> Problem | None:
    if len(text) > SIZE:
        return TOO_LARGE
    found = _UNPRINTABLE.search(text)
    if not found:
        return None
    at = found.start()
    message = f"the character U+{ord(found[0]):04X} may not stand in YAML"
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Problem("", message, "remove it", line, column)


def events(text: str, parser: Callable[[str], _Parser] = Parser) -> Iterator[Event]:
    """What a text is made of. Raises YAMLError."""
    opened = parser(text)
    try:
        while (event := opened.get_event()) is not None:
            yield event
    finally:
        opened.dispose()


class _Known(NamedTuple):
    """A value that is complete, and what it costs to have it once more."""

    value: JsonValue
    nodes: int = 1
    height: int = 0


_REFUSED: Final = _Known(None)
_START: Final = Place()


@dataclass(slots=True)
class _Frame:
    """A list or an object that is being read.

    ``before`` is what had been counted when it began. In an object keys and values take turns: ``key``
    is MISSING when one comes next, and None when it was refused and its value is passed over.
    """

    value: list[JsonValue] | dict[str, JsonValue]
    place: Place
    anchor: str | None = None
    before: int = 0
    height: int = 0
    members: Members = field(default_factory=dict[str, tuple[Place, Place]])
    key: str | Missing | None = MISSING
    key_place: Place = _START

    @property
    def next(self) -> str | None:
        """The key or index of the member that comes next, None while that is not known."""
        if isinstance(self.value, list):
            return str(len(self.value))
        return None if self.key is MISSING else self.key

    def put(self, value: JsonValue, place: Place) -> None:
        if isinstance(self.value, list):
            self.members[str(len(self.value))] = (place, place)
            self.value.append(value)
        elif isinstance(self.key, str):
            self.members[self.key] = (self.key_place, place)
            self.value[self.key] = value
        self.key = MISSING


class _Reader:
    """Makes values of events. The frame at the bottom holds the documents."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.members: dict[int, Members] = {}
        self.anchors: dict[str, _Known | None] = {}  # None while the value is being read
        self.nodes = 0
        self.stack = [_Frame([], _START)]

    def take(self, event: Event) -> None:
        handle = _HANDLERS.get(type(event))
        if handle:
            handle(self, event)

    def document(self) -> Document:
        documents = self.stack[0].value
        value = documents[0] if isinstance(documents, list) and documents else MISSING
        return Document(value, tuple(self.problems), self.places(value or None), self.text.text)

    def places(self, root: JsonValue = None) -> Places:
        return Places(self.text, root, self.members)

    def begin(self, event: DocumentStartEvent) -> None:
        if self.stack[0].value:
            self.stop("a second document begins here", "keep one in a file", _place(event))

    def scalar(self, event: ScalarEvent) -> None:
        place = _place(event)
        self.count(_REFUSED, place)
        self.put(self.known(event, place), place, event.anchor)

    def known(self, event: ScalarEvent, place: Place) -> _Known:
        if event.tag is not None:
            self.add(*BANG, place)
        elif _SURROGATE.search(event.value):  # libyaml refuses it by itself
            self.add("half of a surrogate pair is not text", None, place)
        elif not event.implicit[0]:
            return _Known(event.value)
        else:
            try:
                return _Known(resolve(event.value))
            except ValueError as error:
                self.add(str(error), "put it in quotes if it is text", place)
        return _REFUSED

    def open(self, event: CollectionStartEvent) -> None:
        place = _place(event)
        if event.tag is not None:
            self.add(*BANG, place)
        if event.anchor:
            self.anchors[event.anchor] = None
        value: list[JsonValue] | dict[str, JsonValue]
        value = {} if isinstance(event, MappingStartEvent) else []
        frame = _Frame(value, place, event.anchor, self.nodes)
        self.count(_Known(None, 1, 1), place)
        self.members[id(value)] = frame.members
        self.stack.append(frame)

    def close(self, _: Event) -> None:
        frame = self.stack.pop()
        known = _Known(frame.value, self.nodes - frame.before, frame.height + 1)
        self.put(known, frame.place, frame.anchor)

    def alias(self, event: AliasEvent) -> None:
        name, place = event.anchor or "", _place(event)
        known = self.anchors.get(name)
        if known is None:
            self.add(*self.unknown(name), place)
        self.count(known or _REFUSED, place)
        self.put(known or _REFUSED, place, None)

    def unknown(self, anchor: str) -> tuple[str, str]:
        if anchor in self.anchors:
            return f"the alias *{anchor} stands inside the value it names", "name a value above"
        near = suggest(anchor, self.anchors)
        return (
            f"no value above is named &{anchor}",
            near or 'put text that begins with "*" in quotes',
        )

    def put(self, known: _Known, place: Place, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = known
        frame = self.stack[-1]
        frame.height = max(frame.height, known.height)
        if isinstance(frame.value, dict) and frame.key is MISSING:
            frame.key, frame.key_place = self.key(frame, known, place), place
        else:
            frame.put(known.value, place)

    def key(self, frame: _Frame, known: _Known, place: Place) -> str | None:
        flaw = None if known is _REFUSED else _flaw(frame, known.value)
        if flaw:
            self.add(*flaw, place)
        return None if flaw or known is _REFUSED else cast("str", known.value)

    def count(self, more: _Known, place: Place) -> None:
        self.nodes += more.nodes
        if self.nodes > NODES:
            message = f"the file holds more than {NODES:,} values, aliases counted each time"
            self.stop(message, "split it", place)
        if len(self.stack) - 1 + more.height > DEPTH:
            self.stop(f"this is nested more than {DEPTH} levels deep", None, place)

    def add(self, message: str, hint: str | None, place: Place) -> None:
        where = pointer(*(frame.next for frame in self.stack[1:] if frame.next is not None))
        self.problems.append(Problem(where, message, hint, *place))

    def stop(self, message: str, hint: str | None, place: Place) -> None:
        self.add(message, hint, place)
        raise _Stop

    def end(self, problem: Problem) -> None:
        """Add why reading ended, unless a problem of the same line says it better."""
        if all(problem.line != known.line for known in self.problems):
            self.problems.append(problem)


def _place(event: Event) -> Place:
    return Place.of(cast("Mark", event.start_mark))


def _flaw(frame: _Frame, key: JsonValue) -> tuple[str, str] | None:
    """What is wrong with a key, and what to do."""
    if isinstance(key, dict | list):
        return "a key cannot be a list or an object", 'put text with "{" or "[" in quotes'
    if not isinstance(key, str):
        return f"the key {script(key)} is not text", "put it in quotes"
    if key == "<<":
        hint = 'use an alias for a whole value, or "override" to change some fields'
        return 'merge keys ("<<") are not part of YAML 1.2', hint
    if key in frame.members:
        first = frame.members[key][0]
        return (
            f"the key {quote(key)} is here twice, first on line {first.line}",
            "remove one of them",
        )
    return None


_Handler: TypeAlias = Callable[[_Reader, Event], None]
_HANDLERS: Final = cast(
    "Mapping[type[Event], _Handler]",
    {
        DocumentStartEvent: _Reader.begin,
        ScalarEvent: _Reader.scalar,
        AliasEvent: _Reader.alias,
        SequenceStartEvent: _Reader.open,
        MappingStartEvent: _Reader.open,
        SequenceEndEvent: _Reader.close,
        MappingEndEvent: _Reader.close,
    },
)
