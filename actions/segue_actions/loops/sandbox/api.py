"""The REST API over HTTP: routes, keys, limits, faults and bodies around the operations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from segue.errors import suggest
from segue.json import JsonError, JsonObject, decode, encode
from segue_actions.loops.sandbox.exchanges import Exchange, Exchanges, clip
from segue_actions.loops.sandbox.faults import Faults
from segue_actions.loops.sandbox.hang import Hangs
from segue_actions.loops.sandbox.model import Answer, Call, Note, Refused
from segue_actions.loops.sandbox.operations import perform, spend
from segue_actions.loops.sandbox.rate import Allowance
from segue_actions.loops.sandbox.team import Team
from segue_actions.loops.sandbox.values import too_deep


ROUTES: Final[Mapping[str, Mapping[str, str]]] = {
    "/api/v1/api-key": {"GET": "api-key"},
    "/api/v1/contacts/create": {"POST": "contacts/create"},
    "/api/v1/contacts/update": {"PUT": "contacts/update"},
    "/api/v1/contacts/find": {"GET": "contacts/find"},
    "/api/v1/contacts/delete": {"POST": "contacts/delete"},
    "/api/v1/contacts/properties": {"GET": "properties/list", "POST": "properties/create"},
    "/api/v1/lists": {"GET": "lists"},
    "/api/v1/events/send": {"POST": "events/send"},
    "/api/v1/event-patterns": {"GET": "event-patterns"},
    "/api/v1/event-patterns/by-name/": {"GET": "event-patterns/by-name"},
    "/api/v1/event-patterns/": {"GET": "event-patterns/by-id"},
}
_OPEN_ENDED: Final = tuple(path for path in ROUTES if path.endswith("/"))  # longer ones first
_LARGEST: Final = 1_000_000  # bytes of a body
_DEEPEST: Final = 100  # levels of a body


class ClientGoneError(Exception):
    """The client left before its request was complete."""


@dataclass(slots=True)
class Api:
    """The ASGI application under ``/api``.

    ``draw`` returns a number from [0, 1) that decides the fault of a request; ``commit`` makes
    what the team recorded safe before anything is answered.
    """

    team: Team
    faults: Faults
    allowance: Allowance
    exchanges: Exchanges
    hangs: Hangs
    draw: Callable[[], float]
    commit: Callable[[], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        query = scope["query_string"].decode("latin-1")
        exchange = self.exchanges.add(self.team.clock(), scope["method"], scope["path"], query)
        try:
            answer = await self._answer(exchange, scope, receive)
        except Refused as refused:
            answer = refused.answer
        except ClientGoneError:
            return
        kind, body = _render(answer)
        exchange.status, exchange.notes = answer.status, answer.notes
        exchange.response, exchange.milliseconds = clip(body), (perf_counter() - began) * 1000
        if exchange.silent and not await self.hangs.wait(receive):
            return
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        headers += self._headers(exchange)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive) -> Answer:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        operation, argument = route(exchange.method, exchange.path)
        self._admit(headers.get(b"authorization", b""))
        body: JsonObject = {}
        if exchange.method != "GET":
            text = await _receive(receive)
            exchange.request = clip(text)
            body = _object(text)
        query = dict(parse_qsl(exchange.query, keep_blank_values=True))
        exchange.key = headers.get(b"idempotency-key", b"").decode("latin-1") or None
        return self._perform(exchange, Call(operation, body, query, exchange.key, argument))

    def _admit(self, credential: bytes) -> None:
        scheme, _, secret = credential.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not self.team.keys.opens(secret.strip()):
            raise Refused(401, "Invalid API key", error="Invalid API key")
        if not self.allowance.take(self.team.clock()):
            raise Refused(429, "Too many requests.")

    def _perform(self, exchange: Exchange, call: Call) -> Answer:
        """Carry out the call, unless a fault strikes first; a later one hides the answer."""
        exchange.fault = fault = self.faults.at(self.draw()) if self.faults.rules else None
        if fault is None:
            return self._carry_out(call)
        if fault.after:
            hidden = self._carry_out(call)
            exchange.effect = hidden.status
            return failure(fault.status, hidden.notes)
        if self.team.policy.burn and fault.status != 429:
            spend(self.team, call, done=False)
            self.commit()
        return failure(fault.status)

    def _carry_out(self, call: Call) -> Answer:
        answer = perform(self.team, call)
        self.commit()
        return answer

    def _headers(self, exchange: Exchange) -> Iterator[tuple[bytes, bytes]]:
        if self.allowance.limit:
            yield b"x-ratelimit-limit", b"%d" % self.allowance.limit
            yield b"x-ratelimit-remaining", b"%d" % self.allowance.left(self.team.clock())
        if exchange.fault:
            yield b"x-sandbox-fault", str(exchange.fault).encode()
        if exchange.status == 405:
            yield b"allow", ", ".join(ROUTES[_endpoint(exchange.path) or ""]).encode()


def route(method: str, path: str) -> tuple[str, str]:
    """The operation at a path, and the rest of the path that is its argument. Raises Refused."""
    endpoint = _endpoint(path)
    if endpoint is None:
        hint = suggest(path, ROUTES)
        raise Refused(404, f"Not found; {hint}" if hint else "Not found.")
    operation = ROUTES[endpoint].get(method)
    if operation is None:
        raise Refused(405, "Method not allowed.")
    return operation, path.removeprefix(endpoint)


def _endpoint(path: str) -> str | None:
    if path in ROUTES and not path.endswith("/"):
        return path
    starts = (start for start in _OPEN_ENDED if path.startswith(start) and path != start)
    return next(starts, None)


def failure(status: int | None, notes: tuple[Note, ...] = ()) -> Answer:
    """The answer of a fault: gateways answer in HTML, the API in JSON. All of it is invented."""
    message = "The sandbox was asked to fail here."
    if status in {502, 504}:
        return Answer(status, f"<html><title>{status}</title><h1>{message}</h1></html>", notes)
    if status == 429:
        message = "Too many requests."
    return Answer(status or 504, {"success": False, "message": message}, notes)


async def _receive(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    room = _LARGEST
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunks.append(message.get("body", b""))
        room -= len(chunks[-1])
        if room < 0:
            raise Refused(413, f"The body is over {_LARGEST:,} bytes.")
        if not message.get("more_body", False):
            return b"".join(chunks)


def _object(text: bytes) -> JsonObject:
    try:
        body = decode(text)
    except JsonError as error:
        raise Refused(400, f"The body is not JSON: {error}") from None
    if not isinstance(body, Mapping):
        raise Refused(400, "The body must be a JSON object.")
    # Few bodies have so many brackets that they are worth a walk.
    if text.count(b"[") + text.count(b"{") > _DEEPEST and too_deep(body, _DEEPEST):
        raise Refused(400, f"The body is nested over {_DEEPEST} levels.")
    return body


def _render(answer: Answer) -> tuple[bytes, bytes]:
    """Content type and bytes; a bare text is HTML."""
    if isinstance(answer.body, str):
        return b"text/html; charset=utf-8", answer.body.encode()
    return b"application/json", encode(answer.body)
