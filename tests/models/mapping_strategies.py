"""Hypothesis strategies for the mapping language: events, paths, mappings right and wrong.

Keys are drawn from a small alphabet, so that a mapping's paths often lead somewhere in an event.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue.mapping.shapes import ROOT, SHAPES


Json: TypeAlias = Any
Values: TypeAlias = SearchStrategy[Json]

KEYS = ("a", "b", "c", "id", "items", "0", "1", "length", "x.y", "it's", "é😀", "")
keys = st.sampled_from(KEYS)
fields = st.sampled_from(("a", "b", "c", "name", "email", "0", "_metadata"))
words = st.sampled_from(
    [
        *(
            "",
            " ",
            "x y",
            "line\nbreak",
            "a",
            "A-b",
            "ß",
            "Ünï",
            "😀",
            "\ud83d",
            "K",
            "ǅ",
            "\u017f",
        ),
        *(
            "0",
            "12.50",
            "true",
            "null",
            "{{a}}",
            "{bad",
            "$.a",
            "items.0.id",
            "[1,2]",
            '{"a": [null]}',
        ),
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from((0.5, -0.0, 1.0, 1e21, 1e-7, 2**53 + 1, 12345678901234567890))
    | words
)


def json_values(leaves: Values = scalars, *, max_leaves: int = 12) -> Values:
    """Any JSON value."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=max_leaves,
    )


def events() -> SearchStrategy[dict[str, Json]]:
    """Objects of any shape that mappings read."""
    return st.dictionaries(keys, json_values(), max_size=6)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Paths in all their spellings."""
    path = draw(st.sampled_from(("", "$", "$.")))
    for key in draw(st.lists(keys, max_size=4)):
        spellings = [f".{key}", f"[{key}]"] if "." not in key else []
        quoted = key.replace("\\", "\\\\")
        spellings += ["['" + quoted.replace("'", "\\'") + "']", f'["{quoted}"]']
        path += draw(st.sampled_from(spellings))
    return path


def templates() -> SearchStrategy[str]:
    """Templates, with braces that match and braces that do not."""
    holes = st.builds("{{{{{}}}}}".format, paths()) | st.builds("{{{{{{ {} }}}}}}".format, paths())
    return st.lists(holes | words | st.sampled_from(("{", "}}", "{{")), max_size=4).map("".join)


def liquids() -> SearchStrategy[str]:
    """Liquid templates that are right."""
    return st.sampled_from(
        [
            *("", "plain", "{{ a }}", "{{ a.b | upcase }}", "{{ a | default: c.id }}"),
            *("{{ items | join: ', ' }}", "{% assign x = a | append: b %}{{ x }}"),
            "{% if a %}{{ b | size }}{% else %}-{% endif %}",
        ]
    )


def optional(**members: Values) -> Callable[[dict[str, Values]], Values]:
    return lambda needed: st.fixed_dictionaries(needed, optional=members)


def directives(inner: Values, *, liquid: bool = True) -> SearchStrategy[dict[str, Json]]:
    """Every directive, with ``inner`` for the values in it."""
    finders = st.fixed_dictionaries({"@path": paths()}) | st.fixed_dictionaries({"@literal": words})
    texts = words | finders
    objects = st.dictionaries(fields, inner, max_size=3)
    short = st.sampled_from(("", "-", "a", "$&", "K", "ß", "xyxyxyxyxy"))
    pattern = short.filter(bool)
    branches = {"then": inner, "else": inner}
    operands: dict[str, Values] = {
        "@path": paths() | finders,
        "@template": templates() | finders,
        "@literal": inner,
        "@if": st.fixed_dictionaries({"exists": inner}, optional={"blank": inner, **branches})
        | st.fixed_dictionaries({"blank": inner}, optional=branches)
        | paths().map(
            lambda path: {"exists": {"@path": path}, "then": {"@path": path}, "else": path}
        ),
        "@case": optional(value=texts)({"operator": st.sampled_from(("lower", "upper"))}),
        "@replace": optional(
            replacement=short,
            pattern2=short | st.none(),
            replacement2=short,
            ignorecase=st.booleans(),
        )({"pattern": pattern, "value": texts, "global": st.booleans()}),
        "@json": st.fixed_dictionaries(
            {
                "mode": st.sampled_from(("encode", "decode", "Encode", "DECODE")),
                "value": inner | words,
            }
        ),
        "@flatten": optional(omitArrays=st.booleans() | st.none())(
            {"separator": st.sampled_from((".", "_", "::")), "value": inner}
        ),
        "@merge": st.fixed_dictionaries(
            {
                "direction": st.sampled_from(("left", "right", "LEFT")),
                "objects": st.lists(objects | finders, max_size=3),
            }
        ),
        "@transform": st.fixed_dictionaries(
            {"apply": objects | finders, "mapping": objects | finders}
        ),
        "@arrayPath": st.tuples(paths() | finders).map(list)
        | st.tuples(paths() | finders, objects | finders | inner).map(list),
        "@excludeWhenNull": inner,
    }
    if liquid:
        operands["@liquid"] = liquids()
    notes = {"_metadata": st.just({"label": "x"})}
    return st.one_of(
        [
            st.fixed_dictionaries({name: operand}, optional=notes)
            for name, operand in operands.items()
        ]
    )


def values(*, liquid: bool = True, max_leaves: int = 8) -> Values:
    """Any value of a right mapping: what stands for itself, and directives in one another."""
    return st.recursive(
        scalars
        | st.fixed_dictionaries({"@path": paths()})
        | st.fixed_dictionaries({"@template": templates()}),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(fields, inner, max_size=3)
            | directives(inner, liquid=liquid)
        ),
        max_leaves=max_leaves,
    )


def mappings(*, liquid: bool = True) -> SearchStrategy[dict[str, Json]]:
    """Mappings that pass the check: fields, a directive at the root, or Segment's root key."""
    value = values(liquid=liquid)
    whole = st.dictionaries(fields, value, max_size=5)
    entry = st.dictionaries(fields, value, max_size=2).map(
        lambda apply: {"@transform": {"apply": apply}}
    )
    rooted = st.builds(lambda entry, rest: {ROOT: entry, **rest}, entry, whole)
    return whole | whole | rooted | directives(value, liquid=liquid)


def almost() -> Values:
    """Values that use the words of the language, most often wrongly."""
    options = ("exists", "blank", "then", "else", "operator", "value", "pattern", "mode", "objects")
    names = st.sampled_from((*SHAPES, "@pth", "@", ROOT, *options, "apply", "mapping", "a"))
    leaves = scalars | liquids() | paths() | st.sampled_from(("lower", "encode", "left", "Right"))
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=2),
        max_leaves=8,
    )
