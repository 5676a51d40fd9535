"""What we do with a recorded run of a destination that is described as data.

How it ends is one of five words: delivered, again, refused, unmatched, or nothing.
"""

import asyncio
import json
from dataclasses import dataclass, field

from described import TOKEN_URL, built

from segue import (
    Delivered,
    Discarded,
    Person,
    RefusedError,
    Request,
    Response,
    Retry,
    SegueError,
    compile_mapping,
    compile_trigger,
)
from segue.audience import MATCHING_KEY, SYNC_MODE
from segue.compat.oauth import auth_data, oauth_data
from segue.delivery.choices import find_choices
from segue.errors import (
    ChoicesError,
    DeliveryError,
    TimedOutError,
    TriggerError,
    UnreachableError,
)
from segue.json import MISSING
from segue.outcome import fault, judge
from segue.secrets import MemorySecrets
from segue.senders import Tokens
from segue.senders.wire import follow
from segue.workspace.model import Connection


PLUMBING = {"oauth", "subscription", "subscriptions"}
SECRETS = ("clientId", "clientSecret", "refreshToken")


@dataclass
class Ours:
    """The requests, and how it ended: for each mapping, or of a batch for each event."""

    requests: list[Request] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    said: list[object] = field(default_factory=list)
    vendor: object = None


class Vendor:
    """Answers as recorded; a request for a token by what the refresh function did."""

    def __init__(self, case, made):
        self.answers, self.made = list(case["http"]), made
        self.refresh = case["destination"].get("authentication", {}).get("refreshAccessToken", {})

    async def send(self, request):
        return await follow(self.exchange, request)  # as every sender does

    async def exchange(self, request):
        if request.url == TOKEN_URL and self.refresh.get("op") != "send":
            return self.token()
        self.made.requests.append(request)
        answer = self.answers.pop(0) if self.answers else {"status": 200, "json": {}}
        if "network_error" in answer:
            raise UnreachableError(answer["network_error"]["message"])
        if answer.get("delay_ms", 0) > 1000 * request.timeout:
            raise TimedOutError("no answer in time")
        text = json.dumps(answer["json"]) if "json" in answer else answer.get("text", "")
        return Response(answer["status"], answer.get("headers", {}), text.encode())

    def token(self):
        given = self.refresh.get("value") or {}
        names = {"accessToken": "access_token", "refreshToken": "refresh_token"}
        body = {names[key]: value for key, value in given.items() if key in names}
        return Response(200 if body else 400, {}, json.dumps(body).encode())


class Given(MemorySecrets):
    """The tokens that Segment stored, until there are others."""

    def __init__(self, stored):
        super().__init__()
        refresh = stored.get("refreshToken")
        self.first = {
            "access": stored["accessToken"],
            "refresh": refresh,
            "since": 0,
            "until": None,
        }

    async def read(self, name):
        return await super().read(name) or self.first


def end(outcome):
    return {Delivered: "delivered", Retry: "again"}.get(type(outcome), "refused")


def ours(case):
    made = Ours()
    made.vendor = Vendor(case, made)
    try:
        CALLS[case["call"]](case, made)
    except SegueError as error:
        made.ends, made.said = ["refused"], [error]
    return made


def connected(case, destination):
    """The connection of a case. Raises PayloadError for settings that are wrong."""
    stored = case.get("settings") or {}
    plain = {k: v for k, v in stored.items() if k not in PLUMBING}
    if destination.oauth is not None:
        plain |= {k: v for k, v in oauth_data(stored).items() if k in SECRETS}
    return Connection("c", destination, destination.fields.coerce(plain), ())


def carried(case, made, connection, steps):
    """What came of one try with the tokens that are stored, and of a batch what came of each."""
    stored = auth_data(case.get("settings") or {})
    secrets = Given(stored) if stored.get("accessToken") else None
    outcome, each = asyncio.run(walk(Tokens(made.vendor, secrets), connection, steps))
    made.said.append(outcome)
    return outcome, each


async def walk(tokens, connection, steps):
    try:
        request = next(steps)
        while True:
            response = await tokens.send(connection, request)
            outcome = judge(request, response)
            if not isinstance(outcome, Delivered):
                return outcome, None
            request = steps.send(response)
    except StopIteration as end:
        return Delivered(), end.value
    except DeliveryError as error:
        return fault(error), None
    except ValueError as error:  # a URL that is none
        return Discarded(str(error), "INTERNAL"), None


def subscriptions(case):
    settings = case.get("settings", {})
    one, several = settings.get("subscription"), settings.get("subscriptions")
    return [one] if one else several if isinstance(several, list) else []


def prepared(case, one, actions, event):
    """The payload of an event for a subscription, or how it ended before there was one."""
    made = actions.get(one["partnerAction"])
    if made is None:
        return "nothing"
    if not matches(one.get("subscribe"), event):
        return "unmatched"
    payload = compile_mapping(one["mapping"])(event)
    return made.spec.coerce({} if payload is MISSING else payload)


def matches(text, event):
    try:
        return isinstance(text, str) and compile_trigger(text)(event)
    except TriggerError:
        return False


def chosen(one, made):
    """The sync mode and matching key of a subscription. Raises for what the action does not offer."""
    mode, key = one["mapping"].get(SYNC_MODE) or None, one["mapping"].get(MATCHING_KEY) or None
    if made.sync_modes and mode is not None and mode not in made.sync_modes:
        raise RefusedError(f"no sync mode {mode}")
    if key is not None and not isinstance(key, str):
        raise RefusedError("a matching key is text")
    return {"sync_mode": mode if made.sync_modes else None, "matching_key": key}


def on_event(case, made):
    destination, actions = built(case)
    connection = connected(case, destination)
    for one in subscriptions(case):
        made.ends.append(single(case, made, one, actions, connection, case["event"]))


def single(case, made, one, actions, connection, event):
    try:
        payload = prepared(case, one, actions, event)
        if isinstance(payload, str):
            return payload
        found = actions[one["partnerAction"]]
        offer = {"event": event, "settings": connection.settings, **chosen(one, found)}
    except SegueError as error:
        made.said.append(error)
        return "refused"
    outcome, _ = carried(case, made, connection, found.steps(payload, **offer))
    return end(outcome)


def on_batch(case, made):
    destination, actions = built(case)
    connection = connected(case, destination)
    for one in subscriptions(case):
        made.ends += batched(case, made, one, actions, connection)


def batched(case, made, one, actions, connection):
    """What becomes of each event of a batch."""
    found = actions.get(one["partnerAction"])
    if found is None or found.batches is None:
        return [single(case, made, one, actions, connection, event) for event in case["events"]]
    ends, members = [], []
    for event in case["events"]:
        try:
            payload = prepared(case, one, actions, event)
        except SegueError as error:
            made.said.append(error)
            payload = "refused"
        if not isinstance(payload, str):
            members.append((event, payload, len(ends)))
        ends.append(payload if isinstance(payload, str) else "")
    if members:
        events, payloads, places = zip(*members, strict=True)
        offer = {"settings": connection.settings, "events": events, **chosen(one, found)}
        steps = found.batch_steps(payloads, contexts=(), **offer)
        outcome, several = carried(case, made, connection, steps)
        several = several or [outcome] * len(members)
        for place, each in zip(places, several, strict=True):
            ends[place] = end(each)
    return ends


def on_delete(case, made):
    destination, _ = built(case)
    connection = connected(case, destination)
    event = case["event"]
    requests = destination.forget(
        Person(event.get("userId"), event.get("anonymousId")), connection.settings
    )
    made.requests += [connection.sign(one) for one in requests or ()]
    made.ends = ["unmatched" if requests is None else "delivered"]


def on_probe(case, made):
    destination, _ = built(case)
    connection = connected(case, destination)
    try:
        probe = destination.probe(connection.settings)
    except SegueError as error:
        made.ends, made.said = ["refused"], [error]
        return
    if probe is None:
        made.ends = ["delivered"]
        return
    outcome, _ = carried(case, made, connection, alone(probe))
    made.ends = [end(outcome)]


def alone(request):
    yield request


def dynamic_field(case, made):
    destination, actions = built(case)
    data = case["data"]
    connection = Connection("c", destination, data["settings"], ())
    asked = find_choices(
        connection,
        [actions[case["action"]]],
        case["field"],
        tokens=Tokens(made.vendor),
        payload=data["payload"],
        page=data.get("page"),
    )
    try:
        made.said = [asyncio.run(asked)]
        made.ends = ["delivered"]
    except ChoicesError as error:
        made.ends, made.said = ["refused"], [error]


CALLS = {
    "onEvent": on_event,
    "onBatch": on_batch,
    "onDelete": on_delete,
    "testAuthentication": on_probe,
    "executeDynamicField": dynamic_field,
}
