"""Which deliveries are to be made next. The cost does not depend on how many wait."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from segue.store.codec import unpack_frozen, unpack_request, unpack_response
from segue.store.leases import Lease
from segue.store.sqlite.books import Books, Grip, Reach
from segue.store.sqlite.holds import take_back
from segue.store.sqlite.schema import Place
from segue.store.sqlite.unit import Unit, listed
from segue.store.values import Claim, Step


LOOK: Final = 256
"""So many first tries that stand behind another of their lane are passed in one claim."""

AHEAD: Final = 256

HEADS: Final = """
SELECT head FROM lane
WHERE connection = ? AND tried = ? AND due <= ? ORDER BY due LIMIT ?
"""
DUE: Final = """
SELECT head, due FROM lane
WHERE connection = ? AND tried = ? AND due IS NOT NULL ORDER BY due LIMIT ?
"""
FRESH: Final = """
SELECT delivery.id, delivery.lane, lane.id IS NOT NULL
FROM delivery LEFT JOIN lane ON lane.id = delivery.lane
WHERE delivery.connection = ? AND delivery.place = 0 AND delivery.id > ?
ORDER BY delivery.id LIMIT ?
"""
DETAILS: Final = """
SELECT delivery.id, delivery.lane, place, mapping, source, user, message, event.at, event.id, text,
  replay, coalesce(attempts, 0), first, coalesce(spent, 0), coalesce(ambiguous, 0),
  delivery.at, frozen.request, lane.epoch
FROM delivery
JOIN event ON event.id = delivery.event
JOIN body ON body.event = delivery.event
LEFT JOIN frozen ON frozen.delivery = delivery.id
LEFT JOIN lane ON lane.id = delivery.lane
WHERE delivery.id IN (SELECT value FROM json_each(?))
"""
STEPS: Final = """
SELECT delivery, request, response FROM step
WHERE delivery IN (SELECT value FROM json_each(?)) ORDER BY id
"""
REACH: Final = """
INSERT INTO reach (connection, delivery, doubt) VALUES (?, ?, ?)
ON CONFLICT (connection) DO UPDATE SET delivery = excluded.delivery
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """How much of what to claim, and for how many seconds."""

    connection: str
    fresh: int
    retries: int
    lease: float


def claim(unit: Unit, books: Books, ask: Ask) -> list[Claim]:
    """Lease what is due."""
    lapse(unit, books)
    connection = books.words.find(ask.connection)
    if connection is None or ask.connection in books.holds:
        return []
    begun = _heads(unit, books, ask.connection, tried=0, limit=ask.fresh)
    places = books.turns.share(ask.connection, ask.fresh, len(begun))
    new = _fresh(unit, books, ask.connection, places)
    if new:
        _reach(unit, books, ask.connection, new[-1])
    retries = _heads(unit, books, ask.connection, tried=1, limit=ask.retries)
    return _grant(unit, books, ask, [*begun[: ask.fresh - len(new)], *new, *retries])


def due(unit: Unit, books: Books, name: str) -> float | None:
    """When there will be something to claim."""
    connection = books.words.find(name)
    if connection is None or name in books.holds:
        return None
    if unit.rows(FRESH, (connection, books.cursors.get(name, 0), 1)):
        return unit.now
    times = [lease.until for lease in books.leases.of(name)]
    for tried in (0, 1):
        limit = 1 + books.leases.size(name)
        heads = unit.rows(DUE, (connection, tried, limit))
        times += [time for head, time in heads if head not in books.leases][:1]
    return min(times, default=None)


def extend(unit: Unit, books: Books, request: tuple[Collection[Claim], float]) -> list[int]:
    """Let leases run longer."""
    claims, seconds = request
    found = [(one, books.leases.find(one.delivery, one.lease)) for one in claims]
    for _, lease in found:
        if lease is not None:
            books.leases.extend(lease, unit.now + seconds)
    return [one.delivery for one, lease in found if lease is None]


def release(unit: Unit, books: Books, claims: Collection[Claim]) -> None:
    """Take claims back."""
    for one in claims:
        lease = books.leases.find(one.delivery, one.lease)
        if lease is not None:
            _give_back(unit, books, lease)


def lapse(unit: Unit, books: Books) -> None:
    """End the leases that have run out; what they were for may have been done."""
    for lease in books.leases.expired(unit.now):
        _give_back(unit, books, lease)
        if not lease.cancelled:
            books.lapsed.add(lease.delivery)


def _give_back(unit: Unit, books: Books, lease: Lease[int, Grip]) -> None:
    books.leases.drop(lease.delivery)
    unit.undo(partial(books.leases.put, lease))
    grip = lease.value
    if lease.cancelled:
        connection = books.words.number(unit, lease.connection)
        take_back(
            unit, books, [(lease.delivery, lease.lane, grip.place, connection, grip.queued_at)]
        )
    elif grip.place == Place.FRESH:
        books.rewind(lease.connection, lease.delivery)
    unit.woken.add(lease.connection)


def _heads(unit: Unit, books: Books, name: str, *, tried: int, limit: int) -> list[int]:
    """Heads of lanes that are due; the index begins with those in hand, a few hundred at most."""
    if limit <= 0:
        return []
    reach = limit + books.leases.size(name)
    rows = unit.rows(HEADS, (books.words.find(name), tried, unit.now, reach))
    return [head for (head,) in rows if head not in books.leases][:limit]


def _fresh(unit: Unit, books: Books, name: str, limit: int) -> list[int]:
    """The next first tries in order of arrival; those whose lane is busy go into the line."""
    if limit <= 0:
        return []
    start = cursor = books.cursors.get(name, 0)
    found: dict[int, int] = {}
    behind: list[int] = []
    rows = unit.run(FRESH, (books.words.find(name), start, limit + LOOK))
    for number, lane, blocked in rows:
        if number in books.leases:
            pass
        elif blocked or lane in found or books.leases.takes(lane):
            behind.append(number)
        elif len(found) < limit:
            found[lane] = number
        else:
            break
        cursor = number
    rows.close()
    _stand_behind(unit, name, behind)
    books.cursors[name] = cursor
    unit.undo(partial(books.rewind, name, start + 1))
    return list(found.values())


def _stand_behind(unit: Unit, name: str, deliveries: Sequence[int]) -> None:
    if not deliveries:
        return
    unit.run(
        "UPDATE delivery SET place = 1 WHERE id IN (SELECT value FROM json_each(?))",
        (listed(deliveries),),
    )
    unit.run(
        "INSERT INTO line (lane, delivery) SELECT lane, id FROM delivery"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (listed(deliveries),),
    )
    unit.moved[name, Place.FRESH] -= len(deliveries)
    unit.moved[name, Place.BEHIND] += len(deliveries)


def _grant(unit: Unit, books: Books, ask: Ask, deliveries: Sequence[int]) -> list[Claim]:
    if not deliveries:
        return []
    ids = listed(deliveries)
    rows = {row[0]: row[1:] for row in unit.rows(DETAILS, (ids,))}
    steps = defaultdict[int, list[Step]](list)
    for delivery, request, response in unit.rows(STEPS, (ids,)):
        steps[delivery].append(Step(unpack_request(request), unpack_response(response)))
    unit.undo(partial(books.leases.retract, deliveries))
    return [_lease(unit, books, ask, one, rows[one], steps) for one in deliveries]


def _lease(
    unit: Unit,
    books: Books,
    ask: Ask,
    delivery: int,
    row: tuple[Any, ...],
    steps: Mapping[int, Sequence[Step]],
) -> Claim:
    lane, place, mapping, source, user, message, received_at, event, text, *rest = row
    replay, attempts, first, spent, ambiguous, queued_at, frozen, epoch = rest
    ambiguous = bool(ambiguous) or _doubtful(books, ask.connection, delivery, epoch)
    grip = Grip(place, queued_at, attempts, first, ambiguous)
    request, payload = unpack_frozen(frozen) if frozen else (None, None)
    number = books.leases.grant(delivery, ask.connection, lane, unit.now + ask.lease, grip)
    return Claim(
        delivery,
        number,
        ask.connection,
        books.words[mapping],
        books.words[source],
        user,
        message,
        received_at,
        event,
        text,
        replay,
        attempts,
        first,
        spent,
        ambiguous,
        request,
        tuple(steps.get(delivery, ())),
        payload,
    )


def _doubtful(books: Books, name: str, delivery: int, epoch: int | None) -> bool:
    """Whether the delivery may have been under way when its lease ran out, or the process died."""
    if epoch is not None:
        return delivery in books.lapsed or epoch <= books.doubted
    return delivery in books.lapsed or delivery <= books.reaches.get(name, Reach()).doubt


def _reach(unit: Unit, books: Books, name: str, delivery: int) -> None:
    """Note, a good way ahead, how far first tries have been claimed."""
    reach = books.reaches.get(name, Reach())
    if delivery > reach.delivery:
        books.reaches[name] = further = replace(reach, delivery=delivery + AHEAD)
        unit.run(REACH, (books.words.find(name), further.delivery, further.doubt))
        unit.undo(partial(books.reaches.__setitem__, name, reach))
