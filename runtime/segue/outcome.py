"""What became of an attempt: four values, and the table that decides among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeAlias

from segue.errors import (
    AuthorError,
    DeliveryError,
    RefusedError,
    RetryableError,
    TimedOutError,
    TokenError,
    UnreachableError,
)
from segue.http import Request, Response, redact


@dataclass(frozen=True, slots=True)
class Delivered:
    """The destination took it."""

    status: int | None = None
    why: str = ""
    code: str = "OK"


@dataclass(frozen=True, slots=True)
class Retry:
    """Worth another attempt, ``after`` seconds from now or when backoff says.

    ``ambiguous``: the destination may have acted although no good answer came.
    """

    why: str
    code: str
    after: float | None = None
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Discarded:
    """Final: another attempt would end the same way."""

    why: str
    code: str


@dataclass(frozen=True, slots=True)
class Held:
    """The connection's credentials are in doubt; deliveries wait until someone acts."""

    why: str
    code: str


Outcome: TypeAlias = Delivered | Retry | Discarded | Held


class OutcomeError(DeliveryError):
    """An attempt that ended, with what came of it, as an author's own code said."""

    def __init__(self, outcome: Retry | Discarded | Held) -> None:
        self.outcome = outcome
        super().__init__(outcome.why)


def conclude(made: object, subject: str) -> None:
    """Take what an author's generator ended with: nothing, or an outcome.

    Raises OutcomeError unless that is good, AuthorError for what is none.
    """
    match made:
        case None | Delivered():
            return
        case Retry() | Discarded() | Held():
            raise OutcomeError(made)
        case _:
            what = type(made).__name__
            raise AuthorError(f"{subject} ended with {what}, not an Outcome; return Discarded(…)")


DAY: Final = 86400.0
"""Nobody who asks for a pause is believed for longer, in seconds."""

UNAUTHORISED: Final = "OAUTH_REFRESH_FAILED"
"""The code of a hold for want of an access token, which no test of the credentials need confirm."""

_RETRIED: Final = frozenset({408, 423, 429})
_HELD: Final = frozenset({401, 403})

SHOWN: Final = 300
"""Characters of a reason that are shown."""

_READ: Final = 10_000

# Segment's names where they differ from the standard's (segmentio/action-destinations).
_NAMES: Final[Mapping[int, str]] = {
    301: "MOVED_PERMENANTLY",  # sic: a wire key is never renamed
    306: "SWITCH_PROXY",
    413: "PAYLOAD_TOO_LARGE",
    414: "URI_TOO_LONG",
    416: "RANGE_NOT_SATISFIABLE",
    418: "IM_A_TEAPOT",
    422: "UNPROCESSABLE_ENTITY",
    499: "CANCELLED",
    509: "BANDWIDTH_LIMIT_EXCEEDED",
    529: "SITE_IS_OVERLOADED",
}
_STANDARD: Final[Mapping[int, str]] = {status.value: status.name for status in HTTPStatus}


def name(status: int) -> str:
    """Segment's error type of an HTTP status: ``name(429) == "TOO_MANY_REQUESTS"``."""
    return _NAMES.get(status) or _STANDARD.get(status, "UNKNOWN_ERROR")


def judge(
    request: Request, response: Response, *, ambiguous: bool = False, now: float = 0.0
) -> Outcome:
    """The outcome of an answer.

    2xx and what the request accepts is delivered. 408, 423, 429 and 5xx but 501 are tried again,
    as Segment does. 401 and 403 put the credentials in doubt. All else is final. A 409 on our own
    idempotency key means that an earlier attempt got through, if one was ``ambiguous``.
    ``now`` is Unix time in seconds, for a Retry-After that is a date.
    """
    status = response.status
    if response.ok or status in request.accept:
        return Delivered(status)
    if status == HTTPStatus.CONFLICT and ambiguous and request.header("idempotency-key"):
        return Delivered(status, "an earlier attempt was taken", "ALREADY_DELIVERED")
    why = f"{status} {reason(response)}".strip()
    if status in _HELD:
        return Held(why, name(status))
    if status in _RETRIED or (status >= 500 and status != HTTPStatus.NOT_IMPLEMENTED):
        return Retry(why, name(status), wait(response, now), ambiguous=status >= 500)
    return Discarded(why, name(status))


def fault(error: DeliveryError) -> Outcome:
    """The outcome of an attempt that ended in an exception."""
    match error:
        case OutcomeError():
            return error.outcome
        case TimedOutError():
            return Retry(str(error), "ETIMEDOUT", ambiguous=True)
        case UnreachableError():
            return Retry(str(error), "UNREACHABLE", ambiguous=True)
        case RetryableError():
            return Retry(error.reason, "RETRY", _believed(error.after))
        case RefusedError():
            return Discarded(error.reason, error.code)
        case TokenError():
            return Held(error.reason, UNAUTHORISED)
        case _:
            return Discarded(str(error), "MESSAGE_REJECTED")


def hide(outcome: Outcome, secrets: Iterable[str]) -> Outcome:
    """The outcome fit to be shown: a vendor may echo a credential, an author's error may quote it.

    What is too long is cut after that, so that no part of a secret is left at the end.
    """
    if not outcome.why:
        return outcome
    why = redact(outcome.why, secrets)[:SHOWN]
    return outcome if why == outcome.why else replace(outcome, why=why)


def reason(response: Response) -> str:
    """What the destination said, in one line: its message, else the start of its text."""
    body = response.json()
    if isinstance(body, Mapping):
        for key in ("message", "error", "detail"):
            said = body.get(key)
            if isinstance(said, str) and said:
                return said[:_READ]
    return " ".join(response.text[:_READ].split())


def wait(response: Response, now: float) -> float | None:
    """Seconds to wait as Retry-After says (RFC 9110 §10.2.3), a day at most; None if it says nothing."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return _believed(float(value))
    try:
        return _believed(parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def given_up(tries: int, outcome: Retry) -> Discarded:
    """The outcome of a delivery whose time is up after so many tries."""
    count = "1 attempt" if tries == 1 else f"{tries} attempts"
    return Discarded(f"gave up after {count}: {outcome.why}", outcome.code)


def _believed(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(0.0, seconds), DAY)
