"""Rows as the inputs of a form, and back from what a browser sends.

Names are made of numbers only: ``f.3.1.kind``. What an event or a schema calls a thing is a value,
so that any key survives.
"""

from collections.abc import Iterator, Mapping

from segue.console.forms.fields import Row, turned
from segue.console.forms.triggers import Condition, Rows


Inputs = Mapping[str, str]


def inputs(row: Row, name: str) -> Iterator[tuple[str, str]]:
    """The names and values of a row and all in it."""
    yield f"{name}.key", row.key
    yield f"{name}.kind", row.kind
    yield f"{name}.was", row.kind
    yield f"{name}.value", row.text
    for index, one in enumerate(row.rows):
        yield from inputs(one, f"{name}.{index}")


def row(sent: Inputs, name: str, depth: int = 0) -> Row:
    """The row of this name; whatever a browser sends makes one.

    Where another kind was chosen than the one that was shown, it is of that kind now.
    """
    inside: list[Row] = []
    while depth < 120 and f"{name}.{len(inside)}.kind" in sent:
        inside.append(row(sent, f"{name}.{len(inside)}", depth + 1))
    kind = sent.get(f"{name}.kind", "out")
    was = sent.get(f"{name}.was", kind)
    found = Row(sent.get(f"{name}.key", ""), was, sent.get(f"{name}.value", ""), tuple(inside))
    return turned(found, kind)


def conditions(sent: Inputs, name: str = "t") -> Rows:
    """The rows of a trigger."""
    found: list[Condition] = []
    while f"{name}.{len(found)}.subject" in sent:
        at = f"{name}.{len(found)}"
        found.append(
            Condition(
                sent[f"{at}.subject"],
                sent.get(f"{at}.path", ""),
                sent.get(f"{at}.operator", "is"),
                sent.get(f"{at}.value", ""),
            )
        )
    return Rows("any" if sent.get(f"{name}.join") == "any" else "all", tuple(found))
