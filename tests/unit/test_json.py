"""JSON values: text forms as JavaScript has them, strict reading, forgiving writing."""

import pytest

from segue.json import JsonError, decode, encode, index_like, ordered, script, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0, "2"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e16, "10000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1e-6, "0.000001"),
        (1.234e-6, "0.000001234"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (-1e22, "-1e+22"),
        (5e-324, "5e-324"),
        (float("inf"), "Infinity"),
        (float("nan"), "NaN"),
        (2**80, "1.2089258196146292e+24"),
        (-(10**400), "-Infinity"),
    ],
    ids=str,
)
def test_numbers_are_spelt_as_javascript_spells_them(value, expected):
    assert text(value) == expected


def test_a_long_whole_number_keeps_all_its_digits():
    assert text(12345678901234567890) == "12345678901234567890"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        (True, "true"),
        (None, "null"),
        ([1, [2, None]], "1,2,"),
        ({"a": 1}, "[object Object]"),
    ],
    ids=["text", "boolean", "null", "list", "object"],
)
def test_other_values_have_their_text_form(value, expected):
    assert text(value) == expected


def test_index_like_keys_come_first_in_ascending_order():
    assert ordered([("b", 1), ("10", 2), ("9", 3), ("01", 4)]) == [
        ("9", 3),
        ("10", 2),
        ("b", 1),
        ("01", 4),
    ]


@pytest.mark.parametrize("key", ["01", "-1", "1.0", "", "٣", "4294967295", "9" * 5000], ids=ascii)
def test_a_key_that_is_no_array_index_is_not_index_like(key):
    assert not index_like(key)


def test_script_escapes_lone_surrogates_and_keeps_other_text():
    assert script({"a": "\ud83dé"}) == '{"a":"\\ud83dé"}'


def test_encode_writes_what_strict_json_cannot_hold_without_failing():
    assert encode({"n": float("nan"), "big": 2**70, "half": "\ud83d"}) == (
        b'{"n":null,"big":1.1805916207174113e+21,"half":"\\ud83d"}'
    )


@pytest.mark.parametrize(
    ("garbage", "place"),
    [
        (b"\xff\xfe{", (1, 1)),
        ('{"a":\n "é'.encode() + b'\xff"}', (2, 4)),
        ('{"a": "\ud800"}', (1, 8)),
    ],
    ids=["start", "later", "surrogate"],
)
def test_what_is_not_utf_8_is_said_with_its_place(garbage, place):
    with pytest.raises(JsonError, match="this is not UTF-8") as caught:
        decode(garbage)
    assert (caught.value.line, caught.value.column) == place


def test_of_duplicate_keys_the_last_wins():
    assert decode(b'{"a":1,"a":2}') == {"a": 2}


@pytest.mark.parametrize(
    "bad", [b'{"a":NaN}', b'"\\ud83d"', b"\xff", b"", b"{", b"[" * 2000 + b"]" * 2000], ids=repr
)
def test_what_is_not_json_is_refused_with_its_place(bad):
    with pytest.raises(JsonError) as caught:
        decode(bad)
    assert caught.value.line == 1
    assert caught.value.column >= 1


@pytest.mark.parametrize("nothing", ["", " \n", b"", b"\n"], ids=repr)
def test_a_text_without_anything_is_said_to_be_that(nothing):
    with pytest.raises(JsonError, match="there is nothing in it"):
        decode(nothing)
