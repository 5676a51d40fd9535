"""The directives that are functions: what a form asks for each, and how its answer is put together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from segue.json import JsonObject, JsonValue


Options: TypeAlias = Mapping[str, JsonValue]
"""What stands under a directive's name, option by option."""

VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a function takes.

    ``kinds`` are the kinds of row that it may be, the first the usual one; none: any. ``words`` are
    the texts to choose from, if only some will do. ``again``: it begins as what was there before the
    function, though another option does so, too.
    """

    key: str
    label: str
    kinds: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    again: bool = False


def _options(operand: JsonValue) -> Options | None:
    return operand if isinstance(operand, Mapping) else None


def _same(options: Options) -> JsonValue:
    return options


def _alone(operand: JsonValue) -> Options:
    return {VALUE: operand}


def _only(options: Options) -> JsonValue:
    return options.get(VALUE)


def _listed(operand: JsonValue) -> Options | None:
    if isinstance(operand, Sequence) and not isinstance(operand, str):
        return {str(place): item for place, item in enumerate(operand)}
    return None


def _list(options: Options) -> JsonValue:
    return list(options.values())


@dataclass(frozen=True, slots=True)
class Function:
    """A directive as people meet it. ``takes`` cuts its operand into options, ``gives`` joins them."""

    label: str
    about: str
    options: tuple[Option, ...]
    takes: Callable[[JsonValue], Options | None] = _options
    gives: Callable[[Options], JsonValue] = _same

    def option(self, key: str) -> Option | None:
        """The option of this key."""
        return next((one for one in self.options if one.key == key), None)


_TEXT: Final = ("text",)
_FLAG: Final = ("out", "switch")

FUNCTIONS: Final[Mapping[str, Function]] = {
    "@case": Function(
        "Upper or lower case",
        "Changes the letters of a text.",
        (
            Option(
                "operator", "Letters", _TEXT, (("lower", "lower case"), ("upper", "UPPER CASE"))
            ),
            Option(VALUE, "Of"),
        ),
    ),
    "@replace": Function(
        "Replace in a text",
        "Puts one piece of text in the place of another; each has at most 10 characters.",
        (
            Option("pattern", "Replace", _TEXT),
            Option("replacement", "With", ("text", "out"), needed=False),
            Option("pattern2", "And replace", ("out", "text"), needed=False),
            Option("replacement2", "With", ("out", "text"), needed=False),
            Option(VALUE, "In"),
            Option("ignorecase", "Whatever the letter case", _FLAG, needed=False),
            Option("global", "Everywhere in the text", _FLAG, needed=False),
        ),
    ),
    "@if": Function(
        "If there is a value",
        "Chooses between two values, by whether a third is there.",
        (
            Option("exists", "If this is there and not null", ("path", "out"), needed=False),
            Option("blank", "Or if this is not blank", ("out", "path"), needed=False),
            Option("then", "Then", needed=False, again=True),
            Option("else", "Else", needed=False),
        ),
    ),
    "@json": Function(
        "To or from JSON text",
        "Writes a value as JSON text, or reads such a text.",
        (
            Option(
                "mode",
                "Do",
                _TEXT,
                (("encode", "write as JSON text"), ("decode", "read JSON text")),
            ),
            Option(VALUE, "Of"),
        ),
    ),
    "@flatten": Function(
        "Flatten an object",
        "Makes one level of keys out of several.",
        (
            Option("separator", "Between the keys", _TEXT),
            Option(VALUE, "Object"),
            Option("omitArrays", "Keep lists as they are", _FLAG, needed=False),
        ),
    ),
    "@merge": Function(
        "Merge objects",
        "Joins the keys of several objects.",
        (
            Option(
                "direction",
                "Where a key is in several",
                _TEXT,
                (("right", "later objects win"), ("left", "earlier objects win")),
            ),
            Option("objects", "Objects", ("list",)),
        ),
    ),
    "@arrayPath": Function(
        "For each item of a list",
        "Makes a list, each item shaped by what is read from an item of the event's list.",
        (
            Option("0", "List", ("path",)),
            Option("1", "Each item becomes", ("object",), needed=False),
        ),
        _listed,
        _list,
    ),
    "@transform": Function(
        "Build, then map",
        "Builds an object first, then maps from that instead of the event.",
        (Option("apply", "Build", ("object",)), Option("mapping", "Then map", ("object",))),
    ),
    "@excludeWhenNull": Function(
        "Without nulls", "Leaves out what is null.", (Option(VALUE, "Of"),), _alone, _only
    ),
    "@literal": Function(
        "Exactly this value",
        "Always the same, also where it looks empty.",
        (Option(VALUE, "Value", ("text", "number", "switch", "null", "raw")),),
        _alone,
        _only,
    ),
    "@liquid": Function(
        "Liquid template",
        "A template with filters, such as {{ traits.name | upcase }}.",
        (Option(VALUE, "Liquid", _TEXT),),
        _alone,
        _only,
    ),
}
"""The functions, the most used first."""


def operand(directive: JsonObject) -> tuple[Function, Options] | None:
    """The function that a directive with one key is, and its options; None for any other."""
    if len(directive) != 1:
        return None
    (name, given), *_ = directive.items()
    function = FUNCTIONS.get(name)
    options = function.takes(given) if function else None
    return None if function is None or options is None else (function, options)
