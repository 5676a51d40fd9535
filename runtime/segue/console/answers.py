"""What a page comes to: decisions as values, carried out by the application."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Page:
    """A template with its values. ``part`` is the template of the part that changes, enough where a part is asked for."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    status: int = 200
    part: str | None = None


Tone: TypeAlias = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Go:
    """Another page of the console, which shows what is ``said`` once. ``url`` begins with a slash."""

    url: str
    said: str = ""
    tone: Tone = "good"


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such thing. ``what`` is a sentence, ``hint`` what to do."""

    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to be saved or shown as they are."""

    content: bytes
    type: str
    name: str | None = None


Answer: TypeAlias = Page | Go | Absent | File
