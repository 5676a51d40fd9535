"""aiohttp under the Sender protocol: for the delivery loop where a proxy stands between."""

import asyncio
import io
import os
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from segue.addresses import Guard
from segue.errors import DeliveryError, UnreachableError
from segue.http import Request, Response
from segue.senders.guarded import Resolve, addresses, resolve, spelled, vouch
from segue.senders.proxies import Proxies, direct, proxies
from segue.senders.wire import (
    IDLE,
    LARGEST,
    follow,
    incoming,
    inflate,
    late,
    outgoing,
    target,
    unfit,
)


_BULKY: Final = 1 << 20  # above, aiohttp wants a file and sends it piece by piece
_HEADER: Final = 1 << 16
_Found: TypeAlias = tuple[int, int, int, str, tuple[object, ...]]  # as getaddrinfo has it
_TYPE: Final = ("content-type",)  # aiohttp would make one up
_ALONE: Final = frozenset({"POST", "PATCH"})  # of these aiohttp itself sends each once
_UNTIMED: Final = aiohttp.ClientTimeout(total=None, sock_connect=None)


class AiohttpSender:
    """Sends through aiohttp sessions; ``open_sender`` makes both.

    ``Request.timeout`` covers all of a request: a free connection, the name, the connection, the
    answer, its body, a redirect. A response body is read up to 1 MB and cut there. One redirect is
    followed, see ``wire.redirected``. Nothing is sent twice: trying again is for who counts.
    """

    def __init__(
        self, sessions: "Sessions", *, proxy: Proxies = direct, guard: Guard | None = None
    ) -> None:
        self._sessions, self._session = sessions, sessions.open(guard)
        self._proxy = proxy
        self._guard = guard

    def within(self, guard: Guard) -> "AiohttpSender":
        """A sender that connects to what a guard allows."""
        return AiohttpSender(self._sessions, proxy=self._proxy, guard=guard)

    async def send(self, request: Request) -> Response:
        """Carry one request out.

        Raises UnreachableError or TimedOutError, and RefusedError for a request that HTTP cannot
        carry.
        """
        try:
            async with asyncio.timeout(request.timeout):
                return await follow(self._exchange, request)
        except TimeoutError:
            raise late(request) from None

    async def _exchange(self, request: Request) -> Response:
        url = target(request)
        proxy, session = self._proxy(url), self._session
        try:
            if self._guard is not None:
                session = await self._guarded(self._guard, _parsed(url), proxy)
            headers = outgoing(request)
            answer = await session.request(
                request.method,
                _parsed(url),
                data=_body(request),
                headers=headers,
                proxy=proxy,
                allow_redirects=False,
                skip_auto_headers=None if "content-type" in headers else _TYPE,
                middlewares=() if request.method in _ALONE else (_once,),
            )
            try:
                return await _read(answer)
            finally:
                answer.release()
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _told(error, urlsplit(url).hostname or "") from None

    async def _guarded(self, guard: Guard, url: URL, proxy: str | None) -> aiohttp.ClientSession:
        """The session for a URL: that of the guard, or any if a proxy connects."""
        host = url.host or ""
        if proxy is None:
            spelled(guard, host)
            return self._session
        await vouch(guard, host, url.port or 0, self._sessions.find)
        return self._sessions.open(None)


class Sessions:
    """The sessions of a sender, one for each guard: none is given connections of another."""

    def __init__(self, per_host: int, tls: ssl.SSLContext | None, find: Resolve) -> None:
        self.find = find
        self._per_host, self._tls = per_host, tls
        self._open: dict[Guard | None, aiohttp.ClientSession] = {}

    def open(self, guard: Guard | None) -> aiohttp.ClientSession:
        """The session of a guard."""
        if guard not in self._open:
            self._open[guard] = self._make(guard)
        return self._open[guard]

    async def close(self) -> None:
        """Close them all."""
        for session in self._open.values():
            await session.close()

    def _make(self, guard: Guard | None) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                limit_per_host=self._per_host,
                keepalive_timeout=IDLE,
                ssl=self._tls or True,
                resolver=None if guard is None else _Resolver(guard, self.find),
                socket_factory=None if guard is None else partial(_socket, guard),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_UNTIMED,
            auto_decompress=False,
            max_line_size=_HEADER,
            max_field_size=_HEADER,
        )


class _Resolver(AbstractResolver):
    """Finds addresses within a guard; aiohttp connects to these and to no others."""

    def __init__(self, guard: Guard, find: Resolve) -> None:
        self._guard, self._find = guard, find

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 aiohttp leaves out the others
    ) -> list[ResolveResult]:
        found = await addresses(self._guard, host, port, self._find)
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in found
        ]

    async def close(self) -> None:
        """There is nothing to close."""


def _socket(guard: Guard, found: _Found) -> socket.socket:
    """A socket for an address: the last word, also on literals, which no resolver sees."""
    family, kind, proto, _, address = found
    guard.check(str(address[0]), str(address[0]))
    return socket.socket(family, kind, proto)


@asynccontextmanager
async def open_sender(
    *,
    per_host: int = 0,
    tls: ssl.SSLContext | None = None,
    environ: Mapping[str, str] = os.environ,
    find: Resolve = resolve,
) -> AsyncGenerator[AiohttpSender]:
    """A sender for one event loop.

    ``per_host`` is the greatest number of connections to one host, 0 for no limit but that of the
    deliveries under way; a request waits for a free one on its own time. ``tls`` says whom to
    trust, by default the system's authorities. ``environ`` names the proxies.
    ``find`` resolves the names of requests that are kept within a guard.
    """
    sessions = Sessions(per_host, tls, find)
    try:
        yield AiohttpSender(sessions, proxy=proxies(environ))
    finally:
        await sessions.close()


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET, PUT or DELETE again by itself when a connection breaks."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _told(error, request.url.host or "") from None


@lru_cache(maxsize=512)
def _parsed(url: str) -> URL:
    """A URL also remembers what aiohttp asks of it."""
    return URL(url, encoded=url.isascii())


def _body(request: Request) -> bytes | io.BytesIO | None:
    content = request.content()
    return io.BytesIO(content) if content is not None and len(content) > _BULKY else content


async def _read(answer: aiohttp.ClientResponse) -> Response:
    """The answer with the start of its body; the connection of one that is cut is closed."""
    body = bytearray()
    while not answer.content.at_eof():
        body += await answer.content.readany()
        if len(body) >= LARGEST:
            answer.close()
            break
    headers = incoming(answer.raw_headers)
    content = inflate(bytes(body[:LARGEST]), headers.get("content-encoding", ""))
    return Response(answer.status, headers, content)


def _told(error: Exception, host: str) -> DeliveryError:
    """Aiohttp's errors as ours. Its own texts may show a URL, and a URL may hold a secret."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", "")
            return UnreachableError(f"the certificate of {host} is not trusted: {reason}")
        case aiohttp.ClientConnectorDNSError():
            return UnreachableError(f"the name {error.host} cannot be resolved")
        case aiohttp.ClientConnectorError():
            why = os.strerror(error.errno) if error.errno else error.strerror
            return UnreachableError(f"no connection to {error.host}:{error.port}: {why}")
        case aiohttp.ClientHttpProxyError():
            return UnreachableError(f"the proxy does not connect to {host}: {error.status}")
        case aiohttp.ClientResponseError():
            return UnreachableError(f"{host} did not answer in HTTP")
        case ValueError() | aiohttp.InvalidURL():
            return unfit()
        case _:
            return UnreachableError(f"{host} hung up before its answer was complete")
