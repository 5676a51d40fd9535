"""A workspace to start from for one destination, with the mappings it offers."""

import json
import re
from collections.abc import Iterator, Sequence

from segue.destination import Destination
from segue.fields.schema import properties, required
from segue.json import JsonValue
from segue.plugins import AnyAction, Catalogue
from segue.presets import Preset


_HEAD = """\
# yaml-language-server: $schema=segue.schema.json
#
#   segue schema workspace -o segue.schema.json    for the line above: your editor completes this file
#   segue check                                    everything that is wrong with it, with line and column

version: 1

sources:
  website:
    write_key: wk_website

connections:"""


def draft(destination: Destination, catalogue: Catalogue) -> str:
    """The text of a workspace with one connection to a destination.

    Its mappings are the presets that are for every connection, where there are none every action
    as it is. Required settings come from the environment; the others are comments.
    """
    offered = catalogue.presets.get(destination.slug, ())
    presets = [one for one in offered if one.kind == "automatic"]
    mappings = [*_mappings(presets or _plain(catalogue.actions_of(destination)))]
    lines = [
        _HEAD,
        f"  {destination.slug}:",
        f"    destination: {destination.slug}",
        *_settings(destination),
        "    sources: [website]",
        "    mappings:" if mappings else "    mappings: {}",
        *mappings,
    ]
    return "\n".join([*lines, ""])


def _plain(actions: Sequence[AnyAction]) -> list[Preset]:
    return [Preset(one.title, one.slug) for one in actions]


def _settings(destination: Destination) -> Iterator[str]:
    needed = required(destination.settings)
    known = properties(destination.settings)
    if not known:
        return
    yield "    settings:" if needed else "    # settings:"
    for key in sorted(known, key=lambda key: key not in needed):
        about = " ".join(str(known[key].get("title", "")).split())
        filled = f"{_text(key)}: ${{{_variable(destination.slug, key)}}}"
        yield f"      {'' if key in needed else '# '}{filled}{f'    # {about}' if about else ''}"


def _mappings(presets: Sequence[Preset]) -> Iterator[str]:
    taken: set[str] = set()
    for one in presets:
        name = _name(one.name, taken)
        taken.add(name)
        yield f"      {name}:"
        yield f"        action: {one.action}"
        said: dict[str, JsonValue] = {"trigger": one.trigger, "sync_mode": one.sync_mode}
        said["override"] = one.override or None
        for key, value in said.items():
            if value is not None:
                yield f"        {key}: {_text(value)}"


def _name(title: str, taken: set[str]) -> str:
    """A mapping's name: the words of a title, with a number where there is one of that name."""
    plain = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "mapping"
    number = 1
    while (name := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return name


def _variable(slug: str, key: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", f"{slug}_{key}")
    return words.upper()


def _text(value: JsonValue) -> str:
    """A value as YAML on one line; JSON is YAML."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value):
        return value if value.lower() not in {"true", "false", "null"} else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)
