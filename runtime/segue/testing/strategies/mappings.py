"""Mappings: any that the language can say, and those that suit a field spec.

Keys are drawn from a small alphabet, so that a mapping's paths often lead somewhere in an event.
"""

from collections.abc import Callable, Collection
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue.fields import compile_fields
from segue.fields.schema import properties, required
from segue.fields.variants import variants
from segue.json import JsonObject, JsonValue
from segue.mapping import check_mapping
from segue.mapping.shapes import ROOT
from segue.testing.strategies.payloads import Maker


Json: TypeAlias = Any
Values: TypeAlias = SearchStrategy[Json]

KEYS = ("a", "b", "c", "id", "items", "0", "1", "length", "x.y", "it's", "é😀", "")
keys: SearchStrategy[str] = st.sampled_from(KEYS)
fields: SearchStrategy[str] = st.sampled_from(("a", "b", "c", "name", "email", "0", "_metadata"))
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
    operands = {**_reading(inner), **_writing(inner), **_building(inner)}
    if liquid:
        operands["@liquid"] = liquids()
    notes = {"_metadata": st.just({"label": "x"})}
    return st.one_of(
        [
            st.fixed_dictionaries({name: operand}, optional=notes)
            for name, operand in operands.items()
        ]
    )


finders: Final = st.fixed_dictionaries({"@path": paths()}) | st.fixed_dictionaries(
    {"@literal": words}
)


def _reading(inner: Values) -> dict[str, Values]:
    """The directives that choose a value."""
    branches = {"then": inner, "else": inner}
    ways = [
        st.fixed_dictionaries({"exists": inner}, optional={"blank": inner, **branches}),
        st.fixed_dictionaries({"blank": inner}, optional=branches),
        paths().map(
            lambda path: {"exists": {"@path": path}, "then": {"@path": path}, "else": path}
        ),
    ]
    return {
        "@path": paths() | finders,
        "@literal": inner,
        "@if": st.one_of(ways),
        "@excludeWhenNull": inner,
    }


def _writing(inner: Values) -> dict[str, Values]:
    """The directives that make a text, or read one."""
    texts = words | finders
    short = st.sampled_from(("", "-", "a", "$&", "K", "ß", "xyxyxyxyxy"))
    pattern = short.filter(bool)
    modes = st.sampled_from(("encode", "decode", "Encode", "DECODE"))
    replacing = optional(
        replacement=short,
        pattern2=short | st.none(),
        replacement2=short,
        ignorecase=st.booleans(),
    )
    return {
        "@template": templates() | finders,
        "@case": optional(value=texts)({"operator": st.sampled_from(("lower", "upper"))}),
        "@replace": replacing({"pattern": pattern, "value": texts, "global": st.booleans()}),
        "@json": st.fixed_dictionaries({"mode": modes, "value": inner | words}),
    }


def _building(inner: Values) -> dict[str, Values]:
    """The directives that make an object or a list."""
    objects = st.dictionaries(fields, inner, max_size=3)
    sources = objects | finders
    several = st.lists(sources, max_size=3)
    sides = st.sampled_from(("left", "right", "LEFT"))
    flattening = optional(omitArrays=st.booleans() | st.none())
    return {
        "@flatten": flattening({"separator": st.sampled_from((".", "_", "::")), "value": inner}),
        "@merge": st.fixed_dictionaries({"direction": sides, "objects": several}),
        "@transform": st.fixed_dictionaries({"apply": sources, "mapping": sources}),
        "@arrayPath": st.tuples(paths() | finders).map(list)
        | st.tuples(paths() | finders, sources | inner).map(list),
    }


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


def _rooted(entry: Json, rest: Json) -> dict[str, Json]:
    return {ROOT: entry, **rest}


def any_mappings(*, liquid: bool = True) -> SearchStrategy[dict[str, Json]]:
    """Mappings that pass the check: fields, a directive at the root, or Segment's root key."""
    value = values(liquid=liquid)
    whole = st.dictionaries(fields, value, max_size=5)
    entry = st.dictionaries(fields, value, max_size=2).map(
        lambda apply: {"@transform": {"apply": apply}}
    )
    rooted = st.builds(_rooted, entry, whole)
    return whole | whole | rooted | directives(value, liquid=liquid)


PLACES: Final = (
    *("$.userId", "$.anonymousId", "$.event", "$.timestamp", "$.messageId", "$.properties"),
    *("$.properties.email", "$.properties.products[0].price", "$.traits", "$.traits.email"),
    *("$.context.ip", "$.context.traits.email", "$.nowhere"),
)
"""Where the mappings of a field spec read, most of which events have."""


def _either(one: Json, two: Json) -> Json:
    return {"@if": {"exists": one, "then": one, "else": two}}


def mappings(fields: JsonObject) -> SearchStrategy[dict[str, JsonValue]]:
    """Mappings to these fields as a person may write them: right, and with what is required.

    A field holds a value that it allows, or a directive. Raises FieldsError as ``payloads``.
    """
    spec = compile_fields(fields)
    maker = Maker(fields)
    reading = st.sampled_from(PLACES).map(lambda path: {"@path": path})
    directive: Values = st.one_of(
        reading,
        reading.map(lambda one: {"@template": "{{" + one["@path"] + "}}"}),
        st.builds(_either, reading, reading),
        reading.map(lambda one: {"@excludeWhenNull": one}),
    )
    offered = {key: directive | maker.values(part) for key, part in properties(fields).items()}

    def chosen(needed: Collection[str]) -> Values:
        must = {key: offered[key] for key in needed if key in offered}
        rest = {key: value for key, value in offered.items() if key not in must}
        return st.fixed_dictionaries(must, optional=rest)

    one_way = st.one_of([chosen((*required(fields), *required(one))) for one in variants(fields)])
    return one_way.filter(lambda one: not check_mapping(one) and not spec.check(one))
