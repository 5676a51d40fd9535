"""One request as a value: all that a page may know of who asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias


Role: TypeAlias = Literal["reader", "editor"]


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks. A reader looks, an editor changes things."""

    name: str
    role: Role = "editor"

    @property
    def edits(self) -> bool:
        """Whether this one may change things."""
        return self.role == "editor"

    @property
    def owns(self) -> bool:
        """Whether this one may say what only the machine's own people may: nobody who signs in."""
        return self == LOCAL


LOCAL: Final = Who("local")
"""Everybody on this machine, where there are no accounts."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a form or a query string says: names with their texts, in order, some several times."""

    items: tuple[tuple[str, str], ...] = ()

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.items)

    def text(self, name: str, default: str = "") -> str:
        """The last value of a name, without the spaces around it."""
        return next((text.strip() for key, text in reversed(self.items) if key == name), default)

    def raw(self, name: str, default: str = "") -> str:
        """The last value of a name as it was typed; lines end with LF."""
        found = next((text for key, text in reversed(self.items) if key == name), default)
        return found.replace("\r\n", "\n")

    def all(self, name: str) -> Sequence[str]:
        """Every value of a name."""
        return [text for key, text in self.items if key == name]

    def number(self, name: str) -> int | None:
        """A value as a whole number that is not negative, None for anything else."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


NOTHING: Final = Form()


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page.

    ``path`` are the parts of the URL that vary, ``token`` is what every form must send back,
    ``partial`` says that a part of the page is enough, ``said`` is what the last change had to say,
    and ``tone`` how.
    """

    url: str
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Form = NOTHING
    form: Form = NOTHING
    who: Who = LOCAL
    token: str = ""
    partial: bool = False
    said: str = ""
    tone: str = "good"
