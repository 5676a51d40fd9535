"""A reference page as HTML that stands alone: no script, no request, light and dark."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from segue.reference.page import Entry, Page
from segue.reference.pieces import Code, Phrase


TEMPLATES: Final = "templates"


def html(page: Page) -> str:
    """The page of a destination."""
    return _environment().get_template("page.html").render(page=page, style=_style())


def html_index(entries: Sequence[Entry]) -> str:
    """The page that leads to the others."""
    return _environment().get_template("index.html").render(entries=entries, style=_style())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("segue.reference", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["inline"] = inline
    return environment


@cache
def _style() -> Markup:
    file = resources.files("segue.reference").joinpath(TEMPLATES, "page.css")
    return Markup(file.read_text("utf-8"))  # noqa: S704 our own file


def inline(phrase: Phrase) -> Markup:
    """What a page says, with its code marked up."""
    return Markup().join(
        Markup("<code>{}</code>").format(one) if isinstance(one, Code) else one for one in phrase
    )
