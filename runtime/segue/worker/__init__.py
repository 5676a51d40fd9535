"""The durable way: what is in the store is delivered, whatever happens to this process.

A ``Worker`` has a channel for each connection. A channel claims deliveries that are due, at most
one of a lane at a time, and has each tried by the ``Carrier``; what became of it is written together
with what else came meanwhile. Decisions are made in ``outcome``, ``retry``, ``settling`` and
``preparing``, which are pure.
"""

from segue.worker.worker import Worker


__all__ = ["Worker"]
