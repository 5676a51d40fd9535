"""One rendering of a template: what it reads, what it has assigned, and how much it may still do.

No wall clock can stop Python code from outside, so the work is counted instead. Each text that is
made or looked at costs its length, each item of a list ``ITEM``; a filter that can grow its input
asks ``fit`` before it allocates. Tags cannot loop, so these bounds hold for the whole template.
"""

from collections.abc import Mapping
from io import StringIO
from typing import Final, TextIO

from liquid import Environment, RenderContext
from liquid.exceptions import ResourceLimitError

from segue import json
from segue.json import MISSING, JsonObject
from segue.mapping.limits import TEXT
from segue.mapping.liquid.values import Value, is_list


WORK: Final = 5_000_000  # characters in all: some hundredths of a second, at worst a quarter
ITEM: Final = 50


def fit(size: int) -> None:
    """Raise ResourceLimitError when a text of this size would be too long."""
    if size > TEXT:
        raise ResourceLimitError(f"a text of over {TEXT:,} characters", token=None)


class Rendering(RenderContext):
    """The state of one rendering. The event is read, never written."""

    __slots__ = ("counts", "cycles", "event", "left", "names", "written")

    def __init__(self, env: Environment, event: JsonObject) -> None:
        # Not the library's: it makes six containers that these templates never use.
        self.env = env
        self.autoescape, self.disabled_tags = False, []
        self.event = event
        self.names: dict[str, Value] = {}
        self.counts: dict[str, Value] = {}
        self.cycles: dict[tuple[str, str], int] = {}
        self.left = WORK
        self.written = 0

    def lookup(self, name: str) -> Value:
        """What a name stands for: assigned, counted, or a member of the event."""
        if name in self.names:
            return self.names[name]
        if name in self.counts:
            return self.counts[name]
        return self.event.get(name, MISSING)

    def assign(self, key: str, val: Value) -> None:
        self.names[key] = val

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:  # noqa: ARG002
        return StringIO()

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise ResourceLimitError("too much work for one template", token=None)

    def text(self, value: Value) -> str:
        """The text form of a value: nothing as "", a list as its items without separator."""
        if isinstance(value, str):
            self.spend(len(value))
            return value
        if value is None or value is MISSING:
            return ""
        return self._run(value) if is_list(value) else json.text(value)

    def _run(self, items: Value) -> str:
        parts: list[str] = []
        pending = [items]
        while pending:
            item = pending.pop()
            self.spend(ITEM)
            if is_list(item):
                pending.extend(reversed(item))
            else:
                parts.append(self.text(item))
        return "".join(parts)

    def weigh(self, value: Value) -> None:
        """Spend what it costs to walk a whole value."""
        pending = [value]
        while pending:
            item = pending.pop()
            self.spend(ITEM)
            if isinstance(item, str):
                self.spend(len(item))
            elif isinstance(item, Mapping):
                self.spend(sum(map(len, item)) + ITEM * len(item))
                pending.extend(item.values())
            elif is_list(item):
                pending.extend(item)

    def paid(self, value: Value) -> Value:
        """A new value, once its size is found to fit and is spent."""
        if isinstance(value, str):
            fit(len(value))
            self.spend(len(value))
        elif is_list(value):
            self.spend(ITEM * len(value))
        return value

    def emit(self, value: Value, buffer: TextIO) -> int:
        text = self.text(value)
        self.written += len(text)
        fit(self.written)
        return buffer.write(text)
