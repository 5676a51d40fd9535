"""What would happen to an event: the whole way through one action, with a destination that only pretends."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import httpx

from segue.actions import Action
from segue.addresses import Guard
from segue.delivery import Courier, Settled
from segue.destination import Settings
from segue.dispatch import Delivery
from segue.errors import DeliveryError
from segue.http import Request, Response, Sender
from segue.json import JsonObject, encode
from segue.mapping import compile_mapping
from segue.outcome import Delivered, Outcome, Retry
from segue.retry import RetryPolicy
from segue.senders import Signed
from segue.senders.guarded import guarded, spelled
from segue.testing.subject import made_settings, settled
from segue.workspace.model import ActionMapping, Connection


Answer: TypeAlias = Response | int | JsonObject | DeliveryError
"""What a fake destination does: a response, a status, a JSON body with 200, or an error to raise."""

OK: Final = Response(200, {"content-type": "application/json"}, b"{}")
_CONNECTION: Final = "test"


class FakeDestination:
    """A Sender that reaches nobody: it keeps what it is sent, and answers from a list, then 200.

    ``requests`` are as they would have been sent: absolute and authenticated.
    """

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[Request] = []
        self._answers = deque(answers)

    def within(self, guard: Guard) -> Sender:
        """The same for a destination whose URL people choose: a private address is refused.

        Names are not looked up; only an address in a URL is known.
        """
        return _Within(self, guard)

    async def send(self, request: Request) -> Response:
        """Keep a request and answer it. Raises an answer that is an error."""
        self.requests.append(request)
        answer = self._answers.popleft() if self._answers else OK
        if isinstance(answer, DeliveryError):
            raise answer
        return response(answer)


@dataclass(frozen=True, slots=True)
class _Within:
    fake: FakeDestination
    guard: Guard

    async def send(self, request: Request) -> Response:
        spelled(self.guard, urlsplit(request.url).hostname or "")
        return await self.fake.send(request)


def response(answer: Response | int | JsonObject) -> Response:
    """An answer as a response."""
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, int):
        return Response(answer, OK.headers, OK.body)
    return Response(200, OK.headers, encode(answer))


@dataclass(frozen=True, slots=True)
class Result:
    """What would happen to an event.

    ``matched``: the trigger lets it in. ``payload`` is what the mapping makes of it, None if the fields
    refuse that; ``requests`` are those that would be sent, absolute and authenticated; ``outcome`` is
    what becomes of it after this one try.
    """

    matched: bool
    payload: JsonObject | None
    requests: tuple[Request, ...]
    outcome: Outcome

    @property
    def delivered(self) -> bool:
        """Whether the destination took it."""
        return isinstance(self.outcome, Delivered)

    @property
    def request(self) -> Request:
        """The one request. Raises AssertionError, with the reason, if there are none or several."""
        if len(self.requests) != 1:
            raise AssertionError(f"{len(self.requests)} requests, not one: {self.outcome}")
        return self.requests[0]


def deliver(
    action: Action[..., Any],
    event: JsonObject,
    *,
    settings: Settings | None = None,
    mapping: JsonObject | None = None,
    answers: Iterable[Answer] = (),
) -> Result:
    """What would happen to an event that is sent through an action; nothing leaves the process.

    It goes through arrival, mapping, validation, ``perform``, authentication and the destination's
    answers, once. ``mapping`` replaces fields of the default mapping. ``settings`` are made if none
    are given. Raises EventError for an event that would be refused on arrival, AuthorError and
    its kin for what is malformed.
    """
    used = ActionMapping.of(action)
    if mapping:
        fields = {**action.mapping, **mapping}
        used = replace(used, fields=fields, map=compile_mapping(fields))
    given = made_settings(action.destination) if settings is None else settings
    connection = Connection(_CONNECTION, action.destination, given, ("web",))
    arrived, sender = settled(event), FakeDestination(*answers)
    delivery = Delivery(arrived, "web", connection, used)
    done = asyncio.run(_carry(delivery, sender))
    tried = done.attempts[-1].outcome if done.attempts else done.outcome
    outcome = tried if isinstance(tried, Retry) else done.outcome
    return Result(used.matches(arrived), done.payload, tuple(sender.requests), outcome)


async def _carry(delivery: Delivery, sender: FakeDestination) -> Settled:
    """One try, as ``segue test`` makes it."""

    def client(connection: Connection) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=connection.base,
            auth=Signed(connection),
            transport=_Pretended(guarded(sender, connection.guard)),
        )

    courier = Courier(sender, settled=lambda _: None, retry=RetryPolicy(window=0.0), client=client)
    return await courier.carry(delivery)


class _Pretended(httpx.AsyncBaseTransport):
    """What the client of an async action sends, answered by a fake destination."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        plain = Request(
            method=request.method,
            url=str(request.url),
            headers=dict(request.headers),
            body=await request.aread() or None,
        )
        answer = await self._sender.send(plain)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)
