"""Expressions: what stands between the braces, or after a tag's name, compiled to functions.

    filtered    = condition { "|" filter [ ":" argument { "," argument } ] } [ "|" ]
    condition   = negation { ( "and" | "or" ) negation }              from right to left
    negation    = { "not" } value [ comparison value ]
    comparison  = "==" | "!=" | "<" | ">" | "<=" | ">=" | "contains"
    value       = literal | number | string | "(" value ".." value ")" | path
    path        = ( name | "[" value "]" ) { "." name | "[" value "]" }
    argument    = [ option ":" ] value

Segment's Liquid takes filters, comparisons and escapes in places where python-liquid's own grammar
does not. What is compiled here fails only with a LiquidError.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from liquid.builtin.expressions import Path
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.token import Token

from segue import json
from segue.errors import suggest
from segue.mapping.liquid.filters import DISABLED, FILTERS
from segue.mapping.liquid.filters.kinds import Filter, whole
from segue.mapping.liquid.operations import (
    Constant,
    Evaluate,
    Operand,
    compare,
    computed,
    equality,
    joined,
    plain,
    reach,
)
from segue.mapping.liquid.reader import (
    COMPARE,
    DOT,
    JOIN,
    LITERAL,
    NOT,
    NUMBER,
    OPTION,
    OR,
    QUOTE,
    STRING,
    Reader,
    unescape,
)
from segue.mapping.liquid.rendering import ITEM, Rendering
from segue.mapping.liquid.values import Special, Value, truthy


ALIAS: Final = "event."  # in front of a path, the event itself; no variable has this name

_DEPTH: Final = 20  # brackets in brackets
_LITERALS: Final[dict[str, bool | Special]] = {
    "true": True,
    "false": False,
    "nil": Special.NIL,
    "null": Special.NIL,
    "empty": Special.EMPTY,
    "blank": Special.BLANK,
}


class Compiled(Expression):
    """An expression as python-liquid's nodes see it. Its children are the paths that it reads."""

    __slots__ = ("paths", "run")

    def __init__(self, token: Token, run: Evaluate, paths: Sequence[Path]) -> None:
        super().__init__(token)
        self.run, self.paths = run, paths

    def evaluate(self, context: RenderContext) -> Value:
        assert isinstance(context, Rendering)
        return self.run(context)

    def children(self) -> list[Expression]:
        return list(self.paths)


def compile_value(reader: Reader) -> Compiled:
    """The rest of an expression. Raises LiquidSyntaxError."""
    return _compiled(reader, _filtered(reader))


def compile_condition(reader: Reader) -> Compiled:
    """The rest of an expression as true or false. Raises LiquidSyntaxError."""
    run = _filtered(reader)
    return _compiled(reader, lambda rendering: truthy(run(rendering)))


def compile_matches(reader: Reader, subject: Compiled) -> Compiled:
    """Whether a subject equals one of the values listed. Raises LiquidSyntaxError."""
    tests = [equality(subject.run, _value(reader))]
    while reader.eat(",") or reader.take(OR):
        tests.append(equality(subject.run, _value(reader)))
    return _compiled(reader, lambda rendering: any(test(rendering) for test in tests))


def compile_cycle(reader: Reader) -> tuple[Compiled, list[Compiled]]:
    """The group of a cycle, nothing by default, and its values. Raises LiquidSyntaxError."""
    found = plain(_value(reader))
    group: Evaluate = Constant(None)
    if reader.eat(":"):
        group, found = found, plain(_value(reader))
    runs = [found]
    while reader.eat(","):
        runs.append(plain(_value(reader)))
    return _compiled(reader, group), [_compiled(reader, run) for run in runs]


def _compiled(reader: Reader, run: Evaluate) -> Compiled:
    if not reader.ended():
        raise reader.unexpected("the end")
    return Compiled(reader.token, run, reader.paths)


def _filtered(reader: Reader) -> Evaluate:
    run = plain(_condition(reader))
    while reader.eat("|") and not reader.ended():
        run = _step(reader, run)
    return run


def _step(reader: Reader, left: Evaluate) -> Evaluate:
    name = reader.name("a filter")
    if name in DISABLED:
        raise reader.error(f'the filter "{name}" is switched off, as it is in Segment')
    if name not in FILTERS:
        hint = suggest(name, FILTERS)
        raise reader.error(f'unknown filter "{name}"' + (f"; {hint}" if hint else ""))
    arguments, options = _arguments(reader, name)
    return _applied(FILTERS[name], left, arguments[: FILTERS[name].takes], options)


def _applied(
    filter_: Filter, left: Evaluate, arguments: Sequence[Evaluate], options: Mapping[str, Evaluate]
) -> Evaluate:
    apply = filter_.apply
    if not arguments and not options:
        return lambda rendering: apply(rendering, left(rendering))
    return lambda rendering: apply(
        rendering,
        left(rendering),
        *[argument(rendering) for argument in arguments],
        **{name: option(rendering) for name, option in options.items()},
    )


def _arguments(reader: Reader, name: str) -> tuple[list[Evaluate], dict[str, Evaluate]]:
    arguments: list[Evaluate] = []
    options: dict[str, Evaluate] = {}
    more = reader.eat(":")
    while more:
        option = reader.take(OPTION)
        if option and option[1] not in FILTERS[name].options:
            raise reader.error(f'the filter "{name}" has no option "{option[1]}"')
        value = plain(_value(reader))
        if option:
            options[option[1]] = value
        else:
            arguments.append(value)
        more = reader.eat(",")
    if len(arguments) < FILTERS[name].needs:
        raise reader.error(f'the filter "{name}" needs {FILTERS[name].needs} argument')
    return arguments, options


def _condition(reader: Reader) -> Operand:
    last = _negation(reader)
    earlier: list[tuple[str, Evaluate]] = []
    while word := reader.take(JOIN):
        earlier.append((word[0], plain(last)))
        last = _negation(reader)
    return partial(joined, earlier[::-1], plain(last)) if earlier else last


def _negation(reader: Reader) -> Operand:
    negated = None
    while reader.take(NOT):
        negated = not negated
    operand = _comparison(reader)
    if negated is None:
        return operand
    run = plain(operand)
    return lambda rendering: truthy(run(rendering)) is not negated


def _comparison(reader: Reader) -> Operand:
    left = _value(reader)
    symbol = reader.take(COMPARE)
    return compare(symbol[0], left, _value(reader)) if symbol else left


def _value(reader: Reader) -> Operand:
    if match := reader.take(LITERAL):
        literal = _LITERALS[match[0]]
        return literal if isinstance(literal, Special) else Constant(literal)
    if match := reader.take(NUMBER):
        return Constant(float(match[0]) if "." in match[0] else int(match[0]))
    if match := reader.take(STRING):
        return Constant(unescape(match))
    if reader.take(QUOTE):
        raise reader.error("a text is not closed; it cannot hold the template's own }} or %}")
    return _range(reader) if reader.eat("(") else _path(reader)


def _inner(reader: Reader, close: str) -> Evaluate:
    """A value up to a mark."""
    reader.depth += 1
    if reader.depth > _DEPTH:
        raise reader.error("brackets are nested too deep")
    found = plain(_value(reader))
    if not reader.eat(close):
        raise reader.unexpected(f'"{close}"')
    reader.depth -= 1
    return found


def _range(reader: Reader) -> Evaluate:
    low, high = _inner(reader, ".."), _inner(reader, ")")

    def run(rendering: Rendering) -> Value:
        first, last = whole(low(rendering)), whole(high(rendering))
        rendering.spend(ITEM * max(0, last - first + 1))
        return list(range(first, last + 1))

    return run


def _path(reader: Reader) -> Evaluate:
    bracket = reader.eat("[")
    keys = [_inner(reader, "]") if bracket else Constant(reader.name("a value"))]
    aliased = not bracket and keys == [Constant("event")] and bool(reader.peek(DOT))
    while (dot := reader.take(DOT)) or reader.eat("["):
        keys.append(Constant(reader.name("a name")) if dot else _inner(reader, "]"))
    names = [json.text(key.value) for key in _constants(keys)]
    if names:
        reader.paths.append(Path(reader.token, [ALIAS, *names[1:]] if aliased else [*names]))
    if len(names) < len(keys):
        return partial(computed, aliased, keys)
    return partial(reach, aliased, names[0], names[1:])


def _constants(keys: Sequence[Evaluate]) -> Iterator[Constant]:
    """The keys up to the first that is computed."""
    for key in keys:
        if not isinstance(key, Constant):
            return
        yield key
