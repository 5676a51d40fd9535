"""``POST /v1/delete``: forget a user, for whoever has the admin token."""

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
from segue.ingest.answers import Refusal, answer, full, malformed
from segue.ingest.body import read
from segue.json import JsonError, JsonObject, decode
from segue.privacy.hashes import open_secret


FILE: Final = "admin-token"
VARIABLE: Final = "SEGUE_ADMIN_TOKEN"
LONGEST: Final = 32 * 1024
SECONDS: Final = 30.0
MESSAGE: Final = "a destination did not delete the user; nothing was removed here yet, ask again"


def admin_token(directory: Path, environ: Mapping[str, str]) -> str:
    """The token of this environment, else of a file in the data directory, made when needed."""
    given = environ.get(VARIABLE)
    if given:
        return given
    made = open_secret(directory / FILE, _fresh)
    return made.decode().strip()


@dataclass(frozen=True, slots=True)
class Deletion:
    """The endpoint. It answers when all is done, with the receipt."""

    office: Office
    token: str

    async def __call__(self, request: Request) -> Response:
        """Forget the ``userId`` of the body; with ``"suppress": true`` take no more of its events."""
        self._admit(request.headers.get("authorization", ""))
        body = _body(await read(request, LONGEST, SECONDS))
        given: JsonObject = {"user": _user(body), "suppress": body.get("suppress") is True}
        try:
            receipt = await forget(self.office, Ask(given, ignore))
        except StoreError:
            raise full(60.0) from None
        if not receipt["done"]:
            return answer({"code": "incomplete", "message": MESSAGE, "receipt": receipt}, 502)
        return answer({"success": True, "receipt": receipt})

    def _admit(self, authorization: str) -> None:
        scheme, _, given = authorization.partition(" ")
        right = hmac.compare_digest(given.strip().encode(), self.token.encode())
        if scheme.lower() != "bearer" or not right:
            why = "deleting needs the admin token, as Authorization: Bearer; a write key is not enough"
            raise Refusal(401, "unauthorized", why, headers={"www-authenticate": "Bearer"})


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
