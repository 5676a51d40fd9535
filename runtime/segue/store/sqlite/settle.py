"""What became of claims: a state, a record of each attempt, and the next of the lane."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from segue.store import tally
from segue.store.codec import pack_attempt, pack_frozen, pack_request, pack_response
from segue.store.leases import Lease
from segue.store.sqlite.books import Books, Grip
from segue.store.sqlite.schema import PLACES, Place
from segue.store.sqlite.unit import Bulk, Unit, listed
from segue.store.values import UNSETTLED, Claim, Settlement, State, Step


WHY: Final = 500
"""Characters of a reason that are kept."""

SETTLED: Final = Bulk(
    "WITH new (id, place, attempts, first, ended, code, why, ambiguous, spent, revision, plugin) AS (",
    11,
    """)
    UPDATE delivery SET place = new.place, attempts = new.attempts, first = new.first,
      ended = new.ended, code = new.code, why = new.why, ambiguous = new.ambiguous,
      spent = new.spent, revision = coalesce(delivery.revision, new.revision),
      plugin = coalesce(delivery.plugin, new.plugin)
    FROM new WHERE delivery.id = new.id""",
)
LANE: Final = Bulk("REPLACE INTO lane (id, connection, tried, due, head, epoch)", 6)
OUT_OF_LINE: Final = Bulk(
    "WITH gone (lane, delivery) AS (",
    2,
    ") DELETE FROM line WHERE (lane, delivery) IN (SELECT lane, delivery FROM gone)",
)
FROZEN: Final = Bulk("INSERT OR IGNORE INTO frozen (delivery, request)", 2)
ATTEMPT: Final = Bulk(
    "INSERT INTO attempt (delivery, number, step, at, seconds, ok, code, why, status, cut,"
    " sample, request, response)",
    13,
)
SAMPLE: Final = Bulk("INSERT INTO sample (reached, request, response)", 3)
NEXT: Final = """
SELECT lanes.value, delivery.id, delivery.connection, coalesce(delivery.attempts, 0) > 0
FROM json_each(?) AS lanes JOIN delivery ON delivery.id = (
  SELECT delivery FROM line WHERE lane = lanes.value ORDER BY delivery LIMIT 1
)
"""
TRIM: Final = """
DELETE FROM sample WHERE reached IN (
  SELECT reached FROM sample WHERE reached <= ? ORDER BY reached LIMIT ?
)
"""


def settle(unit: Unit, books: Books, batches: Sequence[Sequence[Settlement]]) -> list[list[int]]:
    """Write settlements; for each batch the deliveries whose lease was lost."""
    dropped: list[Lease[int, Grip]] = []
    over: list[Lease[int, Grip]] = []
    unit.undo(partial(books.leases.restore, dropped))
    lost: list[list[int]] = []
    for batch in batches:
        lost.append([])
        for one in batch:
            lease = books.leases.find(one.claim.delivery, one.claim.lease)
            if lease is None:
                lost[-1].append(one.claim.delivery)
            else:
                books.leases.drop(lease.delivery)
                dropped.append(lease)
                _settle(unit, books, one, lease, over)
    again = [lease.delivery for lease in over if lease.value.place != Place.FRESH]
    end(unit, [lease.delivery for lease in over], again)
    advance(unit, books, [lease.lane for lease in over])
    _trim(unit, books)
    return lost


def keep(unit: Unit, books: Books, request: tuple[Claim, Step]) -> bool:
    """Store a step of a claim."""
    claim, step = request
    if books.leases.find(claim.delivery, claim.lease) is None:
        return False
    unit.run(
        "INSERT INTO step (delivery, request, response) VALUES (?, ?, ?)",
        (claim.delivery, pack_request(step.request), pack_response(step.response)),
    )
    return True


def end(unit: Unit, deliveries: Sequence[int], again: Sequence[int]) -> None:
    """Remove what only another try would have needed; ``again`` may have been tried before."""
    for table, ids in (("step", deliveries), ("frozen", again)):
        if ids:
            gone = f"DELETE FROM {table} WHERE delivery IN (SELECT value FROM json_each(?))"
            unit.run(gone, (listed(ids),))


def advance(unit: Unit, books: Books, lanes: Sequence[int]) -> None:
    """Let the next of each lane be its head, now that the head is gone."""
    followed: set[int] = set()
    for lane, delivery, connection, tried in unit.rows(NEXT, (listed(lanes),)):
        followed.add(lane)
        unit.put(LANE, (lane, connection, tried, unit.now, delivery, books.epoch))
        unit.put(OUT_OF_LINE, (lane, delivery))
        unit.woken.add(books.words[connection])
    empty = listed(lane for lane in lanes if lane not in followed)
    unit.run("DELETE FROM lane WHERE id IN (SELECT value FROM json_each(?))", (empty,))


def _settle(
    unit: Unit,
    books: Books,
    settlement: Settlement,
    lease: Lease[int, Grip],
    over: list[Lease[int, Grip]],
) -> None:
    grip, state = lease.value, settlement.state
    books.lapsed.discard(lease.delivery)
    if lease.cancelled and state in UNSETTLED:
        state = State.CANCELLED
    tries = grip.attempts + bool(settlement.attempts)
    _write(unit, books, settlement, lease, state, tries)
    _log(unit, books, settlement, tries)
    unit.moved[lease.connection, grip.place] -= 1
    unit.moved[lease.connection, PLACES[state][0]] += 1
    if state in UNSETTLED:
        _wait(unit, books, settlement, lease, tries)
    else:
        over.append(lease)
        seconds = unit.now - grip.queued_at
        entries = tally.entries(state, settlement.code, tries=tries, seconds=seconds)
        unit.count(lease.connection, entries)


def _write(
    unit: Unit,
    books: Books,
    settlement: Settlement,
    lease: Lease[int, Grip],
    state: State,
    tries: int,
) -> None:
    attempts, grip = settlement.attempts, lease.value
    first = attempts[0].at if attempts and grip.first is None else grip.first
    row = (
        lease.delivery,
        PLACES[state][0],
        tries,
        first,
        None if state in UNSETTLED else unit.now,
        settlement.code,
        settlement.why[:WHY],
        settlement.ambiguous or grip.ambiguous,
        settlement.spent,
        _word(unit, books, settlement.revision),
        _word(unit, books, settlement.plugin),
    )
    unit.put(SETTLED, row)


def _word(unit: Unit, books: Books, text: str | None) -> int | None:
    return None if text is None else books.words.number(unit, text)


def _wait(
    unit: Unit, books: Books, settlement: Settlement, lease: Lease[int, Grip], tries: int
) -> None:
    """Have the delivery be the head of its lane until it is due, or for good."""
    connection = books.words.number(unit, lease.connection)
    due, epoch = settlement.due, books.epoch
    unit.put(LANE, (lease.lane, connection, tries > 0, due, lease.delivery, epoch))
    if settlement.frozen is not None or settlement.payload is not None:
        frozen = pack_frozen(settlement.frozen, settlement.payload)
        unit.put(FROZEN, (lease.delivery, frozen))
    unit.woken.add(lease.connection)


def _log(unit: Unit, books: Books, settlement: Settlement, tries: int) -> None:
    for one in settlement.attempts:
        request, response, cut = pack_attempt(one, books.limits.body)
        unit.weight += len(request or b"") + len(response or b"")
        sample = _sample(unit, books, request, response) if one.ok else None
        if one.ok:
            request = response = None
        facts = (one.step, one.at, one.seconds, one.ok, one.code, one.why[:WHY], one.status, cut)
        row = (settlement.claim.delivery, tries, *facts, sample, request, response)
        unit.put(ATTEMPT, row)


def _sample(unit: Unit, books: Books, request: bytes | None, response: bytes | None) -> int | None:
    """Keep the bodies of a success for a while; the number they are kept under.

    It is the bytes kept so far, so the difference of two numbers is what lies between them.
    """
    size = len(request or b"") + len(response or b"")
    if not size or not books.limits.samples:
        return None
    books.sampled += size
    unit.put(SAMPLE, (books.sampled, request, response))
    return books.sampled


def _trim(unit: Unit, books: Books) -> None:
    """Remove the oldest samples, faster than they come but never many at once."""
    unit.run(TRIM, (books.sampled - books.limits.samples, 64 + 2 * unit.size(SAMPLE)))
