"""An action is data plus one function; its kind follows from the function."""

import pytest

from segue import (
    Context,
    Delivered,
    Destination,
    Discarded,
    Held,
    Request,
    Response,
    Retry,
    action,
    path,
)
from segue.errors import AuthorError
from segue.outcome import OutcomeError


DESK = Destination("desk", title="Desk", url="https://desk.test/api")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "openTicket", trigger='type = "track"', fields=FIELDS)
def pure(payload, context):
    """Open a ticket."""
    return Request.post(
        "/tickets", json=payload, headers={"Idempotency-Key": context.idempotency_key}
    )


@action(DESK, "twoCalls", trigger='type = "track"', fields=FIELDS)
def stepwise(payload):
    found = yield Request.get("/find", params=payload)
    if found.json():
        yield Request.post("/notes", json=found.json())


@action(DESK, "throughSdk", trigger='type = "track"', fields=FIELDS)
async def through_sdk(payload, client):
    return (payload, client)


def test_the_kind_follows_from_the_function():
    assert [one.kind for one in (pure, stepwise, through_sdk)] == ["pure", "generator", "async"]


def test_name_title_and_description_come_from_the_declaration():
    assert (pure.name, pure.title, pure.description) == (
        "desk.openTicket",
        "Open Ticket",
        "Open a ticket.",
    )


def test_the_default_mapping_is_made_of_the_fields():
    assert pure.mapping == {"id": {"@path": "$.userId"}}


def test_calling_an_action_calls_its_function():
    assert pure({"id": "1"}, Context()).url == "/tickets"


def test_a_request_is_made_without_io():
    context = Context(message_id="m")
    made = pure.request({"id": "1"}, context=context)
    assert (made.method, made.json) == ("POST", {"id": "1"})
    assert made.header("idempotency-key") == context.idempotency_key


def test_the_first_request_of_a_generator_can_be_shown():
    assert stepwise.request({"id": "1"}).url == "/find"


def test_steps_of_a_generator_are_fed_the_answers():
    steps = stepwise.steps({"id": "1"})
    assert next(steps).url == "/find"
    assert steps.send(Response(200, body=b'{"n":1}')).json == {"n": 1}
    assert next(steps, None) is None


@pytest.mark.parametrize(
    "verdict", [Retry("busy", "BUSY"), Discarded("no", "NO"), Held("who", "WHO")]
)
def test_a_generator_may_end_with_an_outcome_of_its_own(declare, verdict):
    def ends(payload):
        yield Request.get("/")
        return verdict

    steps = declare(ends).steps({})
    next(steps)
    with pytest.raises(OutcomeError) as error:
        steps.send(Response(200))
    assert error.value.outcome == verdict


@pytest.mark.parametrize("ending", [None, Delivered()])
def test_a_generator_that_ends_well_needs_not_say_so(declare, ending):
    def ends(payload):
        yield Request.get("/")
        return ending

    assert [one.url for one in declare(ends).steps({})] == ["/"]


def test_what_a_generator_ends_with_is_an_outcome(declare):
    def ends(payload):
        yield Request.get("/")
        return False

    with pytest.raises(AuthorError, match=r"desk\.put ended with bool, not an Outcome"):
        list(declare(ends).steps({}))


def test_a_generator_that_sends_nothing_has_no_request_to_show(declare):
    def nothing(payload):
        yield from ()

    with pytest.raises(AuthorError, match=r"desk\.put made no request"):
        declare(nothing).request({"id": "1"})


def test_steps_of_a_pure_action_are_its_one_request():
    steps = pure.steps({"id": "1"})
    assert next(steps).url == "/tickets"
    assert next(steps, None) is None


def test_an_async_action_has_no_request_to_show():
    with pytest.raises(AuthorError, match="async action"):
        through_sdk.request({"id": "1"})


def test_a_function_that_returns_something_else_is_named():
    wrong = action(DESK, "wrong", trigger='type = "track"', fields=FIELDS)(lambda payload: payload)
    with pytest.raises(AuthorError, match=r"desk\.wrong made dict, not a Request"):
        wrong.request({"id": "1"})


def test_everything_wrong_with_a_declaration_is_said_at_once():
    wrong = action(DESK, "no good", trigger="type == 1", fields={"type": "array"})(
        lambda paylod: None
    )
    said = "\n".join(map(str, wrong.check()))
    assert all(word in said for word in ("no good", "offset", "paylod", "a field spec"))


def test_a_default_mapping_that_cannot_be_read_is_said_with_its_place():
    fields = {
        "type": "object",
        "properties": {"id": {"type": "string", "mapping": {"@pth": "$.userId"}}},
    }
    (problem,) = action(DESK, "mapped", trigger="all", fields=fields)(lambda payload: None).check()
    assert problem.pointer == "/id"
    assert "the default mapping" in str(problem)
    assert 'did you mean "@path"?' in str(problem)


def test_a_sound_declaration_has_no_problem():
    assert pure.check() == stepwise.check() == through_sdk.check() == DESK.check() == []


def test_idempotency_keys_differ_by_everything_that_makes_a_delivery():
    base = {"source": "s", "connection": "c", "mapping": "m", "message_id": "1"}
    contexts = [
        Context(**base),
        *(Context(**{**base, key: "other"}) for key in base),
        Context(**base, replay=1),
    ]
    keys = [one.idempotency_key for one in contexts] + [Context(**base).key(1)]
    assert len(set(keys)) == len(keys) == 7
    assert max(map(len, keys)) <= 100


def test_the_same_delivery_has_the_same_key_every_time():
    assert Context(message_id="1").idempotency_key == Context(message_id="1").idempotency_key


def test_a_batch_is_declared_beside_the_action():
    @pure.batch(max_items=2, keys=["id"])
    def together(payloads):
        return Request.post("/batch", json=payloads)

    assert pure.batches is not None
    assert (pure.batches.max_items, pure.batches.keys, pure.batches.make) == (2, ("id",), together)


@pytest.fixture
def batched():
    """``batched(function)`` is an action that declares it for its batches."""

    def batched(make):
        one = action(DESK, "many", trigger="all", fields=FIELDS)(lambda payload: None)
        one.batch()(make)
        return one

    return batched


def ended(steps, *answers):
    """The requests of a batch, and what it ends with."""
    made = [next(steps)]
    try:
        for answer in answers:
            made.append(steps.send(answer))  # noqa: PERF401 extend would take the end for its own
    except StopIteration as end:
        return [one.url for one in made], end.value
    raise AssertionError("it did not end")


def test_a_batch_of_one_request_says_nothing_of_its_items(batched):
    one = batched(lambda payloads, contexts: Request.post(f"/{len(payloads)}{len(contexts)}"))
    steps = one.batch_steps([{}, {}], settings={}, contexts=[Context(), Context()])
    assert ended(steps, Response(200)) == (["/22"], None)


def test_a_batch_may_ask_more_than_once_and_ends_with_an_outcome_each(batched):
    def several(payloads, settings):
        answer = yield Request.post("/start")
        yield Request.get(f"/{answer.text}")
        return [settings["region"] for _ in payloads]

    steps = batched(several).batch_steps([{}, {}], settings={"region": "eu"}, contexts=[])
    answers = Response(200, body=b"job"), Response(200)
    assert ended(steps, *answers) == (["/start", "/job"], ["eu", "eu"])


def test_a_batch_that_makes_no_request_or_asks_for_what_nobody_offers_is_wrong(batched):
    with pytest.raises(AuthorError, match=r"desk\.many made int"):
        next(batched(lambda payloads: 5).batch_steps([], settings={}, contexts=[]))
    (problem,) = batched(lambda payload: None).check()
    assert 'asks for "payload"; did you mean "payloads"?' in str(problem)


@action(DESK, "sync", trigger="all", fields=FIELDS, sync_modes=("upsert", "delete"))
def sync(payload, sync_mode, matching_key, membership):
    return Request.post("/sync", json=[sync_mode, matching_key, membership])


@sync.batch(max_items=10)
def sync_many(payloads, events, sync_mode, matching_key, memberships):
    return Request.post("/many", json=[len(events), sync_mode, matching_key, memberships])


def test_a_function_is_told_what_its_mapping_chose_and_what_the_event_says_by_it():
    event = {"type": "track", "event": "deleted"}
    made = sync.request({}, event=event, sync_mode="delete", matching_key="email")
    assert made.json == ["delete", "email", False]


def test_a_function_is_told_the_default_of_what_nobody_chose():
    assert sync.request({}).json == ["upsert", None, None]


def test_the_function_of_a_batch_is_told_the_same_of_all_its_events():
    events = [{"type": "track", "event": "new"}, {"type": "page"}]
    steps = sync.batch_steps([{}, {}], settings={}, contexts=[], events=events, matching_key="id")
    assert next(steps).json == [2, "upsert", "id", [True, None]]


def test_a_sync_mode_that_does_not_exist_is_refused():
    wrong = action(DESK, "x", trigger="all", fields=FIELDS, sync_modes=("upsret",))(pure.perform)
    said = 'there is no sync mode "upsret"; did you mean "upsert"?'
    assert [str(one) for one in wrong.check()] == [said]


def test_a_batch_that_could_hold_nothing_or_goes_by_no_field_is_refused():
    made = action(DESK, "y", trigger="all", fields=FIELDS)(pure.perform)
    made.batch(max_items=0, max_bytes=0, wait=-1.0, keys=("id", "idd"))(lambda payloads: None)
    assert [str(one) for one in made.check()] == [
        "batch: max_items is too small",
        "batch: max_bytes is too small",
        "batch: wait is too small",
        'batch: there is no field "idd" to tell batches apart; did you mean "id"?',
    ]


def test_a_generator_that_never_ends_is_stopped_and_told():
    def endless():
        while True:
            yield Request.get("/next")

    steps = action(DESK, "endless", trigger="all", fields=FIELDS)(endless).steps({})
    next(steps)
    for _ in range(999):
        steps.send(Response(200))
    with pytest.raises(AuthorError, match=r"desk\.endless made 1,000 requests and is not done"):
        steps.send(Response(200))
