"""The tags of Segment's Liquid, on python-liquid's parser and nodes.

``parse`` leaves the stream on a tag's last token. No tag repeats anything, so a template does no
more than its text says.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from liquid import Environment
from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.content import Literal
from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.comment_tag import CommentTag
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.inline_comment_tag import InlineCommentTag
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_ILLEGAL, TOKEN_OUTPUT, TOKEN_TAG, Token

from segue.errors import suggest
from segue.mapping.liquid.grammar import (
    compile_condition,
    compile_cycle,
    compile_matches,
    compile_value,
)
from segue.mapping.liquid.nodes import Case, Counter, Cycle, Output, Stop
from segue.mapping.liquid.reader import STRING, Reader, unescape


_LINE: Final = re.compile(r"^[ \t]*(#|\w++|\S++)?[ \t]*+(.*?)[ \t\r]*$", re.MULTILINE)


def _argument(stream: TokenStream) -> Reader:
    """What stands after a tag's name; the stream goes to the tag's last token."""
    if stream.peek.kind == TOKEN_EXPRESSION:
        next(stream)
        return Reader(stream.current)
    return Reader(stream.current._replace(kind=TOKEN_EXPRESSION, value=""))


def _opening(stream: TokenStream) -> Reader:
    """The same; the stream goes past the tag."""
    reader = _argument(stream)
    next(stream)
    return reader


def _body(tag: Tag, opened: Token, stream: TokenStream, *branches: str) -> BlockNode:
    """What stands before the end of a block or one of its further branches."""
    block = get_parser(tag.env).parse_block(stream, (tag.end, *branches))
    if stream.current.kind != TOKEN_TAG:
        raise LiquidSyntaxError(
            f'the tag "{tag.name}" is not closed; add {{% {tag.end} %}}', token=opened
        )
    return block


def _default(tag: Tag, opened: Token, stream: TokenStream) -> BlockNode | None:
    if not stream.current.is_tag("else"):
        return None
    reader = _opening(stream)
    if not reader.ended():
        raise reader.unexpected("nothing after else")
    return _body(tag, opened, stream)


class OutputTag(Tag):
    name, block = TOKEN_OUTPUT, False

    def parse(self, stream: TokenStream) -> Node:
        return Output(stream.eat(TOKEN_OUTPUT), compile_value(Reader(stream.current)))


class EchoTag(Tag):
    name, block = "echo", False

    def parse(self, stream: TokenStream) -> Node:
        token, reader = stream.current, _argument(stream)
        if reader.ended():
            return BlockNode(token, [])
        return Output(token, compile_value(reader))


class AssignTag(Tag):
    name, block = "assign", False

    def parse(self, stream: TokenStream) -> Node:
        token, reader = stream.current, _argument(stream)
        name = Identifier(reader.name("a name"), token=reader.token)
        if not reader.eat("="):
            raise reader.unexpected('"="')
        return AssignNode(token, name=name, expression=compile_value(reader))


class CaptureTag(Tag):
    name, end = "capture", "endcapture"

    def parse(self, stream: TokenStream) -> Node:
        token, reader = stream.current, _opening(stream)
        quoted = reader.take(STRING)
        name = unescape(quoted) if quoted else reader.name("a name")
        if not reader.ended():
            raise reader.unexpected("the end")
        block = _body(self, token, stream)
        return CaptureNode(token, Identifier(name, token=reader.token), block)


class IncrementTag(Tag):
    name, block = "increment", False
    step: ClassVar = 1

    def parse(self, stream: TokenStream) -> Node:
        token, reader = stream.current, _argument(stream)
        name = reader.name("a name")
        if not reader.ended():
            raise reader.unexpected("the end")
        return Counter(token, name, self.step)


class DecrementTag(IncrementTag):
    name = "decrement"
    step = -1


class CycleTag(Tag):
    name, block = "cycle", False

    def parse(self, stream: TokenStream) -> Node:
        token, reader = stream.current, _argument(stream)
        return Cycle(token, reader.text, *compile_cycle(reader))


class IfTag(Tag):
    name, end = "if", "endif"
    node: ClassVar[type[IfNode | UnlessNode]] = IfNode

    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        first = self._branch(token, stream)
        others: list[ConditionalBlockNode] = []
        while stream.current.is_tag("elsif"):
            others.append(self._branch(token, stream))
        default = _default(self, token, stream)
        return self.node(token, first.expression, first.block, others, default)

    def _branch(self, opened: Token, stream: TokenStream) -> ConditionalBlockNode:
        token = stream.current
        condition = compile_condition(_opening(stream))
        return ConditionalBlockNode(token, condition, _body(self, opened, stream, "elsif", "else"))


class UnlessTag(IfTag):
    name, end = "unless", "endunless"
    node = UnlessNode


class CaseTag(Tag):
    name, end = "case", "endcase"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        subject = compile_value(_opening(stream))
        _body(self, token, stream, "when", "else")  # what stands before the first is not written
        branches: list[ConditionalBlockNode] = []
        while stream.current.is_tag("when"):
            when = stream.current
            matches = compile_matches(_opening(stream), subject)
            block = _body(self, token, stream, "when", "else")
            branches.append(ConditionalBlockNode(when, matches, block))
        return Case(token, subject, branches, _default(self, token, stream))


class BlockTag(Tag):
    """A named block of a layout; without layouts, its content."""

    name, end = "block", "endblock"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        _opening(stream)
        return _body(self, token, stream)


class BreakTag(Tag):
    name, block = "break", False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        _argument(stream)
        return Stop(token)


class ContinueTag(BreakTag):
    name = "continue"


class LiquidTag(Tag):
    """Tags without their delimiters, one a line."""

    name, block = "liquid", False

    def parse(self, stream: TokenStream) -> Node:
        lines = _LINE.finditer(_argument(stream).text)
        tokens = TokenStream(self._tokens(lines, stream.current), stream.block_depth)
        return get_parser(self.env).parse_block(tokens, ())

    def _tokens(self, lines: Iterator[re.Match[str]], within: Token) -> Iterator[Token]:
        for line in lines:
            for group, kind in ((1, TOKEN_TAG), (2, TOKEN_EXPRESSION)):
                if line[group]:
                    start = within.start_index + line.start(group)
                    yield Token(kind, line[group], start, within.source)


class DisabledTag(Tag):
    block = False

    def parse(self, stream: TokenStream) -> Node:
        name = stream.current.value
        raise LiquidSyntaxError(
            f'the tag "{name}" is switched off, as it is in Segment', token=stream.current
        )


class UnknownTag(Tag):
    name, block = TOKEN_ILLEGAL, False

    def parse(self, stream: TokenStream) -> Node:
        name = stream.current.value
        if name == "raw":
            message = 'the tag "raw" is not closed; add {% endraw %}'
        elif name in _PARTS:
            message = f'the tag "{name}" is out of place'
        else:
            hint = suggest(name, [*(tag.name for tag in _TAGS), *_PARTS])
            message = f'unknown tag "{name}"' + (f"; {hint}" if hint else "")
        raise LiquidSyntaxError(message, token=stream.current)


_TAGS: Final[tuple[type[Tag], ...]] = (
    AssignTag,
    BlockTag,
    BreakTag,
    CaptureTag,
    CaseTag,
    CommentTag,
    ContinueTag,
    CycleTag,
    DecrementTag,
    EchoTag,
    IfTag,
    IncrementTag,
    InlineCommentTag,
    LiquidTag,
    Literal,
    OutputTag,
    UnknownTag,
    UnlessTag,
)
_PARTS: Final = ("else", "elsif", "when", "endraw", *sorted(filter(None, (t.end for t in _TAGS))))
_DISABLED: Final = ("for", "include", "layout", "render", "tablerow")


class Dialect(Environment):
    """python-liquid with the tags and expressions of Segment's Liquid."""

    block_nesting_limit = 100  # more than a template of 1,000 characters can have
    suppress_blank_control_flow_blocks = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        for tag in _TAGS:
            self.add_tag(tag)
        for name in _DISABLED:
            self.tags[name] = DisabledTag(self)
