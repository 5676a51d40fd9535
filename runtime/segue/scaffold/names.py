"""The names of what is new: checked, and as Python, packages and people spell them."""

import builtins
import keyword
import re
import sys
from dataclasses import dataclass
from typing import Final

from segue.errors import AuthorError


_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_CAMEL: Final = re.compile(r"[a-z][A-Za-z0-9]*")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_IN_USE: Final = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    | {"action", "authenticate", "context", "first_of", "literal", "path", "payload", "sync_mode"}
    | {"template", "test", "when"}
)
"""What a function would hide: words of Python, and names that a scaffold uses itself."""

_TOP: Final = frozenset({"FIELDS", "URL"})


@dataclass(frozen=True, slots=True)
class DestinationName:
    """The name of a destination or function, such as "acme-desk". Raises AuthorError."""

    slug: str

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            why = "it is small letters and digits, a letter first, with - or _ between words"
            raise AuthorError(_refused(self.slug, why, "-".join(_words(self.slug)), _SLUG))
        if self.module in sys.stdlib_module_names or self.module == "segue":
            why = f"Python has a module {self.module}, and tools would take one for the other"
            raise AuthorError(f'"{self.slug}" is no good name: {why}; choose another')
        if keyword.iskeyword(self.module):
            why = "it is a word of Python, and a folder of that name cannot be imported"
            raise AuthorError(f'"{self.slug}" is no good name: {why}; choose another')

    @property
    def title(self) -> str:
        """What people call it: "Acme Desk"."""
        return " ".join(word.capitalize() for word in re.split("[-_]", self.slug))

    @property
    def module(self) -> str:
        """The module it is in: "acme_desk"."""
        return self.slug.replace("-", "_")

    @property
    def host(self) -> str:
        """What it could be called in a host name: "acme-desk"."""
        return self.slug.replace("_", "-")

    @property
    def constant(self) -> str:
        """The variable that holds it: "ACME_DESK"."""
        name = self.module.upper()
        return f"{name}_" if name in _TOP else name

    @property
    def package(self) -> str:
        """The package that is published: "acme-desk-segue"."""
        return f"{self.host}-segue"


@dataclass(frozen=True, slots=True)
class ActionName:
    """The name of an action, such as "createTicket", without its destination. Raises AuthorError."""

    slug: str

    def __post_init__(self) -> None:
        if not _CAMEL.fullmatch(self.slug):
            why = "an action is called in camelCase, as in Segment's catalogue"
            raise AuthorError(_refused(self.slug, why, _camel(_words(self.slug)), _CAMEL))

    @property
    def title(self) -> str:
        """What people call it: "Create ticket"."""
        words = _words(self.slug)
        return " ".join([words[0].capitalize(), *words[1:]])

    @property
    def module(self) -> str:
        """The module it is in: "create_ticket"."""
        name = "_".join(_words(self.slug))
        return f"{name}_" if keyword.iskeyword(name) else name

    @property
    def function(self) -> str:
        """The function it is: "create_ticket"."""
        name = "_".join(_words(self.slug))
        return f"{name}_" if name in _IN_USE else name


def split(name: str) -> tuple[DestinationName, ActionName]:
    """The two parts of "acme.createTicket". Raises AuthorError."""
    destination, dot, slug = name.partition(".")
    if not dot:
        raise AuthorError(
            f'"{name}" should name its destination too, with a dot between: acme.{name}'
        )
    return DestinationName(destination), ActionName(slug)


def variable(name: str) -> str:
    """A name as a variable of the environment: "API_KEY"."""
    return "_".join(_words(name)).upper()


def _words(name: str) -> list[str]:
    """The words of a name, however they are joined."""
    return [word.lower() for word in _WORD.findall(name)]


def _camel(words: list[str]) -> str:
    return "".join([*words[:1], *(word.capitalize() for word in words[1:])])


def _refused(name: str, why: str, instead: str, form: re.Pattern[str]) -> str:
    hint = f'; did you mean "{instead}"?' if form.fullmatch(instead) else ""
    return f"{name!r} is no good name: {why}{hint}"
