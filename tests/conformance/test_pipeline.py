"""Destinations described as data put on the wire what they do in the reference, built on the public API.

What an answer means is compared as one of four ends: delivered, to be tried again, refused, or not
for this mapping. What only Segment's platform knows (feature flags, ids of its own) is not compared,
nor are hooks and the creation of audiences, which this project does not have.
"""

import json
from dataclasses import replace

from described import TOKEN_URL, end_of
from described_runs import PLUMBING, ours, subscriptions

from segue import Request
from segue.audience import SYNC_MODE


LEFT_OUT = {"hook", "audience-crud"}  # hooks, and the creation of audiences
PLATFORM = ("auth", "hookOutputs", "features", "subscriptionMetadata")


def expected(case):
    """How a recorded case ended, in the words of ours."""
    if "error" in case:
        return [failed(case["error"])]
    if case["call"] == "executeDynamicField":
        return ["refused" if case["result"].get("error") else "delivered"]
    if not isinstance(case.get("result"), list):
        return ["unmatched" if (case.get("result") or {}).get("no_onDelete") else "delivered"]
    return [end for one in case["result"] for end in entry(one, case)]


def failed(error):
    status = error.get("status") or error.get("response_status")
    late = error.get("code") == "ETIMEDOUT" or error["name"] == "FetchError"
    return "again" if late or (status and end_of(status) == "again") else "refused"


def entry(one, case):
    """The ends that one entry of a result stands for."""
    if "multistatus" in one:
        return [node(each) for each in one["multistatus"]]
    if one["output"] in {"Mappings resolved", "Payload validated"}:
        return []
    matched = one["output"] == "Action Executed"
    return ["delivered" if matched else "unmatched"] * len(case.get("events", [None]))


def node(one):
    unmatched = ("does not match the subscription", "validate subscription", "Invalid subscription")
    if any(words in one.get("errormessage", "") for words in unmatched):
        return "unmatched"
    return end_of(one["status"])


def ended_alike(case, made):
    mine = [one for one in made.ends if one != "nothing"]
    wanted = expected(case)
    if case["call"] == "testAuthentication":
        return (mine == ["delivered"]) == (wanted == ["delivered"])
    if "error" in case and case["call"] in {"onEvent", "onBatch"}:
        return wanted[0] in mine  # it hides the ends of the others
    return mine == wanted


def asked_alike(case, made, same):
    return len(made.requests) == len(case["requests"]) and all(
        equal(mine, recorded, same)
        for mine, recorded in zip(made.requests, case["requests"], strict=True)
    )


def equal(mine, recorded, same):
    shown = mine.under("https://api.test")
    return (
        (shown.method, shown.url) == (recorded["method"], recorded["url"])
        and own_headers(shown) == told_headers(recorded)
        and same(plain(shown.json), plain(recorded.get("body")))
    )


def own_headers(request):
    """The headers that are not the sender's own."""
    given = {name.lower(): value for name, value in request.headers.items()}
    typed = {"content-type": "application/json"} if request.json is not None else {}
    return {**typed, **given}


def told_headers(recorded):
    ours = {"user-agent": "Segment (Actions)"}
    return {
        name: value
        for name, value in recorded["headers"].items()
        if name not in {"accept", "content-length"} and ours.get(name) != value
    }


def plain(body):
    """A body without what only Segment's platform knows."""
    if not isinstance(body, dict) or "payload" not in body:
        return body
    kept = {key: value for key, value in body.items() if key not in PLATFORM}
    settings = {k: v for k, v in kept.get("settings", {}).items() if k not in PLUMBING}
    return {**kept, "settings": settings}


def chose_alike(case, made, same):
    """The choices of a field, whose values hold what the function was told."""
    if case["call"] != "executeDynamicField" or made.ends != ["delivered"]:
        return True
    (mine,), theirs = made.said, case["result"]["choices"]
    values = [(one.label, read(one.value)) for one in mine.choices]
    wanted = [(one["label"], read(one["value"])) for one in theirs]
    return same(values, wanted)


def read(text):
    return json.loads(text) if text.startswith("{") else text


def conforms(case, made, same):
    return (
        ended_alike(case, made) and asked_alike(case, made, same) and chose_alike(case, made, same)
    )


def stripped(requests, *keys):
    """Requests whose bodies are without these keys."""
    return [
        replace(one, json={k: v for k, v in one.json.items() if k not in keys})
        for one in requests
        if isinstance(one.json, dict)
    ]


def unsaid_mode(case, made, same):
    """A mapping that chooses no sync mode has the first that its action offers."""
    if not any(offers_modes(case, one) and not mode(one) for one in subscriptions(case)):
        return False
    hidden = {"syncMode"}
    if (case.get("event") or {}).get("event") in {"new", "updated", "deleted"}:
        hidden.add("audienceMembership")  # that of a row follows from the mode
    rest = replace(made, requests=stripped(made.requests, *hidden))
    modes = {one.json.get("syncMode") for one in made.requests}
    return modes == {"add"} and ended_alike(case, rest) and asked_alike(case, rest, same)


def mode_not_offered(case, made, same):
    """A sync mode that the action does not offer is refused."""
    (one,) = subscriptions(case) if case["call"] in {"onEvent", "onBatch"} else (None,)
    return (
        one is not None and offers_modes(case, one) and f"no sync mode {mode(one)}" in told_of(made)
    )


def no_text(case, made, same):
    """A matching key that is no text is refused."""
    return "a matching key is text" in told_of(made)


def told_of(made):
    return " ".join(map(str, made.said))


def offers_modes(case, one):
    return "syncMode" in case["destination"]["actions"].get(one["partnerAction"], {})


def mode(one):
    return one["mapping"].get(SYNC_MODE) if isinstance(one["mapping"], dict) else None


def empty_texts(case, made, same):
    """An empty text is no value in a batch either: it is left out, and is not a required ID."""
    if case["call"] != "onBatch" or not any("" in one.values() for one in case["events"]):
        return False
    (mine,), (recorded,) = made.requests, case["requests"]
    sent = [{k: v for k, v in one.items() if v != ""} for one in recorded["body"]]
    return same(mine.json, [one for one in sent if "id" in one]) and made.ends[-1] == "refused"


def own_fields(case, made, same):
    """Two actions of one title have fields of their own."""
    return case["group"] == "same-title" and [one.json for one in made.requests] == [{"zz": 5}]


def no_personas(case, made, same):
    """An event whose personas are null says nothing of audiences, and is sent."""
    personas = ((case.get("event") or {}).get("context") or {"personas": 0}).get("personas")
    return personas is None and made.ends == ["delivered"]


def one_by_one(case, made, same):
    """An action without a batch call gets its events one by one."""
    batches = "performBatch" in case["destination"]["actions"]["go"]
    return case["call"] == "onBatch" and not batches and made.ends == ["delivered"]


def null_setting(case, made, same):
    """A setting that is null is one that is not there."""
    return None in case.get("settings", {}).values() and made.ends == ["delivered"]


def own_content_type(case, made, same):
    """A request keeps the content type it was given."""
    given = case["destination"].get("extendRequest", {}).get("headers", {})
    kept = [given["content-type"]] if "content-type" in given else []
    return [one.header("content-type") for one in made.requests] == kept != []


def nothing_stray(case, made, same):
    """What is merged gains no member called headers."""
    extend = case["destination"].get("extendRequest", {})
    if not {"json", "searchParams"} & extend.keys():
        return False
    (mine,), (recorded,) = made.requests, case["requests"]
    url = recorded["url"].replace("&headers=%5Bobject+Object%5D", "")
    body = unheaded(recorded.get("body"))
    return mine.under("").url == url and same(mine.json, body)


def unheaded(body):
    if not isinstance(body, dict):
        return body
    return {key: unheaded(value) for key, value in body.items() if key != "headers"}


def standard_refresh(case, made, same):
    """A token is asked for as RFC 6749 says, with the client's own credentials."""
    asked = [one for one in made.requests if one.url == TOKEN_URL]
    kept = replace(made, requests=[one for one in made.requests if one.url != TOKEN_URL])
    api = [one for one in case["requests"] if one["url"] != TOKEN_URL]
    basic = Request.get("/").with_basic("cid", "sec").header("authorization")
    return (
        [one.header("authorization") for one in asked] == [basic]
        and asked[0].body == b"grant_type=refresh_token&refresh_token=r1"
        and asked_alike({**case, "requests": api}, kept, same)
    )


def plain_index(case, made, same):
    """The choices of a field in a list are found by its plain index, too."""
    return case.get("field") == "arr.0.first" and made.ends == ["delivered"]


DEVIATIONS = {
    unsaid_mode: 16,
    mode_not_offered: 5,
    no_text: 3,
    empty_texts: 9,
    own_fields: 1,
    no_personas: 1,
    one_by_one: 1,
    null_setting: 2,
    own_content_type: 1,
    nothing_stray: 2,
    standard_refresh: 1,
    plain_index: 1,
}


def test_every_recorded_case_goes_the_same_way_or_deviates_as_listed(cases, same):
    counts = dict.fromkeys(DEVIATIONS, 0)
    for case in cases("pipeline_generic"):
        if case["group"] in LEFT_OUT:
            continue
        made = ours(case)
        if conforms(case, made, same):
            continue
        found = [one for one in DEVIATIONS if one(case, made, same)]
        assert len(found) == 1, (case["id"], found, made)
        counts[found[0]] += 1
    assert counts == DEVIATIONS
