"""The cache of a function: bounded, with an expiry."""

import pytest

from segue import AuthorError
from segue.functions import Cache


class Time:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


def test_a_value_is_found_until_its_time_is_over(time):
    cache = Cache(clock=time)
    cache.set("token", "t", ttl=10)
    assert cache.get("token") == "t"
    time.now = 10.0
    assert cache.get("token", "gone") == "gone"
    assert len(cache) == 0


@pytest.mark.parametrize("ttl", [None, -1])
def test_without_a_time_a_value_stays(time, ttl):
    cache = Cache(clock=time)
    cache.set("a", 1, ttl=ttl)
    time.now = 1e9
    assert cache.get("a") == 1


def test_load_makes_a_value_once(time):
    cache, made = Cache(clock=time), []
    for _ in range(3):
        assert cache.load("a", 5, lambda: made.append(1) or {"n": len(made)}) == {"n": 1}
    time.now = 5.0
    assert cache.load("a", 5, lambda: made.append(1) or {"n": len(made)}) == {"n": 2}


def test_a_made_null_is_a_value(time):
    cache = Cache(clock=time)
    cache.load("a", None, lambda: None)
    assert cache.load("a", None, lambda: "again") is None


def test_the_value_not_used_for_the_longest_time_goes_first():
    cache = Cache(entries=2)
    cache.set("a", 1)
    cache.set("b", 2)
    assert cache.get("a") == 1
    cache.set("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_it_never_holds_more_bytes_than_it_may():
    cache = Cache(limit=30)
    for number in range(100):
        cache.set(str(number), "x" * 10)
    assert len(cache) == 2


def test_a_value_put_in_the_place_of_another_counts_alone():
    cache = Cache(limit=30)
    cache.set("b", "keep")
    for _ in range(10):
        cache.set("a", "x" * 10)
    assert cache.get("b") == "keep"


def test_what_it_holds_is_not_changed_from_outside():
    cache, value = Cache(), {"a": [1]}
    cache.set("v", value)
    value["a"].append(2)
    cache.get("v")["a"].append(3)
    assert cache.get("v") == {"a": [1]}


def test_a_forgotten_value_is_gone_and_may_be_forgotten_twice():
    cache = Cache()
    cache.set("a", 1)
    cache.delete("a")
    cache.delete("a")
    assert cache.get("a") is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [(object(), "it is not JSON"), ("x" * 100, "at most 30 are allowed")],
    ids=["no JSON", "too large"],
)
def test_what_does_not_fit_is_refused_by_name(value, reason):
    with pytest.raises(AuthorError, match=reason):
        Cache(limit=30).set("a", value)
