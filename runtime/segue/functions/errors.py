"""What a handler may raise, under Segment's names; each is an outcome of the delivery.

An action of a plugin may raise them too: they are the two errors of actions with codes of their own.
"""

from segue.errors import RefusedError, RetryableError


UNSUPPORTED = "UNSUPPORTED_EVENT_TYPE"
DROPPED = "FILTERED_AT_INSERT_FUNCTION"


class EventNotSupported(RefusedError):  # noqa: N818 Segment's name
    """The function has no use for this kind of event: discarded."""

    def __init__(self, reason: str = "the function does not support this event") -> None:
        super().__init__(reason, code=UNSUPPORTED)


class InvalidEventPayload(RefusedError):  # noqa: N818 Segment's name
    """The event lacks what the function needs: refused for good."""

    def __init__(self, reason: str = "the function cannot use this event") -> None:
        super().__init__(reason)


class ValidationError(RefusedError):
    """A value of the event is not what it should be: refused for good."""

    def __init__(self, reason: str = "the event is not valid") -> None:
        super().__init__(reason)


class RetryError(RetryableError):
    """Not now: tried again, ``after`` seconds from now or when backoff says."""

    def __init__(
        self,
        reason: str = "the function asks for another try",
        *,
        after: float | str | None = None,
    ) -> None:
        super().__init__(reason, after=after)


class DropEvent(RefusedError):  # noqa: N818 Segment's name
    """The event should not go on. No mistake of anyone's: discarded, and counted as filtered."""

    def __init__(self, reason: str = "a function drops it") -> None:
        super().__init__(reason, code=DROPPED)
