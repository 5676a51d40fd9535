"""Changing values in the text of a workspace file, and not a line more than that takes.

The text is read by the reader of workspaces. An edit replaces the characters of what it changes, and the
new text is read again: it must say what was meant, or the edit is refused.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, cast

from segue.errors import ConfigError, SegueError, pointer
from segue.json import MISSING, JsonValue, Missing
from segue.workspace import writing, yaml
from segue.workspace.layout import Page, Slot, Splice, apply
from segue.workspace.nodes import Key, Node, find_root, line_end
from segue.workspace.splicing import Splicing, same


Path: TypeAlias = tuple[Key, ...]
_Do: TypeAlias = Callable[[Splicing, Slot], None]

_BOM: Final = "\ufeff"


class EditError(SegueError):
    """An edit cannot be made, and has changed nothing; ``path`` is the value it was for."""

    def __init__(self, path: Sequence[Key], reason: str) -> None:
        self.path, self.reason = tuple(path), reason
        super().__init__(self.path, reason)

    def __str__(self) -> str:
        return f"{pointer(*self.path) or 'the file'}: {self.reason}"


@dataclass(frozen=True)
class _Content:
    """A text, what it says, and where; neither for a text without a value.

    ``read`` is all that the reader made of the text, where it has read it for an edit.
    """

    text: str
    value: JsonValue | Missing
    read: yaml.Document | None = None

    @cached_property
    def root(self) -> Node | None:
        return find_root(self.text)


class Document:
    """The text of a YAML file, to be edited by paths of keys and indexes.

    An edit that cannot be made raises EditError. A value that stands behind an alias is written out
    before it is edited, and so are the aliases of a value that is edited where it has its anchor.
    Raises ConfigError for a text that the reader of workspaces refuses. A text that it has read
    already is not read once more to be edited: its value is ``known``.
    """

    def __init__(self, text: str, known: JsonValue | Missing = MISSING) -> None:
        self._mark = _BOM if text.startswith(_BOM) else ""
        plain = text.removeprefix(_BOM)
        self._now = _content(plain) if known is MISSING else _Content(plain, known)

    def text(self) -> str:
        """The text as it is now."""
        return self._mark + self._now.text

    def read(self) -> yaml.Document:
        """The text as the reader of workspaces reads it."""
        known = None if self._mark else self._now.read
        return known or yaml.read(self.text())

    def value(self, path: Sequence[Key] = ()) -> JsonValue | Missing:
        """What stands at a path, MISSING if nothing does."""
        return _find(self._now.value, path)

    def become(self, text: str) -> None:
        """Take another text in the place of this one. Raises ConfigError for one that is refused."""
        self._now = _content(text.removeprefix(_BOM))

    def put(self, path: Sequence[Key], value: JsonValue) -> None:
        """Let a value stand at a path, in the place of another or after what is there.

        Of an object or a list only what differs is written anew. Objects on the way are made.
        """
        path, new = tuple(path), _plain(path, value)
        while path and self.value(path[:-1]) in (MISSING, None):
            path, new = path[:-1], {str(path[-1]): new}
        old = self.value(path)
        if path and old is MISSING:
            self._insert(path, new, self._length(path))
        else:
            known = None if old is MISSING else old
            self._edit(path, new, lambda splicing, slot: splicing.change(slot, known, new))

    def add(
        self,
        path: Sequence[Key],
        value: JsonValue,
        *,
        before: Key | None = None,
        after: Key | None = None,
    ) -> None:
        """Put in a member that is not there, as the last or beside another.

        In a list the path ends with the index that it will have.
        """
        path, new = tuple(path), _plain(path, value)
        around, beside = self._around(path), after if before is None else before
        if isinstance(around, dict) and path[-1] in around:
            raise EditError(path, "it is there already")
        at = self._length(path)
        if isinstance(around, list):
            at = cast("int", path[-1])
        elif beside is not None:
            at = self._position((*path[:-1], beside)) + (before is None)
        self._insert(path, new, at)

    def remove(self, path: Sequence[Key]) -> None:
        """Take a member away, and the comments in it and behind it."""
        path = tuple(path)
        at, around = self._position(path), self._around(path)

        def do(splicing: Splicing, slot: Slot) -> None:
            if len(slot.node.values) == 1:
                splicing.members.clear(slot)
            else:
                splicing.members.remove(slot.node, {at})

        self._edit_members(path, _without(around, at), do)

    def rename(self, path: Sequence[Key], key: str) -> None:
        """Give a member of an object another key; it stays where it is."""
        path = tuple(path)
        at, around = self._position(path), self._around(path)
        if not isinstance(around, dict):
            raise EditError(path, "an item of a list has no name")
        if key == path[-1]:
            return
        if key in around:
            raise EditError(path, f'there is a "{key}" already')
        new = {key if name == path[-1] else name: one for name, one in around.items()}
        self._edit_members(
            path, new, lambda splicing, slot: splicing.members.rename(slot.node, at, key)
        )

    def _around(self, path: Path) -> JsonValue | Missing:
        return self.value(path[:-1]) if path else MISSING

    def _length(self, path: Path) -> int:
        around = self._around(path)
        return len(around) if isinstance(around, dict | list) else 0

    def _position(self, path: Path) -> int:
        """Where a member is among the others. Raises EditError if it is not there."""
        if not path or self.value(path) is MISSING:
            raise EditError(path, "there is nothing here")
        around = self._around(path)
        return [*around].index(str(path[-1])) if isinstance(around, dict) else cast("int", path[-1])

    def _insert(self, path: Path, value: JsonValue, at: int) -> None:
        around, key = self._around(path), path[-1]
        if isinstance(around, dict) and isinstance(key, str):
            members = [*around.items()]
            new: JsonValue = dict([*members[:at], (key, value), *members[at:]])
        elif isinstance(around, list) and key == at and 0 <= at <= len(around):
            new = [*around[:at], value, *around[at:]]
        else:
            raise EditError(path, "nothing can be put here")
        name = key if isinstance(key, str) else None
        self._edit_members(
            path, new, lambda one, slot: one.members.insert(slot.node, at, value, name)
        )

    def _edit_members(self, path: Path, new: JsonValue, do: _Do) -> None:
        """Make ``new`` of what is around a path, whole where its members are not to be told apart."""

        def change(splicing: Splicing, slot: Slot) -> None:
            if splicing.page.open(slot.node):
                do(splicing, slot)
            else:
                splicing.replace(slot, new)

        self._edit(path[:-1], new, change, about=path)

    def _edit(self, path: Path, new: JsonValue, do: _Do, *, about: Path | None = None) -> None:
        subject = path if about is None else about
        now, after = self._now, _with(self._now.value, path, new)
        if now.root is None:
            self._accept(subject, after, [_begin(now.text, after)])
            return
        splicing = Splicing(Page(now.text, now.root))
        slot, known = _slot(now.root, path)
        if known < len(path):
            splicing.replace(slot, cast("JsonValue", _find(after, path[:known])))
        else:
            do(splicing, slot)
        self._accept(subject, after, splicing.page.splices)

    def _accept(self, path: Path, after: JsonValue, splices: list[Splice]) -> None:
        """Take the first text that says what was meant."""
        reason = "this place is written in a way that only an editor of text can change"
        for text in self._candidates(splices):
            try:
                now = _content(text)
            except ConfigError as error:
                reason = f"the file could not be read with it: {error.problems[0].message}"
            else:
                if now.value is not MISSING and same(now.value, after):
                    self._now = now
                    return
        raise EditError(path, reason)

    def _candidates(self, splices: list[Splice]) -> Iterator[str]:
        """Texts that may say what was meant; lines of text at the end may need a last break."""
        made = apply(self._now.text, splices)
        yield made
        yield f"{made}\n"
        made = apply(self._now.text, [*splices, *self._unshared(splices)])
        yield made
        yield f"{made}\n"

    def _unshared(self, splices: Sequence[Splice]) -> Iterator[Splice]:
        """Write out the aliases of what is changed."""
        now = self._now
        if now.root is None:
            return
        named: dict[str | None, Node] = {}
        changed: list[tuple[Path, Node]] = []
        splicing = Splicing(Page(now.text, now.root))
        for path, node in now.root.walk():
            if node.style != "*":
                named[node.anchor] = node
            elif (known := named.get(node.anchor)) and _touched(now.text, known, splices):
                changed.append((path, node))
        for path, node in changed:
            if not any(one.start <= node.start and node.end <= one.end for one in splices):
                splicing.replace(_slot(now.root, path)[0], cast("JsonValue", self.value(path)))
        yield from splicing.page.splices


def _content(text: str) -> _Content:
    document = yaml.read(text)
    if document.problems:
        raise ConfigError(document.problems)
    return _Content(text, document.value, document)


def _find(value: JsonValue | Missing, path: Sequence[Key]) -> JsonValue | Missing:
    for key in path:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key, MISSING)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            return MISSING
    return value


def _with(value: JsonValue | Missing, path: Path, new: JsonValue) -> JsonValue:
    """A value with another one at a path, of which all but the end is there."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, str(key): _with(value.get(str(key), MISSING), rest, new)}
    items = cast("list[JsonValue]", value)
    return [_with(one, rest, new) if at == key else one for at, one in enumerate(items)]


def _without(around: JsonValue | Missing, at: int) -> JsonValue:
    if isinstance(around, Mapping):
        return dict([one for place, one in enumerate(around.items()) if place != at])
    return [one for place, one in enumerate(cast("list[JsonValue]", around)) if place != at]


def _slot(root: Node, path: Path) -> tuple[Slot, int]:
    """The node at a path, or the alias on the way to it, and how much of the path leads there."""
    slot = Slot(root)
    for known, key in enumerate(path):
        at = slot.node.at(key)
        if at is None:
            return slot, known
        slot = Slot(slot.node.values[at], slot.node, at)
    return slot, len(path)


def _touched(text: str, node: Node, splices: Sequence[Splice]) -> bool:
    end = line_end(text, node.end)
    return any(one.start <= end and node.start <= one.end for one in splices)


def _begin(text: str, value: JsonValue) -> Splice:
    """The first value of a text that has none."""
    lines = [*writing.lines(value, 0, 2)] or [writing.flow(value)]
    gap = "\n" if text and not text.endswith("\n") else ""
    return Splice(
        len(text), len(text), "\n".join([*lines, ""]) if not gap else gap + "\n".join(lines)
    )


def _plain(path: Sequence[Key], value: JsonValue) -> JsonValue:
    """A value of lists, dicts and scalars only. Raises EditError for what JSON cannot hold."""
    try:
        text = json.dumps(value, allow_nan=False, default=_container)
    except (TypeError, ValueError) as error:
        raise EditError(path, f"the value cannot be written: {error}") from None
    return cast("JsonValue", json.loads(text))


def _container(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, Sequence):
        return list(cast("Sequence[object]", value))
    raise TypeError(f"{type(value).__name__} is not JSON")
