import pytest

from segue.trigger.equality import same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ("a", "a"),
        (None, None),
        ([1, [None, "x"]], (1.0, [None, "x"])),
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1}),
        ([], []),
        ({}, {}),
    ],
    ids=repr,
)
def test_equal_values_are_the_same(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (0, None),
        ("", None),
        ("1", 1),
        ([], {}),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": [1]}, {"a": [True]}),
        (float("nan"), float("nan")),
        (object(), object()),
    ],
    ids=lambda value: "object" if type(value) is object else repr(value),
)
def test_values_of_another_type_or_with_other_members_are_not(one, other):
    assert not same(one, other)
    assert not same(other, one)
