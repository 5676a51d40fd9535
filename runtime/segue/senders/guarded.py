"""Sending to public addresses only: each address is checked, and only what was checked is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeAlias, runtime_checkable

from segue.addresses import Guard
from segue.errors import RefusedError
from segue.http import Sender


Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, at a port. Raises OSError for a name that has none."""

_TCP: Final = socket.SOCK_STREAM


@runtime_checkable
class Guarding(Protocol):
    """A sender that can be told where requests may go."""

    def within(self, guard: Guard) -> Sender: ...


def guarded(sender: Sender, guard: Guard | None) -> Sender:
    """The sender kept within a guard. Raises RefusedError for one that checks nothing."""
    if guard is None:
        return sender
    if not isinstance(sender, Guarding):
        raise RefusedError(f"{type(sender).__name__} cannot tell public addresses from others")
    return sender.within(guard)


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses as the system knows them, also of a literal in any spelling that it takes."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=_TCP)
    return _each(found)


async def addresses(guard: Guard, host: str, port: int, find: Resolve = resolve) -> Sequence[str]:
    """The addresses of a host, all of which are allowed.

    Raises RefusedError if one is not: a name that is public and private at once is a trick more
    often than a mistake. Raises OSError for a name that has none.
    """
    found = await find(host, port)
    for address in found:
        guard.check(host, address)
    return found


def spelled(guard: Guard, host: str) -> None:
    """Check a literal in any spelling: 127.1, 0x7f000001, 2130706433. Raises RefusedError."""
    try:
        found = socket.getaddrinfo(host, None, type=_TCP, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return  # it is a name
    for address in _each(found):
        guard.check(host, address)


async def vouch(guard: Guard, host: str, port: int, find: Resolve = resolve) -> None:
    """Check what can be checked where a proxy connects, which resolves the name by itself.

    A literal always is, a name as it is known here, if it is. Raises RefusedError.
    """
    try:
        await addresses(guard, host, port, find)
    except (OSError, UnicodeError):
        return


def _each(found: Sequence[tuple[object, object, object, object, tuple[object, ...]]]) -> list[str]:
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
