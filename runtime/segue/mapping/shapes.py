"""The shape of a mapping: what each directive takes, and every problem of one that is wrong.

A check is a small function of a value and where it stands, which yields problems, as a keyword of
JSON Schema is. `SHAPES` holds one for each directive.
"""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Final, TypeAlias

from segue.errors import Problem, pointer, suggest
from segue.json import JsonObject, JsonValue
from segue.mapping.limits import DEPTH, VALUES, larger
from segue.mapping.paths import length


At: TypeAlias = tuple[str | int, ...]
Check: TypeAlias = Callable[[JsonValue, At], Iterator[Problem]]

ROOT: Final = "__segment_internal_directive"
NOTES: Final = "_metadata"  # an editor's own remarks beside a directive


def check_mapping(mapping: JsonValue) -> list[Problem]:
    """Every problem of a mapping, each with the JSON pointer of its place. None: it compiles."""
    if larger(mapping, VALUES):
        return [Problem("", f"a mapping holds at most {VALUES:,} values, and not itself")]
    if not isinstance(mapping, Mapping):
        return [Problem("", f"a mapping is an object of fields, not {kind(mapping)}")]
    return list(_whole(mapping, ()))


def directives(value: JsonObject) -> list[str]:
    """The keys that make an object a directive; of a right one there is one."""
    return [key for key in value if str(key).startswith("@")]


def unfold(mapping: JsonValue) -> JsonValue:
    """A mapping whose root names a directive, as that directive with the other keys for ``mapping``."""
    match mapping:
        case Mapping() if isinstance(entry := mapping.get(ROOT), Mapping):
            rest = {key: value for key, value in mapping.items() if key != ROOT}
            return {name: {**_members(operand), "mapping": rest} for name, operand in entry.items()}
        case _:
            return mapping


def _members(value: JsonValue) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "an array"
        case Mapping() as members:
            return "a directive" if directives(members) else "an object"
        case _:
            return f"a {type(value).__name__}"


def _shown(word: object) -> str:
    """A word of the author's in a message."""
    return f'"{word!s:.40}"'


def _problem(at: At, message: str, hint: str | None = None) -> Problem:
    return Problem(pointer(*at), message, hint)


# What any value may be


def _whole(mapping: JsonObject, at: At) -> Iterator[Problem]:
    """A mapping as a whole, whose root may name a directive."""
    if ROOT not in mapping:
        yield from _any(mapping, at)
        return
    entry, here = mapping[ROOT], (*at, ROOT)
    if isinstance(entry, Mapping) and [*map(kind, entry.values())] == ["an object"]:
        yield from _any(unfold({ROOT: entry}), here)
    else:
        yield _problem(here, f'"{ROOT}" takes one directive whose value is an object')
        yield from _any(entry, here)
    yield from _any({key: value for key, value in mapping.items() if key != ROOT}, at)


def _any(value: JsonValue, at: At) -> Iterator[Problem]:
    match value:
        case None | bool() | int() | str():
            pass
        case float() if isfinite(value):
            pass
        case _ if len(at) > DEPTH:
            yield _problem(at, f"nested over {DEPTH} levels")
        case Mapping() as members:
            yield from (_directive if directives(members) else _fields)(members, at)
        case list() | tuple() as items:
            for index, item in enumerate(items):
                yield from _any(item, (*at, index))
        case _:
            yield _problem(at, f"{value!r:.40} is not JSON", "write it as a string")


def _fields(members: JsonObject, at: At) -> Iterator[Problem]:
    for key, value in members.items():
        if str(key) == key:
            yield from _any(value, (*at, key))
        else:  # YAML has such keys
            yield _problem((*at, key), f"the key {key!r} is not a string", f'write "{key}"')


def _directive(members: JsonObject, at: At) -> Iterator[Problem]:
    name, *_ = directives(members)
    beside = [key for key in members if key not in (name, NOTES)]
    if beside:
        more = f" and {len(beside) - 1:,} more" if len(beside) > 1 else ""
        message = f"{_shown(name)} stands alone in its object, not beside {_shown(beside[0])}{more}"
        yield _problem(at, message, "give each its own field, or join objects with @merge")
    elif name in SHAPES:
        yield from SHAPES[name](members[name], (*at, name))
    else:
        hint = suggest(name, SHAPES) or f"the directives are {', '.join(SHAPES)}"
        yield _problem(at, f"unknown directive {_shown(name)}", hint)


# What the value or an option of a directive may be


def _either(accepted: str, right: Callable[[JsonValue], bool], check: Check) -> Check:
    """A directive, or a value of one kind, which is checked further."""

    def either(value: JsonValue, at: At) -> Iterator[Problem]:
        if kind(value) == "a directive" or right(value):
            yield from check(value, at)
        else:
            name = next(key for key in reversed(at) if isinstance(key, str))
            yield _problem(at, f'"{name}" takes {accepted} or a directive, not {kind(value)}')

    return either


def _plain(accepted: str, right: Callable[[JsonValue], bool]) -> Check:
    """A plain value that no event changes."""

    def plain(value: JsonValue, at: At) -> Iterator[Problem]:
        if not right(value):
            found = _shown(value) if isinstance(value, str) else kind(value)
            yield _problem(at, f'"{at[-1]}" must be {accepted}, not {found}')
            yield from _any(value, at)

    return plain


def _word(*words: str, fold: bool = False) -> Check:
    """One of a few words, with ``fold`` in any letter case."""
    choice = " or ".join(f'"{word}"' for word in words)

    def word(value: JsonValue, at: At) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _problem(at, f'"{at[-1]}" must be {choice}, not {kind(value)}')
            yield from _any(value, at)
        elif (value.lower() if fold else value) not in words:
            hint = suggest(value.lower(), words)
            yield _problem(at, f'"{at[-1]}" must be {choice}, not {_shown(value)}', hint)

    return word


def _letters(least: int, most: int) -> Callable[[JsonValue], bool]:
    """Strings by their length in UTF-16 units, as Segment counts them."""
    return lambda value: isinstance(value, str) and least <= length(value) <= most


def _optional(check: Check) -> Check:
    return lambda value, at: iter(()) if value is None else check(value, at)


def _options(members: Mapping[str, Check], *needed: tuple[str, ...]) -> Check:
    """An object of known options; of each group in ``needed`` one must be there."""

    def options(value: JsonValue, at: At) -> Iterator[Problem]:
        if not isinstance(value, Mapping) or directives(value):
            yield _problem(at, f'"{at[-1]}" takes an object of options, not {kind(value)}')
            return
        for group in needed:
            if not value.keys() & set(group):
                wanted = " or ".join(f'"{key}"' for key in group)
                yield _problem(at, f'"{at[-1]}" needs {wanted}')
        for key, option in value.items():
            yield from members.get(key, unknown)(option, (*at, key))

    def unknown(value: JsonValue, at: At) -> Iterator[Problem]:
        if at[-1] != NOTES:
            hint = suggest(str(at[-1]), members) or f"the options are {', '.join(members)}"
            yield _problem(at, f'"{at[-2]}" has no option {_shown(at[-1])}', hint)
            yield from _any(value, at)

    return options


def _array_path(value: JsonValue, at: At) -> Iterator[Problem]:
    parts = _items(value)
    if not 1 <= len(parts) <= 2:
        yield _problem(at, '"@arrayPath" takes an array of a path and, if wanted, a shape')
    for index, (check, part) in enumerate(zip((_text, _any), parts, strict=False)):
        yield from check(part, (*at, index))


def _objects(value: JsonValue, at: At) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield _problem(at, f'"{at[-1]}" must be an array, not {kind(value)}')
    for index, item in enumerate(_items(value)):
        yield from _object(item, (*at, index))


def _items(value: JsonValue) -> list[JsonValue]:
    return [*value] if isinstance(value, list | tuple) else []


def _liquid(value: JsonValue, at: At) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _problem(at, f'"{at[-1]}" takes a string, not {kind(value)}')
        return
    from segue.mapping.liquid import check_liquid  # as in `directives`

    if reason := check_liquid(value):
        yield _problem(at, reason)


def _applied(value: JsonValue, at: At) -> Iterator[Problem]:
    return _whole(_members(value), at)


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, Mapping)


_text = _either("a string", lambda value: isinstance(value, str), _any)
_object = _either("an object", _is_object, _any)
_flag = _plain("true or false", lambda value: isinstance(value, bool))
_pattern = _plain("a string of 1 to 10 characters", _letters(1, 10))
_short = _plain("a string of at most 10 characters", _letters(0, 10))
_separator = _plain(
    "a string that is not empty", lambda value: isinstance(value, str) and value != ""
)


SHAPES: Final[Mapping[str, Check]] = {
    "@path": _text,
    "@template": _text,
    "@literal": _any,
    "@if": _options(
        {"exists": _any, "blank": _any, "then": _any, "else": _any}, ("exists", "blank")
    ),
    "@case": _options({"operator": _word("lower", "upper"), "value": _text}, ("operator",)),
    "@replace": _options(
        {
            "pattern": _pattern,
            "replacement": _short,
            "pattern2": _optional(_short),
            "replacement2": _optional(_short),
            "value": _text,
            "ignorecase": _flag,
            "global": _flag,
        },
        ("pattern",),
        ("value",),
    ),
    "@json": _options(
        {"mode": _word("encode", "decode", fold=True), "value": _any}, ("mode",), ("value",)
    ),
    "@flatten": _options(
        {"separator": _separator, "value": _any, "omitArrays": _optional(_flag)},
        ("separator",),
        ("value",),
    ),
    "@merge": _options(
        {"direction": _word("left", "right", fold=True), "objects": _objects},
        ("direction",),
        ("objects",),
    ),
    "@transform": _options(
        {
            "apply": _either("an object", _is_object, _applied),
            "mapping": _object,
        },
        ("apply",),
        ("mapping",),
    ),
    "@arrayPath": _array_path,
    "@excludeWhenNull": _any,
    "@liquid": _liquid,
}
