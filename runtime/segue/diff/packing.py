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
        case Sent(body=body):
            written = None if body is MISSING else body
            return encode(["sent", *result[:4], written, result.part, body is MISSING])
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
        case "sent", [str(method), str(url), query, headers, body, str(part), empty]:
            there: Value = MISSING if empty else body
            return Sent(
                method, url, cast("JsonObject", query), cast("JsonObject", headers), there, part
            )
        case "refused", [str(why), str(about)]:
            return Refused(why, about)
        case "absent", [str(why)]:
            return Absent(why)
        case _:
            return UNSEEN


def _read(packed: bytes) -> JsonValue:
    try:
        return decode(packed)
    except JsonError:  # half a surrogate pair, which a mapping may have cut a text to
        return cast("JsonValue", json.loads(packed))
