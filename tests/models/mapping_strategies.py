"""Hypothesis strategies for the mapping language: events of any shape, mappings right and wrong."""

from hypothesis import strategies as st

from segue.mapping.shapes import ROOT, SHAPES
from segue.testing.strategies.mappings import (
    any_mappings as mappings,
)
from segue.testing.strategies.mappings import (
    directives,
    fields,
    json_values,
    keys,
    liquids,
    paths,
    scalars,
    templates,
    values,
    words,
)


__all__ = [
    "almost",
    "directives",
    "events",
    "fields",
    "json_values",
    "keys",
    "liquids",
    "mappings",
    "paths",
    "scalars",
    "templates",
    "values",
    "words",
]


def events():
    """Objects of any shape that mappings read."""
    return st.dictionaries(keys, json_values(), max_size=6)


def almost():
    """Values that use the words of the language, most often wrongly."""
    options = ("exists", "blank", "then", "else", "operator", "value", "pattern", "mode", "objects")
    names = st.sampled_from((*SHAPES, "@pth", "@", ROOT, *options, "apply", "mapping", "a"))
    leaves = scalars | liquids() | paths() | st.sampled_from(("lower", "encode", "left", "Right"))
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=2),
        max_leaves=8,
    )
