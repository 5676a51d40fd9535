"""What an author of actions imports from ``segue``, and the names that scripts may rely on; nothing else."""

from segue.actions import Action, BatchSteps, Steps, action
from segue.audience import SyncMode
from segue.choices import Choice, Choices, ChoiceSteps
from segue.context import Context
from segue.destination import Destination, Person, Settings
from segue.directives import first_of, literal, path, template, when
from segue.errors import (
    AuthorError,
    ConfigError,
    DeliveryError,
    EventError,
    PayloadError,
    Problem,
    RefusedError,
    RetryableError,
    SegueError,
)
from segue.fields import compile_fields
from segue.functions import (
    DropEvent,
    EventNotSupported,
    FunctionContext,
    InvalidEventPayload,
    RetryError,
    ValidationError,
)
from segue.hookspecs import Settled, hookimpl
from segue.http import Request, Response, Sender
from segue.json import MISSING, JsonObject, JsonValue
from segue.mapping import check_mapping, compile_mapping
from segue.oauth import OAuth2
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry
from segue.pacing import RateLimit
from segue.plugins import Catalogue, load_plugins
from segue.presets import Preset
from segue.trigger import compile_trigger, parse_trigger


__all__ = [
    "MISSING",
    "Action",
    "AuthorError",
    "BatchSteps",
    "Catalogue",
    "Choice",
    "ChoiceSteps",
    "Choices",
    "ConfigError",
    "Context",
    "Delivered",
    "DeliveryError",
    "Destination",
    "Discarded",
    "DropEvent",
    "EventError",
    "EventNotSupported",
    "FunctionContext",
    "Held",
    "InvalidEventPayload",
    "JsonObject",
    "JsonValue",
    "OAuth2",
    "Outcome",
    "PayloadError",
    "Person",
    "Preset",
    "Problem",
    "RateLimit",
    "RefusedError",
    "Request",
    "Response",
    "Retry",
    "RetryError",
    "RetryableError",
    "SegueError",
    "Sender",
    "Settings",
    "Settled",
    "Steps",
    "SyncMode",
    "ValidationError",
    "action",
    "check_mapping",
    "compile_fields",
    "compile_mapping",
    "compile_trigger",
    "first_of",
    "hookimpl",
    "literal",
    "load_plugins",
    "parse_trigger",
    "path",
    "template",
    "when",
]
