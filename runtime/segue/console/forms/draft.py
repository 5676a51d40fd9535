"""A mapping as it is being edited: what is typed, and what that says."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from segue.console.forms import fields, names, triggers
from segue.console.forms.fields import FormError, Place, Row
from segue.console.forms.triggers import Condition, Rows, RowsError
from segue.errors import Problem, TriggerError
from segue.json import JsonObject
from segue.trigger import Trigger, parse_trigger
from segue.workspace.model import ActionMapping


@dataclass(frozen=True, slots=True)
class Said:
    """What a mapping says: its trigger as text, its fields in force, what it chooses."""

    trigger: str
    fields: JsonObject
    sync_mode: str = ""
    matching_key: str = ""

    @classmethod
    def by(cls, mapping: ActionMapping) -> "Said":
        """What the mapping of a workspace says."""
        mode = mapping.sync_mode if mapping.sync_mode != mapping.action.sync_mode else None
        return cls(str(mapping.trigger), mapping.fields, mode or "", mapping.matching_key or "")

    def text(self) -> str:
        """The same as JSON, for a form to send back."""
        whole: JsonObject = {
            "trigger": self.trigger,
            "fields": self.fields,
            "sync_mode": self.sync_mode,
            "matching_key": self.matching_key,
        }
        return fields.spelled(whole)

    @classmethod
    def told(cls, text: str) -> "Said | None":
        """What a form sends back; None for anything else."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        match value:
            case {
                "trigger": str(trigger),
                "fields": dict() as members,
                "sync_mode": str(mode),
                "matching_key": str(key),
            }:
                return cls(trigger, cast("JsonObject", members), mode, key)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed. ``base`` is what the file said when the form was made.

    ``trigger`` is the text, ``rows`` are the same as a form has it; ``odd`` is what is wrong with the
    text, by which it may say something else than the rows.
    """

    base: Said
    trigger: str
    rows: Rows
    root: Row
    sync_mode: str = ""
    matching_key: str = ""
    odd: Problem | None = None

    @classmethod
    def of(cls, said: Said, base: Said | None = None) -> "Draft":
        """A form that says this."""
        rows = triggers.rows(parse_trigger(said.trigger))
        root = fields.light(fields.read(said.fields))
        return cls(base or said, said.trigger, rows, root, said.sync_mode, said.matching_key)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a draft says, as far as it says anything, and what is wrong, by place."""

    trigger: Trigger | None
    text: str
    fields: JsonObject | None
    conditions: Mapping[int, Problem] = field(default_factory=dict[int, Problem])
    rows: Mapping[Place, Problem] = field(default_factory=dict[Place, Problem])
    odd: Problem | None = None

    @property
    def good(self) -> bool:
        """Whether it says something throughout."""
        return self.trigger is not None and self.fields is not None


def judge(draft: Draft) -> Verdict:
    """What a draft says."""
    tree, conditions = _trigger(draft)
    made, wrong = _fields(draft.root)
    text = draft.trigger if tree is None else _spelled(draft.trigger, tree)
    return Verdict(tree, text, made, conditions, wrong, draft.odd)


def said(draft: Draft, verdict: Verdict) -> Said:
    """What a good draft says."""
    return Said(verdict.text, verdict.fields or {}, draft.sync_mode, draft.matching_key)


def _fields(root: Row) -> tuple[JsonObject | None, Mapping[Place, Problem]]:
    try:
        made = fields.build(root)
    except FormError as error:
        return None, error.problems
    if isinstance(made, Mapping):
        return made, {}
    return None, {(): Problem("", "a mapping is an object of fields")}


def _trigger(draft: Draft) -> tuple[Trigger | None, Mapping[int, Problem]]:
    if draft.odd is not None:
        return None, {}
    try:
        tree = triggers.build(draft.rows)
        parse_trigger(str(tree))  # it may be too long
    except RowsError as error:
        return None, error.problems
    except TriggerError as error:
        return None, {len(draft.rows.conditions) - 1: Problem("", error.reason, error.hint)}
    return tree, {}


def _spelled(text: str, tree: Trigger) -> str:
    """The text as it is where it says the same, as people may have their own way to write it."""
    try:
        return text if parse_trigger(text) == tree else str(tree)
    except TriggerError:
        return str(tree)


# From what a browser sends

ADD: Final = "add:"
REMOVE: Final = "remove:"


def sent(form: names.Inputs, base: Said) -> Draft:
    """The draft that a form holds. ``base`` is what it says where nothing can be told."""
    rows, text, was = names.conditions(form), form.get("trigger", ""), form.get("trigger.was", "")
    odd: Problem | None = None
    if text.strip() != was.strip():
        try:
            rows = triggers.rows(parse_trigger(text))
        except TriggerError as error:
            odd = Problem("", str(error))
    draft = Draft(
        Said.told(form.get("base", "")) or base,
        text,
        rows,
        names.row(form, "f"),
        form.get("sync_mode", ""),
        form.get("matching_key", ""),
        odd,
    )
    return replace(draft, trigger=judge(draft).text)


def changed(draft: Draft, deed: str) -> Draft:
    """The draft after a button that adds a row or removes one: "add:f.3", "remove:t.0"."""
    for word, change in ((ADD, _added), (REMOVE, _removed)):
        if deed.startswith(word):
            head, *steps = deed.removeprefix(word).split(".")
            if head in {"t", "f"} and all(step.isdecimal() and len(step) < 6 for step in steps):
                return change(draft, head, tuple(map(int, steps)))
    return draft


def touched(draft: Draft, deed: str) -> str:
    """What a button leads to, once it has changed the draft: the name of a row, or another button's value."""
    word, _, rest = deed.partition(":")
    name = rest.partition(":")[0]
    if deed.startswith(REMOVE):
        return ADD + name.rpartition(".")[0]
    if deed == f"{ADD}t":
        return f"t.{len(draft.rows.conditions) - 1}"
    if deed.startswith(ADD):
        steps = [int(step) for step in name.split(".")[1:] if step.isdecimal()]
        return f"{name}.{len(_row(draft.root, steps).rows) - 1}"
    return name or word


def _row(row: Row, steps: Sequence[int]) -> Row:
    """The row at a place, or the last on the way there."""
    for step in steps:
        row = row.rows[step] if step < len(row.rows) else row
    return row


def _added(draft: Draft, head: str, place: Place) -> Draft:
    if head == "t":
        rows = replace(draft.rows, conditions=(*draft.rows.conditions, Condition()))
        return replace(draft, rows=rows)
    fresh = Row("", "path")
    return replace(
        draft, root=_at(draft.root, place, lambda row: replace(row, rows=(*row.rows, fresh)))
    )


def _removed(draft: Draft, head: str, place: Place) -> Draft:
    if not place:
        return draft
    *above, last = place
    if head == "t":
        left = (one for at, one in enumerate(draft.rows.conditions) if at != last)
        draft = replace(draft, rows=replace(draft.rows, conditions=tuple(left)))
        return replace(draft, trigger=judge(draft).text)

    def without(row: Row) -> Row:
        return replace(row, rows=tuple(one for at, one in enumerate(row.rows) if at != last))

    return replace(draft, root=_at(draft.root, tuple(above), without))


def _at(row: Row, place: Place, change: Callable[[Row], Row]) -> Row:
    """The row with a change at a place in it, if there is such a place."""
    if not place:
        return change(row)
    first, *rest = place
    inside = [
        _at(one, tuple(rest), change) if at == first else one for at, one in enumerate(row.rows)
    ]
    return replace(row, rows=tuple(inside))
