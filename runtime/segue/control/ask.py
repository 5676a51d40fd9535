"""What an operation was given, read with care: the asker may be of another version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segue.errors import SegueError
from segue.json import JsonObject, JsonValue


Tell: TypeAlias = Callable[[JsonObject], None]
"""Takes word of how far an operation has come."""


class AskedWronglyError(SegueError):
    """An operation is unknown, or was not given what it needs."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The arguments, key by key; a method raises AskedWronglyError for one of the wrong type.

    ``tell`` hears how far the operation has come.
    """

    given: JsonObject
    tell: Tell

    def text(self, key: str) -> str:
        """A text that must be there; "" is allowed."""
        value = self.given.get(key)
        if not isinstance(value, str):
            raise AskedWronglyError(f'the operation needs a text "{key}"')
        return value

    def maybe(self, key: str) -> str | None:
        """A text, None when there is none."""
        return None if self.given.get(key) is None else self.text(key)

    def number(self, key: str) -> float | None:
        """A number, None when there is none."""
        value = self.given.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise AskedWronglyError(f'"{key}" of the operation must be a number')
        return value

    def flag(self, key: str) -> bool:
        """Whether something is switched on."""
        return self.given.get(key) is True

    def items(self, key: str) -> Sequence[JsonValue]:
        """A list that must be there."""
        value = self.given.get(key)
        if not isinstance(value, list):
            raise AskedWronglyError(f'the operation needs a list "{key}"')
        return value
