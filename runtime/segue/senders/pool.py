"""Connections of our own to where URLs lead, and kept for the next request. One pool for each guard."""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import aiohappyeyeballs

from segue.addresses import Guard
from segue.errors import UnreachableError
from segue.senders.guarded import Resolve, addresses
from segue.senders.place import Origin
from segue.senders.talk import Talk
from segue.senders.wire import IDLE


DELAY: Final = 0.25
"""Seconds before another address is tried beside the first one (RFC 8305 §8)."""

Trust: TypeAlias = Callable[[], ssl.SSLContext]
"""Says whom to trust, when that is first asked: reading all authorities takes a while."""


class Pool:
    """Gives out connections. Within a ``guard`` they lead to addresses that it has checked."""

    def __init__(self, find: Resolve, trust: Trust, guard: Guard | None = None) -> None:
        self._find, self._trust, self._guard = find, trust, guard
        self._loop = asyncio.get_running_loop()
        self._kept: dict[Origin, list[Talk]] = {}
        self._talks: set[Talk] = set()
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, origin: Origin) -> Talk | None:
        """A connection that was kept, the last one used first; None if another has to be made."""
        kept, now = self._kept.get(origin), self._loop.time()
        while kept:
            talk = kept.pop()
            if talk.open and now - talk.idle_since < IDLE:
                return talk
            talk.close()
        return None

    def keep(self, origin: Origin, talk: Talk) -> None:
        """Have it for another request, unless it has ended."""
        if not talk.open:
            return
        talk.idle_since = self._loop.time()
        self._kept.setdefault(origin, []).append(talk)
        if self._sweep is None:
            self._sweep = self._loop.call_later(IDLE, self._tidy)

    async def connect(self, origin: Origin) -> Talk:
        """Another connection. Raises UnreachableError, and RefusedError for where none may lead."""
        there = await self._reach(origin)
        context = self._trust() if origin.secure else None
        name = origin.host.rstrip(".") if origin.secure else None
        make = partial(Talk, origin.host, self._talks.discard)
        try:
            _, talk = await self._loop.create_connection(
                make, sock=there, ssl=context, server_hostname=name
            )
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {origin.host} is not trusted: {error.verify_message}"
            raise UnreachableError(why) from None
        except OSError as error:
            raise _unreached(origin, error) from None
        if talk.open:
            self._talks.add(talk)
        return talk

    def close(self) -> None:
        """End all connections."""
        if self._sweep is not None:
            self._sweep.cancel()
        for talk in list(self._talks):
            talk.close()

    async def _reach(self, origin: Origin) -> socket.socket:
        """A socket that is connected."""
        host, port = origin.host, origin.port
        try:
            if self._guard is None:
                found = await self._find(host, port)
            else:
                found = await addresses(self._guard, host, port, self._find)
        except (OSError, UnicodeError):
            raise UnreachableError(f"the name {host} cannot be resolved") from None
        try:
            return await aiohappyeyeballs.start_connection(
                [_address(one, port) for one in found],
                happy_eyeballs_delay=DELAY,
                interleave=1,
                loop=self._loop,
            )
        except OSError as error:
            raise _unreached(origin, error) from None

    def _tidy(self) -> None:
        """Close what was idle for too long; look again while there is more."""
        before = self._loop.time() - IDLE
        for origin, kept in list(self._kept.items()):
            for talk in kept:
                if talk.idle_since <= before:
                    talk.close()
            self._kept[origin] = [talk for talk in kept if talk.open]
            if not self._kept[origin]:
                del self._kept[origin]
        self._sweep = self._loop.call_later(IDLE, self._tidy) if self._kept else None


def _address(
    found: str, port: int
) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]:
    family = socket.AF_INET6 if ":" in found else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (found, port)


def _unreached(origin: Origin, error: OSError) -> UnreachableError:
    if isinstance(error, ssl.SSLError):
        why = error.reason or "TLS failed"
    else:
        why = os.strerror(error.errno) if error.errno else "it was refused or broke off"
    return UnreachableError(f"no connection to {origin.host}:{origin.port}: {why}")
