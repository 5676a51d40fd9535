"""The source of a destination, an action and a function to start from."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from segue.fields.schema import properties, rebuild
from segue.json import JsonObject, JsonValue
from segue.presets import Preset
from segue.scaffold.carrying import Carried
from segue.scaffold.definition import Note
from segue.scaffold.homes import Home
from segue.scaffold.mappings import called, mapping_node
from segue.scaffold.names import ActionName, DestinationName
from segue.scaffold.source import WIDTH, Called, Name, Node, constant, source
from segue.scaffold.templates import render
from segue.scaffold.typed import Typed


FIRST: Final = ActionName("trackEvent")
"""The action that a new destination begins with."""

_ALIKE: Final = str.maketrans(
    {**dict.fromkeys('\u2018\u2019\u201c\u201d"', "'"), **dict.fromkeys("\u2013\u2014", "-")}
)
_UNWRITTEN: Final = re.compile("[^ !#-\\[\\]-~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+")
"""What no docstring may hold: quotes that could end it, a backslash, whatever looks like something else."""

_ODD: Final = re.compile("[^ -~]")

_ORDER: Final = (
    "type", "format", "title", "description", "required", "additionalProperties", "properties"
)  # fmt: skip
"""The keywords that come first in a field spec. A mapping comes last, for it is what people look for."""


def destination(name: DestinationName) -> str:
    """A destination with its first action."""
    return render("destination.py", name=name, slug=FIRST, constant=name.constant)


def action(slug: ActionName, home: Home) -> str:
    """An action of a destination that is there."""
    names = ("Context", "JsonObject", "Request", "action", "path")
    imports = imported(names, home)
    return render("action.py", slug=slug, imports=imports, constant=home.constant)


def function(name: DestinationName) -> str:
    """A function."""
    return render("function.py", name=name)


# From a published definition


def carried_destination(
    name: DestinationName, told: JsonObject, settings: JsonObject, notes: Iterable[Note]
) -> str:
    """A destination with the settings of a published one."""
    title, described = told.get("name"), told.get("description")
    names = [one for one in (told.get("name"), told.get("slug")) if isinstance(one, str) and one]
    keywords: dict[str, Node] = {
        "title": title if isinstance(title, str) and title.strip() else name.title,
        **({"description": described} if isinstance(described, str) and described else {}),
        "url": f"https://api.{name.host}.example",
        **({"names": names} if names else {}),
        "settings": rebuild(settings, _arranged),
    }
    made = source(Called("Destination", [name.slug], keywords), used=len(name.constant) + 3)
    return render("carried_destination.py", name=name, declared=made, notes=comments(notes))


def carried_action(slug: ActionName, home: Home, carried: Carried) -> str:
    """An action of a published definition, its function left to write."""
    typed = Typed()
    typed.add(carried.fields)
    fields = _fields_node(carried.fields)
    presets = [_preset_node(slug, one) for one in carried.presets]
    declared: dict[str, Node] = {
        **({"title": carried.title} if carried.title else {}),
        "trigger": carried.trigger,
        "fields": Name("FIELDS"),
        **({"sync_modes": Name(f"({_listed(carried.sync_modes)})")} if carried.sync_modes else {}),
    }
    functions = called([fields, *presets]) - {f"{slug.function}.preset"}
    modes = {"SyncMode"} if carried.sync_modes else set[str]()
    own = {"JsonObject", "Request", "action"} | functions | modes | (typed.uses & {"JsonValue"})
    return render(
        "carried.py",
        slug=slug,
        notes=comments(carried.notes),
        typing=", ".join(sorted(typed.uses & {"NotRequired", "TypedDict"})),
        imports=imported(sorted(own, key=_rank), home),
        classes=typed.classes,
        fields=source(fields, used=len("FIELDS: JsonObject = ")),
        decorator=source(Called("@action", [Name(home.constant), slug.slug], declared)),
        modes=bool(carried.sync_modes),
        document=document(slug.title, carried.description),
        presets=[source(one) for one in presets],
    )


def imported(names: Iterable[str], home: Home) -> str:
    """The imports of an action, in the order in which formatters have them."""
    line = f"from segue import {', '.join(names)}"
    if len(line) > WIDTH:
        line = "from segue import (\n" + "".join(f"    {one},\n" for one in names) + ")"
    if home.line.startswith("from ."):
        return f"{line}\n\n{home.line}"
    return "\n".join(sorted((line, home.line), key=lambda one: one.split()[1]))


def comments(notes: Iterable[Note]) -> list[str]:
    """What is not carried over, as lines of comment."""
    lines: list[str] = []
    for where, what in notes:
        told = f"{plain_text(where)}: {plain_text(what)}"
        lines += textwrap.wrap(
            told, WIDTH, initial_indent="# * ", subsequent_indent="#   ", break_on_hyphens=False
        )
    return lines


def plain_text(text: str) -> str:
    """A text on one line; what could look like something else is escaped."""
    return _ODD.sub(lambda found: constant(found[0])[1:-1], text)


def document(title: str, description: str) -> str:
    """A docstring in a function; of a description only what can neither end it nor deceive."""
    told = " ".join(_UNWRITTEN.sub(" ", description.translate(_ALIKE)).split())
    lines = textwrap.wrap(told, WIDTH - 4, break_on_hyphens=False)
    if not lines:
        return f'    """{title}."""'
    return "\n".join([f'    """{title}.', "", *(f"    {one}" for one in lines), '    """'])


def _fields_node(fields: JsonObject) -> Node:
    """A field spec, with its mappings as calls."""
    parts: dict[str, Node] = {}
    for key, part in properties(fields).items():
        mapping = {"mapping": mapping_node(part["mapping"])} if "mapping" in part else {}
        bare = {word: value for word, value in part.items() if word != "mapping"}
        parts[key] = {**rebuild(bare, _arranged), **mapping}
    rest = {word: one for word, one in fields.items() if word != "properties"}
    made = _arranged({**rest, "properties": {}})
    return {word: parts if word == "properties" else one for word, one in made.items()}


def _arranged(schema: JsonObject) -> JsonObject:
    """A schema with its keywords in our order, and without a list of nothing that is required."""
    told = {word: one for word, one in schema.items() if (word, one) != ("required", [])}
    first: dict[str, JsonValue] = {word: told[word] for word in _ORDER if word in told}
    return {**first, **{word: one for word, one in told.items() if word not in first}}


def _preset_node(slug: ActionName, preset: Preset) -> Called:
    given: Mapping[str, Node] = {
        "trigger": preset.trigger,
        "override": {key: mapping_node(one) for key, one in preset.override.items()} or None,
        "sync_mode": preset.sync_mode,
        "event": preset.event,
    }
    keywords = {word: one for word, one in given.items() if one is not None}
    return Called(f"{slug.function}.preset", [preset.name], keywords)


def _listed(modes: Sequence[str]) -> str:
    """The members of a tuple."""
    return ", ".join(f'"{one}"' for one in modes) + ("," if len(modes) == 1 else "")


def _rank(name: str) -> tuple[bool, str]:
    """Classes before functions, as formatters sort what is imported."""
    return name.islower(), name
