"""Whether a value is one that a schema allows."""

from collections.abc import Callable
from functools import lru_cache
from typing import cast

import jsonschema_rs

from segue.fields.formats import CHECKS
from segue.json import JsonObject, JsonValue, decode, encode


def verdict(schema: JsonObject) -> Callable[[object], bool]:
    """A schema as a function, with formats asserted. Raises ValueError where it is none."""
    return jsonschema_rs.validator_for(
        dict(schema), formats=dict(CHECKS), validate_formats=True, ignore_unknown_formats=True
    ).is_valid


def allows(schema: JsonObject, value: JsonValue) -> bool:
    """Whether a schema allows a value; one that cannot be run allows any."""
    return _verdict(encode(schema))(value)


@lru_cache(maxsize=1024)
def _verdict(text: bytes) -> Callable[[object], bool]:
    try:
        return verdict(cast("JsonObject", decode(text)))
    except ValueError:
        return lambda _: True
