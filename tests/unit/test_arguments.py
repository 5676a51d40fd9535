"""A function is called with what it names."""

import pytest

from segue.arguments import bind
from segue.errors import AuthorError


OFFER = {"payload": 1, "event": 2}


def test_a_function_gets_what_it_names_in_any_order():
    assert bind(lambda event, payload: (event, payload), ("payload", "event"))(OFFER) == (2, 1)


def test_a_function_may_ask_for_one_thing_or_nothing():
    assert bind(lambda payload: payload, ("payload", "event"))(OFFER) == 1
    assert bind(lambda: "x", ("payload",))(OFFER) == "x"


def test_a_parameter_with_a_default_need_not_be_offered():
    assert bind(lambda *, event, other=5: (event, other), ("event",))(OFFER) == (2, 5)


def test_an_unknown_parameter_is_named_with_the_nearest_offer():
    def perform(paylod): ...

    with pytest.raises(AuthorError, match=r'perform\(\) asks for "paylod"; did you mean "payload"'):
        bind(perform, ("payload", "event"))
