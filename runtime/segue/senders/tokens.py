"""Sending a connection's requests signed, with an access token where its destination needs one.

A token is fetched when there is none or it is about to expire, and once more when it is refused
with 401. However many deliveries ask, one request for a token is under way. A refresh token that
the vendor replaced is stored before the access token that came with it is used.

Between the vendor's answer and the disk a crash loses the new refresh token, and nothing here can
prevent that: the two cannot be changed at once. That a refresh is under way is therefore written
down first. That proves the disk will take the new token, and should the old one be refused after a
crash, the reason is known. Whoever lets an old token live until the new one is used loses nothing.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

from segue.errors import RetryableError, StoreError, TokenError
from segue.http import Request, Response, Sender
from segue.json import JsonObject, encode
from segue.oauth import OAuth2, Token, said
from segue.outcome import Retry, judge
from segue.secrets import Secrets
from segue.senders.guarded import guarded
from segue.workspace.model import Connection


log: Final = logging.getLogger("segue.tokens")

YOUNG: Final = 60.0
"""A token that is not older, in seconds, is not to blame for a 401."""


@dataclass(frozen=True, slots=True)
class _Client:
    """A connection as the vendor's authorisation server knows it."""

    connection: Connection
    oauth: OAuth2

    @property
    def name(self) -> str:
        """The same for all connections that share a refresh token, and another with another one."""
        settings, oauth = self.connection.settings, self.oauth
        keys = (oauth.client_id, oauth.client_secret, oauth.refresh_token)
        told = [settings.get(key) for key in keys if key is not None and key in settings]
        known = [self.connection.destination.slug, self.connection.base_url, *told]
        return blake2b(encode(known), digest_size=16).hexdigest()

    def request(self, refresh: str | None) -> Request:
        """The request for a token. Raises TokenError."""
        made = self.oauth.request(self.connection.settings, refresh)
        try:
            return made.under(self.connection.base)
        except ValueError as error:
            raise TokenError(f"no token can be asked for: {error}") from None


class Tokens:
    """The access tokens of connections, by what these identify themselves with.

    ``secrets`` keeps refresh tokens that were replaced; without it none is used, lest it be lost.
    Leaving the ``async with`` block, or ``close``, waits for what is under way.
    """

    def __init__(
        self,
        sender: Sender,
        secrets: Secrets | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sender, self._secrets, self._now = sender, secrets, now
        self._known: dict[str, Token] = {}
        self._unstored: dict[str, Token] = {}
        self._under_way: dict[str, asyncio.Task[Token]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait until no token is under way, so that none is lost."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def send(self, connection: Connection, request: Request) -> Response:
        """Sign a request and send it. A 401 is answered once, with another token.

        Raises DeliveryError, TokenError where no token is to be had, and whatever an author's
        authentication raises.
        """
        sender = guarded(self._sender, connection.guard)
        token = None if connection.destination.oauth is None else await self.get(connection)
        response = await sender.send(connection.sign(request, token))
        if token is None:
            return response
        if response.status == HTTPStatus.UNAUTHORIZED:
            refused, token = token, await self.renew(connection, token)
            if token != refused:
                response = await sender.send(connection.sign(request, token))
        return _veiled(response, token)

    async def get(self, connection: Connection) -> str | None:
        """An access token, None for a destination that needs none. Raises DeliveryError."""
        client = _client(connection)
        if client is None:
            return None
        known = self._known.get(client.name)
        if known is None or not known.good(self._now()):
            known = await self._obtain(client)
        return known.access

    async def renew(self, connection: Connection, refused: str) -> str:
        """Another token than the one that was refused, unless that is brand-new.

        Raises DeliveryError.
        """
        client = _client(connection)
        assert client is not None
        known = self._known.get(client.name)
        if known is not None and known.access != refused:
            return known.access
        if known is not None and self._now() - known.since < YOUNG:
            return refused
        return (await self._obtain(client, refused)).access

    async def _obtain(self, client: _Client, refused: str = "") -> Token:
        """The token that is under way; a cancelled delivery leaves it there."""
        name = client.name
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(self._fetch(client, refused))
            self._under_way[name] = task
            task.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(task)

    def _landed(self, name: str, task: "asyncio.Task[Token]") -> None:
        del self._under_way[name]
        if not task.cancelled():
            task.exception()  # whoever still waits is told; nobody may

    async def _fetch(self, client: _Client, refused: str) -> Token:
        try:
            if client.oauth.rotates:
                token = await self._rotate(client, refused)
            else:
                token = await self._ask(client, None)
        except TokenError as error:
            raise _unauthorised(client, error.reason) from None
        except StoreError as error:
            raise RetryableError(f"no token is asked for: {error}") from None
        self._known[client.name] = token
        return token

    async def _rotate(self, client: _Client, refused: str) -> Token:
        if self._secrets is None:
            raise TokenError("there is nowhere to keep the next refresh token")
        async with self._secrets.alone(client.name):
            return await self._replace(client, refused, self._secrets)

    async def _replace(self, client: _Client, refused: str, secrets: Secrets) -> Token:
        """The token that another process has got meanwhile, or a new one, stored."""
        name, record = client.name, await secrets.read(client.name) or {}
        kept = self._unstored.get(name) or _token(record)
        refresh = kept.refresh or client.oauth.first(client.connection.settings)
        if kept.good(self._now()) and kept.access != refused:
            return kept
        interrupted = record.get("pending") is True and name not in self._unstored
        await secrets.write(name, {**_record(kept), "pending": True})
        try:
            token = await self._ask(client, refresh)
        except (TokenError, RetryableError) as error:  # it answered: nothing is pending
            await secrets.write(name, record)
            if interrupted and isinstance(error, TokenError):
                raise TokenError(error.reason + LOST) from None
            raise
        await self._store(client, token, secrets)
        return token

    async def _store(self, client: _Client, token: Token, secrets: Secrets) -> None:
        """Keep a token; if that fails, in memory until the next time."""
        self._unstored.pop(client.name, None)
        try:
            await secrets.write(client.name, _record(token))
        except StoreError as error:
            self._unstored[client.name] = token
            log.error("the refresh token of %s is lost at exit: %s", client.connection.name, error)  # noqa: TRY400 the sentence says it all

    async def _ask(self, client: _Client, refresh: str | None) -> Token:
        """Ask the vendor. Raises TokenError for a refusal, else a DeliveryError to be tried again."""
        now, request = self._now(), client.request(refresh)
        secrets = (*client.connection.secrets, refresh or "")
        response = await guarded(self._sender, client.connection.guard).send(request)
        outcome = judge(request, response, now=now)
        if isinstance(outcome, Retry):
            why = f"the token server answered {said(response, secrets)}"
            raise RetryableError(why, after=outcome.after)
        token = client.oauth.token(response, refresh=refresh, now=now)
        if token is None:
            raise TokenError(said(response, secrets))
        return token


AGAIN: Final = "Authorise the connection again and put what you are given into its settings"
LOST: Final = (
    "; an earlier refresh was cut off before its answer was stored, so the vendor may have replaced "
    "the refresh token"
)


def _client(connection: Connection) -> _Client | None:
    oauth = connection.destination.oauth
    return None if oauth is None else _Client(connection, oauth)


def _unauthorised(client: _Client, reason: str) -> TokenError:
    """The error as whoever acts on it needs it."""
    title = client.connection.destination.title
    hint = AGAIN if client.oauth.rotates else "Check the client's credentials in its settings"
    return TokenError(f"{title} gave no access token: {reason}. {hint}")


def _record(token: Token) -> JsonObject:
    return {
        "access": token.access,
        "refresh": token.refresh,
        "since": token.since,
        "until": token.until,
    }


def _token(record: JsonObject) -> Token:
    match record:
        case {
            "access": str(access),
            "refresh": str() | None as refresh,
            "since": int() | float() as since,
            "until": int() | float() | None as until,
        }:
            return Token(access, refresh, since, until)
        case _:
            return Token()


def _veiled(response: Response, token: str) -> Response:
    """The answer without the token, should the vendor repeat it."""
    return response.redacted([token]) if token in response.text else response
