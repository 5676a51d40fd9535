"""The Loops destination puts on the wire what Segment's puts there, and better where that is listed."""

from dataclasses import dataclass

from segue import PayloadError, Person, Request, compile_mapping, compile_trigger, load_plugins
from segue.errors import MappingError, SegueError, TriggerError
from segue.json import MISSING
from segue.outcome import name


LOOPS = load_plugins().destination("loops")
ACTIONS = {one.slug: one for one in load_plugins().actions.values() if one.destination is LOOPS}
PLUMBING = ("subscription", "subscriptions", "oauth")


@dataclass
class Ours:
    """What we do with a case: the requests, or the errors that kept them back."""

    requests: list[Request]
    refused: SegueError | None = None


def ours(case):
    try:
        settings = LOOPS.fields.coerce(
            {k: v for k, v in case["settings"].items() if k not in PLUMBING}
        )
        made = list(CALLS[case["call"]](case, settings))
    except (PayloadError, MappingError) as error:
        return Ours([], error)
    return Ours([LOOPS.sign(one, settings) for one in made])


def on_event(case, settings):
    for event in case.get("events", [case.get("event")]):
        for one in subscriptions(case["settings"]):
            action = ACTIONS.get(one["partnerAction"])
            if action is None or not matches(one.get("subscribe"), event):
                continue
            mapped = compile_mapping(one.get("mapping", {}))(event)
            payload = action.spec.coerce({} if mapped is MISSING else mapped)
            yield action.request(payload, event=event, settings=settings)


def subscriptions(settings):
    one, several = settings.get("subscription"), settings.get("subscriptions")
    return [one] if one else several if isinstance(several, list) else []


def matches(text, event):
    try:
        return isinstance(text, str) and compile_trigger(text)(event)
    except TriggerError:
        return False


CALLS = {
    "onEvent": on_event,
    "onBatch": on_event,
    "onDelete": lambda case, settings: LOOPS.forget(
        Person(as_text(case["event"].get("userId"))), settings
    ),
    "testAuthentication": lambda case, settings: [LOOPS.probe(settings)],
}


def as_text(value):
    """Ids are text by the time they leave the intake."""
    return None if value is None else str(value)


def told(case):
    """What the reference sent; of redirects and the like only the first request is an action's."""
    return case["requests"][:1] if case["group"].startswith("http") else case["requests"]


def equal(made, recorded, same):
    return (
        (made.method, made.url, made.header("authorization"))
        == (recorded["method"], recorded["url"], recorded["headers"].get("authorization"))
    ) and same(made.json, recorded.get("body"))


def conforms(case, mine, same):
    wanted = told(case)
    return len(mine.requests) == len(wanted) and all(
        equal(made, recorded, same) for made, recorded in zip(mine.requests, wanted, strict=True)
    )


def email_alone(case, mine, same):
    """The reference wants a user id; an email is enough for Loops."""
    errors = case.get("error", {}).get("errors", [])
    missing = [one["message"] for one in errors if "'userId'" in one["message"]]
    made = next(iter(mine.requests), None)
    return (
        len(missing) == len(errors) == 1
        and made is not None
        and "email" in made.json
        and "userId" not in made.json
    )


def no_stray_subscription(case, mine, same):
    """A trait called subscribed does not subscribe anyone."""
    made, recorded = next(iter(mine.requests), None), next(iter(told(case)), None)
    if case["call"] != "onEvent" or made is None or recorded is None or "subscribed" in made.json:
        return False
    rest = {key: value for key, value in recorded["body"].items() if key != "subscribed"}
    mapped = subscriptions(case["settings"])[0]["mapping"].get("subscribed")
    return (
        mapped is None and recorded["body"].get("subscribed") is not False and same(made.json, rest)
    )


def blank_api_key(case, mine, same):
    """An API key that is "" or null is no API key."""
    return not case["settings"].get("apiKey") and "API Key" in str(mine.refused)


def single_quotes(case, mine, same):
    """Single quotes quote."""
    quoted = ["'" in str(one.get("subscribe")) for one in subscriptions(case["settings"])]
    return any(quoted) and len(mine.requests) == 1


def no_batch_call(case, mine, same):
    """An action without a batch call gets its events one by one."""
    return case["call"] == "onBatch" and len(mine.requests) == len(case["events"])


def person_as_text(case, mine, same):
    """Deleting names one person by text, as the API wants it."""
    if case["call"] != "onDelete":
        return False
    (made,), (recorded,) = mine.requests, told(case)
    return made.json == {"userId": str(recorded["body"]["userId"][0])}


def list_of_nothing(case, mine, same):
    """A list that holds an empty text is no text."""
    traits = (case.get("event") or {}).get("traits")
    return (
        isinstance(traits, dict)
        and [""] in traits.values()
        and "a list of 1 item" in str(mine.refused)
    )


DEVIATIONS = {
    email_alone: 5,
    no_stray_subscription: 5,
    blank_api_key: 4,
    single_quotes: 1,
    no_batch_call: 1,
    person_as_text: 3,
    list_of_nothing: 1,
}


def test_every_recorded_case_is_sent_the_same_or_deviates_as_listed(cases, same):
    counts = dict.fromkeys(DEVIATIONS, 0)
    for case in cases("loops_pipeline"):
        mine = ours(case)
        if conforms(case, mine, same):
            continue
        found = [one for one in DEVIATIONS if one(case, mine, same)]
        assert len(found) == 1, (case["id"], mine, told(case))
        counts[found[0]] += 1
    assert counts == DEVIATIONS


def test_statuses_have_segments_names(cases):
    assert [one["id"] for one in cases("error_codes") if name(one["status"]) != one["output"]] == []
