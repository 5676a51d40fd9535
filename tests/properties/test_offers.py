"""Laws of what destinations offer: nothing that events, people or vendors say makes it fall over."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from segue import Choice, Choices, OAuth2, Response
from segue.audience import SYNC_MODES, membership
from segue.choices import Menu
from segue.json import encode
from segue.secrets import FileSecrets


scalars = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "k", "new", "audience"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["k", "", "personas", "computation_class", "computation_key"]), inner
        )
    ),
    max_leaves=8,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "identify", "page"]) | values,
        "event": st.sampled_from(["new", "updated", "deleted"]) | values,
        "context": values,
        "properties": values,
        "traits": values,
    },
)


@given(events, st.sampled_from(SYNC_MODES))
def test_any_event_says_in_out_or_nothing(event, mode):
    assert membership(event, mode) in {True, False, None}
    assert membership({**event, "context": None, "event": "other"}, mode) is None


@given(st.text(alphabet="ab.[]0_", max_size=12))
def test_any_path_is_a_field_or_none(path):
    menu = Menu()
    menu.declare("a.__values__")(lambda key, index: Choices([Choice([key, index])]))
    menu.declare("b")(lambda: Choices([]))
    asking = menu.find(path)
    assert asking is None or asking.place.field in {"a.__values__", "b"}


@given(
    st.integers(100, 599),
    values
    | st.dictionaries(st.sampled_from(["access_token", "refresh_token", "expires_in"]), values),
)
def test_any_answer_is_a_token_or_none(status, body):
    token = OAuth2("/t").token(Response(status, body=encode(body)), refresh="r", now=0.0)
    given = body.get("access_token") if isinstance(body, dict) else None
    there = 200 <= status < 300 and isinstance(given, str) and given != ""
    assert (token is not None) is there
    assert token is None or (token.access == given and token.refresh)
    assert token is None or token.until is None or token.until > 0.0


@given(st.dictionaries(st.text(max_size=3), values, max_size=3))
def test_a_secret_comes_back_as_it_was_written(tmp_path_factory, value):
    secrets = FileSecrets(tmp_path_factory.mktemp("secrets"))

    async def there_and_back():
        await secrets.write("a", value)
        return await secrets.read("a")

    assert asyncio.run(there_and_back()) == value
