"""What Slack's answers mean: it says with 200, and a word, that it did not do what it was asked."""

from collections.abc import Generator, Mapping, Sequence
from typing import Final, TypeAlias

from segue import Delivered, Discarded, Held, JsonObject, Outcome, Request, Response, Retry


Answered: TypeAlias = Generator[Request, Response, Outcome]

_DOUBTFUL: Final = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
_BUSY: Final = frozenset({"rate_limited", "ratelimited"})
_PASSING: Final = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_UNCLEAR: Final = frozenset({"fatal_error", "internal_error", "request_timeout"})
_REMEDIES: Final[Mapping[str, str]] = {
    "channel_not_found": "is the channel there, and was the app invited to it, if it is private?",
    "is_archived": "choose a channel that is not archived",
    "not_in_channel": "invite the app to the channel",
}


def judge(answer: Response) -> Outcome:
    """The outcome of an answer that came with 200."""
    body = said(answer)
    if body.get("ok") is True:
        return Delivered(answer.status)
    error = body.get("error")
    if not isinstance(error, str):
        return Retry("what answered is not Slack", "BAD_GATEWAY", ambiguous=True)
    why = f"Slack says {error}{_detail(error, body)}"
    if error in _DOUBTFUL:
        return Held(why, "UNAUTHORIZED")
    if error in _BUSY:
        return Retry(why, "TOO_MANY_REQUESTS", _pause(answer))
    if error in _PASSING:
        return Retry(why, "SERVICE_UNAVAILABLE", ambiguous=error in _UNCLEAR)
    return Discarded(why, "BAD_REQUEST")


def said(answer: Response) -> JsonObject:
    """The object of an answer, empty where it is none."""
    body = answer.json()
    return body if isinstance(body, Mapping) else {}


def _detail(error: str, body: JsonObject) -> str:
    """What helps: the scope that is missing, what is wrong with the blocks, what to do."""
    about = body.get("response_metadata")
    listed = about.get("messages") if isinstance(about, Mapping) else None
    words = [one for one in listed if isinstance(one, str)] if isinstance(listed, Sequence) else []
    needed = body.get("needed")
    if isinstance(needed, str):
        words.append(f"the app needs the scope {needed}")
    if error in _REMEDIES:
        words.append(_REMEDIES[error])
    return f": {'; '.join(words)}" if words else ""


def _pause(answer: Response) -> float | None:
    after = answer.headers.get("retry-after", "")
    return float(after) if after.isascii() and after.isdecimal() else None
