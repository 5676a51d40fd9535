"""What a check finds, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from segue.json import JsonObject, JsonValue


Severity: TypeAlias = Literal["error", "warning", "note"]

RANK: Final[Mapping[Severity, int]] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a mapping, or may be.

    ``pointer`` leads into the workspace file, ``line`` and ``column`` count from 1. ``field`` is a
    pointer into the payload, "" where the whole is meant, and ``rule`` the keyword that it breaks.
    A counterexample has the ``event`` as it is sent, the ``payload`` that the mapping makes of it
    and the ``error`` that follows. ``ignored`` is the reason that the workspace gives.
    """

    code: str
    severity: Severity
    connection: str
    mapping: str
    message: str
    remedy: str
    pointer: str
    field: str = ""
    rule: str = ""
    line: int = 1
    column: int = 1
    event: JsonObject | None = None
    payload: JsonValue = None
    error: str | None = None
    ignored: str | None = None

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: {self.severity} {self.code}"
        return f"{place} {self.subject}: {self.message}; {self.remedy}"

    @property
    def subject(self) -> str:
        """The mapping, as people name it."""
        return f"{self.connection}/{self.mapping}"

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two findings the same, however their examples differ."""
        return (self.connection, self.mapping, self.code, self.field, self.rule, self.pointer)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far a mapping was searched: events tried, of which kinds, and which of these have schemas."""

    connection: str
    mapping: str
    tried: int
    kinds: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a check of a workspace found, the worst first."""

    file: str
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...] = ()
    ignored: tuple[Finding, ...] = ()
    seed: int = 0

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity."""
        return [one for one in self.findings if one.severity == severity]

    @property
    def errors(self) -> list[Finding]:
        """The findings that make a check fail."""
        return self.of("error")

    def fails(self, *, strict: bool = False) -> bool:
        """Whether a check fails: on errors, and on warnings too where it is strict."""
        return bool(self.errors or (strict and self.of("warning")))


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The worst first, then in the order of the file."""
    once = {one.key: one for one in reversed(findings)}
    return tuple(
        sorted(once.values(), key=lambda one: (RANK[one.severity], one.line, one.column, one.key))
    )
