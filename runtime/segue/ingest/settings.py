"""What analytics.js asks for before it sends its first event."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from segue.ingest.answers import Refusal, answer
from segue.json import JsonObject
from segue.workspace.model import Source


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a source: send everything here, and nothing to anyone else."""

    sources: Callable[[str], Source | None]

    async def __call__(self, request: Request) -> Response:
        """Settings for the write key in the path; events go to the host that was asked.

        The scheme is the server's; behind a proxy it must know it (``--forwarded-allow-ips``).
        """
        key: str = request.path_params["key"]
        if self.sources(key) is None:
            raise Refusal(404, "invalid_write_key", "no source has the write key in this path")
        host = f"{request.headers.get('host', 'localhost')}/v1"
        scheme: str = request.scope["scheme"]
        segment: JsonObject = {"apiKey": key, "apiHost": host, "protocol": scheme}
        # Without a rate the library would report about itself, by default to Segment.
        metrics: JsonObject = {"sampleRate": 0, "host": host}
        return answer(
            {"integrations": {"Segment.io": segment}, "metrics": metrics},
            headers={"cache-control": "no-cache"},
        )
