"""Field specs without what the profile of field specs cannot say."""

from copy import deepcopy
from typing import cast

from segue.errors import AuthorError, Problem
from segue.fields import check_fields
from segue.json import JsonObject, JsonValue
from segue.scaffold.definition import Note, Notes


def prune(schema: JsonObject, notes: Notes) -> JsonObject:
    """The schema, from which what has a problem is taken out and noted, until it has none.

    Raises AuthorError where the whole of it is the problem.
    """
    made = cast("dict[str, JsonValue]", deepcopy(schema))
    while problems := check_fields(made):
        _remove(made, problems[0])
        notes.append(Note(_place(problems[0].pointer), problems[0].message))
    return made


def _remove(schema: dict[str, JsonValue], problem: Problem) -> None:
    """Take out the innermost thing there is on the way to a problem."""
    holder: JsonValue = schema
    last: tuple[dict[str, JsonValue] | list[JsonValue], str | int] | None = None
    for part in problem.pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(holder, dict) and key in holder:
            last, holder = (holder, key), holder[key]
        elif isinstance(holder, list) and key.isdecimal() and int(key) < len(holder):
            last, holder = (holder, int(key)), holder[int(key)]
        else:
            break
    if last is None:
        raise AuthorError(f"the fields cannot be read: {problem}")
    del cast("dict[str | int, JsonValue]", last[0])[last[1]]


def _place(pointer: str) -> str:
    """A place as people name it: without the words of JSON Schema between the keys."""
    parts = [part for part in pointer.split("/") if part not in {"", "properties", "items"}]
    return "/".join(("fields", *parts))
