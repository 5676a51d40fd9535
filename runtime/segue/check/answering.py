"""What a generator does after its first request, given answers that a vendor may well give."""

from dataclasses import dataclass
from typing import Final

from segue.arguments import raised
from segue.check.corners import sample
from segue.dispatch import Prepared
from segue.errors import DeliveryError
from segue.http import Request, Response
from segue.json import JsonObject, JsonValue, encode
from segue.openapi import Description


STEPS: Final = 8
"""Requests of one delivery that are answered."""

KINDS: Final = ("likely", "accepted", "empty")
"""Answers, the most plausible first: as the document says, or else a record; a status that the action
accepts; ``{}``."""

_RECORD: Final[JsonObject] = {
    "id": "123",
    "ok": True,
    "name": "Ada",
    "email": "ada@example.com",
    "status": "active",
    "data": [{"id": "123", "name": "Ada", "email": "ada@example.com"}],
    "results": [{"id": "123"}],
}
_JSON: Final = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong once ``step`` requests were answered: the action fails, or its request is undescribed."""

    kind: str
    step: int
    message: str
    undescribed: bool = False


def follow(prepared: Prepared, described: Description | None) -> Mishap | None:
    """The first thing that goes wrong with the most plausible answer that it goes wrong with.

    To say what becomes of the delivery, by an outcome or by raising one, is nothing wrong.
    """
    for kind in KINDS:
        found = _followed(prepared, described, kind)
        if found is not None:
            return found
    return None


def _followed(prepared: Prepared, described: Description | None, kind: str) -> Mishap | None:
    base, steps, step = prepared.delivery.connection.base, prepared.steps(), 0
    try:
        request = next(steps)
        for step in range(1, STEPS + 1):
            request = steps.send(_answer(request, base, described, kind))
            request.under(base)
            problem = next(described.problems(request, base), None) if described else None
            if problem is not None:
                return Mishap(kind, step, problem, undescribed=True)
    except (StopIteration, DeliveryError):
        return None
    except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
        return Mishap(kind, step, raised(error))
    return None


def _answer(request: Request, base: str, described: Description | None, kind: str) -> Response:
    odd = sorted(one for one in request.accept if not 200 <= one < 300)
    if kind == "empty" or (kind == "accepted" and odd):
        return _response(odd[0] if kind == "accepted" else 200, {})
    stated = described.answer(request, base) if described is not None else None
    return _response(200, _RECORD) if stated is None else _response(*_made(*stated))


def _made(status: int, schema: JsonObject | None) -> tuple[int, JsonValue]:
    return status, None if schema is None else sample(schema, rich=False)


def _response(status: int, body: JsonValue) -> Response:
    return Response(status, _JSON, encode(body)) if body is not None else Response(status)
