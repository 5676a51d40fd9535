"""The watch: it names what holds everything up, once in a while."""

import logging
from time import monotonic

import pytest

from segue.delivery import Watch


class Time:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def said(caplog):
    """``said()`` is what was logged so far."""
    caplog.set_level(logging.WARNING, "segue.delivery")
    return lambda: caplog.messages


def work(watch, time, seconds, name="acme.note"):
    watch.begin(name)
    time.now += seconds
    watch.end()


def test_what_is_quick_is_not_named(time, said):
    work(Watch(time), time, 0.1)
    assert said() == []


def test_what_takes_long_is_named_with_its_time(time, said):
    watch = Watch(time)
    work(watch, time, 0.25)
    (message,) = said()
    assert message.startswith("acme.note holds everything up: it has run for 250 ms;")
    assert watch.slow == {"acme.note": 1}


def test_an_action_is_named_once_a_minute_and_counted_always(time, said):
    watch = Watch(time)
    for _ in range(3):
        work(watch, time, 25.0)
    assert [len(said()), watch.slow["acme.note"]] == [1, 3]
    work(watch, time, 25.0)
    assert len(said()) == 2


def test_each_action_is_named_for_itself(time, said):
    watch = Watch(time)
    for name in ("acme.note", "acme.other"):
        work(watch, time, 1.0, name)
    assert len(said()) == 2


def test_what_never_ends_is_named_while_it_runs_with_its_place(time, said):
    watch = Watch(time)
    watch.begin("acme.note")
    watch.look(lambda: ", at acme.py:3 in note")
    time.now += 0.2
    for _ in range(3):
        watch.look(lambda: ", at acme.py:3 in note")
    (message,) = said()
    assert "it has run for 200 ms, at acme.py:3 in note;" in message


def test_nothing_runs_nothing_is_named(time, said):
    watch = Watch(time)
    work(watch, time, 0.01)
    time.now += 10
    watch.look(lambda: "")
    assert said() == []


def test_a_thread_looks_on_and_tells_the_line(said):
    watch = Watch()
    watch.start()
    watch.begin("acme.note")
    until = monotonic() + 0.5
    while monotonic() < until:
        pass
    watch.end()
    watch.stop()
    assert "in test_a_thread_looks_on_and_tells_the_line" in said()[0]
