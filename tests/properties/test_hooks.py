"""Whatever a plugin makes of an event, what goes on is an event."""

from copy import deepcopy
from datetime import UTC, datetime

from event_strategies import altered_events, anything, good_events
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.events import Rejected, check
from segue.events.intake import normalise
from segue.hooks import DROPPED, Hooks, Listener
from segue.json import encode


class Odd:
    """Nothing that JSON knows, and it cannot even be printed."""

    def __repr__(self):
        raise ValueError("no")

    __str__ = __repr__


def raising(error):
    def function(event):
        event.clear()
        raise error

    return function


junk = st.one_of(
    anything,
    st.binary(max_size=3),
    st.sets(st.integers(), max_size=2),
    st.builds(Odd),
    st.dictionaries(st.integers() | st.text(max_size=3), st.builds(Odd), max_size=3),
)
returned = st.one_of(altered_events(), good_events(), junk)
errors = st.sampled_from([ValueError("no"), SystemExit(3), RecursionError(), ValueError(Odd())])
functions = st.one_of(
    returned.map(lambda made: lambda event: made),
    errors.map(raising),
    st.just(lambda event: event),
)


def hooks(some):
    listeners = [Listener(f"p{at}", "segue_event", one, ("event",)) for at, one in enumerate(some)]
    return Hooks({"segue_event": listeners})


def arrived(event):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return normalise(event, received_at=moment, message_id=lambda: "m1")


@settings(deadline=None)
@given(good_events(), st.lists(functions, min_size=1, max_size=3))
def test_an_event_stays_one_whatever_plugins_return_or_raise(event, some):
    event = arrived(event)
    before = deepcopy(event)
    made = hooks(some).revise(event, "web")
    assert event == before
    if isinstance(made, Rejected):
        assert (made.code, made.text) == (DROPPED, "")
    else:
        check(made)
        assert made["receivedAt"] == before["receivedAt"]
        assert encode(arrived(made)) == encode(made)


@settings(deadline=None)
@given(good_events(), st.lists(errors.map(raising), min_size=1, max_size=3))
def test_an_event_that_only_failing_plugins_saw_is_as_it_was(event, some):
    event = arrived(event)
    asked = hooks(some)
    assert asked.revise(event, "web") is event
    assert sum(asked.errors.values()) == len(some)
