"""Whose turn a place is."""

import pytest

from segue.worker.line import Line


def order(fresh, retries):
    line = Line()
    for number in range(fresh):
        line.push(f"f{number}", again=False)
    for number in range(retries):
        line.push(f"r{number}", again=True)
    return [line.pop() for _ in range(len(line))]


def test_first_tries_come_first_and_every_fifth_place_is_a_retry():
    assert order(9, 3) == ["f0", "f1", "f2", "f3", "r0", "f4", "f5", "f6", "f7", "r1", "f8", "r2"]


def test_retries_have_every_place_that_nobody_else_wants():
    assert order(0, 3) == ["r0", "r1", "r2"]


def test_an_empty_line_has_nobody():
    with pytest.raises(IndexError):
        Line().pop()


def test_who_is_sent_away_waits_no_more():
    line = Line()
    line.push("a", again=False)
    line.push("b", again=True)
    assert line.clear() == ["a", "b"]
    assert len(line) == 0
