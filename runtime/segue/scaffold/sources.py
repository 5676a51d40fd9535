"""The source of a destination and of an action to start from."""

from typing import Final

from segue.scaffold.homes import Home
from segue.scaffold.names import ActionName, DestinationName
from segue.scaffold.templates import render


FIRST: Final = ActionName("trackEvent")
"""The action that a new destination begins with."""


def destination(name: DestinationName) -> str:
    """A destination with its first action."""
    return render("destination.py", name=name, slug=FIRST, constant=name.constant)


def action(slug: ActionName, home: Home) -> str:
    """An action of a destination that is there."""
    imports = imported("Context, JsonObject, Request, action, path", home)
    return render("action.py", slug=slug, imports=imports, constant=home.constant)


def function(name: DestinationName) -> str:
    """A function."""
    return render("function.py", name=name)


def imported(names: str, home: Home) -> str:
    """The imports of an action, in the order in which formatters have them."""
    ours = f"from segue import {names}"
    if home.line.startswith("from ."):
        return f"{ours}\n\n{home.line}"
    return "\n".join(sorted((ours, home.line), key=lambda line: line.split()[1]))
