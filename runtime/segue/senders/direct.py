"""HTTP/1.1 over connections of our own: for the delivery loop, at a third of aiohttp's cost."""

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from typing import Final

from segue.addresses import Guard
from segue.http import Request, Response, Sender
from segue.senders.guarded import Resolve, resolve
from segue.senders.place import place
from segue.senders.pool import Pool
from segue.senders.proxies import direct, proxies
from segue.senders.wire import follow, late, outgoing, target


_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class DirectSender:
    """Sends over connections that it opens and keeps itself; ``open_sender`` makes one.

    ``Request.timeout`` covers all of a request: the name, the connection, the answer, its body, a
    redirect. A response body is read up to 1 MB and cut there. One redirect is followed, see
    ``wire.redirected``. Nothing is sent twice: trying again is for who counts.
    """

    def __init__(self, pools: "Pools", guard: Guard | None = None) -> None:
        self._pools, self._pool = pools, pools.open(guard)
        self._loop = asyncio.get_running_loop()

    def within(self, guard: Guard) -> "DirectSender":
        """A sender that connects to what a guard allows."""
        return DirectSender(self._pools, guard)

    async def send(self, request: Request) -> Response:
        """Carry one request out.

        Raises UnreachableError or TimedOutError, and RefusedError for a request that HTTP cannot
        carry, or that leads where a guard lets none.
        """
        exchange = partial(self._exchange, end=self._loop.time() + request.timeout)
        try:
            return await follow(exchange, request)
        except TimeoutError:
            raise late(request) from None

    async def _exchange(self, request: Request, *, end: float) -> Response:
        there = place(target(request))
        data = _written(request, there.target, there.host, there.login)
        talk = self._pool.take(there.origin)
        if talk is None:
            async with asyncio.timeout_at(end):
                talk = await self._pool.connect(there.origin)
        response = await talk.ask(request.method, data, end)
        self._pool.keep(there.origin, talk)
        return response


class Pools:
    """The connections of a sender, a pool for each guard: none is given connections of another."""

    def __init__(self, find: Resolve, tls: ssl.SSLContext | None) -> None:
        self._find = find
        self._trust = lru_cache(ssl.create_default_context if tls is None else lambda: tls)
        self._open: dict[Guard | None, Pool] = {}

    def open(self, guard: Guard | None) -> Pool:
        """The pool of a guard."""
        if guard not in self._open:
            self._open[guard] = Pool(self._find, self._trust, guard)
        return self._open[guard]

    def close(self) -> None:
        """End all connections."""
        for pool in self._open.values():
            pool.close()


@asynccontextmanager
async def open_sender(
    *,
    tls: ssl.SSLContext | None = None,
    environ: Mapping[str, str] = os.environ,
    find: Resolve = resolve,
) -> AsyncGenerator[Sender]:
    """A sender for one event loop; aiohttp's where ``environ`` names a proxy.

    ``tls`` says whom to trust, by default the system's authorities. ``find`` resolves names.
    """
    if proxies(environ) is not direct:
        from segue.senders.aiohttp import open_sender as open_proxied

        async with open_proxied(tls=tls, environ=environ, find=find) as proxied:
            yield proxied
        return
    pools = Pools(find, tls)
    try:
        yield DirectSender(pools)
    finally:
        pools.close()


def _written(request: Request, path: str, host: str, login: str | None) -> bytes:
    """A request as bytes. Raises RefusedError for one that HTTP cannot carry."""
    headers = outgoing(request)
    if login is not None:
        headers.setdefault("authorization", login)
    content = request.content() or b""
    if content or request.method not in _BODILESS:
        headers["content-length"] = str(len(content))
    lines = [f"{request.method} {path} HTTP/1.1"]
    if "host" not in headers:
        lines.append(f"host: {host}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "\r\n")).encode() + content
