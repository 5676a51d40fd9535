"""Carrying deliveries out: mechanics only.

What an answer means is decided in ``outcome``, when to try again in ``retry``, how fast to go in
``pacing``; clock, sleep and chance are handed in. ``Carrier`` makes one try of a delivery,
``Courier`` delivers from memory to the end, for commands; the durable way is ``segue.worker``.
"""

from segue.delivery.carrier import Carrier
from segue.delivery.clock import Clock, SystemClock
from segue.delivery.courier import Courier, Settled
from segue.delivery.post import Post
from segue.delivery.proving import prove
from segue.delivery.run import Attempt, Run
from segue.delivery.scripts import Script, Scripts
from segue.delivery.watch import Watch


__all__ = [
    "Attempt",
    "Carrier",
    "Clock",
    "Courier",
    "Post",
    "Run",
    "Script",
    "Scripts",
    "Settled",
    "SystemClock",
    "Watch",
    "prove",
]
