"""Reads the text of a trigger into a tree.

    trigger    = condition (("and" | "or") condition)*       "and" binds closer than "or"
    condition  = "!"* ( "(" trigger ")"  |  value [operator value] )
    value      = path | literal | "[" literal ("," literal)* "]" | name "(" value ("," value)* ")"

What a path or a call is compared with, an item and a second argument may be a bare word: it is
text. Groups stand on a stack of their own, so that no depth of them exhausts Python's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, ParamSpec, TypeVar, cast

from segue.errors import TriggerError, suggest
from segue.trigger.functions import FUNCTIONS, numeral
from segue.trigger.tokens import Token, parts, scan, unquote
from segue.trigger.tree import (
    DEPTH,
    NEGATABLE,
    OPERATORS,
    And,
    Boolean,
    Call,
    Compare,
    List,
    Negative,
    Not,
    Null,
    Number,
    Operator,
    Or,
    Path,
    Scalar,
    Text,
    Trigger,
    Value,
    check_condition,
)


LIMIT: Final = 5120
"""The largest trigger, in bytes of UTF-8."""

LITERALS: Final[Mapping[str, Scalar]] = {
    "null": Null(),
    "true": Boolean(value=True),
    "false": Boolean(value=False),
}
KEYWORDS: Final = frozenset({"and", "or", "in"})

P = ParamSpec("P")
T = TypeVar("T")


def parse_trigger(text: str) -> Trigger:
    """Read a trigger; ``all`` alone is read as ``true``, every event.

    Raises TriggerError with the offset of the first thing that is wrong, and a hint. A trigger
    has at most 5,120 bytes and 100 levels.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        reason = f"the trigger is too long: {size} bytes of UTF-8, at most {LIMIT}"
        raise TriggerError(
            text, LIMIT, reason, hint="shorten it with in [ … ], or split the mapping"
        )
    if text.strip() == "all":
        return Boolean(value=True)
    return Parser(text).trigger()


@dataclass(slots=True)
class Group:
    """What is known of a group that is not closed yet."""

    opened: Token | None = None
    bangs: int = 0  # before the next condition
    branches: list[Trigger] = field(default_factory=list)  # of "or"
    branch: list[Trigger] = field(default_factory=list)  # the one at work, of "and"

    def add(self, condition: Trigger) -> None:
        for _ in range(self.bangs):
            condition = Not(condition)
        self.bangs = 0
        self.branch.append(condition)

    def split(self) -> None:
        branch = tuple(self.branch)
        self.branches.append(branch[0] if len(branch) == 1 else And(branch))
        self.branch = []

    def close(self) -> Trigger:
        self.split()
        branches = tuple(self.branches)
        return branches[0] if len(branches) == 1 else Or(branches)


class Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = scan(text)
        self.at = 0
        self.nested = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self, text: str) -> bool:
        """Step over a sign or keyword, if it is there."""
        taken = self.token.text == text
        self.at += taken
        return taken

    def trigger(self) -> Trigger:
        groups = [Group()]
        while True:
            self.open(groups)
            self.add(groups[-1], self.condition(groups[-1]))
            self.close(groups)
            if self.take("or"):
                self.build(self.token, groups[-1].split)
            elif not self.take("and"):
                break
        if self.token.kind != "end":
            self.unexpected()
        if opened := groups[-1].opened:
            self.fail(opened, '"(" is never closed')
        return self.build(self.tokens[0], groups[-1].close)

    def open(self, groups: list[Group]) -> None:
        while self.token.text in {"!", "("}:
            if self.token.text == "(":
                groups.append(Group(self.token))
            else:
                groups[-1].bangs += 1
            self.at += 1

    def close(self, groups: list[Group]) -> None:
        while len(groups) > 1 and self.take(")"):
            condition = self.build(self.token, groups.pop().close)
            self.add(groups[-1], condition)

    def add(self, group: Group, condition: Trigger) -> None:
        self.build(self.token, group.add, condition)

    def condition(self, group: Group) -> Trigger:
        """One comparison, call, path or truth."""
        start = self.token
        left = self.value(sought="a condition")
        operator = self.token.text
        if operator in OPERATORS:
            self.at += 1
            right = self.value(bare=operator != "in" and isinstance(left, Path | Call))
            return self.build(start, Compare, left, cast("Operator", operator), right)
        if group.bangs and isinstance(left, Call) and left.function in NEGATABLE:
            group.bangs -= 1
            return Negative(left)
        if isinstance(left, Path | Boolean | Call):
            self.build(start, check_condition, left)
            return left
        return self.fail(self.token, f"expected an operator after {left}")

    def value(self, *, bare: bool = False, sought: str = "a value") -> Value:
        token = self.token
        self.at += token.kind != "end"
        match token.kind:
            case "text":
                return Text(unquote(token.text))
            case "number":
                return self.number(token)
            case "word" if token.text not in KEYWORDS:
                return self.word(token, bare=bare)
            case "sign" if token.text == "[":
                return self.brackets(token)
            case _:
                hint = 'write "true" for every event' if not self.text.strip() else None
                return self.fail(token, f"expected {sought}, found {token}", hint)

    def number(self, token: Token) -> Number:
        number = numeral(token.text)
        return self.fail(token, "the number is too large") if number is None else Number(number)

    def brackets(self, opened: Token) -> List:
        values = self.listed("]", bare=True)
        items = tuple(value for value in values if isinstance(value, Scalar))
        if len(items) < len(values):
            self.fail(opened, "a list holds texts, numbers, true, false and null")
        return self.build(opened, List, items)

    def word(self, token: Token, *, bare: bool) -> Value:
        """A literal, a call, text or a path."""
        if self.token.text == "(":
            return self.call(token)
        if token.text in LITERALS:
            return LITERALS[token.text]
        names = parts(token.text)
        plain = len(names) == 1 and not token.text.startswith("\\")
        return Text(names[0]) if bare and plain else Path(names)

    def call(self, name: Token) -> Call:
        if name.text not in FUNCTIONS:
            hint = suggest(name.text.lower(), FUNCTIONS) or f"functions: {', '.join(FUNCTIONS)}"
            self.fail(name, f'there is no function "{name.text}"', hint)
        self.nested += 1
        if self.nested > DEPTH:
            self.fail(name, f"more than {DEPTH} levels")
        self.at += 1
        arguments = self.listed(")", bare=False)
        self.nested -= 1
        return self.build(name, Call, name.text, tuple(arguments))

    def listed(self, closing: str, *, bare: bool) -> list[Value]:
        """The values between commas, up to the closing sign."""
        values: list[Value] = []
        while not self.take(closing):
            if values and not self.take(","):
                self.fail(self.token, f'expected "," or "{closing}", found {self.token}')
            values.append(self.value(bare=bare or bool(values)))
        return values

    def build(self, token: Token, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make a node; what the tree refuses is an error at the token."""
        try:
            return make(*args, **kwargs)
        except ValueError as refused:
            reason, _, hint = str(refused).partition("; ")
            self.fail(token, reason, hint or None)

    def unexpected(self) -> NoReturn:
        """Something follows a condition that cannot."""
        token, before = self.token, self.tokens[self.at - 1]
        if before.text in {"not", "NOT"}:
            self.fail(before, f"there is no {before}", 'write "!" before a call or a parenthesis')
        if token.text == ")":
            self.fail(token, 'no "(" is open here')
        self.fail(token, f'expected an operator, "and" or "or", found {token}', _hint(token))

    def fail(self, token: Token, reason: str, hint: str | None = None) -> NoReturn:
        raise TriggerError(self.text, token.start, reason, hint=hint)


def _hint(token: Token) -> str | None:
    if token.text in FUNCTIONS:
        return f'a function stands before its arguments: {token.text}(event, "x")'
    if token.text == "[":
        return 'an index is a part of the path: "items.0", not "items[0]"'
    return suggest(token.text.lower(), KEYWORDS) if token.kind == "word" else None
