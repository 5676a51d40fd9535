"""Functions: files with ``on_track(event, settings)`` and its like, run in processes of their own."""

from segue.functions.cache import Cache
from segue.functions.errors import (
    DropEvent,
    EventNotSupported,
    InvalidEventPayload,
    RetryError,
    ValidationError,
)
from segue.functions.handlers import FunctionContext


__all__ = [
    "Cache",
    "DropEvent",
    "EventNotSupported",
    "FunctionContext",
    "InvalidEventPayload",
    "RetryError",
    "ValidationError",
]
