"""What tags render, where python-liquid's own nodes do not do as Segment's Liquid."""

from collections.abc import Iterable
from typing import Final, TextIO

from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.expressions import Path
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.context import RenderContext
from liquid.exceptions import StopRender
from liquid.expression import Expression
from liquid.token import Token

from segue.mapping.liquid.grammar import Compiled
from segue.mapping.liquid.rendering import Rendering


class Output(Node):
    """Writes a value."""

    __slots__ = ("expression",)

    def __init__(self, token: Token, expression: Compiled) -> None:
        super().__init__(token)
        self.expression = expression

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Rendering)
        return context.emit(self.expression.run(context), buffer)

    def expressions(self) -> Iterable[Expression]:
        return [self.expression]


class Cycle(Node):
    """Writes one of its values, the next one each time."""

    __slots__ = ("group", "key", "values")

    def __init__(self, token: Token, key: str, group: Compiled, values: list[Compiled]) -> None:
        super().__init__(token)
        self.key, self.group, self.values = key, group, values

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Rendering)
        key = (context.text(self.group.run(context)), self.key)
        turn = context.cycles.get(key, 0)
        context.cycles[key] = turn + 1
        return context.emit(self.values[turn % len(self.values)].run(context), buffer)

    def expressions(self) -> Iterable[Expression]:
        return [self.group, *self.values]


class Counter(Node):
    """Writes a count that starts at 0, or at the event's number of that name, and moves it."""

    __slots__ = ("name", "step")

    def __init__(self, token: Token, name: str, step: int) -> None:
        super().__init__(token)
        self.name, self.step = name, step

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Rendering)
        found = context.counts.get(self.name, context.event.get(self.name))
        count = found if isinstance(found, int | float) and not isinstance(found, bool) else 0
        context.counts[self.name] = count + self.step
        return context.emit(min(count, count + self.step) if self.step < 0 else count, buffer)

    def expressions(self) -> Iterable[Expression]:
        return [Path(self.token, [self.name])]


class Stop(Node):
    """Ends the output."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:  # noqa: ARG002
        raise StopRender


class Case(Node):
    """Renders every branch that matches, the default when none does."""

    __slots__ = ("branches", "default", "subject")

    def __init__(
        self,
        token: Token,
        subject: Compiled,
        branches: list[ConditionalBlockNode],
        default: BlockNode | None,
    ) -> None:
        super().__init__(token)
        self.subject, self.branches, self.default = subject, branches, default

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        matching = [branch for branch in self.branches if branch.expression.evaluate(context)]
        for branch in matching:
            branch.block.render(context, buffer)
        if self.default and not matching:
            self.default.render(context, buffer)
        return 0

    def expressions(self) -> Iterable[Expression]:
        return [self.subject]

    def children(
        self,
        static_context: RenderContext,  # noqa: ARG002
        *,
        include_partials: bool = True,  # noqa: ARG002
    ) -> Iterable[Node]:
        return [*self.branches, *([self.default] if self.default else [])]


BRANCHING: Final = (IfNode, UnlessNode, Case)
"""Nodes that render some of their children, or none."""
