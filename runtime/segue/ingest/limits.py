"""What one request, and one source, may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The sizes are those that Segment documents.

    ``event_bytes`` bounds the body of a single call and each event of a batch, ``batch_bytes``
    the body of a batch; both after inflating. ``seconds`` is the time a body may take to arrive.
    ``rate`` is in events per second for each source, None for no limit. ``held_bytes`` bounds the
    bodies of all requests together that are read or being stored.
    """

    event_bytes: int = 32 * 1024
    batch_bytes: int = 500 * 1024
    batch_events: int = 2_500
    seconds: float = 30.0
    rate: float | None = None
    held_bytes: int = 256 * 1024 * 1024
