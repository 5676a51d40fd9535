"""httpx under the Sender protocol: for credential tests, single sends, async actions and tests."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import httpx

from segue.dispatch import Prepared
from segue.errors import TimedOutError, UnreachableError
from segue.http import TIMEOUT, Request, Response
from segue.outcome import Delivered, Outcome, judge
from segue.workspace.model import Connection


AGENT: Final = "segue/0.1"
LARGEST: Final = 1_000_000


class HttpxSender:
    """Sends through an httpx client; give it a MockTransport or ASGITransport in tests.

    A response body is read up to 1 MB and cut there. Redirects are answers like any other.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, request: Request) -> Response:
        """Carry one request out. Raises UnreachableError or TimedOutError."""
        with translated(request.timeout):
            async with self._client.stream(
                request.method,
                request.url,
                content=request.content(),
                headers=_headers(request),
                timeout=request.timeout,
            ) as answer:
                return Response(answer.status_code, _lower(answer.headers), await _read(answer))


class Signed(httpx.Auth):
    """Signs what an async action sends, as the destination says."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the headers that authentication adds on the request."""
        plain = Request(method=request.method, url=str(request.url))
        signed = self._connection.sign(plain)
        request.headers.update(signed.headers)
        yield request


def open_client(connection: Connection) -> httpx.AsyncClient:
    """The client that an async action is given: relative URLs, signed requests."""
    return httpx.AsyncClient(base_url=connection.base, auth=Signed(connection), timeout=TIMEOUT)


async def call(prepared: Prepared, client: httpx.AsyncClient) -> Outcome:
    """Run an async action. Raises DeliveryError, and whatever the author's code raises."""
    try:
        with translated(TIMEOUT):
            await prepared.start(client)
    except httpx.HTTPStatusError as error:
        plain = Request(method=error.request.method, url=str(error.request.url))
        answer = Response(
            error.response.status_code, _lower(error.response.headers), error.response.content
        )
        return judge(plain, answer)
    return Delivered()


@contextmanager
def translated(timeout: float) -> Generator[None]:
    """Turn httpx's errors into ours, once and here."""
    try:
        yield
    except httpx.TimeoutException:
        raise TimedOutError(f"no answer within {timeout:g} s") from None
    except httpx.TransportError as error:
        raise UnreachableError(str(error) or type(error).__name__) from None


def _headers(request: Request) -> dict[str, str]:
    content = {"content-type": "application/json"} if request.json is not None else {}
    return {"user-agent": AGENT, "accept": "application/json", **content, **request.headers}


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _read(answer: httpx.Response) -> bytes:
    body = b""
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) >= LARGEST:
            return body[:LARGEST]
    return body
