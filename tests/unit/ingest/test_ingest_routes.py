"""What is at which path, and what is said of the rest."""

import asyncio

import pytest
from asgi import call
from memory_intake import SOURCES, MemoryIntake
from starlette.responses import PlainTextResponse

from segue.ingest import Health, create_app
from segue.ingest.answers import Refusal


POSTS = [
    *("/v1/identify", "/v1/track", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias"),
    *("/v1/i", "/v1/t", "/v1/p", "/v1/s", "/v1/g", "/v1/a", "/v1/b", "/v1/m"),
    *("/v1/batch", "/v1/import"),
]
GETS = ["/v1/projects/wk_web/settings", "/healthz", "/readyz"]


@pytest.mark.parametrize("path", [*POSTS, *GETS, "/nowhere"])
def test_a_browser_may_ask_before_it_sends(api, path):
    answer = api.send("OPTIONS", path, origin="https://app.test")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == (
        "authorization, content-type, x-retry-count"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/track"), ("GET", "/healthz"), ("GET", "/nowhere"), ("GET", GETS[0])],
)
def test_every_answer_may_be_read_by_any_page(api, method, path):
    answer = api.send(method, path)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Retry-After, X-RateLimit-Reset"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", POSTS)
def test_events_are_posted(api, path):
    answer = api.send("GET", path)
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/tracks", "/v1//t", "/v1/projects/settings"])
def test_a_path_that_is_not_there_is_answered_404_in_json(api, path):
    answer = api.post(path, {})
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_a_mistyped_path_is_told_the_nearest(api):
    assert 'did you mean "/v1/track"?' in api.post("/v1/trakc", {}).json["message"]


@pytest.mark.parametrize("path", ["/v1/track/", "/v1/track//"])
def test_a_slash_at_the_end_is_nothing_and_never_a_redirect(api, track, path):
    assert api.post(path, track()).status == 200
    assert len(api.intake.taken) == 1


# settings for analytics.js


def test_analytics_js_is_told_to_send_here_and_to_nobody_else(api):
    answer = api.send("GET", "/v1/projects/wk_web/settings", host="track.test:8080")
    assert answer.json == {
        "integrations": {
            "Segment.io": {
                "apiKey": "wk_web",
                "apiHost": "track.test:8080/v1",
                "protocol": "http",
            }
        },
        "metrics": {"sampleRate": 0, "host": "track.test:8080/v1"},
    }


def test_settings_of_an_unknown_key_are_not_there(api):
    answer = api.send("GET", "/v1/projects/wk_nobody/settings")
    assert (answer.status, answer.json["code"]) == (404, "invalid_write_key")


# health


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health(notes=("old",)), {"/healthz": (200, []), "/readyz": (200, [])}),
        (
            Health((), ("starting",), ("old",)),
            {"/healthz": (200, []), "/readyz": (503, ["starting"])},
        ),
        (
            Health(("the disk is full",), ("stopping",), ("old",)),
            {
                "/healthz": (503, ["the disk is full"]),
                "/readyz": (503, ["the disk is full", "stopping"]),
            },
        ),
    ],
    ids=["well", "waiting", "broken"],
)
def test_health_is_told_with_all_reasons(make, health, expected):
    api = make(health=lambda: health)
    for path, (status, reasons) in expected.items():
        answer = api.send("GET", path)
        told = {"ok": not reasons, "reasons": reasons, "notes": ["old"]}
        assert (answer.status, answer.json) == (status, told)


def test_health_may_be_asked_for_by_head(api):
    assert api.send("HEAD", "/healthz").status == 200


# room for more, and what goes wrong


def test_further_routes_are_served_and_may_refuse(make):
    async def delete(request):
        raise Refusal(401, "unauthorized", "this needs an admin token")

    async def show(request):
        return PlainTextResponse(request.path_params["id"])

    api = make(routes={"/v1/delete": {"POST": delete}, "/x/{id}": {"GET": show}})
    answer = api.post("/v1/delete", {})
    assert (answer.status, answer.json["code"]) == (401, "unauthorized")
    assert api.send("GET", "/x/7").body == b"7"


def test_a_fault_of_our_own_is_logged_and_answered_500_so_that_it_is_sent_again(
    make, track, caplog
):
    class Broken(MemoryIntake):
        async def take(self, source, events):
            raise OSError("the secret path /var/x")

    api = make(intake=Broken())
    answer = api.batch(track())
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.json["message"]
    assert "the secret path" in caplog.text


def test_it_starts_and_stops_when_a_server_says_so():
    app = create_app(sources=SOURCES.get, intake=MemoryIntake())
    asked = iter(["lifespan.startup", "lifespan.shutdown"])
    sent = []

    async def receive():
        return {"type": next(asked)}

    async def send(message):
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_websocket_is_turned_away():
    app = create_app(sources=SOURCES.get, intake=MemoryIntake())
    sent = []

    async def send(message):
        sent.append(message["type"])

    asyncio.run(app({"type": "websocket"}, None, send))
    assert sent == ["websocket.close"]


def test_without_a_clock_and_ids_it_has_its_own(track):
    intake = MemoryIntake()
    app = create_app(sources=SOURCES.get, intake=intake)
    call(app, "POST", "/v1/track", [b'{"writeKey":"wk_web","userId":"u","event":"e"}'])
    ((_, event),) = intake.taken
    assert len(event["messageId"]) == 36
    assert event["receivedAt"].endswith("Z")
