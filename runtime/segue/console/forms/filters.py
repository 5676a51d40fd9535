"""The filters of a connection as rows of a form, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segue.console.visit import Form
from segue.json import JsonObject, JsonValue


MOST: Final = 100
KINDS: Final = (
    ("drop", "Drop the event"),
    ("sample", "Let a share through"),
    ("block", "Remove these fields"),
    ("allow", "Keep only these fields"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One filter as it is typed. ``rate`` is in percent, ``fields`` one a line; ``problems`` are its own."""

    action: str = "drop"
    when: str = ""
    fields: str = ""
    rate: str = ""
    problems: Sequence[str] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.when or self.fields or self.rate)

    def text(self) -> JsonObject:
        """The filter as it stands in the file."""
        made: dict[str, JsonValue] = {"action": self.action}
        if self.action == "sample":
            made["rate"] = _share(self.rate)
        if self.action in {"block", "allow"}:
            made["fields"] = [line.strip() for line in self.fields.splitlines() if line.strip()]
        return {**made, "if": self.when} if self.when else made


def rows(kept: JsonValue) -> list[Row]:
    """The filters that the file has."""
    several = kept if isinstance(kept, list | tuple) else ()
    return [_row(one) for one in several if isinstance(one, Mapping)]


def read(form: Form) -> list[Row]:
    """The filters that were typed, in order; those that are taken out, and blank ones, are left out."""
    found = [
        Row(
            form.text(f"filter-{at}-action", "drop"),
            form.text(f"filter-{at}-when"),
            form.raw(f"filter-{at}-fields").strip(),
            form.text(f"filter-{at}-rate"),
        )
        for at in range(MOST)
        if f"filter-{at}-action" in form and form.text("remove") != str(at)
    ]
    return [one for one in found if not one.blank]


def told(typed: Sequence[Row], problems: Mapping[int, Sequence[str]]) -> list[Row]:
    """The rows with what is wrong with each."""
    return [replace(one, problems=problems.get(at, ())) for at, one in enumerate(typed)]


def _row(one: Mapping[str, JsonValue]) -> Row:
    fields, rate = one.get("fields"), one.get("rate")
    return Row(
        action=str(one.get("action", "drop")),
        when=str(one.get("if", "")),
        fields="\n".join(str(one) for one in fields) if isinstance(fields, list) else "",
        rate=f"{rate * 100:g}" if isinstance(rate, int | float) else "",
    )


def _share(text: str) -> JsonValue:
    """A percentage as the share that the file has; what is no number stays text, and is refused."""
    try:
        return round(float(text.removesuffix("%")) / 100, 10)
    except ValueError:
        return text
