"""What each directive does: a checked mapping becomes a callable that resolves it for an event.

A directive is one function that takes what stands under its name and returns a resolver. What no
event can change is resolved here, once: it becomes `Fixed`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from segue.json import MISSING, JsonError, JsonObject, JsonValue, Missing, decode, script, text
from segue.mapping.limits import ITEMS, larger, limited
from segue.mapping.members import compile_members
from segue.mapping.objects import flatten, merge, without_nulls
from segue.mapping.paths import compile_keys, split_path
from segue.mapping.replacement import compile_replacement
from segue.mapping.resolvers import (
    Change,
    First,
    Fixed,
    Lookup,
    Resolver,
    all_fixed,
    bare,
    changed,
    or_null,
)
from segue.mapping.shapes import directives, unfold
from segue.mapping.templates import compile_template


def compile_value(value: JsonValue) -> Resolver:
    """A resolver of a value that has passed the check."""
    match value:
        case Mapping():
            name = next(iter(directives(value)), None)
            return DIRECTIVES[name](value[name]) if name else _fields(value)
        case list() | tuple():
            return _array(value)
        case _:
            return Fixed(value)


def _fields(members: JsonObject) -> Resolver:
    resolvers = {key: compile_value(value) for key, value in members.items()}
    build = compile_members(resolvers)
    return Fixed(build(None)) if all_fixed(resolvers.values()) else build


def _array(items: Sequence[JsonValue]) -> Resolver:
    resolvers = [compile_value(item) for item in items]
    if all_fixed(resolvers):
        return Fixed([or_null(resolve(None)) for resolve in resolvers])
    resolvers = [bare(resolver) for resolver in resolvers]
    return lambda event: [or_null(resolve(event)) for resolve in resolvers]


def _written(operand: JsonValue, compile_text: Callable[[str], Resolver]) -> Resolver:
    """A text in a little language: it stands in the mapping, or a directive finds it at every event."""
    resolve = compile_value(operand)
    if isinstance(resolve, Fixed):
        return compile_text(resolve.value) if isinstance(resolve.value, str) else Fixed()

    def read(event: JsonValue) -> JsonValue | Missing:
        found = resolve(event)
        return compile_text(found)(event) if isinstance(found, str) else MISSING

    return read


def _option(options: JsonObject, key: str) -> Resolver:
    return compile_value(options[key]) if key in options else Fixed()


# The directives


def _path(operand: JsonValue) -> Resolver:
    return _written(operand, _lookup)


def _lookup(path: str) -> Lookup:
    keys = split_path(path)
    return Lookup(keys, compile_keys(keys))


def _template(operand: JsonValue) -> Resolver:
    return _written(operand, compile_template)


def _liquid(operand: JsonValue) -> Resolver:
    from segue.mapping.liquid import compile_liquid  # 0.1 s, which only its users should wait

    render = compile_liquid(cast("str", operand))
    return lambda event: render(event if isinstance(event, Mapping) else {})


def _if(operand: JsonValue) -> Resolver:
    """``exists`` decides if it is given: the value is there and not null. Else ``blank`` decides.

    It holds where the value is NOT blank, neither missing nor null nor "": Segment stores it so.
    """
    options = _options(operand)
    key, holds = ("exists", _exists) if "exists" in options else ("blank", _filled)
    tested, then, otherwise = (_option(options, part) for part in (key, "then", "else"))
    if isinstance(tested, Fixed):
        return then if holds(tested.value) else otherwise
    if key == "exists" and isinstance(tested, Lookup) and _is_lookup(then, tested.keys):
        return First(tested, otherwise)
    test, then, otherwise = bare(tested), bare(then), bare(otherwise)
    return lambda event: then(event) if holds(test(event)) else otherwise(event)


def _is_lookup(resolver: Resolver, keys: tuple[str, ...]) -> bool:
    return isinstance(resolver, Lookup) and resolver.keys == keys


def _exists(value: JsonValue | Missing) -> bool:
    return value is not None and value is not MISSING


def _filled(value: JsonValue | Missing) -> bool:
    return value is not None and value is not MISSING and value != ""


def _case(operand: JsonValue) -> Resolver:
    options = _options(operand)
    change = str.lower if options["operator"] == "lower" else str.upper
    return changed(
        lambda value: change(value) if isinstance(value, str) else value, _option(options, "value")
    )


def _replace(operand: JsonValue) -> Resolver:
    options = _options(operand)
    pairs = [(options.get(f"pattern{nth}"), options.get(f"replacement{nth}")) for nth in ("", "2")]
    replace = compile_replacement(
        [(cast("str", old or ""), cast("str", new or "")) for old, new in pairs],
        ignore_case=options.get("ignorecase") is True,
        everywhere=options.get("global") is not False,
    )

    def change(value: JsonValue | Missing) -> JsonValue | Missing:
        return replace(text(value)) if isinstance(value, str | int | float) else value

    return changed(change, compile_value(options["value"]))


def _json(operand: JsonValue) -> Resolver:
    options = _options(operand)
    change = _encoded if text(options["mode"]).lower() == "encode" else _decoded
    return changed(change, compile_value(options["value"]))


def _encoded(value: JsonValue | Missing) -> JsonValue | Missing:
    return MISSING if value is MISSING else limited(script(value))


def _decoded(value: JsonValue | Missing) -> JsonValue | Missing:
    """The value of JSON text; any other text, and what is no text, as it is."""
    try:
        return decode(value) if isinstance(value, str) else value
    except JsonError:
        return value


def _flatten(operand: JsonValue) -> Resolver:
    options = _options(operand)
    separator, arrays = text(options["separator"]), options.get("omitArrays") is not True
    return changed(
        lambda value: flatten(value, separator, arrays=arrays), compile_value(options["value"])
    )


def _merge(operand: JsonValue) -> Resolver:
    options = _options(operand)
    objects = _items(options["objects"])
    if text(options["direction"]).lower() == "left":
        objects = objects[::-1]
    return changed(lambda values: merge(_items(values)), compile_value(objects))


def _transform(operand: JsonValue) -> Resolver:
    options = _options(operand)
    resolve = compile_value(options["mapping"])

    def change(applied: JsonValue | Missing) -> JsonValue | Missing:
        if applied is None or applied is MISSING:
            return resolve({})
        return resolve(applied) if isinstance(applied, Mapping) else MISSING

    return changed(change, compile_value(unfold(options["apply"])))


def _array_path(operand: JsonValue) -> Resolver:
    source, *shapes = _items(operand)
    found = _lookup(source) if isinstance(source, str) else compile_value(source)
    return changed(_each(shapes[0]), found) if shapes and _is_shape(shapes[0]) else found


def _is_shape(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and bool(value)


def _each(shape: JsonValue) -> Change:
    """What makes a list of shapes from a list, or from one object."""
    resolve = compile_value(shape)
    weigh = larger if '"@arrayPath"' in script(shape) else _longer

    def each(found: JsonValue | Missing) -> JsonValue | Missing:
        if not isinstance(found, Mapping | list | tuple):
            return found
        items = [found] if isinstance(found, Mapping) else found
        return MISSING if weigh(items, ITEMS) else [or_null(resolve(item)) for item in items]

    return each


def _longer(items: Sequence[JsonValue], limit: int) -> bool:
    return len(items) > limit


def _options(operand: JsonValue) -> JsonObject:
    return cast("JsonObject", operand)


def _items(value: JsonValue | Missing) -> list[JsonValue]:
    return list(cast("Sequence[JsonValue]", value))


DIRECTIVES: Final[Mapping[str, Callable[[JsonValue], Resolver]]] = {
    "@path": _path,
    "@template": _template,
    "@literal": compile_value,
    "@if": _if,
    "@case": _case,
    "@replace": _replace,
    "@json": _json,
    "@flatten": _flatten,
    "@merge": _merge,
    "@transform": _transform,
    "@arrayPath": _array_path,
    "@excludeWhenNull": lambda operand: changed(without_nulls, compile_value(operand)),
    "@liquid": _liquid,
}
