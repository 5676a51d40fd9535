"""OAuth 2.0 without a person: access tokens for a client, or for whoever authorised it (RFC 6749).

The declaration and the two messages; fetching and keeping tokens is ``segue.senders.tokens``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import quote_plus, urlencode

from segue.errors import Problem, TokenError, suggest
from segue.fields.schema import properties
from segue.http import Request, Response, redact
from segue.json import JsonObject, JsonValue


Settings: TypeAlias = Mapping[str, JsonValue]
Grant: TypeAlias = Literal["refresh_token", "client_credentials"]

SKEW: Final = 60.0
LONGEST: Final = 300

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """An access token. ``since`` and ``until`` are Unix times; without ``until`` it lasts until a 401.

    ``refresh`` is the refresh token to ask for the next one with. It may be all that is known.
    """

    access: str = ""
    refresh: str | None = None
    since: float = 0.0
    until: float | None = None

    def good(self, now: float) -> bool:
        """Whether it can be used."""
        return bool(self.access) and (self.until is None or now < self.until)

    def __repr__(self) -> str:
        return f"<Token until {self.until}>"


@dataclass(frozen=True, slots=True)
class OAuth2:
    """How a destination's access tokens are had.

    ``token_url`` is absolute or a path under the base URL: text, or a function of the settings.
    ``client_id``, ``client_secret`` and ``refresh_token`` name the settings that hold them; a public
    client has no secret (None). ``credentials`` says how the client identifies itself: in the header
    or, where a vendor insists, in the body (RFC 6749 §2.3.1). ``params`` are further parameters of
    the token request, such as an audience. ``put`` puts a token on a request. A token is renewed
    ``skew`` seconds before it expires.
    """

    token_url: str | Callable[[Settings], str]
    grant: Grant = "refresh_token"
    scope: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    client_id: str = "clientId"
    client_secret: str | None = "clientSecret"  # noqa: S105 the name of a setting
    refresh_token: str = "refreshToken"  # noqa: S105
    credentials: Literal["header", "body"] = "header"
    put: Callable[[Request, str], Request] = Request.with_bearer
    skew: float = SKEW

    @property
    def rotates(self) -> bool:
        """Whether there is a refresh token, which may be another after each use."""
        return self.grant == "refresh_token"

    def url(self, settings: Settings) -> str:
        """Where tokens are had."""
        return self.token_url if isinstance(self.token_url, str) else self.token_url(settings)

    def request(self, settings: Settings, refresh: str | None) -> Request:
        """The request for a token. Raises TokenError for a setting that is missing."""
        form = {"grant_type": self.grant, **({"scope": self.scope} if self.scope else {})}
        if self.rotates:
            form["refresh_token"] = refresh or self.first(settings)
        form |= self.params
        client = self._given(settings, self.client_id)
        secret = self._given(settings, self.client_secret) if self.client_secret else None
        if secret is None or self.credentials == "body":
            form |= {"client_id": client} | ({} if secret is None else {"client_secret": secret})
            return self._post(settings, form)
        return self._post(settings, form).with_basic(quote_plus(client), quote_plus(secret))

    def first(self, settings: Settings) -> str:
        """The refresh token of the settings. Raises TokenError."""
        return self._given(settings, self.refresh_token)

    def token(self, response: Response, *, refresh: str | None, now: float) -> Token | None:
        """The token of an answer, None for one without; a refresh token that it does not name stays."""
        body = response.json()
        known = body if isinstance(body, Mapping) else {}
        access, renewed = known.get("access_token"), known.get("refresh_token")
        if not response.ok or not isinstance(access, str) or not access:
            return None
        kept = renewed if isinstance(renewed, str) and renewed else refresh
        return Token(access, kept, now, _until(known.get("expires_in"), now, self.skew))

    def check(self, settings: JsonObject) -> list[Problem]:
        """What is wrong with the declaration, by a destination's settings."""
        known = properties(settings)
        url = self.token_url
        odd = not callable(url) and not str(url).startswith(("https://", "http://", "/"))
        wrong = [Problem("", f"oauth: the token URL {url!r} is no URL, nor a path")] if odd else []
        secret = [one for one in (self.client_secret,) if one is not None]
        secret += [self.refresh_token] if self.rotates else []
        missing = [
            Problem("", f'oauth: there is no setting "{name}"', suggest(name, known))
            for name in (self.client_id, *secret)
            if name not in known
        ]
        shown = [
            Problem("", f'oauth: the setting "{name}" should be writeOnly, for it is a secret')
            for name in secret
            if name in known and known[name].get("writeOnly") is not True
        ]
        return wrong + missing + shown

    def _post(self, settings: Settings, form: Mapping[str, str]) -> Request:
        return Request.post(self.url(settings), body=urlencode(form).encode(), headers=_FORM)

    def _given(self, settings: Settings, name: str) -> str:
        value = settings.get(name)
        if not isinstance(value, str) or not value:
            raise TokenError(f'the setting "{name}" is missing')
        return value


def said(response: Response, secrets: tuple[str, ...] = ()) -> str:
    """What the vendor answered instead of a token: status, error and its description (§5.2)."""
    body = response.json()
    told = (body.get("error"), body.get("error_description")) if isinstance(body, Mapping) else ()
    words = ": ".join(one for one in told if isinstance(one, str) and one)
    plain = " ".join((words or response.text).split())
    return f"{response.status} {redact(plain, secrets)[:LONGEST]}".strip()


def _until(lifetime: JsonValue, now: float, skew: float) -> float | None:
    """When a token that lives for so many seconds is too old, half of a short life away at least."""
    try:
        seconds = float(lifetime) if isinstance(lifetime, str | int | float) else math.nan
    except ValueError:
        seconds = math.nan
    return now + max(seconds - skew, seconds / 2) if seconds > 0 else None
