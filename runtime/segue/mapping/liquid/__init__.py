"""``@liquid``: text from a template, in the Liquid of Segment's actions.

python-liquid reads and analyses the templates; tags, filters and values are those of the Liquid for
JavaScript that Segment runs, so that a mapping writes the same text here. Two things are added:
``case``, and ``event.`` in front of a path, both documented by Segment. A template cannot reach
anything but the event, cannot loop, and does a bounded amount of work (see ``rendering``).
"""

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Final

from liquid import BoundTemplate
from liquid.exceptions import LiquidError, StopRender
from liquid.static_analysis import Variable

from segue.errors import MappingError, Problem
from segue.json import MISSING, JsonValue, Missing
from segue.mapping.limits import TEXT
from segue.mapping.liquid.grammar import ALIAS
from segue.mapping.liquid.rendering import Rendering
from segue.mapping.liquid.tags import Dialect
from segue.mapping.liquid.values import fused, length


TEMPLATE: Final = 1_000
"""UTF-16 code units of a template, Segment's limit."""

_DIALECT: Final = Dialect()


def compile_liquid(text: str) -> Callable[[JsonValue], str | Missing]:
    """A template as a function of an event. An event that is no object has no members.

    It never raises: MISSING where a filter cannot apply, or where the template would do too much.
    Raises MappingError when the template is refused, with the reason of ``check_liquid``.
    """
    nodes = _parse(text).nodes

    def render(event: JsonValue) -> str | Missing:
        rendering = Rendering(_DIALECT, event if isinstance(event, Mapping) else {})
        buffer = StringIO()
        try:
            for node in nodes:
                node.render(rendering, buffer)
        except StopRender:
            pass
        except LiquidError:
            return MISSING
        text = buffer.getvalue()
        return fused(text) if len(text) <= TEXT else MISSING

    return render


def check_liquid(text: str) -> str | None:
    """Why a template is refused, with its line and column; None for a good one."""
    try:
        _parse(text)
    except MappingError as error:
        return error.problems[0].message
    return None


def liquid_paths(text: str) -> list[str]:
    """The paths into the event that a template reads, as ``@path`` writes them, without ``$.``.

    Variables that the template assigns are left out; of ``a[b]`` the paths are ``a`` and ``b``.
    Raises MappingError as ``compile_liquid``.
    """
    found = _parse(text).analyze(include_partials=False).globals
    return list(dict.fromkeys(_spell(use) for uses in found.values() for use in uses))


def _spell(variable: Variable) -> str:
    path = ""
    for key in map(str, variable.segments[variable.segments[0] == ALIAS :]):
        odd = not key or any(mark in key for mark in ".[]'\"\\")
        quoted = key.replace("\\", "\\\\").replace("'", "\\'")
        path += f"['{quoted}']" if odd else f".{key}" if path else key
    return path


def _parse(text: str) -> BoundTemplate:
    if length(text) > TEMPLATE:
        raise _refusal(
            f"a template may have {TEMPLATE:,} characters, this one has {length(text):,}"
        )
    try:
        return _DIALECT.from_string(text)
    except LiquidError as error:
        raise _refusal(f"{error.message}{_place(text, error)}") from None


def _place(text: str, error: LiquidError) -> str:
    if not error.token or error.token.start_index < 0:
        return ""
    line = text.count("\n", 0, error.token.start_index) + 1
    column = error.token.start_index - text.rfind("\n", 0, error.token.start_index)
    return f" (line {line}, column {column})"


def _refusal(reason: str) -> MappingError:
    return MappingError([Problem("", reason)])
