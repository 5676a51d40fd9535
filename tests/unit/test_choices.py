"""The choices of a field are found by a function, by the path that leads to the field."""

import pytest

from segue import AuthorError, Choice, Choices, Destination, Request, Response, action


CHAT = Destination("chat", title="Chat", url="https://chat.test")
FIELDS = {
    "type": "object",
    "properties": {
        "channel": {"type": "string"},
        "thread": {"type": "string"},
        "rows": {
            "type": "array",
            "items": {"type": "object", "properties": {"unit": {"type": "string"}}},
        },
        "traits": {"type": "object", "properties": {"plan": {"type": "string"}}},
    },
}


@action(CHAT, "post", trigger="all", fields=FIELDS)
def post(payload):
    return Request.post("/messages", json=payload)


@post.choices("channel")
def channels(page):
    found = yield Request.get("/channels", params={"cursor": page or ""})
    body = found.json()
    return Choices([Choice(one["id"], one["name"]) for one in body["all"]], body["next"])


@CHAT.choices("thread")
def threads(settings, payload):
    return Choices([Choice(settings["team"]), Choice(payload["channel"], description="the one")])


@post.choices("rows.unit")
def units(index):
    return Choices([Choice(index)])


@post.choices("traits.__values__")
def values(key):
    return Choices([Choice(f"value of {key}")])


@post.choices("traits.__keys__")
def keys(key):
    return Choices([Choice(f"a key, {key}")])


@post.choices("traits.plan")
def plans(key):
    return Choices([Choice(f"a plan, {key}")])


def found(path, settings=None, payload=None):
    """The values of the choices that are found without asking anyone."""
    with pytest.raises(StopIteration) as end:
        next(post.choosing(path).steps(settings=settings or {}, payload=payload or {}, page=None))
    return [one.value for one in end.value.value.choices]


def test_the_choices_are_made_of_what_the_destination_answers():
    steps = post.choosing("channel").steps(settings={}, payload={}, page="p1")
    assert next(steps) == Request.get("/channels", params={"cursor": "p1"})
    with pytest.raises(StopIteration) as end:
        steps.send(Response(200, body=b'{"all": [{"id": "C1", "name": "general"}], "next": "p2"}'))
    assert end.value.value == Choices([Choice("C1", "general")], "p2")


def test_a_function_of_the_destination_serves_every_action():
    assert found("thread", {"team": "T"}, {"channel": "C"}) == ["T", "C"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rows.unit", None),
        ("rows.0.unit", 0),
        ("rows.[12].unit", 12),
        ("rows[3].unit", 3),
        ("traits.plan", "a plan, None"),
        ("traits.city", "value of city"),
        ("traits.__keys__", "a key, None"),
        ("traits.__values__", "value of None"),
    ],
)
def test_a_path_leads_to_a_field_an_item_or_a_member(path, value):
    assert found(path) == [value]


@pytest.mark.parametrize("path", ["", "nope", "rows", "rows.nope", "rows.[x].unit", "traits", "."])
def test_a_path_may_lead_to_nobody_who_knows_choices(path):
    assert post.choosing(path) is None


def test_choices_are_data_for_a_form():
    page = Choices([Choice(5), Choice("a", "A", "the first")], "")
    assert page.data() == {
        "choices": [
            {"value": 5, "label": "5"},
            {"value": "a", "label": "A", "description": "the first"},
        ],
        "next_page": None,
    }


def test_what_are_no_choices_is_refused():
    steps = wrong.choosing("channel").steps(settings={}, payload={}, page=None)
    with pytest.raises(AuthorError, match='the choices of "channel" are list, not Choices'):
        next(steps)


@action(CHAT, "wrong", trigger="all", fields=FIELDS)
def wrong(payload):
    return Request.post("/messages", json=payload)


wrong.choices("channel")(lambda: ["general"])
wrong.choices("chanel")(lambda: ["general"])


@wrong.choices("traits.plan.size")
def sizes(pages):
    return Choices([])


def test_fields_and_parameters_that_do_not_exist_are_refused():
    assert [str(one) for one in wrong.check()] == [
        'choices("traits.plan.size"): sizes() asks for "pages"; did you mean "page"?',
        'choices("chanel"): there is no such field; did you mean "channel"?',
        'choices("traits.plan.size"): there is no such field',
    ]


def test_every_function_of_a_right_action_is_right():
    assert (post.check(), CHAT.check()) == ([], [])
