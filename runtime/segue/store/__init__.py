"""The store: events and deliveries on disk, from their arrival to their end.

Two protocols, and no transaction that spans them: a **Queue** carries deliveries from ``append``
to ``settle``, a **History** tells what happened and removes what is old. A third, the **Ledger**,
is a notebook. ``MemoryStore`` is for tests, ``SqliteStore`` for one machine; another engine behind
the same protocols is held to the same tests.

What the queue promises:

* *Durable.* What ``append`` or ``settle`` has returned is on disk.
* *Once.* A messageId of a source is stored once, for 24 hours at least.
* *In order.* Connection, source and user make a lane, fixed at arrival. One delivery of a lane is
  in hand at a time, the oldest unsettled one; while it waits, its lane waits and no other does.
* *Leased.* A claim is the caller's until its lease runs out. Leases are kept in memory: after a
  crash everything unsettled can be claimed again, and what may have been under way says so.
* *Flat.* A claim costs the same with a million waiting, of many users or of one, held or due later.

How the SQLite store keeps them cheaply, in one file, is told in ``sqlite.schema`` and
``sqlite.recent``: one thread writes and commits what came together; events and deliveries are only
ever appended; lanes are worked out at the claim, and only those that must wait are written down.
"""

from segue.store.codec import same
from segue.store.memory import MemoryStore
from segue.store.protocols import LEASE, Clock, History, Ledger, Queue, Store
from segue.store.records import (
    Detail,
    Discard,
    EventQuery,
    Kept,
    Limits,
    Note,
    Page,
    Purged,
    Query,
    Stats,
    Summary,
)
from segue.store.sqlite import SqliteStore, SqliteView
from segue.store.values import (
    REPLAYABLE,
    UNSETTLED,
    Arrival,
    Attempt,
    Backlog,
    Cancelled,
    Claim,
    Hold,
    NewDelivery,
    Receipt,
    Replay,
    Settlement,
    State,
    Step,
)


__all__ = [
    "LEASE",
    "REPLAYABLE",
    "UNSETTLED",
    "Arrival",
    "Attempt",
    "Backlog",
    "Cancelled",
    "Claim",
    "Clock",
    "Detail",
    "Discard",
    "EventQuery",
    "History",
    "Hold",
    "Kept",
    "Ledger",
    "Limits",
    "MemoryStore",
    "NewDelivery",
    "Note",
    "Page",
    "Purged",
    "Query",
    "Queue",
    "Receipt",
    "Replay",
    "Settlement",
    "SqliteStore",
    "SqliteView",
    "State",
    "Stats",
    "Step",
    "Store",
    "Summary",
    "same",
]
