"""Events: receiving one, and listing the names that were seen."""

from collections.abc import Mapping
from typing import Final

from segue.errors import pointer
from segue.json import JsonObject, JsonValue
from segue_actions.loops.sandbox import contacts
from segue_actions.loops.sandbox.model import (
    Answer,
    Call,
    Event,
    Note,
    Receipt,
    Refused,
    Scalar,
)
from segue_actions.loops.sandbox.team import Team
from segue_actions.loops.sandbox.values import kind_of


_OWN: Final = frozenset({"eventName", "eventProperties"})


def send(team: Team, call: Call) -> Answer:
    """POST /v1/events/send."""
    name = call.body.get("eventName")
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "eventName is required.")
    found, person = contacts.settle(team, contacts.identify(call.body))
    if found is None and person.email is None:
        raise Refused(400, "Contact not found.")
    plan = contacts.read(team, call.body, person, skip=_OWN)
    properties, notes = _read(call.body.get("eventProperties"))
    notes = [*_doubts(name), *notes, *plan.notes]
    contacts.admit(team, notes)
    contact = contacts.write(team, call.operation, found, person, plan)
    event = _count(team, name, properties)
    receipt = Receipt(
        id=team.receipts[-1].id + 1 if team.receipts else 1,
        at=event.last,
        event=name,
        contact=contact.id,
        email=contact.email,
        properties=properties,
        key=call.key,
        notes=[str(note) for note in notes],
    )
    team.receive(event, receipt)
    return Answer(200, {"success": True}, tuple(notes))


def _doubts(name: str) -> list[Note]:
    if ":" not in name:
        return []
    return [Note("/eventName", 'has a ":", which custom event names may not have', wrong=True)]


def _read(given: JsonValue) -> tuple[dict[str, Scalar], list[Note]]:
    """The event properties that are kept, names trimmed, and notes on the others."""
    kept: dict[str, Scalar] = {}
    notes: list[Note] = []
    if given is None:
        return kept, notes
    if not isinstance(given, Mapping):
        return kept, [Note("/eventProperties", "is not an object; ignored", wrong=True)]
    for key, value in given.items():
        at, name = pointer("eventProperties", key), key.strip()
        if not isinstance(value, str | int | float):  # booleans are ints
            notes.append(Note(at, "is not a string, number or boolean; ignored", wrong=True))
        elif name in kept:
            notes.append(Note(at, "is there twice once names are trimmed; ignored"))
        else:
            kept[name] = value
    return kept, notes


def _count(team: Team, name: str, properties: Mapping[str, Scalar]) -> Event:
    now = team.clock()
    event = team.events.get(name) or Event(team.ids(), name, now, now)
    event.count += 1
    event.last = now
    for key, value in properties.items():
        event.properties.setdefault(key, kind_of(value))
    return event


def patterns(team: Team, call: Call) -> Answer:
    """GET /v1/event-patterns."""
    size, start = _number(call.query, "perPage", 20), _number(call.query, "cursor", 0)
    if size not in range(10, 51):
        raise Refused(400, "perPage must be between 10 and 50.")
    events = [*team.events.values()]
    page, end = events[start : start + size], start + size
    following = str(end) if end < len(events) else None
    pagination: JsonObject = {
        "totalResults": len(events),
        "returnedResults": len(page),
        "perPage": size,
        "totalPages": -(-len(events) // size),
        "nextCursor": following,
        "nextPage": following and f"/v1/event-patterns?perPage={size}&cursor={following}",
    }
    return Answer(200, {"pagination": pagination, "data": [_summary(one) for one in page]})


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(400, f"{name} is not valid.")
    return int(text)


def pattern_by_name(team: Team, call: Call) -> Answer:
    """GET /v1/event-patterns/by-name/{eventName}."""
    return _detail(team.events.get(call.argument))


def pattern_by_id(team: Team, call: Call) -> Answer:
    """GET /v1/event-patterns/{id}."""
    return _detail(next((one for one in team.events.values() if one.id == call.argument), None))


def _detail(event: Event | None) -> Answer:
    if event is None:
        return Answer(404, {"message": "Event pattern not found."})
    properties = [{"name": name, "type": kind} for name, kind in event.properties.items()]
    return Answer(200, {**_summary(event), "eventProperties": properties})


def _summary(event: Event) -> JsonObject:
    return {"id": event.id, "eventName": event.name, "incomingWebhookPlatform": None}
