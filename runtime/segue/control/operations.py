"""What can be asked: hold, resume, replay, forget, suppress, take, look. One function each, in a table."""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast

from segue.control.ask import Ask, AskedWronglyError, Tell
from segue.control.office import Office
from segue.control.replaying import redispatch, replay
from segue.errors import ConfigError, Problem, StoreFullError, suggest
from segue.events import Event
from segue.ingest.intake import Full, accounted
from segue.json import JsonObject, JsonValue
from segue.privacy import forget as forget_user
from segue.privacy import receipts as receipts_of
from segue.workspace.model import Source


Operation: TypeAlias = Callable[[Office, Ask], Awaitable[JsonObject]]

MANUAL: Final = "HELD_BY_HAND"


async def hello(_: Office, __: Ask) -> JsonObject:
    """Who answers."""
    return {"pid": os.getpid()}


async def hold(office: Office, ask: Ask) -> JsonObject:
    """Let the deliveries of a connection wait."""
    name = _known(ask.text("connection"), office.workspace().connections, "connection")
    before = (await office.store.queue.holds()).get(name)
    kept = before.why if before is not None and before.code == MANUAL else "held by hand"
    await office.store.queue.hold(name, MANUAL, ask.text("why") or kept)
    backlog = (await office.store.queue.backlog()).get(name)
    return {"deliveries": backlog.held if backlog else 0}


async def resume(office: Office, ask: Ask) -> JsonObject:
    """Let them go on. A connection that is no longer in the workspace can be resumed too."""
    name = ask.text("connection")
    queue = office.store.queue
    backlog = await queue.backlog()
    held: Mapping[str, object] = {**backlog, **await queue.holds()}
    if name not in held:
        _known(name, office.workspace().connections, "connection")
    waited = backlog[name].held if name in backlog else 0
    await queue.resume(name)
    return {"deliveries": waited}


async def forget(office: Office, ask: Ask) -> JsonObject:
    """Forget a user, and with ``suppress`` take no more of their events."""
    user = ask.text("user")
    if ask.flag("suppress"):
        for one in await office.store.history.known(user):
            await office.suppression.add(one)
    receipt = await forget_user(
        user,
        store=office.store,
        hasher=office.suppression.hasher,
        connections=tuple(office.workspace().connections.values()),
        sender=office.sender,
        tokens=office.tokens,
        clock=office.clock,
        troubles=office.troubles,
    )
    return receipt.data()


async def suppress(office: Office, ask: Ask) -> JsonObject:
    """Take no events of a user from now on."""
    return {"changed": await office.suppression.add(ask.text("user"))}


async def unsuppress(office: Office, ask: Ask) -> JsonObject:
    """Take events of a user again."""
    return {"changed": await office.suppression.remove(ask.text("user"))}


async def receipts(office: Office, ask: Ask) -> JsonObject:
    """The receipts there are of a user."""
    who = office.suppression.hasher(ask.text("user"))
    return {"receipts": await receipts_of(office.store.ledger, who)}


async def backup(office: Office, ask: Ask) -> JsonObject:
    """Copy the store and its key to a new directory."""
    return {"bytes": await office.backup(Path(ask.text("directory")))}


async def refused(office: Office, _: Ask) -> JsonObject:
    """The last events that were refused on arrival."""
    found: list[JsonObject] = [
        {"source": source, "code": one.code, "reason": one.reason, "text": one.text}
        for source, one in office.refused()
    ]
    return {"refused": found}


async def take(office: Office, ask: Ask) -> JsonObject:
    """Store normalised events of a source, as if they had come over HTTP.

    ``known`` are the places of those that were taken before, counted from 0. ``ended`` counts those
    that ended without a delivery, by connection ("" where it got to none) and code.
    """
    sources = office.workspace().sources
    source: Source = sources[_known(ask.text("source"), sources, "source")]
    events = cast("list[Event]", ask.items("events"))
    try:
        with accounted() as account:
            new = await office.intake.take(source, events)
    except Full as error:
        raise StoreFullError(
            f"no events can be stored now; try again in {error.retry_after:g} s"
        ) from None
    known: list[JsonValue] = [at for at, one in enumerate(new) if not one]
    ended: list[JsonValue] = [
        {"connection": connection, "code": code, "count": count}
        for (connection, code), count in account.items()
    ]
    return {"new": sum(new), "known": known, "ended": ended}


async def look(office: Office, _: Ask) -> JsonObject:
    """Take up the workspace file now and not within a second. ``taken``: it is in force as it is."""
    return {"taken": office.look is None or await office.look()}


def _known(name: str, names: Mapping[str, object], what: str) -> str:
    if name in names:
        return name
    hint = suggest(name, names) or f"there are {', '.join(names) or 'none'}"
    raise ConfigError([Problem("", f'no {what} is called "{name}"', hint)])


OPERATIONS: Final[Mapping[str, Operation]] = {
    "hello": hello,
    "hold": hold,
    "resume": resume,
    "replay": replay,
    "redispatch": redispatch,
    "forget": forget,
    "suppress": suppress,
    "unsuppress": unsuppress,
    "receipts": receipts,
    "backup": backup,
    "refused": refused,
    "take": take,
    "look": look,
}


async def perform(office: Office, name: str, given: JsonObject, tell: Tell) -> JsonObject:
    """Carry out one operation. Raises SegueError."""
    if name not in OPERATIONS:
        hint = suggest(name, OPERATIONS) or "the running process may be of another version"
        raise AskedWronglyError(f'there is no operation "{name}"; {hint}')
    return await OPERATIONS[name](office, Ask(given, tell))
