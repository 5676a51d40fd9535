"""OAuth data as Segment stores them: in the settings, under a key of their own."""

from collections.abc import Mapping
from typing import Final

from segue.json import JsonObject, JsonValue


OAUTH: Final = "oauth"

_AUTH: Final = {
    "accessToken": "access_token",
    "refreshToken": "refresh_token",
    "refreshTokenUrl": "refresh_token_url",
}
_CLIENT: Final = {"clientId": "clientId", "clientSecret": "clientSecret"}


def auth_data(settings: JsonObject) -> JsonObject:
    """What a request is authenticated with; what is not stored is left out."""
    return _picked(settings, _AUTH)


def oauth_data(settings: JsonObject) -> JsonObject:
    """What a token is renewed with."""
    return _picked(settings, {**_AUTH, **_CLIENT})


def with_tokens(settings: JsonObject, tokens: JsonObject) -> JsonObject:
    """The settings with a new access token, and with a new refresh token if there is one.

    Settings without OAuth data stay as they are.
    """
    stored = settings.get(OAUTH)
    if not isinstance(stored, Mapping):
        return {key: value for key, value in settings.items() if key != OAUTH or value is not None}
    renewed = {
        _AUTH[key]: tokens[key] for key in ("accessToken", "refreshToken") if tokens.get(key)
    }
    return {**settings, OAUTH: {**stored, **renewed}}


def _picked(settings: JsonObject, names: Mapping[str, str]) -> JsonObject:
    stored: JsonValue = settings.get(OAUTH)
    known = stored if isinstance(stored, Mapping) else {}
    return {ours: known[theirs] for ours, theirs in names.items() if theirs in known}
