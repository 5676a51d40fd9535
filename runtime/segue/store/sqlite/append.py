"""Events and deliveries come in. Every row is the last of its table."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from segue.errors import StoreError, StoreFullError
from segue.store.sqlite.books import Books
from segue.store.sqlite.recent import key
from segue.store.sqlite.schema import Place
from segue.store.sqlite.unit import Bulk, Unit, listed
from segue.store.values import Arrival, NewDelivery, Receipt, Replay


EVENT: Final = Bulk("INSERT INTO event (id, at, source, user, message)", 5)
BODY: Final = Bulk("INSERT INTO body (event, text)", 2)
DELIVERY: Final = Bulk(
    "INSERT INTO delivery (id, event, connection, mapping, replay, at, place, lane)", 8
)

FULL: Final = (
    "the store is full and holds nothing that may go: settle deliveries, or raise its size"
)


def lane_of(connection: str, source: str, user: str) -> int:
    """The number of a lane: 63 bits. Should two users ever share one, they wait for each other."""
    digest = blake2b(f"{connection}\0{source}\0{user}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def append(
    unit: Unit, books: Books, batches: Sequence[Sequence[Arrival]]
) -> Sequence[list[Receipt] | StoreError]:
    """Store batches of arrivals."""
    if books.full:
        return [StoreFullError(FULL) for _ in batches]
    keys = [key(one.source, one.message_id) for batch in batches for one in batch]
    seen, coming = books.recent.find(keys), iter(keys)
    known = len(seen)
    receipts = [
        [_arrive(unit, books, one, next(coming), seen) for one in batch] for batch in batches
    ]
    books.recent.learn(unit, dict(list(seen.items())[known:]))
    return receipts


def _arrive(
    unit: Unit, books: Books, arrival: Arrival, message: bytes, seen: dict[bytes, int]
) -> Receipt:
    event = seen.get(message)
    if event is not None:
        return Receipt(event, new=False)
    books.event = seen[message] = event = books.event + 1
    source = books.words.number(unit, arrival.source)
    at = books.stamp(unit.now)
    unit.put(EVENT, (event, at, source, arrival.user, arrival.message_id))
    unit.put(BODY, (event, arrival.event))
    unit.weight += len(arrival.event)
    for one in arrival.deliveries:
        _queue(unit, books, event, one, lane_of(one.connection, arrival.source, arrival.user))
    return Receipt(event, new=True)


def _queue(
    unit: Unit, books: Books, event: int, new: NewDelivery, lane: int, replay: int = 0
) -> int:
    books.delivery = number = books.delivery + 1
    words, at = books.words, books.stamp(unit.now)
    connection = words.number(unit, new.connection)
    mapping = words.number(unit, new.mapping)
    unit.put(DELIVERY, (number, event, connection, mapping, replay, at, Place.FRESH, lane))
    unit.moved[new.connection, Place.FRESH] += 1
    unit.woken.add(new.connection)
    return number


def replay(unit: Unit, books: Books, replays: Sequence[Replay]) -> list[int]:
    """Queue events again."""
    if books.full:
        raise StoreFullError(FULL)
    return [number for one in replays for number in _again(unit, books, one)]


def _again(unit: Unit, books: Books, replay: Replay) -> Iterable[int]:
    header = unit.rows(
        "SELECT word.text, user FROM event JOIN word ON word.id = source WHERE event.id = ?",
        (replay.event,),
    )
    for source, user in header:
        for new in replay.deliveries:
            replaced = _replace(unit, books, replay.event, new)
            if replaced is not None:
                lane = lane_of(new.connection, source, user)
                yield _queue(unit, books, replay.event, new, lane, replaced)


def _replace(unit: Unit, books: Books, event: int, new: NewDelivery) -> int | None:
    """The number of this replay; None if the event is on its way through the mapping already."""
    key = (event, books.words.find(new.connection), books.words.find(new.mapping))
    earlier = unit.rows(
        "SELECT id, place FROM delivery WHERE event = ? AND connection = ? AND mapping = ?", key
    )
    if any(place <= Place.HELD for _, place in earlier):
        return None
    failed = listed(number for number, place in earlier if place in (Place.DISCARDED, Place.DEAD))
    unit.run(
        "UPDATE delivery SET place = ? WHERE id IN (SELECT value FROM json_each(?))",
        (Place.REPLAYED, failed),
    )
    return len(earlier)
