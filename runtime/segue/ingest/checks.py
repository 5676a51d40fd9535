"""How this process is, for load balancers and supervisors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from segue.ingest.answers import answer
from segue.ingest.intake import Health
from segue.json import JsonObject


@dataclass(frozen=True, slots=True)
class Checks:
    """Two questions, each answered 200 or 503 with every reason."""

    health: Callable[[], Health]

    async def healthz(self, _: Request) -> Response:
        """Whether it works; if not, a restart or a person is needed."""
        health = self.health()
        return _verdict(health.failures, health.notes)

    async def readyz(self, _: Request) -> Response:
        """Whether it would take an event now."""
        health = self.health()
        return _verdict([*health.failures, *health.waits], health.notes)


def _verdict(reasons: Sequence[str], notes: Sequence[str]) -> Response:
    headers = {"cache-control": "no-store"}
    body: JsonObject = {"ok": not reasons, "reasons": [*reasons], "notes": [*notes]}
    return answer(body, 503 if reasons else 200, headers)
