"""What type checkers must see in an author's file. Never run; each ignore is a mistake they must find."""

from typing import NotRequired, TypedDict, assert_type

from segue import (
    Choice,
    Choices,
    ChoiceSteps,
    Context,
    Destination,
    EventNotSupported,
    FunctionContext,
    JsonObject,
    JsonValue,
    OAuth2,
    Preset,
    Request,
    Response,
    Settings,
    Settled,
    Steps,
    SyncMode,
    action,
    compile_trigger,
    hookimpl,
    load_plugins,
)
from segue.plugins import AnyAction


DESK = Destination("desk", title="Desk", url="https://desk.test")
FIELDS: JsonObject = {"type": "object"}


class Payload(TypedDict):
    subject: str
    urgent: NotRequired[bool]


@action(DESK, "open", trigger='type = "track"', fields=FIELDS)
def pure(payload: Payload, context: Context) -> Request:
    assert_type(payload["subject"], str)
    return Request.post("/t", json={"s": payload["subject"]}, headers={"K": context.key(1)})


@action(DESK, "walk", trigger='type = "track"', fields=FIELDS)
def stepwise(payload: Payload) -> Steps:
    answer = yield Request.get("/t", params={"s": payload["subject"]}, accept={404})
    assert_type(answer, Response)


@action(DESK, "sync", trigger="all", fields=FIELDS, sync_modes=("upsert", "delete"))
def sync(payload: Payload, sync_mode: SyncMode, *, membership: bool | None) -> Request:
    return Request.post("/t", json=[payload["subject"], sync_mode, membership])


@pure.choices("subject")
def subjects(page: str | None) -> ChoiceSteps:
    answer = yield Request.get("/subjects", params={"page": page or ""})
    assert_type(answer, Response)
    return Choices([Choice("Doors")], next_page=None)


@hookimpl
def segue_event(event: dict[str, JsonValue], source: str) -> dict[str, JsonValue] | None:
    return event if source else None


@hookimpl(trylast=True)
def segue_settled(settled: Settled) -> None:
    assert_type(settled.tries, int)


@hookimpl
def segue_register() -> list[Destination]:
    return [DESK]


@DESK.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_bearer(str(settings["token"]))


assert_type(pure({"subject": "s"}, Context()), Request)
assert_type(stepwise({"subject": "s"}), Steps)
assert_type(pure.request({"subject": "s"}), Request)
assert_type(load_plugins().actions["desk.open"], AnyAction)
assert_type(compile_trigger("all")({}), bool)
assert_type(pure.preset("Doors", override={"subject": "Doors"}), Preset)
assert_type(subjects("2"), ChoiceSteps)

pure({"subjct": "s"}, Context())  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
pure({"subject": "s"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Request.post("/t", jsn={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Request.get("/t").url = "/u"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
OAuth2("/token", grant="password")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pure.preset("P", overide={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
action(DESK, "x", trigger="all")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@DESK.authenticate  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def backwards(settings: Settings, request: Request) -> Request:
    return request.with_bearer(str(settings["token"]))


def on_track(event: JsonObject, settings: Settings, context: FunctionContext) -> Request | None:
    if event["type"] != "track":
        raise EventNotSupported
    assert_type(context.cache.load("token", 60, lambda: "t"), JsonValue)
    assert_type(context.idempotency_key, str)
    return Request.post("/events", json=dict(event), headers={"X-Token": str(settings["token"])})
