"""Mutation operators: from a good mapping to mappings with one fault each, of a known kind.

An operator is a function of a *site* (a value of the mapping and where it stands) that yields what
could stand there by mistake; a few look at the whole mapping, or at its trigger. All are pure; where
one has to choose, as in which letters are swapped, it is by a seed made of the place.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any, Final, TypeAlias

from faults.corpus import Case
from faults.sites import GONE, Site, pointer, put, walk
from segue.trigger import And, Call, Compare, List, Or, Path, Text, Trigger


Json: TypeAlias = Any

MOST: Final = 2
"""Faults of one kind in one mapping."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one mapping of the corpus: the mapping with it in place, and what was changed."""

    case: str
    kind: str
    at: str
    was: Json
    now: Json
    trigger: str
    fields: Json
    copies: int = 1


Operator: TypeAlias = Callable[[Site, Random], Iterator[Json]]


def faults(case: Case, most: int = MOST) -> Iterator[Fault]:
    """The single faults of a good mapping: at most MOST of a kind, chosen evenly over its places."""
    fields, trigger = case.mapping.fields, str(case.mapping.trigger)
    schema = case.mapping.action.spec.schema
    sites = [*walk(Site((), fields, schema))]
    for kind, operator in OPERATORS.items():
        found = [
            Fault(
                case.name,
                kind,
                pointer(site.at),
                site.value,
                new,
                trigger,
                put(fields, site.at, new),
            )
            for site in sites
            for new in operator(site, Random(f"{case.name}{kind}{site.at}"))  # noqa: S311 the same each time
        ]
        yield from _spread(found, most)
    for kind, trees in TRIGGERS.items():
        texts = [str(tree) for tree in trees(case.mapping.trigger)]
        yield from _spread(
            [Fault(case.name, kind, "trigger", trigger, text, text, fields) for text in texts], most
        )
    yield from _spread([*_missing(case)], most)
    yield from _spread([*_swapped(case)], most)
    yield Fault(case.name, "duplicate", "", None, "a second copy", trigger, fields, copies=2)


def _spread(found: list[Fault], most: int) -> Iterator[Fault]:
    """A few of many, the same each time, and no two alike."""
    distinct = list({repr((one.trigger, one.fields)): one for one in found}.values())
    size = min(most, len(distinct))
    return (distinct[at * len(distinct) // size] for at in range(size))


# Paths


def _is_path(site: Site) -> bool:
    return site.directive == "@path" and isinstance(site.operand, str)


def _on_path(change: Callable[[str, Random], Iterator[str]]) -> Operator:
    """An operator on the path of a site, whichever directive it stands in."""

    def operator(site: Site, random: Random) -> Iterator[Json]:
        if _is_path(site):
            yield from (
                {"@path": new} for new in change(site.operand, random) if new != site.operand
            )
        elif site.directive == "@arrayPath":
            first, *rest = site.operand
            yield from (
                {"@arrayPath": [new, *rest]} for new in change(first, random) if new != first
            )

    return operator


def _on_key(change: Callable[[str, Random], str]) -> Callable[[str, Random], Iterator[str]]:
    """A change of the last name of a path."""

    def changed(path: str, random: Random) -> Iterator[str]:
        found = re.search(r"[A-Za-z_]{2,}(?=[^A-Za-z_]*$)", path)
        if found:
            yield path[: found.start()] + change(found[0], random) + path[found.end() :]

    return changed


def slip(key: str, random: Random) -> str:
    """A name as somebody in a hurry types it."""
    at = random.randrange(max(1, len(key) - 1))
    swapped = key[:at] + key[at + 1 : at + 2] + key[at] + key[at + 2 :]
    plural = key[:-1] if key.endswith("s") else key + "s"
    tried = [swapped, key[: at + 1] + key[at + 2 :], plural]
    random.shuffle(tried)
    return next(one for one in tried if one != key)


def recase(key: str, random: Random) -> str:
    """A name in another convention: camelCase for snake_case, and the other way round."""
    if "_" in key:
        head, *tail = key.split("_")
        return head + "".join(part.title() for part in tail)
    if key != key.lower():
        return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key)
    return random.choice((key.title(), key.upper()))


PARENTS: Final = ("$.properties.", "$.traits.", "$.context.traits.", "$.context.", "$.")


def _reparent(path: str, random: Random) -> Iterator[str]:
    own = next((one for one in PARENTS if path.startswith(one)), None)
    if own:
        others = [one for one in PARENTS if one != own]
        yield random.choice(others) + path.removeprefix(own)


def _to_object(path: str, _: Random) -> Iterator[str]:
    if path.count(".") > 1 and not path.endswith((".length", "]")):
        yield path.rpartition(".")[0]


def _to_array(path: str, _: Random) -> Iterator[str]:
    if "[" in path:
        yield path[: path.index("[")]
        yield re.sub(r"\[\d+\]", "", path)


def _raw_items(site: Site, _: Random) -> Iterator[Json]:
    if site.directive == "@arrayPath" and len(site.operand) > 1:
        yield {"@path": site.operand[0]}


def _as_literal(site: Site, _: Random) -> Iterator[Json]:
    if _is_path(site):
        yield site.operand


# Branches, literals, nothing


def _without_else(site: Site, _: Random) -> Iterator[Json]:
    if site.directive == "@if" and "else" in site.operand:
        yield {"@if": {key: value for key, value in site.operand.items() if key != "else"}}


def _null_passed_on(site: Site, _: Random) -> Iterator[Json]:
    if site.directive == "@if" and "blank" in site.operand:
        rest = {key: value for key, value in site.operand.items() if key != "blank"}
        yield {"@if": {"exists": site.operand["blank"], **rest}}
    if site.directive == "@if" and "else" in site.operand:
        yield site.operand["then"]
    if site.directive == "@excludeWhenNull":
        yield site.operand


OF_ANOTHER_TYPE: Final[Mapping[type, tuple[Json, ...]]] = {
    str: (0, {"name": "other"}),
    int: ("none", "0 "),
    float: ("none", "0.5"),
    bool: ("yes", "true"),
}


def _literal_type(site: Site, _: Random) -> Iterator[Json]:
    value = site.operand if site.directive == "@literal" else site.value
    for new in OF_ANOTHER_TYPE.get(type(value), ()):
        yield {"@literal": new} if site.directive or "@if" not in site.at else new


# Directives and filters that are lost


def _lost(directive: str) -> Operator:
    def operator(site: Site, _: Random) -> Iterator[Json]:
        if site.directive == directive:
            yield site.operand["value"]

    return operator


def _filter_lost(*names: str) -> Operator:
    """A Liquid template without one of its filters."""
    pattern = re.compile(rf"\s*\|\s*(?:{'|'.join(names)})\b(?::[^|}}]*)?(?=[ |}}])")

    def operator(site: Site, _: Random) -> Iterator[Json]:
        if site.directive == "@liquid":
            for found in pattern.finditer(site.operand):
                text = site.operand
                yield {"@liquid": text[: found.start()] + " " + text[found.end() :].lstrip(" ")}

    return operator


def _either(*operators: Operator) -> Operator:
    def operator(site: Site, random: Random) -> Iterator[Json]:
        for one in operators:
            yield from one(site, random)

    return operator


def _template_variable(site: Site, random: Random) -> Iterator[Json]:
    if site.directive in {"@template", "@liquid"}:
        for found in re.finditer(r"\{\{\s*[\w.]*?(\w+)(?=[\s}|])", site.operand):
            name, (start, end) = found[1], found.span(1)
            for new in (slip(name, random), recase(name, random)):
                yield {site.directive: site.operand[:start] + new + site.operand[end:]}


OPERATORS: Final[Mapping[str, Operator]] = {
    "wrong path": _on_path(_on_key(slip)),
    "wrong case": _on_path(_on_key(recase)),
    "wrong parent": _on_path(_reparent),
    "object for member": _on_path(_to_object),
    "array for item": _either(_on_path(_to_array), _raw_items),
    "literal for path": _as_literal,
    "dropped else": _without_else,
    "null not handled": _either(_null_passed_on, _filter_lost("default")),
    "wrong literal type": _literal_type,
    "text not trimmed": _filter_lost("truncate", "slice", "truncatewords"),
    "dropped @case": _either(_lost("@case"), _filter_lost("upcase", "downcase")),
    "dropped @replace": _either(_lost("@replace"), _filter_lost("replace", "remove")),
    "dropped @json": _lost("@json"),
    "dropped @flatten": _lost("@flatten"),
    "format lost": _filter_lost("date", "times", "divided_by", "round", "ceil", "floor", "plus"),
    "wrong template variable": _template_variable,
}


# The whole mapping


def _missing(case: Case) -> Iterator[Fault]:
    """Without a field that the field spec asks for."""
    fields, trigger = case.mapping.fields, str(case.mapping.trigger)
    for site in walk(Site((), fields, case.mapping.action.spec.schema)):
        options = site.schema.get("anyOf", ()) if not site.directive else ()
        asked = [
            *site.schema.get("required", ()),
            *(key for one in options for key in one["required"]),
        ]
        for key in asked:
            if isinstance(site.value, dict) and key in site.value:
                at = (*site.at, key)
                less = put(fields, at, GONE)
                yield Fault(
                    case.name,
                    "missing required",
                    pointer(at),
                    site.value[key],
                    None,
                    trigger,
                    less,
                )


def _swapped(case: Case) -> Iterator[Fault]:
    """With the values of two fields the wrong way round."""
    fields, trigger = case.mapping.fields, str(case.mapping.trigger)
    for one, other in combinations(fields, 2):
        if fields[one] != fields[other]:
            swapped = {**fields, one: fields[other], other: fields[one]}
            at = f"/{one} and /{other}"
            yield Fault(
                case.name, "swapped fields", at, fields[one], fields[other], trigger, swapped
            )


# Triggers


def _dropped_clause(tree: Trigger) -> Iterator[Trigger]:
    if isinstance(tree, And):
        for at in range(len(tree.conditions)):
            rest = (*tree.conditions[:at], *tree.conditions[at + 1 :])
            yield And(rest) if len(rest) > 1 else rest[0]


def _or_for_and(tree: Trigger) -> Iterator[Trigger]:
    if isinstance(tree, And):
        for at in range(1, len(tree.conditions)):
            left, right = tree.conditions[:at], tree.conditions[at:]
            yield Or((_all(left), _all(right)))


def _all(conditions: tuple[Trigger, ...]) -> Trigger:
    return And(conditions) if len(conditions) > 1 else conditions[0]


def _loose_name(tree: Trigger) -> Iterator[Trigger]:
    """With a part of the event's name for the whole of it."""
    if isinstance(tree, And):
        for at, one in enumerate(tree.conditions):
            match one:
                case Compare(Path(("event",)), "=", Text(name)) | Compare(
                    Path(("event",)), "in", List((Text(name), *_))
                ):
                    for word in dict.fromkeys(name.split()):
                        loose = Call("contains", (Path(("event",)), Text(word)))
                        yield And((*tree.conditions[:at], loose, *tree.conditions[at + 1 :]))
                case _:
                    pass


TRIGGERS: Final[Mapping[str, Callable[[Trigger], Iterator[Trigger]]]] = {
    "trigger: clause dropped": _dropped_clause,
    "trigger: or for and": _or_for_and,
    "trigger: part of a name": _loose_name,
}

KINDS: Final = (*OPERATORS, "missing required", "swapped fields", *TRIGGERS, "duplicate")
