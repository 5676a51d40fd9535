"""Membership is read from the key of a computation, or from the name of a row's event."""

import pytest

from segue.audience import membership


def computed(kind, key="vip", **event):
    personas = {"computation_class": kind, "computation_key": key}
    return {"type": "track", "context": {"personas": personas}, **event}


@pytest.mark.parametrize("kind", ["audience", "journey_step"])
def test_a_computation_speaks_through_the_property_of_its_key(kind):
    assert membership(computed(kind, properties={"vip": True})) is True
    assert membership(computed(kind, properties={"vip": False})) is False


def test_an_identify_speaks_through_its_traits():
    event = {**computed("audience", traits={"vip": False}), "type": "identify"}
    assert membership(event) is False


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "track", "context": None},
        {"type": "track", "context": {"personas": None}},
        computed("trait", properties={"vip": True}),
        computed("audience", properties={"vip": "true"}),
        computed("audience", key="", properties={"": True}),
        {**computed("audience", properties={"vip": True}), "type": "page"},
    ],
    ids=["nothing", "no context", "no computation", "a trait", "text", "no key", "a page"],
)
def test_an_event_may_say_nothing(event):
    assert membership(event) is None


@pytest.mark.parametrize(
    ("event", "modes", "expected"),
    [
        ("new", {"add", "upsert", "mirror"}, True),
        ("updated", {"update", "upsert", "mirror"}, True),
        ("deleted", {"delete", "mirror"}, False),
        ("other", set(), None),
    ],
)
def test_a_changed_row_counts_in_the_modes_that_act_on_it(event, modes, expected):
    every = ["add", "update", "upsert", "delete", "mirror"]
    said = {mode: membership({"type": "track", "event": event}, mode) for mode in every}
    assert said == {mode: expected if mode in modes else None for mode in every}


def test_some_old_journeys_mean_that_every_step_puts_its_person_in():
    event = computed("journey_step")
    assert membership(event) is None
    assert membership(event, every_step=True) is True
