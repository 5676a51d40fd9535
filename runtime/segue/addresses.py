"""Which addresses are public, for destinations whose URL people choose.

Whoever chooses a URL could otherwise have Segue call what only Segue's machine can reach: a service
that listens on localhost, or the metadata service of a cloud, which hands out credentials.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

from segue.errors import RefusedError
from segue.json import quote


Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

CODE: Final = "PRIVATE_ADDRESS"
"""The code of a request that was refused for where it would go."""

# The special-purpose registries of IANA (RFC 6890), in our own table: what Python calls global
# differs between its releases.
_SPECIAL: Final[Mapping[Network, str]] = {
    ip_network(network): kind
    for network, kind in {
        "0.0.0.0/8": "an unspecified address",
        "10.0.0.0/8": "a private address",
        "100.64.0.0/10": "an address shared by a carrier's customers",
        "127.0.0.0/8": "a loopback address",
        "169.254.0.0/16": "a link-local address",
        "172.16.0.0/12": "a private address",
        "192.0.0.0/24": "a reserved address",
        "192.0.2.0/24": "an address for documentation",
        "192.88.99.0/24": "a reserved address",
        "192.168.0.0/16": "a private address",
        "198.18.0.0/15": "an address for benchmarks",
        "198.51.100.0/24": "an address for documentation",
        "203.0.113.0/24": "an address for documentation",
        "224.0.0.0/4": "a multicast address",
        "240.0.0.0/4": "a reserved address",
        "::/128": "an unspecified address",
        "::1/128": "a loopback address",
        "2001::/23": "a reserved address",
        "2001:db8::/32": "an address for documentation",
        "2002::/16": "a tunnel's address",
        "3fff::/20": "an address for documentation",
        "fc00::/7": "a unique-local address",
        "fe80::/10": "a link-local address",
        "fec0::/10": "a site-local address",
        "ff00::/8": "a multicast address",
    }.items()
}
_UNICAST: Final = IPv6Network("2000::/3")  # all that IANA has given out for use on the internet
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Guard:
    """Where requests may go: to public addresses, and to these networks that are not."""

    allowed: tuple[Network, ...] = ()

    def check(self, host: str, address: str) -> None:
        """Raise RefusedError for an address that ``host`` has, if no request may go there."""
        given = ip_address(address)
        found = _plain(given)
        kind = special(found)
        if kind is None or any(given in one or found in one for one in self.allowed):
            return
        subject = f"{found} is" if host == address else f"{quote(host)} is at {found},"
        why = f'{subject} {kind}; if it is meant, add "allow_private: [{found}]" to the connection'
        raise RefusedError(why, code=CODE)


@lru_cache(maxsize=1024)
def special(address: Address) -> str | None:
    """What an address is if it is not public: "a loopback address"; None for a public one."""
    for network, kind in _SPECIAL.items():
        if address in network:
            return kind
    reserved = isinstance(address, IPv6Address) and address not in _UNICAST
    return "a reserved address" if reserved else None


def _plain(address: Address) -> Address:
    """An address; the IPv4 address itself where IPv6 only carries it (RFC 4291 §2.5.5.2, RFC 6052).

    So a private one is found in that disguise, and a public one can be reached from a network that
    has only IPv6.
    """
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
