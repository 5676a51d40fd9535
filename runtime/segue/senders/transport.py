"""httpx kept to public addresses, for whatever is sent through it."""

import os
import ssl
from collections.abc import Mapping
from functools import cache

import httpx

from segue.addresses import Guard
from segue.senders.guarded import Resolve, addresses, resolve, vouch
from segue.senders.proxies import proxies


_PORTS = {"http": 80, "https": 443}


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves a name, checks its addresses, and connects to these: nothing resolves it again.

    Each host has connections of its own, for those of httpx belong to an address here, and two
    hosts that share one have different certificates. A redirect is a request like any other.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        find: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._guard, self._find, self._tls = guard, find, tls
        self._proxy = proxies(environ)
        self._open: dict[tuple[str, str | None], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises RefusedError for one that would go where none may."""
        url = request.url
        place, proxy = (url.host, url.port or _PORTS[url.scheme]), self._proxy(str(url))
        if proxy is not None:
            await vouch(self._guard, *place, self._find)
            return await self._transport("", proxy).handle_async_request(request)
        try:
            found = await addresses(self._guard, *place, self._find)
        except (OSError, UnicodeError):
            raise httpx.ConnectError("the name cannot be resolved", request=request) from None
        return await self._connect(request, list(found))

    async def _connect(self, request: httpx.Request, found: list[str]) -> httpx.Response:
        """Send it to the first address that can be reached."""
        first, *others = found
        try:
            transport = self._transport(request.url.host, None)
            return await transport.handle_async_request(_at(request, first))
        except httpx.ConnectError:
            if not others:
                raise
        return await self._connect(request, others)

    def _transport(self, host: str, proxy: str | None) -> httpx.AsyncHTTPTransport:
        key = host, proxy
        if key not in self._open:
            tls = self._tls or _trusted()
            self._open[key] = httpx.AsyncHTTPTransport(verify=tls, proxy=proxy, trust_env=False)
        return self._open[key]

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._open.values():
            await transport.aclose()


@cache
def _trusted() -> ssl.SSLContext:
    """Whom httpx trusts; to read them takes longer than a request."""
    return httpx.create_ssl_context()


def _at(request: httpx.Request, address: str) -> httpx.Request:
    """The request to an address; its Host header and its certificate's name stay those of its URL."""
    name = {"sni_hostname": request.url.raw_host.decode("ascii")}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, **name},
    )
