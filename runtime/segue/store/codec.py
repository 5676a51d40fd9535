"""Requests and responses as bytes: a line of JSON, then the body as it goes over the wire."""

from dataclasses import replace
from typing import Final, cast

from segue.http import Request, Response, lower
from segue.json import JsonError, JsonObject, decode, encode
from segue.store.values import Attempt, PackedAttempt


JSON_TYPE: Final = {"content-type": "application/json"}


def pack_request(request: Request, limit: int | None = None) -> bytes:
    """A request as bytes, its body cut at ``limit`` bytes."""
    return encode(_head(request)) + b"\n" + (request.content() or b"")[:limit]


def pack_frozen(request: Request | None, payload: JsonObject | None) -> bytes:
    """What later tries go by, as bytes: a request, a payload, or both."""
    head = {} if request is None else _head(request)
    content = None if request is None else request.content()
    return (
        encode(head if payload is None else {**head, "payload": payload}) + b"\n" + (content or b"")
    )


def unpack_frozen(data: bytes) -> tuple[Request | None, JsonObject | None]:
    """The request and the payload again."""
    head, _ = _split(data)
    request = unpack_request(data) if "method" in head else None
    return request, cast("JsonObject | None", head.get("payload"))


def _head(request: Request) -> JsonObject:
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "params": dict(request.params),
        "timeout": request.timeout,
        "accept": sorted(request.accept),
        "json": request.json is not None,
        "body": request.json is not None or request.body is not None,
    }


def unpack_request(data: bytes) -> Request:
    """The request again; it goes over the wire as the packed one would.

    JSON that would be written differently (a number beyond 64 bits) comes back as plain bytes.
    """
    head, content = _split(data)
    request = Request(
        method=cast("str", head["method"]),
        url=cast("str", head["url"]),
        headers=cast("dict[str, str]", head["headers"]),
        params=cast("dict[str, str | int | float | bool]", head["params"]),
        timeout=cast("float", head["timeout"]),
        accept=frozenset(cast("list[int]", head["accept"])) or (),
    )
    if not head["body"]:
        return request
    return _with_json(request, content) if head["json"] else replace(request, body=content)


def pack_response(response: Response, limit: int | None = None) -> bytes:
    """A response as bytes, its body cut at ``limit`` bytes."""
    head: JsonObject = {"status": response.status, "headers": dict(response.headers)}
    return encode(head) + b"\n" + response.body[:limit]


def unpack_response(data: bytes) -> Response:
    """The response again."""
    head, body = _split(data)
    return Response(cast("int", head["status"]), cast("dict[str, str]", head["headers"]), body)


def pack_attempt(attempt: Attempt, limit: int) -> tuple[bytes | None, bytes | None, bool]:
    """Request and response of an attempt as bytes, and whether a body was cut."""
    if isinstance(attempt, PackedAttempt):
        return attempt.packed
    request = pack_request(attempt.request, limit) if attempt.request else None
    response = pack_response(attempt.response, limit) if attempt.response else None
    large = len(request or b"") > limit or len(response or b"") > limit
    return request, response, large and attempt.longest > limit


def same(first: Request, second: Request) -> bool:
    """Whether two requests are the same over the wire and take the same answers for success."""
    return _wire(first) == _wire(second)


def _wire(request: Request) -> tuple[object, ...]:
    headers = lower(_typed(request).headers)
    content, accept = request.content(), frozenset(request.accept)
    return request.method, request.url, dict(request.params), headers, content, accept


def _split(data: bytes) -> tuple[JsonObject, bytes]:
    head, _, body = data.partition(b"\n")
    return cast("JsonObject", decode(head)), body


def _with_json(request: Request, content: bytes) -> Request:
    try:
        value = decode(content)
    except JsonError:
        value = None
    if value is not None and encode(value) == content:
        return replace(request, json=value)
    return replace(_typed(replace(request, json=True)), json=None, body=content)


def _typed(request: Request) -> Request:
    """The request with the content type that a sender gives to JSON."""
    if request.json is None or request.header("content-type") is not None:
        return request
    return request.with_headers(JSON_TYPE)
