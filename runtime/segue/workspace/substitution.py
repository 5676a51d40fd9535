"""Values that do not stand in the file: ``${NAME}`` from the environment, ``${secret:NAME}``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from segue.errors import ConfigError, Problem, pointer
from segue.json import JsonValue
from segue.workspace.report import Report


Secrets: TypeAlias = Callable[[str], str | None]

_PLACEHOLDER: Final = re.compile(
    r"""
    (?P<escape> \$\$\{ )
    | \$\{ (?P<name> [A-Za-z_][A-Za-z0-9_]* ) (?: :- (?P<default> [^{}]* ) )? \}
    | \$\{ secret: (?P<secret> [A-Za-z0-9_.-]+ ) \}
    | \$\{
    """,
    re.VERBOSE,
)


def literal(text: str) -> bool:
    """True for text in which nothing is filled in."""
    return all(found["escape"] for found in _PLACEHOLDER.finditer(text))


@dataclass(frozen=True, slots=True)
class Substitution:
    """Fills in what the file only names. What it fills in is never part of a message.

    As in a shell, the default of ``${NAME:-default}`` counts when the variable is unset or empty.
    """

    environ: Mapping[str, str]
    secrets: Secrets | None
    report: Report
    told: set[str] = field(default_factory=set[str], repr=False)
    """The secrets that were filled in."""

    def fill(self, value: JsonValue, where: str) -> JsonValue:
        """The value with every text in it filled in; ``where`` is its pointer.

        What cannot be filled in is reported and left as it stands.
        """
        if isinstance(value, str):
            return self.text(value, where)
        if isinstance(value, Mapping):
            return {key: self.fill(item, where + pointer(key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(item, where + pointer(at)) for at, item in enumerate(value)]
        return value

    def text(self, text: str, where: str) -> str:
        """The text with its placeholders filled in."""
        problems: list[Problem] = []

        def value(found: re.Match[str]) -> str:
            try:
                return self._value(**found.groupdict())
            except _UnknownError as unknown:
                problems.append(Problem(where, *unknown.args))
                return found[0]

        filled = _PLACEHOLDER.sub(value, text)
        self.report.nest("", problems)
        return filled

    def _value(
        self, *, escape: str | None, name: str | None, default: str | None, secret: str | None
    ) -> str:
        if escape:
            return "${"
        if name:
            return self._variable(name, default)
        if secret:
            return self._secret(secret)
        hint = "write ${NAME}, ${NAME:-default} or ${secret:NAME}; $${ stands for ${ itself"
        raise _UnknownError('what follows "${" cannot be filled in', hint)

    def _variable(self, name: str, default: str | None) -> str:
        value = self.environ.get(name)
        if default is not None:
            return value or default
        if value is None:
            hint = f"set it, or give a default: ${{{name}:-...}}"
            raise _UnknownError(f"the environment variable {name} is not set", hint)
        return value

    def _secret(self, name: str) -> str:
        try:
            value = self.secrets(name) if self.secrets else None
        except ConfigError as error:  # it is there, and cannot be opened
            raise _UnknownError(error.problems[0].message, error.problems[0].hint) from None
        if value is None:
            hint = "store it, or use an environment variable: ${NAME}"
            raise _UnknownError(f'there is no secret "{name}"', hint)
        self.told.add(value)
        return value


class _UnknownError(Exception):
    """A placeholder that stands for nothing: message and hint."""
