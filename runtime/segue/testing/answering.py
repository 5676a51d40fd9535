"""What a generator makes of answers that nobody told it of: vendors answer 2xx with anything now and then."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from segue.http import Response
from segue.json import JsonObject, JsonValue, encode
from segue.testing.breaking import BrokenError
from segue.testing.exploring import case
from segue.testing.subject import ActionSubject


STEPS: Final = 8
"""Requests of one generator that are answered."""

PAYLOADS: Final = 4

SETTLED: Final = frozenset({"RefusedError", "RetryableError", "OutcomeError"})
"""What may be raised: it says what becomes of the delivery."""

_JSON: Final = {"content-type": "application/json"}
_RECORD: Final[JsonObject] = {
    "id": "123",
    "ok": True,
    "name": "Ada",
    "email": "ada@example.com",
    "status": "active",
}
_BODIES: Final[tuple[JsonValue, ...]] = (
    _RECORD,
    {"data": _RECORD},
    {"data": [_RECORD], "results": [_RECORD], "items": [], "next": None, "has_more": False},
    {"ok": False, "error": "something_else", "errors": [{"message": "no"}], "message": "no"},
    [_RECORD],
    {},
    [],
    "ok",
    None,
)


def answers() -> Iterator[Response]:
    """Answers with 2xx, likely ones first; and others, which a generator sees if it accepts them."""
    for body, status in product(_BODIES, (200, 404, 409)):
        yield Response(status, _JSON, encode(body))
    yield Response(201, _JSON, encode(_RECORD))
    yield Response(204, {}, b"")
    yield Response(200, {"content-type": "text/html"}, b"<html>Be right back</html>")
    yield Response(200, _JSON, b'{"id": "12')
    yield Response(500, _JSON, encode({"error": "internal"}))


def copes(subject: ActionSubject) -> None:
    """Whatever it is answered, it goes on, ends, or says what becomes of the delivery."""
    known = [*(payload for _, payload in subject.shown), *subject.pool][:PAYLOADS]
    for answer, payload in product(answers(), known):
        made = subject.run([payload], answers=(answer,) * STEPS)
        if made.fault is not None and made.requests and made.fault.kind not in SETTLED:
            raise BrokenError(
                f"perform raised {made.fault} when it was answered {answer.status} {answer.text or 'without a body'}",
                "A vendor may answer so on a bad day. Look whether what you read is there; if it is not, "
                "raise RetryableError or RefusedError with a sentence, or end with an outcome.",
                case([payload]),
            )
