"""What goes through the pipes between the runtime and a function: JSON, four bytes of length before it.

Neither side believes the other: what is too long, or not of its shape, is refused.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

import orjson

from segue.http import TIMEOUT, Request, Response
from segue.json import JsonObject, JsonValue, decode, script
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry


LARGEST: Final = 5_000_000
"""Bytes of one frame: an event, a request, an answer."""

HEAD: Final = 4

Frame: TypeAlias = JsonObject
T = TypeVar("T")


class UnfitError(ValueError):
    """A value is no JSON, too large, or not of the shape that is expected."""


def pack(value: JsonValue, *, limit: int = LARGEST) -> bytes:
    """A value as JSON. Raises UnfitError."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError as error:
        if "surrogates" not in str(error) and "64-bit" not in str(error):
            raise UnfitError(f"it is not JSON: {error}") from None
        data = script(value).encode()
    if len(data) > limit:
        raise UnfitError(f"it has {len(data):,} bytes; at most {limit:,} are allowed")
    return data


def frame(value: Frame, *, limit: int = LARGEST) -> bytes:
    """A frame as bytes, its length first. Raises UnfitError."""
    data = pack(value, limit=limit)
    return len(data).to_bytes(HEAD, "big") + data


def length(head: bytes) -> int:
    """The bytes that follow. Raises UnfitError for more than there may be."""
    found = int.from_bytes(head, "big")
    if found > 2 * LARGEST:
        raise UnfitError(f"a frame of {found:,} bytes")
    return found


def read(data: bytes) -> Frame:
    """The frame in these bytes. Raises ValueError."""
    value = decode(data)
    if not isinstance(value, Mapping):
        raise UnfitError("a frame is an object")
    return value


def request_data(request: Request) -> Frame:
    """A request as JSON."""
    return {
        "method": request.method,
        "url": request.url,
        "json": request.json,
        "body": None if request.body is None else b64encode(request.body).decode(),
        "params": dict(request.params),
        "headers": dict(request.headers),
        "timeout": request.timeout,
        "accept": sorted(request.accept),
    }


def request_of(data: JsonValue) -> Request:
    """The request again. Raises UnfitError for what is none."""
    try:
        one = _object(data)
        body = one["body"]
        return Request(
            method=_is(one["method"], str),
            url=_is(one["url"], str),
            json=one["json"],
            body=None if body is None else b64decode(_is(body, str), validate=True),
            params=_params(one["params"]),
            headers=_texts(one["headers"]),
            timeout=_seconds(one.get("timeout", TIMEOUT)),
            accept=frozenset(_is(status, int) for status in _is(one["accept"], list)) or (),
        )
    except (KeyError, ValueError) as error:
        raise UnfitError(f"it is not a request: {error}") from None


def response_data(response: Response) -> Frame:
    """A response as JSON."""
    body = b64encode(response.body).decode()
    return {"status": response.status, "headers": dict(response.headers), "body": body}


def response_of(data: JsonValue) -> Response:
    """The response again. Raises UnfitError."""
    one = _object(data)
    body = b64decode(_is(one["body"], str))
    return Response(_is(one["status"], int), _texts(one["headers"]), body)


def outcome_data(outcome: Outcome) -> Frame:
    """An outcome as JSON."""
    told: dict[str, JsonValue] = {"why": outcome.why, "code": outcome.code}
    match outcome:
        case Delivered():
            return {"kind": "delivered", "status": outcome.status, **told}
        case Retry():
            after, ambiguous = outcome.after, outcome.ambiguous
            return {"kind": "retry", "after": after, "ambiguous": ambiguous, **told}
        case Discarded():
            return {"kind": "discarded", **told}
        case Held():
            return {"kind": "held", **told}


def outcome_of(data: JsonValue) -> Outcome:
    """The outcome again. Raises UnfitError."""
    one = _object(data)
    why, code = _is(one.get("why"), str), _is(one.get("code"), str)
    match one.get("kind"):
        case "delivered":
            status = one.get("status")
            return Delivered(status if isinstance(status, int) else None, why, code)
        case "retry":
            after = one.get("after")
            known = float(after) if isinstance(after, int | float) else None
            return Retry(why, code, known, ambiguous=one.get("ambiguous") is True)
        case "discarded":
            return Discarded(why, code)
        case "held":
            return Held(why, code)
        case other:
            raise UnfitError(f"{other!r} is no outcome")


def failure_of(data: JsonValue) -> Retry | Discarded | Held:
    """The outcome of what failed. Raises UnfitError."""
    outcome = outcome_of(data)
    if isinstance(outcome, Delivered):
        raise UnfitError("a failure that is none")
    return outcome


def _is(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnfitError(f"{type(value).__name__} in place of {kind.__name__}")
    return value


def _object(value: object) -> Mapping[str, JsonValue]:
    members: Mapping[str, JsonValue] = _is(value, dict)
    return members


def _texts(value: object) -> Mapping[str, str]:
    return {name: _is(one, str) for name, one in _object(value).items()}


def _params(value: object) -> Mapping[str, str | int | float | bool]:
    params: dict[str, str | int | float | bool] = {}
    for name, one in _object(value).items():
        if not isinstance(one, str | int | float):
            raise UnfitError(f"the parameter {name} is neither text nor a number")
        params[name] = one
    return params


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
        raise UnfitError(f"a timeout of {value!r}")
    return float(value)
