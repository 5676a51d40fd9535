"""What a handler returned or raised, as an answer. Runs in the child."""

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from segue.errors import AuthorError, DeliveryError
from segue.functions.frames import Frame, outcome_data, request_data
from segue.functions.handlers import why
from segue.http import Request, Response
from segue.outcome import (
    Delivered,
    Discarded,
    Held,
    Outcome,
    Retry,
    fault,
    judge,
    name,
)


BAD: Final = "BAD_REQUEST"
MEMORY: Final = "FUNCTION_MEMORY"
TIMEOUT: Final = "FUNCTION_TIMEOUT"

_PLAIN: Final = Request.post("/")


def ended(made: object, frame: Frame, *, sends: bool = False) -> Frame:
    """The answer of a handler that returned ``made``; one that ``sends`` by itself makes no request.

    Raises AuthorError for what it should not have returned.
    """
    if frame["role"] == "transform":
        return _event(made)
    if isinstance(made, Request):
        if sends:
            raise AuthorError("an async handler sends its requests itself; it returned one")
        return {"request": request_data(made)}
    if frame["count"] is not None:
        return {"end": None, **outcomes(made, frame)}
    if made is not None and not sends:
        raise AuthorError(
            f"it returned {type(made).__name__}, not a Request or None; yield several requests"
        )
    return {"end": None}


def outcomes(made: object, frame: Frame) -> Frame:
    """What on_batch says of each event; nothing if it says nothing. Raises AuthorError."""
    count = frame["count"]
    if count is None or made is None:
        return {}
    if not isinstance(made, Sequence) or isinstance(made, str | bytes):
        raise AuthorError(
            f"it returned {type(made).__name__}, not a list with a result for each event"
        )
    if len(made) != count:
        raise AuthorError(f"it returned {len(made)} results for {count} events")
    return {"outcomes": [outcome_data(_result(one)) for one in made]}


def judged(error: BaseException, where: str, seconds: float) -> Outcome:
    """The outcome of a handler that raised."""
    match error:
        case DeliveryError():
            return fault(error)
        case AuthorError():
            return Discarded(f"{where}: {error}", BAD)
        case MemoryError():
            return Retry(f"{where}: it ran out of memory", MEMORY)
        case TimeoutError():
            return Retry(f"{where}: it took longer than {seconds:g} s", TIMEOUT, ambiguous=True)
        case _:
            return _of_client(error) or Discarded(f"{where}: {why(error)}", BAD)


def _event(made: object) -> Frame:
    if isinstance(made, Mapping):
        return {"end": None, "event": made}
    raise AuthorError(
        f"it returned {type(made).__name__}, not the event; to drop an event, raise DropEvent"
    )


def _result(one: object) -> Outcome:
    """The outcome of one event: None for delivered, an Outcome, an error, or Segment's object."""
    match one:
        case None:
            return Delivered()
        case Delivered() | Retry() | Discarded() | Held():
            return one
        case DeliveryError():
            return fault(one)
        case {"status": int(status), "errormessage": said}:
            return _by_status(status, said)
        case {"status": int(status)}:
            return _by_status(status, None)
        case _:
            known = "None, an outcome or {'status': …}"
            raise AuthorError(f"a result of {type(one).__name__}; it should be {known}")


def _by_status(status: int, said: object) -> Outcome:
    """Segment's ``{"status": 400, "errormessage": "…"}``: tried again or not as such an answer is."""
    why = f"{status} {said}" if said else f"{status} {name(status)}"
    match judge(_PLAIN, Response(status)):
        case Delivered():
            return Delivered(status)
        case Retry(code=code):
            return Retry(why, code)
        case final:
            return Discarded(why, final.code)


def _of_client(error: BaseException) -> Outcome | None:
    """The outcome of an error of httpx, if it is one."""
    if "httpx" not in sys.modules:
        return None
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        answer = error.response
        response = Response(answer.status_code, dict(answer.headers), answer.content)
        return judge(Request(method=error.request.method, url=str(error.request.url)), response)
    if isinstance(error, httpx.TimeoutException):
        return Retry("no answer in time", "ETIMEDOUT", ambiguous=True)
    if isinstance(error, httpx.TransportError):
        return Retry(str(error) or type(error).__name__, "UNREACHABLE", ambiguous=True)
    return None
