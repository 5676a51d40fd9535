"""``GET /metrics``: the figures for this machine, and for whoever has the token of their own."""

import time
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from segue.ingest.answers import Refusal
from segue.server.deletion import bears
from segue.server.metrics import TYPE, Meter
from segue.store.protocols import Clock, History


VARIABLE: Final = "SEGUE_METRICS_TOKEN"
RECENT: Final = 900.0


@dataclass(frozen=True, slots=True)
class Scrape:
    """The endpoint. The figures name sources, connections and their load, which is nobody's business.

    ``token`` lets other machines in, None lets none. What comes through a proxy on this machine
    counts as from where the proxy says.
    """

    meter: Meter
    history: History
    token: str | None
    clock: Clock = time.time
    started: float = field(default_factory=time.time)

    async def __call__(self, request: Request) -> Response:
        """All figures, in the text format of Prometheus."""
        host = request.client.host if request.client else ""
        if not (near(host) or self._known(request.headers.get("authorization", ""))):
            why = f"the figures are for this machine; others need the token in {VARIABLE}, as Authorization: Bearer"
            raise Refusal(401, "unauthorized", why, headers={"www-authenticate": "Bearer"})
        since_start = await self.history.stats(since=self.started)
        recent = await self.history.stats(since=self.clock() - RECENT)
        return Response(self.meter.text(since_start, recent), headers={"content-type": TYPE})

    def _known(self, authorization: str) -> bool:
        return self.token is not None and bears(authorization, self.token)


def near(host: str) -> bool:
    """Whether an address is of this machine. Anything else than an address is not."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (inner or address).is_loopback
