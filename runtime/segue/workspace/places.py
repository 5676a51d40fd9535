"""Where the keys and values of a file stand."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final, NamedTuple, Protocol, TypeAlias, cast

from segue.json import JsonValue


_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Mark(Protocol):
    """A place as PyYAML gives it: both count from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Place(NamedTuple):
    """Both count from 1."""

    line: int = 1
    column: int = 1

    @classmethod
    def of(cls, mark: Mark) -> "Place":
        return cls(mark.line + 1, mark.column + 1)


# Where each member's key and value stand; in a list they are the same.
Members: TypeAlias = dict[str, tuple[Place, Place]]


class Text:
    """The text of a file, by places."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _lines(self) -> list[str]:
        """Lines as libyaml counts them."""
        return _BREAK.split(self.text)

    def before(self, place: Place) -> str:
        """The line up to a place."""
        return self._line(place)[: place.column - 1]

    def after(self, place: Place) -> str:
        """The line from a place on."""
        return self._line(place)[place.column - 1 :]

    def _line(self, place: Place) -> str:
        return self._lines[place.line - 1] if place.line <= len(self._lines) else ""


class Places:
    """The places in one document; ``members`` are by the identity of its lists and objects."""

    def __init__(self, text: Text, root: JsonValue, members: Mapping[int, Members]) -> None:
        self._text = text
        self._root = root
        self._members = members

    def find(self, pointer: str, *, key: bool = False) -> Place:
        """The place of the value at a JSON pointer, or of its key.

        For what is not in the document it is the key that it would stand under.
        """
        node, places = self._root, (Place(), Place())
        for token in pointer.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            members = self._members.get(id(node), {}) if isinstance(node, dict | list) else {}
            if name not in members:
                return places[0]
            places = members[name]
            node = (
                node[name] if isinstance(node, dict) else cast("list[JsonValue]", node)[int(name)]
            )
        return places[0 if key else 1]

    def source(self, pointer: str) -> str:
        """The line of the file from the value at a JSON pointer on."""
        return self._text.after(self.find(pointer))
