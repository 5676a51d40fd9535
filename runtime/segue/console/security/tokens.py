"""The token that every form sends back: proof that it was filled in on a page of this session.

It is a nonce with its HMAC-SHA256 over the nonce and the session, so nothing needs to be kept for it,
no two pages have the same one, and one of another session is worth nothing.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias


Draw: TypeAlias = Callable[[int], bytes]
"""So many random bytes; ``secrets.token_bytes`` but in tests."""

NONCE: Final = 16
FIELD: Final = "token"
HEADER: Final = "x-csrf-token"


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Issues tokens and knows them again. ``key`` is the process's own and leaves it never."""

    key: bytes = field(repr=False)
    draw: Draw = field(repr=False)

    def issue(self, session: str) -> str:
        """A token for a page of this session."""
        nonce = self.draw(NONCE).hex()
        return nonce + self._sign(nonce, session)

    def genuine(self, session: str, token: str) -> bool:
        """Whether a token is one of this session; told in the same time either way."""
        nonce, signature = token[: 2 * NONCE], token[2 * NONCE :]
        return hmac.compare_digest(signature.encode(), self._sign(nonce, session).encode())

    def _sign(self, nonce: str, session: str) -> str:
        text = f"{nonce}:{session}".encode("utf-8", "surrogatepass")
        return hmac.new(self.key, text, sha256).hexdigest()
