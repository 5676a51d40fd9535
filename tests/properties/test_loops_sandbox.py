"""Laws of the Loops sandbox's team: whatever is sent, it stays consistent."""

import itertools

import orjson
from hypothesis import given
from hypothesis import strategies as st

from segue_actions.loops.sandbox.model import Call, Contact, MailingList, Policy
from segue_actions.loops.sandbox.operations import OPERATIONS, perform
from segue_actions.loops.sandbox.team import Team


NAMES = st.sampled_from(["a@x.io", "A@x.io", "b@x.io", "c@x.io"])
USERS = st.sampled_from(["u1", "u2", "u3"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4
)
KEYS = st.sampled_from(["firstName", "subscribed", "createdAt", "notes", "id", "shoe"])
BODIES = st.fixed_dictionaries(
    {"eventName": st.sampled_from(["e", "f:g"]) | VALUES},
    optional={
        "email": NAMES | VALUES,
        "userId": USERS | VALUES,
        "mailingLists": st.dictionaries(st.sampled_from(["l1", "l2"]), st.booleans()) | VALUES,
        "eventProperties": st.dictionaries(st.text(max_size=2), VALUES) | VALUES,
    },
)
CALLS = st.builds(
    Call,
    operation=st.sampled_from([*OPERATIONS]),
    body=st.builds(lambda body, more: {**body, **more}, BODIES, st.dictionaries(KEYS, VALUES)),
    query=st.fixed_dictionaries({}, optional={"email": NAMES, "userId": USERS}),
    key=st.none() | st.sampled_from(["k1", "k2"]),
)
POLICIES = st.builds(
    Policy,
    strict=st.booleans(),
    burn=st.booleans(),
    idempotency=st.sampled_from(["any", "body"]),
    clash=st.sampled_from(["400", "409", "email", "userId"]),
)


def make(policy, record=lambda *_: None):
    count = itertools.count()
    team = Team(clock=lambda: 1e9, ids=lambda: f"c{next(count)}", policy=policy, record=record)
    team.add_list(MailingList("l1", "One"))
    return team


@given(POLICIES, st.lists(CALLS, max_size=12))
def test_a_team_answers_anything_and_finds_every_contact_by_its_names(policy, calls):
    team = make(policy)
    for call in calls:
        answer = perform(team, call)
        assert answer.status in {200, 400, 404, 409}
        orjson.dumps(answer.body)
    contacts = team.audience.all()
    for contact in contacts:
        assert team.audience.with_email(contact.email) is contact
        assert contact.user_id is None or team.audience.with_user(contact.user_id) is contact
    assert len({one.email.lower() for one in contacts}) == len(contacts)


@given(POLICIES, st.lists(CALLS, min_size=1, max_size=12))
def test_a_refused_call_changes_nobody_and_counts_nothing(policy, calls):
    team = make(policy)
    for call in calls:
        before = repr((team.audience.all(), team.receipts, team.properties))
        if perform(team, call).status != 200:
            assert repr((team.audience.all(), team.receipts, team.properties)) == before


@given(POLICIES, st.lists(CALLS, max_size=12))
def test_what_is_recorded_is_the_team(policy, calls):
    rows = {}
    team = make(policy, record=lambda kind, key, value: rows.update({(kind, key): value}))
    for call in calls:
        perform(team, call)
    kept = [value for value in rows.values() if isinstance(value, Contact)]
    assert {one.id for one in kept} == {one.id for one in team.audience.all()}
    assert [row for (kind, _), row in rows.items() if kind == "receipt"] == [*team.receipts]


@given(BODIES)
def test_sending_the_same_update_again_changes_nothing_more(body):
    team = make(Policy())
    call = Call("contacts/update", body)
    first = perform(team, call)
    state = repr(team.audience.all())
    assert perform(team, call) == first
    assert repr(team.audience.all()) == state
