"""Choices for a field that only the destination knows: its channels, its lists, its audiences.

@post_message.choices("channel")
def channels(page: str | None) -> ChoiceSteps:
    found = yield Request.get("/channels", params={"cursor": page or ""})
    ...
    return Choices([Choice("C1", "general")], next_page="c2")
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar, cast

from segue.arguments import bind, misnamed
from segue.errors import AuthorError, Problem, suggest
from segue.fields.schema import items, kinds, properties
from segue.http import Request, Response
from segue.json import JsonObject, JsonValue, quote, text


F = TypeVar("F", bound=Callable[..., object])

OFFERED: Final = ("settings", "payload", "page", "index", "key")
KEYS: Final = "__keys__"
VALUES: Final = "__values__"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose; ``label`` is what people see of it, without one the value's text."""

    value: JsonValue
    label: str | None = None
    description: str | None = None

    def data(self) -> JsonObject:
        """The choice as JSON."""
        label = text(self.value) if self.label is None else self.label
        about: JsonObject = {"description": self.description} if self.description else {}
        return {"value": self.value, "label": label, **about}


@dataclass(frozen=True, slots=True)
class Choices:
    """A page of choices. ``next_page`` is what to ask the next one with, None after the last."""

    choices: Sequence[Choice]
    next_page: str | None = None

    def data(self) -> JsonObject:
        """The page as JSON."""
        return {
            "choices": [one.data() for one in self.choices],
            "next_page": self.next_page or None,
        }


ChoiceSteps: TypeAlias = Generator[Request, Response, Choices]


@dataclass(frozen=True, slots=True)
class Place:
    """A field as it is declared, and which item or member of it is meant."""

    field: str
    index: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A function that finds choices, and what of its field is asked for."""

    find: Callable[..., object]
    place: Place

    def steps(
        self, *, settings: Mapping[str, JsonValue], payload: JsonObject, page: str | None
    ) -> ChoiceSteps:
        """Its requests; it ends with the choices. Raises AuthorError for anything else."""
        made = bind(self.find, OFFERED)(
            {
                "settings": settings,
                "payload": payload,
                "page": page,
                "index": self.place.index,
                "key": self.place.key,
            }
        )
        if isinstance(made, Generator):
            made = yield from cast("Generator[Request, Response, object]", made)
        if not isinstance(made, Choices):
            subject = f"the choices of {quote(self.place.field)}"
            raise AuthorError(f"{subject} are {type(made).__name__}, not Choices")
        return made


class Menu:
    """The functions that find choices, by field.

    A field in an object is ``parent.child``, also where the object is an item of a list. The key of a
    member that is not declared is ``parent.__keys__``, its value ``parent.__values__``.
    """

    def __init__(self) -> None:
        self._found: dict[str, Callable[..., object]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def declare(self, field: str) -> Callable[[F], F]:
        """Have the choices of a field found by the function that this decorates."""

        def declare(find: F) -> F:
            self._found[field] = find
            return find

        return declare

    def find(self, path: str) -> Asking | None:
        """Who finds the choices of what a path leads to: "channel", "items.0.sku", "traits.plan"."""
        for place in _places(path):
            if place.field in self._found:
                return Asking(self._found[place.field], place)
        return None

    def check(self, fields: JsonObject | None) -> list[Problem]:
        """What is wrong with the functions, and with their fields where these are known."""
        problems = [
            problem
            for field, find in self._found.items()
            for problem in misnamed(find, OFFERED, f'choices("{field}")')
        ]
        if fields is None:
            return problems
        known = properties(fields)
        return problems + [
            Problem("", f'choices("{field}"): there is no such field', suggest(field, known))
            for field in self._found
            if not _leads(fields, field.split("."))
        ]


def _places(path: str) -> Iterator[Place]:
    """What a path may mean, the closest first."""
    plain, index = _indexed(path)
    yield Place(plain, index)
    parent, _, key = plain.rpartition(".")
    if parent and key not in {KEYS, VALUES}:
        yield Place(f"{parent}.{VALUES}", index, key)


def _indexed(path: str) -> tuple[str, int | None]:
    """A path without its indexes, and the last of them."""
    parts = [part for part in re.split(r"[.\[\]]", path) if part]
    indexes = [int(part) for part in parts[1:] if part.isdecimal()]
    kept = [part for at, part in enumerate(parts) if at == 0 or not part.isdecimal()]
    return ".".join(kept), indexes[-1] if indexes else None


def _leads(schema: JsonObject, keys: list[str]) -> bool:
    """Whether these keys lead to a field, through the items of lists."""
    if not keys:
        return True
    while "array" in kinds(schema):
        schema = items(schema)
    known, first = properties(schema), keys[0]
    if first in {KEYS, VALUES}:
        return len(keys) == 1 and "object" in kinds(schema)
    return first in known and _leads(known[first], keys[1:])
