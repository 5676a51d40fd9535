"""What can go wrong, grouped by who must act.

    SegueError
    ├── AuthorError          fix the plugin
    │   ├── TriggerError     a trigger does not parse: text, offset
    │   ├── MappingError     a mapping is malformed: problems
    │   ├── FieldsError      a field spec is outside the profile: problems
    │   └── PluginError      a plugin cannot be loaded: plugin, file, line
    ├── ConfigError          fix the workspace: problems, exit code 2
    ├── EventError           fix the sender: Segment's reason code
    ├── PayloadError         fix the mapping: every failed rule
    ├── ChoicesError         look at the field, or at the destination
    ├── DeliveryError        look at the destination
    │   ├── UnreachableError no answer came: DNS, connect, reset (retried)
    │   ├── TimedOutError    no answer in time (retried)
    │   ├── RetryableError   an action asks to be tried again
    │   ├── RefusedError     an action says it will never work
    │   └── TokenError       no access token is to be had (held)
    └── StoreError           look at the machine: its disk, its data directory
        ├── StoreFullError   no room for more events now (503)
        ├── StoreUnavailableError  it cannot be read or written now (503)
        └── StoreLockedError another process owns the data directory: pid

Each carries its subject as attributes, so that a program need not read the prose.
No secret is ever part of a message.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in something a person wrote.

    ``pointer`` is a JSON pointer (RFC 6901) into the checked value, "" for its root.
    ``hint`` says what to do, often a near miss. ``line`` and ``column`` count from 1
    and are known when the value came from a file.
    """

    pointer: str
    message: str
    hint: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = f"{self.line}:{self.column}: " if self.line else ""
        subject = f"{self.pointer}: " if self.pointer else ""
        return f"{where}{subject}{self.message}" + (f"; {self.hint}" if self.hint else "")


def pointer(*keys: str | int) -> str:
    """A JSON pointer made of keys: ``pointer("a", 0, "b/c") == "/a/0/b~1c"``."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known word, or None when none is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else None


def listing(problems: Sequence[object]) -> str:
    """All problems, one a line."""
    return "\n".join(str(problem) for problem in problems)


class SegueError(Exception):
    """The root: ``except SegueError`` catches everything this package raises on purpose."""

    exit_code = 1


class AuthorError(SegueError):
    """A plugin is wrong."""


class TriggerError(AuthorError):
    """A trigger does not parse.

    ``offset`` counts characters of ``text`` from 0. The message shows the place with a caret.
    """

    def __init__(self, text: str, offset: int, reason: str, *, hint: str | None = None) -> None:
        self.text, self.offset, self.reason, self.hint = text, offset, reason, hint
        super().__init__(text, offset, reason)

    def __str__(self) -> str:
        start = self.text.rfind("\n", 0, self.offset) + 1
        end = self.text.find("\n", self.offset)
        line = self.text[start : end if end >= 0 else len(self.text)]
        left = max(0, self.offset - start - 60)
        shown = line[left : left + 100].replace("\t", " ")
        caret = " " * (self.offset - start - left) + "^"
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.reason} at offset {self.offset}{hint}\n  {shown}\n  {caret}"


class MappingError(AuthorError):
    """A mapping is malformed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return listing(self.problems)


class FieldsError(AuthorError):
    """A field spec is not in the supported profile of JSON Schema."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return listing(self.problems)


class PluginError(AuthorError):
    """A plugin, or one action of it, cannot be used."""

    def __init__(
        self, plugin: str, reason: str, *, file: str | None = None, line: int | None = None
    ) -> None:
        self.plugin, self.reason, self.file, self.line = plugin, reason, file, line
        super().__init__(plugin, reason, file, line)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f'plugin "{self.plugin}"' + (f" ({place})" if place else "") + f": {self.reason}"


class ConfigError(SegueError):
    """A workspace is wrong; every problem of the file is listed."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem], *, file: str | None = None) -> None:
        self.problems, self.file = tuple(problems), file
        super().__init__(self.problems, file)

    def __str__(self) -> str:
        return listing([self._place(problem) for problem in self.problems])

    def _place(self, problem: Problem) -> str:
        if self.file is None:
            return str(problem)
        return f"{self.file}:{problem}" if problem.line else f"{self.file}: {problem}"


class EventError(SegueError):
    """An event is refused on arrival. ``code`` is Segment's reason code."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(code, reason)

    def __str__(self) -> str:
        return f"{self.reason} ({self.code})"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One rule that a payload breaks.

    ``pointer`` leads into the payload, ``field`` is its title or key, ``rule`` the JSON Schema
    keyword that failed, ``value`` what was found (absent for a missing field).
    """

    pointer: str
    field: str
    rule: str
    message: str
    value: object = None

    def __str__(self) -> str:
        return self.message


class PayloadError(SegueError):
    """What the mapping made does not satisfy the action's fields."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return " ".join(str(error) for error in self.errors)


class ChoicesError(SegueError):
    """The choices of a field cannot be had; ``reason`` says why in words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class DeliveryError(SegueError):
    """A destination could not be reached or would not take the request."""


class UnreachableError(DeliveryError):
    """No connection, or it broke before an answer came. Tried again."""


class TimedOutError(DeliveryError):
    """No answer in time; the destination may have acted all the same. Tried again."""


class RetryableError(DeliveryError):
    """An action asks for another attempt, ``after`` seconds from now or when backoff says.

    The seconds may be the text of a Retry-After. Raises ValueError for what is no number.
    """

    def __init__(self, reason: str, *, after: float | str | None = None) -> None:
        self.reason, self.after = reason, None if after is None else _seconds(after)
        super().__init__(reason)


class RefusedError(DeliveryError):
    """An action says that this will never work; the delivery becomes a dead letter."""

    def __init__(self, reason: str, *, code: str = "MESSAGE_REJECTED") -> None:
        self.reason, self.code = reason, code
        super().__init__(reason)


class TokenError(DeliveryError):
    """No access token is to be had until somebody authorises the connection again."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _seconds(after: object) -> float:
    try:
        seconds = float(cast("float", after))
    except (TypeError, ValueError):
        seconds = math.nan
    if math.isnan(seconds):
        raise ValueError(f"after should be a number of seconds, not {after!r}")
    return seconds


class StoreError(SegueError):
    """The store cannot do what it was asked."""


class StoreFullError(StoreError):
    """No room for more events: the disk is full, or the store is and nothing of it may go."""


class StoreUnavailableError(StoreError):
    """The store cannot be read or written, or it is closed. What was not confirmed is not stored."""


class StoreLockedError(StoreError):
    """Another process owns the data directory ``path``. ``pid`` is None when it left no number."""

    def __init__(self, path: str, pid: int | None) -> None:
        self.path, self.pid = path, pid
        super().__init__(path, pid)

    def __str__(self) -> str:
        owner = f"process {self.pid}" if self.pid else "another process"
        return (
            f"the data directory {self.path} belongs to {owner}; stop it, or use another directory"
        )
