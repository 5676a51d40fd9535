"""What changed between two rounds of previews."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple, TypeAlias

from segue.cli.dev.preview import Preview


Status: TypeAlias = Literal["new", "changed", "same", "gone"]
Sign: TypeAlias = Literal[" ", "+", "-", "…"]

AROUND: Final = 3
"""Lines that are the same, before and after those that are not."""


class Line(NamedTuple):
    """A line of a preview: the same as before, added or removed; or some were left out here."""

    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one subject. ``preview`` is that of now, of one that is gone the last."""

    name: str
    status: Status
    preview: Preview
    lines: Sequence[Line]


def compare(
    before: Mapping[str, Preview], after: Mapping[str, Preview], touched: Collection[str]
) -> list[Change]:
    """What is new, gone or different, in order of their names; and what was touched and is the same."""
    found = (_change(name, before.get(name), after.get(name)) for name in sorted({*before, *after}))
    return [one for one in found if one.status != "same" or one.name in touched]


def _change(name: str, before: Preview | None, after: Preview | None) -> Change:
    if after is None:
        assert before is not None
        return Change(name, "gone", before, ())
    if before is None:
        return Change(name, "new", after, [Line(" ", one) for one in after.lines])
    if before == after:
        return Change(name, "same", after, ())
    return Change(name, "changed", after, [*difference(before.lines, after.lines)])


def difference(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """The lines that were removed and added, and some around them."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    end = 0
    for group in matcher.get_grouped_opcodes(AROUND):
        if group[0][3] > end:
            yield Line("…", "")
        for kind, old, old_end, new, new_end in group:
            if kind == "equal":
                yield from (Line(" ", one) for one in after[new:new_end])
                continue
            yield from (Line("-", one) for one in before[old:old_end])
            yield from (Line("+", one) for one in after[new:new_end])
        end = group[-1][4]
    if 0 < end < len(after):
        yield Line("…", "")
