"""Taking events in: find the source, tell good events from bad, wait until the good are kept."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final, TypeAlias, cast

from starlette.requests import Request
from starlette.responses import Response

from segue import events
from segue.errors import EventError
from segue.events import Event, Rejected
from segue.events.intake import MARK
from segue.events.reasons import excerpt, kind
from segue.ingest import keys
from segue.ingest.answers import ACCEPTED, Refusal, full, hasty, malformed, nobody, unauthorized
from segue.ingest.body import Room, Take, read
from segue.ingest.erasing import Erase, Order, order
from segue.ingest.intake import Full, Intake
from segue.ingest.limits import Limits
from segue.ingest.rate import Rates
from segue.ingest.routes import Endpoint
from segue.json import JsonError, JsonObject, decode
from segue.workspace.model import Source


Open: TypeAlias = Callable[[JsonObject], JsonObject]
"""A decoded body to the batch that it is, or stands for."""

Found: TypeAlias = Event | Rejected | Order
"""What an item of a batch is."""

_SHOWN: Final = 120
_KEY: Final = re.compile(r'("writeKey"\s*:\s*")[^"]*')


@dataclass(frozen=True, slots=True)
class Tracking:
    """What all endpoints that take events need.

    ``sources`` is asked at every request, so a workspace may change. ``room`` is for bodies,
    ``erase`` for items of type "delete". ``conceal`` answers 200 to a write key that it does not
    know, as Segment does.
    """

    sources: Callable[[str], Source | None]
    intake: Intake
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    limits: Limits
    rates: Rates
    room: Room
    erase: Erase | None = None
    conceal: bool = False

    def batch(self, *, direct: bool = False) -> Endpoint:
        """Many events. ``direct`` ones come from a person's own device: its address is theirs."""
        limit = self.limits.batch_bytes
        return partial(self._accept, opened=_batch, max_bytes=limit, direct=direct)

    def call(self, type: str, *, direct: bool = False) -> Endpoint:  # noqa: A002 the field's own name
        """One event of this type."""
        opened, limit = partial(_call, type), self.limits.event_bytes
        return partial(self._accept, opened=opened, max_bytes=limit, direct=direct)

    async def ignore(self, request: Request) -> Response:
        """Read and forget: what a client reports about itself."""
        with self.room.share() as take:
            await read(request, self.limits.batch_bytes, self.limits.seconds, take)
        return ACCEPTED

    async def _accept(
        self, request: Request, *, opened: Open, max_bytes: int, direct: bool
    ) -> Response:
        with self.room.share() as take:
            source, found = await self._receive(request, opened, max_bytes, take)
            address = request.client.host if request.client else None
            found = [_located(one, address, direct) for one in found]
            if any(isinstance(one, Order) for one in found):
                await self._obey(source, found, request.headers.get("authorization", ""))
            else:
                await self._carry(source, found)
        return ACCEPTED

    async def _receive(
        self, request: Request, opened: Open, max_bytes: int, take: Take
    ) -> tuple[Source, list[Found]]:
        arrived = self.clock()
        key = keys.in_header(request.headers.get("authorization"))
        text = b""
        try:
            text = await read(request, max_bytes, self.limits.seconds, take)
            batch = opened(_decode(text))
            key = key or keys.in_body(batch)
            source = self._source(key)
            return source, self._split(batch, source, arrived)
        except Refusal as refusal:
            self._report(refusal, key, text)
            raise

    async def _obey(self, source: Source, found: Sequence[Found], authorization: str) -> None:
        """Forget whom to forget; who may not ask for it loses no event by it."""
        if self.erase is not None and self.erase.allows(authorization):
            await self._carry(source, found)
            return
        await self._carry(source, [one.refused if isinstance(one, Order) else one for one in found])
        raise unauthorized()

    async def _carry(self, source: Source, found: Sequence[Found]) -> None:
        """Keep events and forget people, in their order; then make visible what was refused."""
        wanted = (one for one in found if not isinstance(one, Rejected))
        for ordered, some in groupby(wanted, key=lambda one: isinstance(one, Order)):
            if ordered:
                await self._forget(cast("Iterable[Order]", some))
            else:
                await self._keep(source, cast("list[Event]", list(some)))
        for one in found:
            if isinstance(one, Rejected):
                self.intake.refuse(source, one)

    async def _forget(self, orders: Iterable[Order]) -> None:
        assert self.erase is not None
        for one in orders:
            await self.erase.erase(one.user, suppress=one.suppress)

    def _source(self, key: str | None) -> Source:
        source = self.sources(key) if key else None
        if source is None:
            raise nobody(key, 200 if self.conceal else 401)
        return source

    def _split(self, batch: JsonObject, source: Source, arrived: datetime) -> list[Found]:
        items, most = batch.get("batch"), self.limits.batch_events
        count = len(items) if isinstance(items, list) else 1
        if count > most:
            raise malformed(f"the batch has {count:,} events; send {most:,} at most", status=200)
        if wait := self.rates.take(source.name, count):
            raise hasty(source.name, wait)
        try:
            found = list(
                events.split(
                    batch,
                    received_at=arrived,
                    message_id=self.ids,
                    max_bytes=self.limits.event_bytes,
                )
            )
        except EventError as error:
            status = 400 if error.code == "bad_request" else 200
            raise Refusal(status, error.code, error.reason, reason=error.code) from None
        if self.erase is None or not isinstance(items, list):
            return [*found]
        return [
            (isinstance(one, Rejected) and order(items[one.line - 1], one.line)) or one
            for one in found
        ]

    async def _keep(self, source: Source, good: list[Event]) -> None:
        try:
            await self.intake.take(source, good)
        except Full as error:
            raise full(error.retry_after) from None

    def _report(self, refusal: Refusal, key: str | None, text: bytes) -> None:
        """Make a whole body that is refused visible, but for one that will be sent again as it is."""
        if refusal.reason is not None:
            start = text[: 4 * _SHOWN].decode(errors="replace")
            shown = excerpt(_KEY.sub(r"\1***", start), _SHOWN)
            source = self.sources(key) if key else None
            self.intake.refuse(source, Rejected(0, refusal.reason, refusal.message, shown))


def _decode(text: bytes) -> JsonObject:
    try:
        value = decode(text.removeprefix(MARK))
    except JsonError as error:
        raise malformed(f"the body cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise malformed(f"the body must be a JSON object, but is {kind(value)}")
    return cast("JsonObject", value)


def _batch(body: JsonObject) -> JsonObject:
    return body


def _call(type: str, body: JsonObject) -> JsonObject:  # noqa: A002
    return {"batch": [{**body, "type": type}]}


def _located(event: Found, address: str | None, direct: bool) -> Found:  # noqa: FBT001
    """The event, with the sender's address if the sender is the person, and it names none."""
    if isinstance(event, (Rejected, Order)):
        return event
    context = cast("JsonObject", event.get("context", {}))
    if address and (direct or context.get("direct") is True) and context.get("ip") is None:
        event["context"] = {**context, "ip": address}
    return event
