"""Four days of a boat charter: a store with what became of its events, and a console over it.

The same every time, so that pictures of it are too. Nothing is sent: what vendors would have
answered is made up here, of what their sandboxes answer.
"""

import asyncio
import json
import random
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from console_site import installed

from segue.console.app import create_app
from segue.console.archive import Archive
from segue.console.desk import Desk
from segue.console.reading import Reader
from segue.console.saving import save
from segue.console.visit import Who
from segue.delivery.doubt import advise
from segue.dispatch import Delivery, Dispatcher, prepare
from segue.errors import StoreError
from segue.events import normalise
from segue.http import Response
from segue.intake import StoreIntake
from segue.json import decode
from segue.outcome import Discarded
from segue.secrets import MemorySecrets
from segue.store import Attempt, Claim, Settlement, SqliteStore, State
from segue.vault import Vault
from segue.workspace import Workspace, parse_workspace
from segue.workspace.versions import Kept


NOW = datetime(2026, 6, 11, 16, 20, tzinfo=UTC).timestamp()
HOUR = 3600.0
DAY = 24 * HOUR
ENVIRON = {
    name: f"not-a-{name.lower()}"
    for name in ("LOOPS_KEY", "CUSTOMERIO_KEY", "SLACK_TOKEN", "WAREHOUSE")
}
WORKSPACE = """\
version: 1

sources:
  website: {write_key: wk_5f0c2e9a41d7}
  app: {write_key: wk_b83d17c60e52}

connections:
  # letters to guests and skippers
  loops:
    destination: loops
    settings: {apiKey: "${LOOPS_KEY}"}
    sources: [website, app]
    filters:
      - {if: 'type = "page"', action: drop}
    mappings:
      contacts:
        action: createOrUpdateContact
      sign-ups:
        action: sendEvent
        trigger: type = "track" and event = "Signed Up"
      bookings:
        action: sendEvent
        trigger: type = "track" and event = "Booking Completed" and properties.revenue > 0
        override:
          eventName: booking   # the name of the loop
      reviews:
        action: sendEvent
        enabled: false
        trigger: type = "track" and event = "Review Written"

  crew:
    destination: slack
    settings: {botToken: "${SLACK_TOKEN}", channel: C024BE91L}
    sources: [website, app]
    mappings:
      bookings:
        action: postToChannel
        trigger: type = "track" and event = "Booking Completed"
        override:
          text: "{{properties.boat}} for {{properties.nights}} nights"

  campaigns:
    destination: customerio
    settings: {siteId: "a91c4e", apiKey: "${CUSTOMERIO_KEY}", region: eu}
    sources: [website]
    mappings:
      people: {action: createUpdatePerson}

  warehouse:
    destination: webhook
    settings: {url: "https://in.tidewater.example/events", sharedSecret: "${WAREHOUSE}"}
    sources: [website, app]
    mappings:
      everything: {action: send}
"""

NAMES = [
    *("Inès Moreau", "Tomasz Lis", "Dayo Okoro", "Grete Holm", "Aino Virtanen", "Rui Costa"),
    *("Maeve Byrne", "Luca Ferri", "Noor Haddad", "Jonas Weber", "Siri Dahl", "Pavel Novák"),
    *("Elif Kaya", "Hugo Blanc"),
]
BOATS = ["Selkie", "Fulmar", "Petrel", "Kittiwake", "Dunlin"]
OUTAGE = NOW - 7.4 * HOUR, NOW - 6.2 * HOUR
HELD = NOW - 1.45 * HOUR
FAILURE = '{"success":false,"message":"%s"}'


@dataclass
class Time:
    """A clock that only goes where it is put, never back."""

    at: float = NOW - 4 * DAY

    def __call__(self) -> float:
        return self.at

    def reach(self, at: float) -> None:
        self.at = max(self.at, at)


@dataclass
class Charter:
    """What happens, told to a store."""

    store: SqliteStore
    workspace: Workspace
    clock: Time
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    async def tell(self) -> None:
        """All of it."""
        dispatcher = Dispatcher(self.workspace)
        intake = StoreIntake(self.store, lambda: dispatcher)
        for at, sent in happenings(self.chance):
            self.clock.reach(at)
            if at > HELD and "campaigns" not in self.store.held:
                await self.hold()
            source = self.workspace.sources["app" if self.chance.random() < 0.3 else "website"]
            moment = datetime.fromtimestamp(at, UTC)
            event = normalise(sent, received_at=moment, message_id=self._id)
            await intake.take(source, [event])
            await self.deliver(last=at > NOW - 30)
        await intake.flush()
        self.clock.reach(NOW)

    async def hold(self) -> None:
        connection = self.workspace.connections["campaigns"]
        why = f"credentials are invalid: 401 Unauthorized; {advise(connection)}"
        await self.store.queue.hold("campaigns", "UNAUTHORIZED", why)

    async def deliver(self, *, last: bool) -> None:
        """Make what is due. What is retried goes through a little later, but for what is ``last``."""
        queue = self.store.queue
        claims = [queue.claim(one, fresh=9, retries=9) for one in self.workspace.connections]
        due = None
        for claim in chain.from_iterable(await asyncio.gather(*claims)):
            settlement = self.attempt(claim, last=last)
            await queue.settle([settlement])
            due = due or settlement.due
        if due is not None and not last:
            self.clock.reach(due)
            await self.deliver(last=last)

    def attempt(self, claim: Claim, *, last: bool) -> Settlement:
        """What the vendor says to one delivery."""
        connection = self.workspace.connections[claim.connection]
        mapping = next(one for one in connection.mappings if one.name == claim.mapping)
        known = {"revision": self.workspace.revision, "plugin": "segue 0.1.0"}
        made = prepare(Delivery(decode(claim.event), claim.source, connection, mapping))
        if isinstance(made, Discarded):
            return Settlement(claim, State.DISCARDED, made.code, made.why, **known)
        assert made.request is not None
        request = connection.sign(made.request).redacted(connection.secrets)
        away = OUTAGE[0] < claim.received_at < OUTAGE[1] or last
        response = answer(claim, made.request.json, away=away and claim.attempts == 0)
        status, seconds = response.status, 0.06 + self.chance.random() ** 6
        self.clock.reach(self.clock() + seconds)
        code, why = VERDICTS.get(status, ("OK", ""))
        said = json.loads(response.body).get("message", "") if status == 400 else ""
        why = f"{why} {said}".strip()
        tried = Attempt(
            self.clock() - seconds, seconds, status == 200, code, why, status, request, response
        )
        if status == 503:
            due = self.clock() + 41
            return Settlement(claim, State.RETRYING, code, why, due, (tried,), **known)
        state = State.DELIVERED if status == 200 else State.DEAD
        return Settlement(claim, state, code, why, attempts=(tried,), **known)

    def _id(self) -> str:
        return f"tide-{self.chance.randrange(16**8):08x}"


VERDICTS = {503: ("SERVICE_UNAVAILABLE", "503 from Loops"), 400: ("BAD_REQUEST", "400")}


def answer(claim: Claim, body: object, *, away: bool) -> Response:
    """The vendor's answer."""
    kind = {"content-type": "application/json"}
    if claim.connection == "loops" and away:
        return Response(503, {"retry-after": "41", **kind}, b'{"message":"Try again later."}')
    if claim.connection == "loops" and isinstance(body, Mapping) and not body.get("email"):
        return Response(400, kind, (FAILURE % "Contact not found.").encode())
    return Response(200, kind, b'{"success":true,"id":"cm8f2k1d0004"}')


def happenings(chance: random.Random) -> Iterator[tuple[float, dict[str, object]]]:
    """Events with their moments, many by day and few at night; the last day in full."""
    at = NOW - 3.6 * DAY
    while True:
        busy = max(0.12, 1 - abs((at % DAY) / HOUR - 15) / 9)
        at += chance.expovariate(busy / (80 if at > NOW - 25 * HOUR else 900))
        if at > NOW - 90:
            break
        yield at, happening(chance)
    for ago, kind in ((71, 1), (44, 4), (19, 3), (6, 0)):
        yield NOW - ago, happening(chance, kind)


def happening(chance: random.Random, kind: int | None = None) -> dict[str, object]:
    number = chance.randrange(len(NAMES))
    first, last = NAMES[number].split()
    plain = unicodedata.normalize("NFD", f"{first}.{last}").encode("ascii", "ignore").decode()
    email = f"{plain}@example.com".lower()
    who = {"userId": f"usr_{4821 + 37 * number}"}
    boat, nights = chance.choice(BOATS), chance.randint(1, 7)
    if kind is None:
        kind = chance.choices(range(6), [30, 22, 18, 8, 18, 4])[0]
    if kind == 0:
        path = f"/boats/{boat.lower()}"
        return {"type": "page", **who, "name": boat, "properties": {"path": path}}
    if kind == 1:
        search = {"query": f"{nights} nights, {chance.randint(2, 8)} berths", "results": nights * 3}
        return {"type": "track", **who, "event": "Boat Searched", "properties": search}
    if kind == 2:
        mail = f"{first}.example.com" if chance.random() < 0.06 else email
        traits = {"email": mail, "firstName": first, "lastName": last, "plan": "Plus"}
        return {"type": "identify", **who, "traits": traits}
    if kind == 3:
        signed = {"email": email, "method": "email", "plan": "Free"}
        return {"type": "track", **who, "event": "Signed Up", "properties": signed}
    if kind == 4:
        booked = {"boat": boat, "nights": nights, "revenue": 142.5 * nights, "currency": "EUR"}
        named = {} if chance.random() < 0.07 else {"email": email}
        return {
            "type": "track",
            **who,
            "event": "Booking Completed",
            "properties": {**named, **booked},
        }
    review = {"email": email, "boat": boat, "stars": 5, "text": "Dolphins. 🐬 We will be back."}
    return {"type": "track", **who, "event": "Review Written", "properties": review}


EDITS = (
    (3.2, "Connect crew", "", ""),
    (2.1, "Change bookings of loops", "  # the name of the loop", "  # the loop's name"),
    (0.9, "Change bookings of loops", "  # the loop's name", "  # the name of the loop"),
)


async def tell(folder: Path) -> None:
    """Fill the folder: a workspace, its versions, and a store."""
    file, data = folder / "segue.yaml", folder / "data"
    file.write_text(WORKSPACE)
    clock = Time()
    async with SqliteStore(data, clock=clock) as store:
        await Charter(store, parse(WORKSPACE), clock).tell()
    chapters(file, data)


def chapters(file: Path, data: Path) -> None:
    """A few versions of the file, by people."""
    reader = Reader(file, parse)
    for ago, why, old, new in EDITS:
        versions = Kept(data / "versions", now=lambda ago=ago: NOW - ago * DAY)
        text = file.read_text()
        save(
            reader,
            versions,
            reader.read().revision,
            text.replace(old, new),
            Who("maeve", "editor"),
            why,
        )


def parse(text: str) -> Workspace:
    return parse_workspace(text, installed(), environ=ENVIRON)


@asynccontextmanager
async def silent():
    """There is nobody to ask: the store is only read."""
    raise StoreError("nothing runs over this folder")
    yield


def console(folder: Path):
    """The console over a folder that was filled; it is always the same moment."""
    data = folder / "data"
    desk = Desk(
        data=data,
        catalogue=installed,
        reader=Reader(folder / "segue.yaml", parse),
        past=Archive(data).history,
        control=silent,
        tokens=MemorySecrets(),
        clock=lambda: NOW,
        versions=Kept(data / "versions", now=lambda: NOW),
        vault=Vault(data, {}),
    )
    return create_app(desk)


DEAD = "/deliveries?state=dead&connection=loops"


def pages(page, address: str) -> dict[str, str]:
    """Every page by a name. That of a delivery is found where a person would find it."""
    page.goto(f"{address}{DEAD}")
    delivery = page.locator("tbody a").first.get_attribute("href") or ""
    page.goto(f"{address}/history")
    version = page.locator("main li a").first.get_attribute("href") or ""
    page.goto(f"{address}/events?type=track")
    event = page.locator("tbody td:first-child a").nth(1).get_attribute("href") or ""
    return {
        "connections": "/connections",
        "overview": "/connections/loops",
        "held": "/connections/campaigns",
        "mappings": "/connections/loops/mappings",
        "mapping-new": "/connections/loops/new",
        "mapping": "/connections/loops/mappings/bookings",
        "mapping-contact": "/connections/loops/mappings/contacts",
        "tester": "/connections/loops/test",
        "connection-deliveries": "/connections/loops/deliveries",
        "filters": "/connections/loops/filters",
        "settings": "/connections/loops/settings",
        "catalogue": "/catalogue",
        "destination": "/catalogue/loops",
        "add": "/catalogue/loops/add",
        "sources": "/sources",
        "events": "/events",
        "event": event,
        "deliveries": "/deliveries",
        "dead": DEAD,
        "delivery": delivery,
        "replay": "/deliveries/replay?state=dead&connection=loops",
        "history": "/history",
        "version": version,
        "missing": "/connections/lops",
    }
