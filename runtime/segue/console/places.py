"""Where a page is, and who may ask for it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import quote, urlencode

from segue.console.answers import Answer
from segue.console.visit import Role, Visit


if TYPE_CHECKING:  # a desk knows all of Segue, and templates need only addresses
    from segue.console.desk import Desk

Handler: TypeAlias = "Callable[[Desk, Visit], Awaitable[Answer]]"


@dataclass(frozen=True, slots=True)
class Place:
    """A method and a path, such as ``/connections/{connection}``, and what answers there."""

    method: Literal["GET", "POST"]
    path: str
    handler: Handler

    @property
    def role(self) -> Role:
        """Who may: everybody looks, editors change things."""
        return "reader" if self.method == "GET" else "editor"


def get(path: str, handler: Handler) -> Place:
    """A page to look at."""
    return Place("GET", path, handler)


def post(path: str, handler: Handler) -> Place:
    """A form that is sent."""
    return Place("POST", path, handler)


def url(*parts: str | int, **query: str | int | None) -> str:
    """The address of a page: ``url("connections", "loops", q="x")``; every part is quoted."""
    return asking("/" + "/".join(quote(str(part), safe="") for part in parts), query)


def asking(path: str, query: Mapping[str, str | int | None]) -> str:
    """A path with what is asked there; what is empty is left out."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
