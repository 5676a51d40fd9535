"""httpx under the Sender protocol: for credential tests, single sends, async actions and tests."""

import asyncio
import urllib.request
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.cookiejar import Cookie, DefaultCookiePolicy

import httpx

from segue.addresses import Guard
from segue.dispatch import Prepared
from segue.errors import TimedOutError, UnreachableError
from segue.http import TIMEOUT, Request, Response, Sender
from segue.outcome import Delivered, Outcome, judge
from segue.senders.tokens import Tokens
from segue.senders.transport import GuardedTransport
from segue.senders.wire import LARGEST, follow, incoming, inflate, late, outgoing, target, unfit
from segue.workspace.model import Connection


def open_guarded(guard: Guard) -> httpx.AsyncClient:
    """A client that connects to what a guard allows."""
    return httpx.AsyncClient(transport=GuardedTransport(guard))


class HttpxSender:
    """Sends through an httpx client; give it a MockTransport or ASGITransport in tests.

    It does as AiohttpSender does. The client keeps no cookies from then on. ``guarded`` opens the
    clients for requests that are kept within a guard, each of which has its own.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        guarded: Callable[[Guard], httpx.AsyncClient] = open_guarded,
    ) -> None:
        self._client, self._guarded = client, guarded
        client.cookies.jar.set_policy(_NoCookies())

    def within(self, guard: Guard) -> Sender:
        """A sender that connects to what a guard allows."""
        return _Within(self._guarded, guard)

    async def send(self, request: Request) -> Response:
        """Carry one request out.

        Raises UnreachableError or TimedOutError, and RefusedError for a request that HTTP cannot
        carry.
        """
        try:
            with translated(request.timeout):
                async with asyncio.timeout(request.timeout):
                    return await follow(self._exchange, request)
        except TimeoutError:
            raise late(request) from None

    async def _exchange(self, request: Request) -> Response:
        built = self._built(request)
        try:
            answer = await self._client.send(built, stream=True, follow_redirects=False)
        except httpx.ConnectError as error:  # whose text does not say where to
            where = built.url.netloc.decode()
            why = str(error) or type(error).__name__
            raise UnreachableError(f"no connection to {where}: {why}") from None
        except httpx.InvalidURL:  # httpx reads a Location even where it does not follow it
            raise UnreachableError("the answer redirects to what is no URL") from None
        try:
            return await _read(answer)
        finally:
            await answer.aclose()

    def _built(self, request: Request) -> httpx.Request:
        headers = [(name.encode(), value.encode()) for name, value in outgoing(request).items()]
        try:
            return self._client.build_request(
                request.method,
                target(request),
                content=request.content(),
                headers=headers,
                timeout=None,
            )
        except httpx.InvalidURL:
            raise unfit() from None


class _Within:
    """Sends within a guard. Few requests come this way, so none waits for another's connection."""

    def __init__(self, opened: Callable[[Guard], httpx.AsyncClient], guard: Guard) -> None:
        self._opened, self._guard = opened, guard

    async def send(self, request: Request) -> Response:
        async with self._opened(self._guard) as client:
            return await HttpxSender(client).send(request)


class _NoCookies(DefaultCookiePolicy):
    def set_ok(self, cookie: Cookie, request: urllib.request.Request) -> bool:  # noqa: ARG002 as the base names them
        return False


class Signed(httpx.Auth):
    """Signs what an async action sends, as the destination says, with a token where it needs one."""

    def __init__(self, connection: Connection, tokens: Tokens | None = None) -> None:
        self._connection, self._tokens = connection, tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the headers that authentication adds on the request."""
        self._sign(request, None)
        yield request

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The same; a 401 is answered once, with another token."""
        token = await self._tokens.get(self._connection) if self._tokens else None
        self._sign(request, token)
        response = yield request
        if self._tokens and token and response.status_code == HTTPStatus.UNAUTHORIZED:
            another = await self._tokens.renew(self._connection, token)
            if another != token:
                self._sign(request, another)
                yield request

    def _sign(self, request: httpx.Request, token: str | None) -> None:
        plain = Request(method=request.method, url=str(request.url))
        request.headers.update(self._connection.sign(plain, token).headers)


def open_client(connection: Connection, tokens: Tokens | None = None) -> httpx.AsyncClient:
    """The client that an async action is given: relative URLs, signed requests, within its guard."""
    auth, guard = Signed(connection, tokens), connection.guard
    transport = None if guard is None else GuardedTransport(guard)
    return httpx.AsyncClient(
        base_url=connection.base, auth=auth, timeout=TIMEOUT, transport=transport
    )


async def call(prepared: Prepared, client: httpx.AsyncClient) -> Outcome:
    """Run an async action. Raises DeliveryError, and whatever the author's code raises."""
    try:
        with translated(TIMEOUT):
            await prepared.start(client)
    except httpx.HTTPStatusError as error:
        plain = Request(method=error.request.method, url=str(error.request.url))
        headers = incoming(error.response.headers.raw)
        return judge(plain, Response(error.response.status_code, headers, error.response.content))
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


async def _read(answer: httpx.Response) -> Response:
    """The answer with the start of its body, read as it came: httpx inflates without bounds."""
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    body = bytearray()
    async for chunk in answer.stream:
        body += chunk
        if len(body) >= LARGEST:
            break
    headers = incoming(answer.headers.raw)
    content = inflate(bytes(body[:LARGEST]), headers.get("content-encoding", ""))
    return Response(answer.status_code, headers, content)
