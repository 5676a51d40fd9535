"""What becomes of an event, as text that can go from one process to another and be compared as it is."""

import json
from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from segue.diff.model import UNSEEN, Absent, Refused, Result, Sent, Value
from segue.diff.outline import Name
from segue.json import MISSING, JsonError, JsonObject, JsonValue, decode, encode


Made: TypeAlias = dict[Name, bytes]
"""What one side makes of an event: a packed result for each mapping that it gets to."""

SENT: Final = b'["sent"'


def pack(result: Result) -> bytes:
    """A result as JSON text. Two that are the same text are the same."""
    match result:
        case Sent():
            return encode(["sent", *_flat(result)])
        case Refused():
            return encode(["refused", *result])
        case Absent():
            return encode(["absent", *result])
        case _:
            return encode(["unseen"])


def unpack(packed: bytes) -> Result:
    """The result that was packed."""
    kind, *rest = cast("Sequence[JsonValue]", _read(packed))
    match kind, rest:
        case "sent", flat:
            return _sent(flat)
        case "refused", [str(why), str(about)]:
            return Refused(why, about)
        case "absent", [str(why)]:
            return Absent(why)
        case _:
            return UNSEEN


def _flat(sent: Sent) -> list[JsonValue]:
    empty = sent.body is MISSING
    body = None if sent.body is MISSING else sent.body
    return [*sent[:4], body, sent.part, [_flat(one) for one in sent.later], empty]


def _sent(flat: Sequence[JsonValue]) -> Sent:
    method, url, query, headers, body, part, later, empty = flat
    there: Value = MISSING if empty else body
    return Sent(
        cast("str", method),
        cast("str", url),
        cast("JsonObject", query),
        cast("JsonObject", headers),
        there,
        cast("str", part),
        tuple(map(_sent, cast("Sequence[Sequence[JsonValue]]", later))),
    )


def _read(packed: bytes) -> JsonValue:
    try:
        return decode(packed)
    except JsonError:  # half a surrogate pair, which a mapping may have cut a text to
        return cast("JsonValue", json.loads(packed))
