"""Default mappings as an author writes them: ``path("$.userId")`` for ``{"@path": "$.userId"}``."""

from collections.abc import Mapping
from typing import cast

from segue.json import JsonValue
from segue.scaffold.source import Called, Node


def mapping_node(value: JsonValue) -> Node:
    """A mapping's source; a directive for which there is a function is a call of it."""
    match value:
        case {"@path": str(where), **rest} if not rest:
            return Called("path", [where], {})
        case {"@template": str(text), **rest} if not rest:
            return Called("template", [text], {})
        case {"@literal": literal, **rest} if not rest:
            return Called("literal", [cast("JsonValue", literal)], {})
        case {"@if": Mapping() as branches, **rest} if not rest:
            return _condition(cast("Mapping[str, JsonValue]", branches))
        case Mapping():
            return {key: mapping_node(one) for key, one in value.items()}
        case list():
            return [mapping_node(one) for one in value]
        case _:
            return value


def called(node: Node) -> set[str]:
    """The functions that a source calls."""
    match node:
        case Called(name, arguments, keywords):
            return {name}.union(*map(called, [*arguments, *keywords.values()]))
        case Mapping():
            return set[str]().union(*map(called, node.values()))
        case list():
            return set[str]().union(*map(called, node))
        case _:
            return set()


def _condition(branches: Mapping[str, JsonValue]) -> Node:
    paths, rest = _chain({"@if": branches})
    if paths:
        last = rest.get("@path") if isinstance(rest, Mapping) and len(rest) == 1 else None
        if isinstance(last, str):
            return Called("first_of", [*paths, last], {})
        return Called("first_of", paths, {"default": mapping_node(rest)})
    parts = [branches[key] for key in ("exists", "then", "else") if key in branches]
    if {"exists", "then"} <= branches.keys() <= {"exists", "then", "else"} and isinstance(
        branches["exists"], Mapping
    ):
        return Called("when", [mapping_node(one) for one in parts], {})
    return {"@if": {key: mapping_node(one) for key, one in branches.items()}}


def _chain(value: JsonValue) -> tuple[list[str], JsonValue]:
    """The paths that are tried one after the other, and what comes when there is nothing at any."""
    match value:
        case {
            "@if": {
                "exists": {"@path": str(one), **a},
                "then": {"@path": str(two), **b},
                "else": rest,
                **c,
            },
            **d,
        } if one == two and not (a or b or c or d):
            more, end = _chain(cast("JsonValue", rest))
            return [one, *more], end
        case _:
            return [], value
