"""The API with an intake in memory, a clock that stands still, and ids that count."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from asgi import Answer, call
from memory_intake import SOURCES, MemoryIntake

from segue.ingest import create_app


NOW = datetime(2025, 11, 25, 9, 30, 0, 500_000, tzinfo=UTC)
TRACK = {"type": "track", "userId": "u1", "event": "Signed Up"}


class Api:
    """``post`` sends an object as JSON with the key of the source "web", unless told otherwise."""

    def __init__(self, **options: Any) -> None:
        self.intake, numbers = MemoryIntake(), count(1)
        defaults = {
            "sources": SOURCES.get,
            "intake": self.intake,
            "clock": lambda: NOW,
            "ids": lambda: f"made-up-{next(numbers)}",
        }
        self.app = create_app(**{**defaults, **options})

    def post(self, path: str, body: Any, *, key: str | None = "wk_web", **headers: str) -> Answer:
        if key is not None:
            headers = {"authorization": basic(f"{key}:"), **headers}
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        """``body`` may be an iterator, of its pieces."""
        pieces = body if isinstance(body, Iterator) else iter([written(body)])
        return call(self.app, method, path, pieces, **headers)

    def batch(self, *events: Any, **rest: Any) -> Answer:
        return self.post("/v1/batch", {"batch": events}, **rest)


def written(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def make() -> Callable[..., Api]:
    """``make(**options)`` is the API with these options of ``create_app``."""
    return Api


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def track() -> Callable[..., dict[str, Any]]:
    """``track(**fields)`` is a good event with these fields."""
    return lambda **fields: {**TRACK, **fields}


@pytest.fixture
def authorization() -> Callable[[str], str]:
    """The header of Basic authentication with this text in it."""
    return basic


@pytest.fixture
def zipped() -> Callable[[Any], bytes]:
    return lambda body: gzip.compress(written(body))
