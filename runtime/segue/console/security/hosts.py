"""What names the console answers to, and which pages may make a browser send it something.

A foreign name in Host is how DNS rebinding looks. Where a request began is told by Origin and by
fetch metadata (W3C, Fetch Metadata Request Headers); a page cannot forge either.
"""

import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Final


LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::[0-9]{1,5})?")
_PORTS: Final = {"http": ":80", "https": ":443"}
_OURS: Final = {"same-origin", "none"}
"""``none`` is a person's own doing: an address typed, a bookmark, a reload."""


def named(host: str) -> str | None:
    """The name of a Host header, without its port; None for what is no host."""
    found = _HOST.fullmatch(host.lower())
    return found["name"] if found else None


def known(host: str, names: Collection[str]) -> bool:
    """Whether a Host header is one of the names; a name with a port stands for that port only."""
    name = named(host)
    return name is not None and (name in names or host.lower() in names)


def local(address: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def lasts(scheme: str, headers: Mapping[str, str], *, forwarded: bool) -> bool:
    """Whether a name is to be reached over HTTPS only: it came so, here or by a proxy that says so.

    Never for a name of this machine: it has other ports, which speak something else.
    """
    said = headers.get("x-forwarded-proto", "") if forwarded else ""
    name = named(headers.get("host", ""))
    return "https" in {scheme, said.strip().lower()} and name is not None and not local(name)


def began_here(headers: Mapping[str, str], scheme: str, host: str) -> bool:
    """Whether a form was sent by a page of ours, or by a program that is no browser.

    Every browser of today says where a form comes from; what says nothing still needs its token.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None and site not in _OURS:
        return False
    return origin is None or origin.lower() == f"{scheme}://{_plain(scheme, host)}"


def embedded(headers: Mapping[str, str]) -> bool:
    """Whether a page of another site asks for this as a part of itself, not a person by a link."""
    site = headers.get("sec-fetch-site")
    if site is None or site in _OURS:
        return False
    way = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return way != ("navigate", "document")


def _plain(scheme: str, host: str) -> str:
    """A host as Origin spells it: without the port that goes without saying."""
    return host.lower().removesuffix(_PORTS[scheme])
