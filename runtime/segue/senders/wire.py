"""What every sender does alike: headers, URLs, redirects, and how much of an answer is read. Pure."""

import re
import zlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from segue.errors import RefusedError, TimedOutError
from segue.http import Request, Response


AGENT: Final = "segue/0.1"
LARGEST: Final = 1_000_000

# Node's servers hang up on a connection that was idle for five seconds. A POST they have not read
# is lost then, so none is sent on a connection as old as that.
IDLE: Final = 4.0

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_UNFIT: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_URL_SAFE: Final = "%/:?#[]@!$&'()*+,;=~"

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}


def outgoing(request: Request) -> dict[str, str]:
    """The headers to send: ours, and over them the request's, under lower-case names.

    What frames the body is the sender's own business. Raises RefusedError for a method or a header
    that HTTP cannot carry; its value is not shown.
    """
    if not _TOKEN.fullmatch(request.method):
        raise RefusedError(f"the method {request.method!r} is not an HTTP method")
    headers = {"user-agent": AGENT, "accept": "application/json", "accept-encoding": "gzip"}
    if request.json is not None:
        headers["content-type"] = "application/json"
    for given, value in request.headers.items():
        name = given.lower()
        if not _TOKEN.fullmatch(name):
            raise RefusedError(f"{name!r} is not the name of an HTTP header")
        if _UNFIT.search(value):
            raise RefusedError(
                f'the header "{name}" holds a line break or another control character'
            )
        if name not in _FRAMING:
            headers[name] = value.strip(" \t")
    return headers


def incoming(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that came, under lower-case names; those of one name are joined by commas."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def target(request: Request) -> str:
    """The URL to call, with the parameters in its query. Percent-encodings stay as they are.

    Raises RefusedError for a URL that is not one of HTTP.
    """
    try:
        return _encoded((request.under("") if request.params else request).url)
    except ValueError:
        raise unfit() from None


@lru_cache(maxsize=512)
def _encoded(url: str) -> str:
    """Raises ValueError. Most requests go to a few URLs, and most of the work is for each URL."""
    _origin(url)
    return quote(url, safe=_URL_SAFE) if url.isascii() else url


def inflate(body: bytes, encoding: str) -> bytes:
    """The start of a gzip body, at most LARGEST bytes; any other body as it came.

    So does one that only claims to be gzip: the status says what became of the request, and a
    person can still read the text.
    """
    if encoding not in _GZIP:
        return body
    try:
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(body, LARGEST)
    except zlib.error:
        return body


def unfit() -> RefusedError:
    """What to raise for a URL that cannot be called. It is not shown, since it may hold a key."""
    return RefusedError("the request cannot be sent: its URL is not one of HTTP")


def late(request: Request) -> TimedOutError:
    """What to raise when a request's time is up."""
    return TimedOutError(f"no answer within {request.timeout:g} s")


async def follow(exchange: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """The answer to a request, or where it redirects, once, the answer from there."""
    response = await exchange(request)
    onward = redirected(request, response)
    return response if onward is None else await exchange(onward)


def redirected(request: Request, response: Response) -> Request | None:
    """The request that follows a redirect, None where the answer stands.

    303, and 301 and 302 after a POST, become a GET without a body; the others keep method and body
    (RFC 9110 §15.4, and as the reference implementation). Another origin (scheme, host, port) is
    sent none of the request's headers, since any of them may be a credential, and no body, for the
    same reason: there a redirect that keeps the body is not followed.
    """
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        here = target(request)
        onward = replace(_reduced(request, response.status), url=urljoin(here, location), params={})
        if _origin(here) == _origin(onward.url):
            return onward
    except ValueError:
        return None
    return None if onward.content() is not None else replace(onward, headers={})


def _reduced(request: Request, status: int) -> Request:
    """A GET without a body where the status asks for one."""
    if status in {307, 308} or (status != 303 and request.method.upper() != "POST"):
        return request
    kept = {k: v for k, v in request.headers.items() if not k.lower().startswith("content-")}
    method = "HEAD" if request.method.upper() == "HEAD" else "GET"
    return replace(request, method=method, json=None, body=None, headers=kept)


def _origin(url: str) -> tuple[str, str, int]:
    """Raises ValueError for a URL that is not http or https, or names no host."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no host to ask over HTTP")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _text(value: bytes) -> str:
    """A header in UTF-8, else in Latin-1, which it was for thirty years."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
