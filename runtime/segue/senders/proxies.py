"""Which proxy the environment names for a URL. It is read once, not for every request."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit


Proxies: TypeAlias = Callable[[str], str | None]

_SCHEMES: Final = ("http", "https")


def direct(_: str) -> None:
    """No proxy for any URL."""


def proxies(environ: Mapping[str, str]) -> Proxies:
    """A function from a URL to the URL of its proxy, None where there is none.

    Reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; lower-case names come first, as in curl.
    NO_PROXY lists hosts, each with what is below it and perhaps with a port, or is ``*``.
    """
    found = {name: _url(_read(environ, name) or _read(environ, "all")) for name in _SCHEMES}
    if not any(found.values()):
        return direct
    spared = [one.strip().lstrip(".").lower() for one in _read(environ, "no").split(",")]

    def proxy(url: str) -> str | None:
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2].lower()
        if "*" in spared or any(one and _below(one, place, parts.hostname or "") for one in spared):
            return None
        return found.get(parts.scheme)

    return proxy


def _below(spared: str, place: str, host: str) -> bool:
    return spared in {place, host} or place.endswith(f".{spared}") or host.endswith(f".{spared}")


def _read(environ: Mapping[str, str], name: str) -> str:
    return environ.get(f"{name}_proxy") or environ.get(f"{name}_proxy".upper()) or ""


def _url(value: str) -> str | None:
    """A proxy that is named without a scheme is an http one."""
    if not value:
        return None
    return value if "://" in value else f"http://{value}"
