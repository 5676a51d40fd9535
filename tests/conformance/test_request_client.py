"""A request goes over the wire as the reference's client puts it there, and better where that is listed."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from raw_server import Heard, answer, reset, serving, stall

from segue import Request, Response
from segue.errors import DeliveryError, RefusedError, TimedOutError, UnreachableError
from segue.http import Sender
from segue.senders import AGENT, HttpxSender
from segue.senders.aiohttp import open_sender


HOSTS = {"api.test": "127.0.0.1", "other.test": "localhost"}  # one server under two names
NAMES = {here: name for name, here in HOSTS.items()}
OURS = {"Segment (Actions)": AGENT, "*/*": "application/json"}  # what each says of itself
ERRORS = {"TypeError": RefusedError, "TimeoutError": TimedOutError, "FetchError": UnreachableError}
COMPARED = {"authorization", "content-type", "content-length", "user-agent", "accept", "x-test"}


@asynccontextmanager
async def open_httpx():
    async with httpx.AsyncClient(trust_env=False) as client:
        yield HttpxSender(client)


def open_aiohttp():
    return open_sender(environ={})


def request(case: Any, url: str) -> Request:
    """The options in our words. Headers and credentials are put on as a destination would."""
    every = [*case["defaults"], case["options"]]
    options = {key: value for one in every for key, value in one.items()}
    made = Request(
        method=options.get("method", "get"),
        url=url,
        json=options.get("json"),
        body=options["body"].encode() if "body" in options else None,
        params={key: value for one in every for key, value in one.get("searchParams", {}).items()},
        timeout=options.get("timeout", 10_000) / 1000,
    )
    for one in every:
        made = made.with_headers({k: str(v) for k, v in one.get("headers", {}).items()})
    user, password = options.get("username", ""), options.get("password", "")
    return made.with_basic(user, password) if user or password else made


@dataclass
class Ours:
    """What we did with a case."""

    requests: list[dict[str, Any]]
    response: Response | None = None
    error: DeliveryError | None = None


async def play(case: Any, sender: Sender) -> Ours:
    answers = iter(case["http"])

    async def act(heard: Heard, writer: asyncio.StreamWriter) -> None:
        await script(next(answers, {"status": 200, "json": {}}), server.port)(heard, writer)

    async with serving(act) as server:
        try:
            answered = await sender.send(request(case, local(case["url"], server.port)))
        except DeliveryError as error:
            return Ours([recorded(one) for one in server.heard], error=error)
        return Ours([recorded(one) for one in server.heard], answered)


def script(told: Any, port: int) -> Any:
    """A recorded answer as an act of the server."""
    if "network_error" in told or "delay_ms" in told:
        return reset if "network_error" in told else stall
    text = compact(told["json"]) if "json" in told else told.get("text", "")
    headers = {"content-type": "application/json"} if "json" in told else {}
    headers |= {k: local(v, port) for k, v in told.get("headers", {}).items()}
    body = b"" if told["status"] in {204, 304} else text.encode()
    return answer(told["status"], body, *[f"{k}: {v}".encode() for k, v in headers.items()])


def local(url: str, port: int) -> str:
    for name, here in HOSTS.items():
        url = url.replace(f"https://{name}", f"http://{here}:{port}")
    return url


def recorded(heard: Heard) -> dict[str, Any]:
    host = NAMES[heard.headers["host"].partition(":")[0]]
    return {
        "method": heard.method,
        "url": f"https://{host}{heard.target}",
        "headers": {name: value for name, value in heard.headers.items() if name in COMPARED},
        "body": heard.body,
    }


def told(case: Any) -> list[dict[str, Any]]:
    """What the reference sent, were it called as we are."""
    return [
        {**one, "headers": {k: OURS.get(v, v) for k, v in one["headers"].items()}}
        for one in case["requests"]
    ]


def agrees(case: Any, mine: Ours, same: Any) -> bool:
    wanted = told(case)
    return len(mine.requests) == len(wanted) and all(map(alike(same), mine.requests, wanted))


def alike(same: Any) -> Any:
    def alike(made: dict[str, Any], wanted: dict[str, Any]) -> bool:
        body = Response(200, body=made["body"]).json()
        return all(made[key] == wanted[key] for key in ("method", "url", "headers")) and same(
            body, wanted.get("body")
        )

    return alike


def ends(case: Any, mine: Ours, same: Any) -> bool:
    """The answer is the same, or the error. What of it is JSON, an action decides here."""
    error, result = case.get("error"), case.get("result")
    if error and error["name"] == "HTTPError":
        return mine.response is not None and mine.response.status == error["response_status"]
    if error:
        return isinstance(mine.error, ERRORS[error["name"]])
    found = mine.response
    if found is None or found.status != result["status"] or found.ok is not result["ok"]:
        return False
    read = any(same(one, result.get("data")) for one in (found.json(), found.text))
    return found.text == result["content"] and read


def get_with_a_body(case: Any, mine: Ours, same: Any) -> bool:
    """A GET may have a body; some searches want one."""
    (made,) = mine.requests
    options = case["options"]
    return (made["method"], made["body"]) == ("GET", compact(options.get("json")).encode())


def own_content_type(case: Any, mine: Ours, same: Any) -> bool:
    """A content type that is given is sent, though the body is JSON."""
    (made,), (theirs,) = mine.requests, told(case)
    wanted = case["options"].get("headers", {}).get("content-type", "application/json")
    made = {**made, "headers": {**made["headers"], "content-type": "application/json"}}
    return wanted != "application/json" and alike(same)(made, theirs)


def parameters_are_added(case: Any, mine: Ours, same: Any) -> bool:
    """Parameters go to the query of the URL, which stays."""
    (made,), (theirs,) = mine.requests, told(case)
    old, new = urlsplit(case["url"]).query, urlsplit(theirs["url"]).query
    return bool(old) and urlsplit(made["url"]).query == f"{old}&{new}"


def nothing_stray(case: Any, mine: Ours, same: Any) -> bool:
    """No parameter appears that nobody gave."""
    (made,), (theirs,) = mine.requests, told(case)
    stray = "headers=%5Bobject+Object%5D&"
    return stray in theirs["url"] and made["url"] == theirs["url"].replace(stray, "")


def no_body_no_type(case: Any, mine: Ours, same: Any) -> bool:
    """Where a redirect drops the body, its content type goes too."""
    theirs = told(case)
    if [one["method"] for one in theirs] != ["POST", "GET"]:
        return False
    del theirs[1]["headers"]["content-type"]
    return all(map(alike(same), mine.requests, theirs))


def no_credential_elsewhere(case: Any, mine: Ours, same: Any) -> bool:
    """Another host is not sent the credential."""
    theirs = told(case)
    if not theirs[-1]["url"].startswith("https://other.test"):
        return False
    del theirs[1]["headers"]["authorization"]
    return all(map(alike(same), mine.requests, theirs))


def no_body_with_that_status(case: Any, mine: Ours, same: Any) -> bool:
    """The recorded client was handed a body with a 204 and a 304, which HTTP does not have."""
    return mine.response is not None and mine.response == Response(
        case["result"]["status"], mine.response.headers
    )


def redirects_are_not_optional(case: Any, mine: Ours, same: Any) -> bool:
    """Not our interface: a redirect is followed, once."""
    urls = [one["url"] for one in mine.requests]
    return case["options"].get("redirect") == "manual" and urls == [
        case["url"],
        "https://api.test/q",
    ]


def no_time_at_all(case: Any, mine: Ours, same: Any) -> bool:
    """With no time at all nothing is sent."""
    return case["options"].get("timeout") == 0 and not mine.requests and ends(case, mine, same)


DEVIATIONS = {
    get_with_a_body: 1,
    own_content_type: 1,
    parameters_are_added: 2,
    nothing_stray: 1,
    no_body_no_type: 3,
    no_credential_elsewhere: 3,
    no_body_with_that_status: 2,
    redirects_are_not_optional: 3,
    no_time_at_all: 1,
}


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def test_the_vectors_are_all_there(cases):
    assert len(cases("request_client")) == 89


@pytest.mark.parametrize("opened", [open_httpx, open_aiohttp], ids=["httpx", "aiohttp"])
def test_every_recorded_case_goes_the_same_way_or_deviates_as_listed(cases, same, opened):
    async def go():
        async with opened() as sender:
            return [(case, await play(case, sender)) for case in cases("request_client")]

    counts = dict.fromkeys(DEVIATIONS, 0)
    for case, mine in asyncio.run(go()):
        if agrees(case, mine, same) and ends(case, mine, same):
            continue
        found = [one for one in DEVIATIONS if matches(one, case, mine, same)]
        assert len(found) == 1, (case, mine)
        counts[found[0]] += 1
    assert counts == DEVIATIONS


def matches(deviation: Any, case: Any, mine: Ours, same: Any) -> bool:
    try:
        return deviation(case, mine, same)
    except (ValueError, KeyError, IndexError):  # made for another number of requests
        return False
