"""Requests and responses as plain values. Nothing here opens a connection.

``Request`` is what an action makes, ``Response`` what it gets back, ``Sender`` the seam between them.
"""

import base64
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from json import dumps
from typing import Final, Protocol, TypeAlias, TypedDict, Unpack
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from segue.json import JsonError, JsonValue, decode, encode


Headers: TypeAlias = Mapping[str, str]
Params: TypeAlias = Mapping[str, str | int | float | bool]

REDACTED: Final = "[redacted]"
TIMEOUT: Final = 10.0
SHORT: Final = 6
"""Bytes of a secret that is looked for in other alphabets."""

_ODD: Final = "surrogateescape"  # how the environment gives bytes that are no text
_PRIVATE: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
)


class Options(TypedDict, total=False):
    """What a request may carry beside its method and URL; see Request."""

    json: JsonValue
    body: bytes | None
    params: Params
    headers: Headers
    timeout: float
    accept: Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """One HTTP request, as an action makes it: before authentication.

    ``url`` is absolute, or a path under the destination's base URL ("/events/send").
    ``json`` becomes the body, with its content type; ``body`` is sent as it is (for a JSON null,
    give ``body=b"null"``). ``params`` is added to the query. ``timeout`` is in seconds.
    ``accept`` names statuses outside 2xx that count as success.
    """

    method: str
    url: str
    json: JsonValue = None
    body: bytes | None = None
    params: Params = field(default_factory=dict[str, str | int | float | bool])
    headers: Headers = field(default_factory=dict[str, str])
    timeout: float = TIMEOUT
    accept: Collection[int] = ()

    @classmethod
    def get(cls, url: str, **options: Unpack[Options]) -> "Request":
        """A GET; the options are the fields of Request."""
        return cls(method="GET", url=url, **options)

    @classmethod
    def post(cls, url: str, **options: Unpack[Options]) -> "Request":
        """A POST; the options are the fields of Request."""
        return cls(method="POST", url=url, **options)

    @classmethod
    def put(cls, url: str, **options: Unpack[Options]) -> "Request":
        """A PUT; the options are the fields of Request."""
        return cls(method="PUT", url=url, **options)

    @classmethod
    def patch(cls, url: str, **options: Unpack[Options]) -> "Request":
        """A PATCH; the options are the fields of Request."""
        return cls(method="PATCH", url=url, **options)

    @classmethod
    def delete(cls, url: str, **options: Unpack[Options]) -> "Request":
        """A DELETE; the options are the fields of Request."""
        return cls(method="DELETE", url=url, **options)

    def content(self) -> bytes | None:
        """The body as it goes over the wire, None for a request without one."""
        return encode(self.json) if self.json is not None else self.body

    def header(self, name: str) -> str | None:
        """A header of this request, whatever the case of its name."""
        return lower(self.headers).get(name.lower())

    def with_headers(self, headers: Headers) -> "Request":
        """The same request with these headers; they replace others of the same name."""
        new = lower(headers)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in new}
        return self._copy(self.url, self.params, {**kept, **headers})

    def with_bearer(self, token: str) -> "Request":
        """The same request with ``Authorization: Bearer`` (RFC 6750)."""
        return self.with_headers({"Authorization": f"Bearer {token}"})

    def with_basic(self, user: str, password: str) -> "Request":
        """The same request with ``Authorization: Basic`` in UTF-8 (RFC 7617)."""
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        return self.with_headers({"Authorization": f"Basic {pair}"})

    def under(self, base: str) -> "Request":
        """The same request with an absolute URL and its parameters in the query.

        A path is put behind ``base`` and may not climb out of it. Raises ValueError.
        """
        return self._copy(_query(_absolute(base, self.url), self.params), {}, self.headers)

    def at(self, url: str) -> "Request":
        """The same request to another URL."""
        return self._copy(url, self.params, self.headers)

    def redacted(self, secrets: Iterable[str] = ()) -> "Request":
        """The same request fit to be shown: no credential header, none of these secrets.

        A JSON body is kept as JSON unless it holds a secret. A request with nothing to hide is
        returned as it is.
        """
        values, content = tuple(secrets), self.content()
        found = content is not None and _holds(content, values)
        if not found and not self.params and _clean(self.headers, values, self.url):
            return self
        return replace(
            self,
            url=redact(self.url, values),
            params={name: redact(str(value), values) for name, value in self.params.items()},
            headers=_redact_headers(self.headers, values),
            json=None if found else self.json,
            body=_redact_body(content, values) if content and found else self.body,
        )

    def _copy(self, url: str, params: Params, headers: Headers) -> "Request":
        """What ``replace`` takes three times as long for; a delivery has three copies made."""
        return Request(
            method=self.method,
            url=url,
            json=self.json,
            body=self.body,
            params=params,
            headers=headers,
            timeout=self.timeout,
            accept=self.accept,
        )

    def __repr__(self) -> str:
        shown = self.redacted()
        return f"<Request {shown.method} {shown.url} headers={dict(shown.headers)!r}>"


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """What came back. Header names are lower case."""

    status: int
    headers: Headers = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """True for a 2xx status."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode(errors="replace")

    def json(self) -> JsonValue:
        """The body as JSON; None if it is empty or not JSON."""
        try:
            return decode(self.body) if self.body else None
        except JsonError:
            return None

    def redacted(self, secrets: Iterable[str] = ()) -> "Response":
        """The same response fit to be shown: no cookies, none of these secrets."""
        values = tuple(secrets)
        found = _holds(self.body, values)
        if not found and _clean(self.headers, values):
            return self
        body = _redact_body(self.body, values) if found else self.body
        return replace(self, headers=_redact_headers(self.headers, values), body=body)

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.body)} bytes>"


class Sender(Protocol):
    """Whatever can carry a request out.

    Raises UnreachableError when no answer came, TimedOutError when none came in time, and
    RefusedError for a request that HTTP cannot carry. Sends it once; who calls, tries again.
    """

    async def send(self, request: Request) -> Response: ...


def lower(headers: Headers) -> dict[str, str]:
    """Headers with lower-case names."""
    return {name.lower(): value for name, value in headers.items()}


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, in any spelling that text may hold them in."""
    spellings = _spellings(tuple(secrets))
    if not any(map(text.__contains__, spellings)):
        return text
    return re.sub("|".join(map(re.escape, spellings)), REDACTED, text)


@lru_cache(maxsize=256)
def _spellings(secrets: tuple[str, ...]) -> Sequence[str]:
    """The secrets as they are, and as they stand in URLs, forms, JSON, HTML, Base64 and Python's messages.

    Longest first, so that none is found inside another.
    """
    several = list(filter(None, secrets))
    spelled = {spelling for one in several for spelling in (*_quoted(one), *_escaped(one))}
    spelled.update(spelling for one in several for spelling in _encoded(one.encode(errors=_ODD)))
    return sorted(spelled, key=len, reverse=True)


def _quoted(secret: str) -> Iterator[str]:
    """As URLs and forms have it; servers write the digits of an escape in either case."""
    plain = quote(secret, "/", errors=_ODD)
    for one in (plain, quote(secret, "", errors=_ODD), quote_plus(secret, errors=_ODD)):
        yield one
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), one)


def _escaped(secret: str) -> Iterator[str]:
    """As it is, and as JSON, HTML and Python write it: PHP escapes slashes in JSON, .NET and Go what HTML may mind."""
    json, html = dumps(secret)[1:-1], escape(secret)
    coded = re.sub("""["&'+<>`]""", lambda found: f"\\u{ord(found[0]):04x}", secret)
    yield from (secret, json, encode(secret).decode()[1:-1], repr(secret)[1:-1])
    yield from (json.replace("/", "\\/"), coded, coded.replace("\\u002b", "\\u002B"))
    yield from (html, html.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"))


def _encoded(secret: bytes) -> Iterator[str]:
    """As Base64 has it wherever it begins, such as behind a name (RFC 7617), and as hexadecimal digits.

    Of Base64 without the characters that have bits of what is beside it. What is short is left out: it
    would be found in anything.
    """
    if len(secret) < SHORT:
        return
    for before, first in enumerate((0, 2, 3)):
        whole = bytes(before) + secret
        last = 8 * len(whole) // 6
        yield base64.b64encode(whole).decode()[first:last]
        yield base64.urlsafe_b64encode(whole).decode()[first:last]
    yield from (secret.hex(), secret.hex().upper())


@lru_cache(maxsize=256)
def _written(secrets: tuple[str, ...]) -> Sequence[bytes]:
    return [one.encode(errors=_ODD) for one in _spellings(secrets)]


def _holds(content: bytes, secrets: tuple[str, ...]) -> bool:
    return any(map(content.__contains__, _written(secrets)))


def _clean(headers: Headers, secrets: tuple[str, ...], *texts: str) -> bool:
    """Whether there is nothing to hide, which is so nearly always and found out quickly."""
    if not _PRIVATE.isdisjoint(map(str.lower, headers)):
        return False
    text = "\n".join((*texts, *headers.values()))
    return not any(map(text.__contains__, _spellings(secrets)))


def _redact_headers(headers: Headers, secrets: Sequence[str]) -> Headers:
    return {
        name: REDACTED if name.lower() in _PRIVATE else redact(value, secrets)
        for name, value in headers.items()
    }


def _redact_body(content: bytes, secrets: Sequence[str]) -> bytes:
    return redact(content.decode(errors=_ODD), secrets).encode(errors=_ODD)


@lru_cache(maxsize=512)
def _absolute(base: str, url: str) -> str:
    """Raises ValueError. Most requests go to a few URLs, and most of the work is for each URL."""
    url = url if "://" in url else _join(base, url)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"the URL {url!r} is not http or https")
    return url


def _join(base: str, path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f'the path {path!r} should start with "/"')
    if any(part in {".", ".."} for part in path.partition("?")[0].replace("\\", "/").split("/")):
        raise ValueError(f"the path {path!r} climbs out of the base URL; quote its parts")
    if "?" in base or "#" in base:  # not shown: a setting that was put in unquoted may be a secret
        raise ValueError('the base URL holds "?" or "#"; quote the settings it is made of')
    return base.rstrip("/") + path


def _query(url: str, params: Params) -> str:
    if not params:
        return url
    pairs = {name: _param(value) for name, value in params.items()}
    url = url.partition("#")[0]  # what is behind a fragment is never sent
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def _param(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
