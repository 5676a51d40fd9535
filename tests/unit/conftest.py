"""A small workspace made of values, a clock that is told the time, a destination that is told what to say."""

from collections import deque
from dataclasses import replace

import pytest

from segue import Destination, Request, Response, action, path
from segue.errors import DeliveryError
from segue.workspace.model import ActionMapping, Connection, Source, Workspace


FIELDS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "mapping": path("$.userId")},
        "n": {"type": "number", "mapping": path("$.properties.n")},
    },
}
SETTINGS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"token": {"type": "string", "writeOnly": True}},
}


class Clock:
    """Sleeping moves it on at once."""

    def __init__(self):
        self.time, self.slept = 0.0, []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class Vendor:
    """A Sender that answers from a list, then 200 for ever, and keeps what it was sent."""

    def __init__(self, *answers):
        self.answers, self.requests = deque(answers), []

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.popleft() if self.answers else 200
        if isinstance(answer, DeliveryError):
            raise answer
        return answer if isinstance(answer, Response) else Response(answer, body=b'{"ok":true}')


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vendor():
    return Vendor


@pytest.fixture
def desk():
    """A destination with a credential test and one action, "put"."""
    desk = Destination("desk", title="Desk", url="https://desk.test", settings=SETTINGS)
    desk.authenticate(lambda request, settings: request.with_bearer(settings["token"]))
    desk.test(lambda: Request.get("/me"))
    return desk


@pytest.fixture
def declare(desk):
    """``declare(function)`` makes an action of the desk of it."""

    def declare(perform, slug="put", trigger='type = "track"'):
        return action(desk, slug, trigger=trigger, fields=FIELDS)(perform)

    return declare


@pytest.fixture
def put(declare):
    return declare(lambda payload: Request.put("/put", json=payload))


@pytest.fixture
def connect(desk):
    """``connect(action, ...)`` is a connection with one mapping for each action."""

    def connect(*actions, name="desk", **options):
        mappings = tuple(
            one if isinstance(one, ActionMapping) else replace(ActionMapping.of(one), name=one.slug)
            for one in actions
        )
        settings = {"token": "s3cret"}
        return Connection(name, desk, settings, ("web",), mappings, **options)

    return connect


@pytest.fixture
def workspace():
    def workspace(*connections):
        sources = {name: Source(name, f"wk_{name}") for name in ("web", "app")}
        return Workspace(sources, {one.name: one for one in connections})

    return workspace
