"""The fields of a spec as rows of a table, those of objects and of the items of lists below them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segue.fields.schema import additional, items, kinds, properties, required
from segue.json import JsonObject
from segue.reference.conditions import conditions
from segue.reference.limits import limits
from segue.reference.pieces import Code, Phrase, code, line, listed, words


Dynamic: TypeAlias = Callable[[str], Phrase]
"""What is said of the choices of a field that are asked of the destination; nothing if they are not."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``key`` is "address.city" or "items[].sku"; ``choices`` holds the limits, too."""

    key: Code
    title: str
    description: str
    type: Phrase
    required: Phrase
    default: Phrase
    choices: Sequence[Phrase]
    secret: bool


def rows(schema: JsonObject, dynamic: Dynamic, above: str = "") -> Iterator[Row]:
    """The fields of an object, each with what is below it, in the order of the spec."""
    always, needs = required(schema), conditions(schema).needs
    for key, field in properties(schema).items():
        name = f"{above}{key}"
        needed: Phrase = ["yes"] if key in always else needs.get(key, ["no"])
        yield _row(name, field, needed, dynamic)
        inner, mark = field, ""
        while "array" in kinds(inner):
            inner, mark = items(inner), f"{mark}[]"
        yield from rows(inner, dynamic, f"{name}{mark}.")


def others(schema: JsonObject, above: str = "") -> Iterator[Phrase]:
    """What else must hold, here and in the objects below."""
    for phrase in conditions(schema).others:
        yield [*(["in ", code(above), ": "] if above else []), *phrase]
    for key, field in properties(schema).items():
        inner, mark = field, ""
        while "array" in kinds(inner):
            inner, mark = items(inner), f"{mark}[]"
        yield from others(inner, f"{above}.{key}{mark}" if above else f"{key}{mark}")


def _row(name: str, field: JsonObject, needed: Phrase, dynamic: Dynamic) -> Row:
    title = line(field.get("title", "")) or line(name.rpartition(".")[2])
    notes = [line(field.get("description", ""))]
    notes += ["Deprecated."] if field.get("deprecated") else []
    asked = dynamic(name.replace("[]", ""))
    return Row(
        key=code(name),
        title=title,
        description=" ".join(one for one in notes if one),
        type=kind(field),
        required=needed,
        default=words(field["mapping"]) if "mapping" in field else [],
        choices=[*_choices(field), *([asked] if asked else [])],
        secret=field.get("writeOnly") is True,
    )


def kind(field: JsonObject) -> Phrase:
    """A field's type in a few words."""
    names = kinds(field)
    if not names:
        return ["any"]
    form = field.get("format")
    found: list[str] = [" or ".join(names)]
    found += [f" ({line(form)})"] if isinstance(form, str) else []
    inner = items(field)
    return [*found, " of ", *kind(inner)] if "array" in names and inner else found


def _choices(field: JsonObject) -> Iterator[Phrase]:
    """The values there are, and the limits; those of a list's items, too."""
    if "const" in field:
        yield ["always ", code(field["const"])]
    if "enum" in field:
        yield _named(field)
    yield from limits(field)
    for name, inner in _inner(field):
        yield from ([name, *one] for one in _choices(inner))


def _inner(field: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The schemas that all items or members share, where they have no rows of their own."""
    names = field.get("propertyNames")
    parts = {"each: ": items(field), "each value: ": additional(field)}
    parts["each name: "] = names if isinstance(names, Mapping) else {}
    return ((name, one) for name, one in parts.items() if one and not properties(one))


def _named(field: JsonObject) -> Phrase:
    """The values of an enum with what a form calls them."""
    ui, values = field.get("ui"), field["enum"]
    labels = ui.get("labels") if isinstance(ui, Mapping) else None
    assert isinstance(values, Sequence)
    if not isinstance(labels, Mapping):
        return listed(values)
    found: list[str] = []
    for number, value in enumerate(values):
        label = labels.get(str(value))
        found += [", "] if number else []
        found += [code(value), *([f" ({line(label)})"] if label else [])]
    return found
