"""Contacts: whom a request means, what it changes, and the four calls of the API."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from segue.errors import pointer, suggest
from segue.json import MISSING, JsonObject, JsonValue
from segue_actions.loops.sandbox.model import (
    Answer,
    Call,
    Change,
    Contact,
    Note,
    Property,
    Refused,
    Scalar,
)
from segue_actions.loops.sandbox.team import Team
from segue_actions.loops.sandbox.values import address, fit, iso


_ON_LIST: Final = "Email or userId is already on list."
_REMEMBERED: Final = 50  # changes and ignored keys of one contact
_NAMES: Final = frozenset({"email", "userId", "mailingLists"})
_READ_ONLY: Final = frozenset({"id", "notes", "optInStatus"})
_NEVER_NULL: Final = frozenset({"subscribed"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is about, with notes on names that do not count."""

    email: str | None
    user_id: str | None
    notes: tuple[Note, ...] = ()

    @property
    def values(self) -> dict[str, Scalar]:
        pairs = {"email": self.email, "userId": self.user_id}
        return {key: value for key, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request would change, and what of it is ignored."""

    values: dict[str, Scalar]
    lists: dict[str, bool]
    notes: list[Note]


def create(team: Team, call: Call) -> Answer:
    """POST /v1/contacts/create."""
    person = identify(call.body)
    if person.email is None:
        raise Refused(400, "Invalid email address.")
    if team.audience.with_email(person.email) or team.audience.with_user(person.user_id):
        raise Refused(409, _ON_LIST)
    return _write(team, call, None, person)


def update(team: Team, call: Call) -> Answer:
    """PUT /v1/contacts/update."""
    contact, person = settle(team, identify(call.body))
    if contact is None and person.email is None:
        raise Refused(400, "userId not found and cannot create a new contact without an email.")
    return _write(team, call, contact, person)


def find(team: Team, call: Call) -> Answer:
    """GET /v1/contacts/find."""
    contact = _one(team, call.query)
    return Answer(200, [show(contact)] if contact else [])


def delete(team: Team, call: Call) -> Answer:
    """POST /v1/contacts/delete."""
    contact = _one(team, call.body)
    if contact is None:
        raise Refused(404, "Contact not found.")
    team.audience.remove(contact)
    return Answer(200, {"success": True, "message": "Contact deleted."})


def identify(body: JsonObject) -> Person:
    """The email and userId of a body; an empty one counts as absent. Raises Refused."""
    empty = [key for key in ("email", "userId") if key in body and body[key] in ("", None)]
    email, user_id = body.get("email") or None, body.get("userId") or None
    if email is not None:
        email = address(email) if isinstance(email, str) else None
        if email is None:
            raise Refused(400, "Invalid email address.")
    if user_id is not None and not isinstance(user_id, str):
        raise Refused(400, "userId must be a string.")
    return Person(email, user_id, tuple(Note(pointer(key), "is empty; ignored") for key in empty))


def settle(team: Team, person: Person) -> tuple[Contact | None, Person]:
    """The contact that is meant, and the names it shall have. Raises Refused."""
    if person.email is None and person.user_id is None:
        raise Refused(400, "email or userId is required.")
    by_email = team.audience.with_email(person.email)
    by_user = team.audience.with_user(person.user_id)
    if by_email is None or by_user is None or by_email is by_user:
        return by_email or by_user, person
    match team.policy.clash:
        case "email":
            return by_email, Person(person.email, None, _taken("userId"))
        case "userId":
            return by_user, Person(None, person.user_id, _taken("email"))
        case status:
            raise Refused(int(status), _ON_LIST)


def _taken(key: str) -> tuple[Note, ...]:
    return (Note(pointer(key), "belongs to another contact; ignored"),)


def read(team: Team, body: JsonObject, person: Person, skip: frozenset[str] = frozenset()) -> Plan:
    """The property values and list memberships in a body, and what of it is ignored."""
    plan = Plan({}, {}, [*person.notes])
    for key, value in body.items():
        if key not in _NAMES and key not in skip:
            _read_property(team, plan, key, value)
    _read_lists(team, plan, body.get("mailingLists"))
    return plan


def _read_property(team: Team, plan: Plan, key: str, value: JsonValue) -> None:
    known = team.properties.get(key)
    if known is None or key in _READ_ONLY:
        plan.notes.append(Note(pointer(key), _unknown(key, tuple(team.properties))))
        return
    kept = fit(known.type, value)
    if kept is MISSING or (kept is None and key in _NEVER_NULL):
        plan.notes.append(Note(pointer(key), _misfit(known), wrong=True))
    else:
        plan.values[key] = kept


@lru_cache(maxsize=4096)
def _unknown(key: str, known: tuple[str, ...]) -> str:
    if key in _READ_ONLY:
        return "cannot be written through the API; ignored"
    hint = suggest(key, known)
    return "is not a property of this team; ignored" + (f"; {hint}" if hint else "")


def _misfit(known: Property) -> str:
    return f"is not a {known.type}; ignored"


def _read_lists(team: Team, plan: Plan, lists: JsonValue) -> None:
    if lists is None:
        return
    if not isinstance(lists, Mapping):
        plan.notes.append(Note("/mailingLists", "is not an object; ignored", wrong=True))
        return
    for key, member in lists.items():
        at = pointer("mailingLists", key)
        if key not in team.lists:
            plan.notes.append(Note(at, "is not a list of this team; ignored"))
        elif not isinstance(member, bool):
            plan.notes.append(Note(at, "is not a boolean; ignored", wrong=True))
        else:
            plan.lists[key] = member


def admit(team: Team, notes: Iterable[Note]) -> None:
    """Let a request pass unless the team is strict and a value is wrong. Raises Refused."""
    wrong = [str(note) for note in notes if note.wrong] if team.policy.strict else []
    if wrong:
        raise Refused(400, "; ".join(wrong))


def _write(team: Team, call: Call, contact: Contact | None, person: Person) -> Answer:
    plan = read(team, call.body, person)
    admit(team, plan.notes)
    contact = write(team, call.operation, contact, person, plan)
    return Answer(200, {"success": True, "id": contact.id}, tuple(plan.notes))


def write(team: Team, via: str, contact: Contact | None, person: Person, plan: Plan) -> Contact:
    """Create or change a contact and remember what changed."""
    now = team.clock()
    values = {**plan.values, **person.values}
    if contact is None:
        contact = Contact(team.ids(), {}, now, now)
        values = {**_fresh(now), **values}
    changed = _changes(contact, values) | _join(contact, plan.lists)
    _remember(contact, Change(now, via, changed, [str(note) for note in plan.notes]))
    _mark(contact, plan)
    contact.updated = now
    team.audience.put(contact, values)
    return contact


def _fresh(now: float) -> dict[str, Scalar]:
    created = iso(datetime.fromtimestamp(now, UTC))
    return {"source": "API", "subscribed": True, "userGroup": "", "createdAt": created}


def _changes(contact: Contact, values: Mapping[str, Scalar]) -> dict[str, list[Scalar]]:
    before = contact.values
    return {
        key: [before.get(key), value]
        for key, value in values.items()
        # 1 == True, yet they are two values
        if before.get(key) != value or type(before.get(key)) is not type(value)
    }


def _join(contact: Contact, lists: Mapping[str, bool]) -> dict[str, list[Scalar]]:
    changed: dict[str, list[Scalar]] = {}
    for key, member in lists.items():
        if member != (key in contact.lists):
            changed[f"mailingLists.{key}"] = [not member, member]
            (contact.lists.append if member else contact.lists.remove)(key)
    return changed


def _remember(contact: Contact, change: Change) -> None:
    last = contact.history[-1] if contact.history else None
    if change.values or (change.notes and (last is None or last.notes != change.notes)):
        contact.history.append(change)
        del contact.history[:-_REMEMBERED]


def _mark(contact: Contact, plan: Plan) -> None:
    """Keep what was ignored; a key that is stored by now is no longer ignored."""
    stored = [*map(pointer, plan.values), *(pointer("mailingLists", key) for key in plan.lists)]
    for key in stored:
        contact.ignored.pop(key, None)
    for note in plan.notes:
        if note.pointer in contact.ignored or len(contact.ignored) < _REMEMBERED:
            contact.ignored[note.pointer] = note.message


def _one(team: Team, named: Mapping[str, object]) -> Contact | None:
    email, user_id = named.get("email"), named.get("userId")
    if (email is None) == (user_id is None):
        raise Refused(400, "Exactly one of email and userId is required.")
    if user_id is not None:
        if not isinstance(user_id, str):
            raise Refused(400, "userId must be a string.")
        return team.audience.with_user(user_id)
    if not isinstance(email, str) or address(email) is None:
        raise Refused(400, "Invalid email address.")
    return team.audience.with_email(email)


def show(contact: Contact) -> JsonObject:
    """A contact as Loops returns it; custom properties that are not set are left out."""
    values = contact.values
    others = {key: value for key, value in values.items() if key != "createdAt"}
    return {
        "id": contact.id,
        "email": contact.email,
        "firstName": None,
        "lastName": None,
        "userId": None,
        "optInStatus": None,
        **others,
        "mailingLists": dict.fromkeys(contact.lists, True),
    }
