"""Where a URL leads, read once for each. Pure."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache

from yarl import URL

from segue.senders.wire import unfit


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom to connect to. ``host`` is in ASCII, without brackets."""

    host: str
    port: int
    secure: bool


@dataclass(frozen=True, slots=True)
class Place:
    """``target`` and ``host`` are what the request says, ``login`` is the authorisation that a URL holds."""

    origin: Origin
    target: str
    host: str
    login: str | None


@lru_cache(maxsize=512)
def place(url: str) -> Place:
    """Raises RefusedError for what is no URL of HTTP."""
    try:
        found = URL(url, encoded=url.isascii())
        host, port, shown = found.raw_host, found.port, found.host_port_subcomponent
    except ValueError:
        raise unfit() from None
    if not host or port is None or not shown:
        raise unfit()
    origin = Origin(host.lower(), port, found.scheme == "https")
    return Place(origin, found.raw_path_qs, shown, _login(found))


def _login(url: URL) -> str | None:
    if not url.raw_user and not url.raw_password:
        return None
    pair = f"{url.user or ''}:{url.password or ''}"
    return f"Basic {b64encode(pair.encode()).decode()}"
