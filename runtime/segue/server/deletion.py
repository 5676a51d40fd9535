"""Deleting over HTTP: forget a user, for whoever has the admin token."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from segue.control.ask import Ask
from segue.control.client import ignore
from segue.control.office import Office
from segue.control.operations import forget
from segue.errors import StoreError
from segue.ingest.answers import answer, full, incomplete, malformed, unauthorized
from segue.ingest.body import read
from segue.json import JsonError, JsonObject, decode
from segue.privacy.hashes import open_secret


FILE: Final = "admin-token"
VARIABLE: Final = "SEGUE_ADMIN_TOKEN"
LONGEST: Final = 32 * 1024
SECONDS: Final = 30.0


def admin_token(directory: Path, environ: Mapping[str, str]) -> str:
    """The token of this environment, else of a file in the data directory, made when needed."""
    given = environ.get(VARIABLE)
    if given:
        return given
    made = open_secret(directory / FILE, _fresh)
    return made.decode().strip()


@dataclass(frozen=True, slots=True)
class Deletion:
    """Forgets people for whoever has the admin token: the endpoint, and ingest's ``Erase``."""

    office: Office
    token: str

    def allows(self, authorization: str) -> bool:
        """Whether this header has the admin token."""
        return bears(authorization, self.token)

    async def erase(self, user: str, *, suppress: bool) -> JsonObject:
        """Forget a user; the receipt, when all is done. Raises Refusal."""
        receipt = await self._forget(user, suppress=suppress)
        if not receipt["done"]:
            raise incomplete()
        return receipt

    async def __call__(self, request: Request) -> Response:
        """Forget the ``userId`` of the body; with ``"suppress": true`` take no more of its events."""
        if not self.allows(request.headers.get("authorization", "")):
            raise unauthorized()
        body = _body(await read(request, LONGEST, SECONDS))
        receipt = await self._forget(_user(body), suppress=body.get("suppress") is True)
        if receipt["done"]:
            return answer({"success": True, "receipt": receipt})
        refusal = incomplete()
        said: JsonObject = {"code": refusal.code, "message": refusal.message, "receipt": receipt}
        return answer(said, refusal.status)

    async def _forget(self, user: str, *, suppress: bool) -> JsonObject:
        given: JsonObject = {"user": user, "suppress": suppress}
        try:
            return await forget(self.office, Ask(given, ignore))
        except StoreError:
            raise full(60.0) from None


def bears(authorization: str, token: str) -> bool:
    """Whether an Authorization header has this token (RFC 6750); told in the same time either way."""
    scheme, _, given = authorization.partition(" ")
    return (
        hmac.compare_digest(given.strip().encode(), token.encode()) and scheme.lower() == "bearer"
    )


def _fresh() -> bytes:
    return f"{secrets.token_urlsafe(32)}\n".encode()


def _body(text: bytes) -> JsonObject:
    try:
        body = decode(text)
    except JsonError as error:
        raise malformed(f"the body cannot be read as JSON: {error}") from None
    if not isinstance(body, Mapping):
        raise malformed('the body must be a JSON object with a "userId"')
    return body


def _user(body: JsonObject) -> str:
    user = body.get("userId")
    if not isinstance(user, str) or not user:
        raise malformed('the body needs a "userId", a text that is not empty')
    return user
