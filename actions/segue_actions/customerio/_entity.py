"""What every Customer.io action knows: who is meant, dates, and the call for many at once.

The Track API (v2) takes one entity, or a list of them in one call that answers for each.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias, TypedDict, cast

from segue import (
    Delivered,
    Discarded,
    JsonObject,
    JsonValue,
    Outcome,
    Request,
    Response,
)


Answered: TypeAlias = Generator[Request, Response, list[Outcome]]


class Limits(TypedDict):
    """See Action.batch."""

    max_items: int
    max_bytes: int
    wait: float


LIMITS: Final[Limits] = {"max_items": 1000, "max_bytes": 400_000, "wait": 1.0}
"""A call may have 500 kB, and an entity is longer than the payload it is made of."""

WHO: Final = [{"required": [key]} for key in ("id", "email", "anonymous_id")]

ATTRIBUTES: Final[JsonObject] = {
    "type": "object",
    "maxProperties": 300,
    "propertyNames": {"maxLength": 150},
    "additionalProperties": {"maxLength": 1000},
}
"""Limits of Customer.io; it counts bytes, JSON Schema characters."""

IDS: Final[Mapping[str, JsonObject]] = {
    "id": {
        "type": "string",
        "title": "Person ID",
        "description": "Your own ID of the person; an email or a cio_id is recognised as such.",
        "maxLength": 150,
        "mapping": {"@path": "$.userId"},
    },
    "anonymous_id": {
        "type": "string",
        "title": "Anonymous ID",
        "description": "Stands for the person as long as there is no other.",
        "maxLength": 150,
        "mapping": {"@path": "$.anonymousId"},
    },
}

CONVERT: Final[JsonObject] = {
    "type": "boolean",
    "title": "Convert Timestamps",
    "description": "Send ISO-8601 dates as Unix time, which Customer.io can compare.",
    "mapping": True,
}

_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def entity(action: str, payload: Mapping[str, object], **more: JsonValue) -> JsonObject:
    """One operation on one person. What is None is left out."""
    told = {key: value for key, value in more.items() if value is not None}
    return {"type": "person", "action": action, "identifiers": _identify(payload), **told}


def single(one: JsonObject) -> Request:
    """The request for one entity."""
    return Request.post("/api/v2/entity", json=one)


def several(entities: Sequence[JsonObject]) -> Answered:
    """The request for many, and what became of each: only those with an error are refused."""
    response = yield Request.post("/api/v2/batch", json={"batch": list(entities)}, accept={400})
    errors = _errors(response)
    whole = errors.get(None)
    if not response.ok and not errors:
        whole = "Customer.io refused the batch and did not say why"
    return [_outcome(errors.get(at, whole)) for at in range(len(entities))]


def moment(value: object, *, convert: bool) -> JsonValue:
    """A date as Unix time in seconds if it is to be converted, anything else as it is."""
    if not convert or not isinstance(value, str) or not _DATE.fullmatch(value):
        return cast("JsonValue", value)
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return value
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def moments(attributes: JsonObject, *, convert: bool) -> dict[str, JsonValue]:
    """Attributes with their dates converted, those of nested objects too."""
    return {
        key: moments(value, convert=convert)
        if isinstance(value, Mapping)
        else moment(value, convert=convert)
        for key, value in attributes.items()
    }


def _identify(payload: Mapping[str, object]) -> JsonObject:
    """Who is meant, as Customer.io names it: the surest of what is known."""
    own = str(payload.get("id") or "")
    if own:
        return {_kind(own): own}
    key = "email" if payload.get("email") else "anonymous_id"
    return {key: str(payload.get(key) or "")}


def _kind(own: str) -> str:
    if own.startswith("cio_"):
        return "cio_id"
    return "email" if "@" in own else "id"


def _errors(response: Response) -> dict[int | None, str]:
    """What is wrong, by the place in the batch; None for all of it."""
    body = response.json()
    told = body.get("errors") if isinstance(body, Mapping) else None
    listed = told if isinstance(told, list) else []
    return {_place(one): _said(one) for one in listed if isinstance(one, Mapping)}


def _place(error: JsonObject) -> int | None:
    at = error.get("batch_index")
    return at if isinstance(at, int) else None


def _said(error: JsonObject) -> str:
    parts = (error.get("field"), error.get("message") or error.get("reason"))
    return ": ".join(str(part) for part in parts if part) or "refused"


def _outcome(why: str | None) -> Outcome:
    return Delivered() if why is None else Discarded(why, "BAD_REQUEST")
