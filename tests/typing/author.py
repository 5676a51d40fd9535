"""What type checkers must see in an author's file. Never run; each ignore is a mistake they must find."""

from typing import NotRequired, TypedDict, assert_type

from segue import (
    Context,
    Destination,
    JsonObject,
    Request,
    Response,
    Settings,
    Steps,
    action,
    compile_trigger,
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


@DESK.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_bearer(str(settings["token"]))


assert_type(pure({"subject": "s"}, Context()), Request)
assert_type(stepwise({"subject": "s"}), Steps)
assert_type(pure.request({"subject": "s"}), Request)
assert_type(load_plugins().actions["desk.open"], AnyAction)
assert_type(compile_trigger("all")({}), bool)

pure({"subjct": "s"}, Context())  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
pure({"subject": "s"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Request.post("/t", jsn={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Request.get("/t").url = "/u"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
action(DESK, "x", trigger="all")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@DESK.authenticate  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def backwards(settings: Settings, request: Request) -> Request:
    return request.with_bearer(str(settings["token"]))
