"""The templates, filled in. Whatever is not a checked name goes through a filter that makes a constant of it."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from segue.scaffold.names import variable
from segue.scaffold.source import constant


_ENVIRONMENT: Final = Environment(  # noqa: S701 what it makes is source, not HTML
    loader=PackageLoader("segue.scaffold"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["variable"] = variable
_ENVIRONMENT.filters["code"] = constant


def render(template: str, /, **values: object) -> str:
    """The text of a template: ``render("action.py", …)``."""
    made = _ENVIRONMENT.get_template(f"{template}.jinja").render(values)
    return made.rstrip("\n") + "\n"
