"""``@liquid``: text from a template, in the Liquid of Segment's actions.

python-liquid reads the templates; tags, filters and values are those of the Liquid for
JavaScript that Segment runs, so that a mapping writes the same text here. Two things are added:
``case``, and ``event.`` in front of a path, both documented by Segment. A template cannot reach
anything but the event, cannot loop, and does a bounded amount of work (see ``rendering``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO
from typing import Final

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.expressions import Path
from liquid.exceptions import LiquidError, StopRender

from segue.errors import MappingError, Problem
from segue.json import MISSING, JsonValue, Missing
from segue.mapping.limits import TEXT
from segue.mapping.liquid.grammar import ALIAS
from segue.mapping.liquid.nodes import BRANCHING
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

    Variables are left out once the template has assigned them, whatever branches it takes; of
    ``a[b]`` the paths are ``a`` and ``b``. Raises MappingError as ``compile_liquid``.
    """
    return list(dict.fromkeys(map(_spell, _reads(_parse(text).nodes, set()))))


def _reads(nodes: Iterable[Node], assigned: set[str]) -> Iterator[Path]:
    nothing = Rendering(_DIALECT, {})
    for node in nodes:
        for expression in node.expressions():
            for path in (expression, *expression.children()):
                if isinstance(path, Path) and path.path[0] not in assigned:
                    yield path
        for child in node.children(nothing):
            branch = set(assigned) if isinstance(node, BRANCHING) else assigned
            yield from _reads([child], branch)
        assigned.update(node.template_scope())


def _spell(path: Path) -> str:
    spelled = ""
    for key in map(str, path.path[path.path[0] == ALIAS :]):
        odd = not key or any(mark in key for mark in ".[]'\"\\")
        quoted = key.replace("\\", "\\\\").replace("'", "\\'")
        spelled += f"['{quoted}']" if odd else f".{key}" if spelled else key
    return spelled


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
