"""aiohttp under the Sender protocol: for the delivery loop, where httpx takes seventy times as long."""

import asyncio
import io
import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from segue.errors import DeliveryError, UnreachableError
from segue.http import Request, Response
from segue.senders.proxies import Proxies, direct, proxies
from segue.senders.wire import LARGEST, follow, incoming, inflate, late, outgoing, target, unfit


# Node's servers hang up on a connection that was idle for five seconds. A POST they have not read
# is lost then, so none is sent on a connection as old as that.
IDLE: Final = 4.0

_BULKY: Final = 1 << 20  # above, aiohttp wants a file and sends it piece by piece
_HEADER: Final = 1 << 16
_UNTIMED: Final = aiohttp.ClientTimeout(total=None, sock_connect=None)


class AiohttpSender:
    """Sends through an aiohttp session; ``open_sender`` makes both.

    ``Request.timeout`` covers all of a request: a free connection, the name, the connection, the
    answer, its body, a redirect. A response body is read up to 1 MB and cut there. One redirect is
    followed, see ``wire.redirected``. Nothing is sent twice: trying again is for who counts.
    """

    def __init__(self, session: aiohttp.ClientSession, *, proxy: Proxies = direct) -> None:
        self._session = session
        self._proxy = proxy

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
        try:
            async with self._session.request(
                request.method,
                _parsed(url),
                data=_body(request),
                headers=outgoing(request),
                proxy=self._proxy(url),
                allow_redirects=False,
            ) as answer:
                return await _read(answer)
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _told(error, urlsplit(url).hostname or "") from None


@asynccontextmanager
async def open_sender(
    *,
    per_host: int = 0,
    tls: ssl.SSLContext | None = None,
    environ: Mapping[str, str] = os.environ,
) -> AsyncGenerator[AiohttpSender]:
    """A sender for one event loop.

    ``per_host`` is the greatest number of connections to one host, 0 for no limit but that of the
    deliveries under way; a request waits for a free one on its own time. ``tls`` says whom to
    trust, by default the system's authorities. ``environ`` names the proxies.
    """
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0, limit_per_host=per_host, keepalive_timeout=IDLE, ssl=tls or True
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=_UNTIMED,
        auto_decompress=False,
        skip_auto_headers=("content-type",),
        max_line_size=_HEADER,
        max_field_size=_HEADER,
        middlewares=(_once,),
    )
    async with session:
        yield AiohttpSender(session, proxy=proxies(environ))


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
    while chunk := await answer.content.readany():
        body += chunk
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
