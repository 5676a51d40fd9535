"""What a mapping makes of an event, as a value that can be compared."""

import json
from dataclasses import dataclass, field, replace
from typing import Final

from segue.cli.dev.state import Subject
from segue.cli.output import request_data, request_text
from segue.delivery import Scripts
from segue.delivery.scripts import is_hidden
from segue.delivery.watch import Watch
from segue.delivery.witness import Witness
from segue.dispatch import Delivery, Prepared, reduced
from segue.events import Event
from segue.functions.host import Host
from segue.functions.offering import FunctionAction
from segue.http import Request, redact
from segue.json import JsonObject, JsonValue, decode, encode
from segue.outcome import Discarded


HIDDEN: Final = "async: its requests are made as they are sent"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Preview:
    """Payload and first request, redacted; or why there is none of them.

    ``trigger`` is the mapping's, and ``matches`` whether the event is one for it; another ``event``
    that comes to the same is no difference. ``note`` says of an
    action without a request why that is no problem.
    """

    action: str
    trigger: str
    matches: bool
    payload: JsonValue = None
    request: Request | None = None
    note: str | None = None
    problem: str | None = None
    event: Event | None = field(default=None, compare=False)

    @property
    def lines(self) -> list[str]:
        """All of it, line by line, as it is compared and shown."""
        request = request_text(self.request, ()) if self.request else self.note
        payload = None if self.payload is None else _indented(self.payload)
        parts = {"payload": payload, "request": request, "problem": self.problem}
        trigger = f"trigger  {self.trigger}" + ("" if self.matches else "  (not this event)")
        head = [f"action   {self.action}", trigger]
        return [
            *head,
            *(line for name, text in parts.items() if text for line in _part(name, text)),
        ]

    @property
    def data(self) -> dict[str, object]:
        """All of it as JSON."""
        return {
            "action": self.action,
            "trigger": self.trigger,
            "matches": self.matches,
            "event": self.event,
            "payload": self.payload,
            "request": None if self.request is None else request_data(self.request, ()),
            "problem": self.problem,
        }


def _indented(value: JsonValue) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _part(name: str, text: str) -> list[str]:
    return [name, *(f"  {line}".rstrip() for line in text.split("\n"))]


async def preview(host: Host, watch: Watch, subject: Subject, event: Event) -> Preview:
    """What would be sent; nothing is. What an author's code does wrong is the preview's problem."""
    witness = Witness(lambda _: None)
    scripts = Scripts(host, watch, witness)
    mapping, connection = subject.mapping, subject.connection
    matches = mapping.matches(event)
    told = Preview(mapping.action.name, str(mapping.trigger), matches, event=event)
    seen = reduced(event, connection)
    if isinstance(seen, Discarded):
        return replace(told, problem=seen.why)
    delivery = Delivery(seen, "dev", connection, mapping)
    prepared = await scripts.prepare(delivery)
    if not isinstance(prepared, Prepared):
        return replace(told, problem=redact(prepared.why, connection.secrets))
    if not isinstance(mapping.action, FunctionAction):  # those take the event itself
        told = replace(told, payload=_redacted(prepared.payload, connection.secrets))
    if is_hidden(mapping.action):
        return replace(told, note=HIDDEN)
    made = await scripts.preview(delivery)
    if not isinstance(made, Prepared):
        return replace(told, problem=redact(made.why, connection.secrets))
    told = replace(told, problem=witness.told.get(mapping.action.name))
    if made.request is None:
        return replace(told, note=NONE)
    request = made.request.under(connection.base).redacted(connection.secrets)
    return replace(told, request=request)


def _redacted(payload: JsonObject, secrets: tuple[str, ...]) -> JsonValue:
    return decode(redact(encode(payload).decode(), secrets))
