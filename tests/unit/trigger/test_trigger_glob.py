import pytest

from segue.trigger import glob


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", [""], ["a"]),
        ("abc", ["abc"], ["ab", "abcd", "Abc", "xabc"]),
        ("*", ["", "a", "\n", "😀" * 9], []),
        ("**", ["", "abc"], []),
        ("a*", ["a", "ab", "a\nb"], ["", "ba"]),
        ("*a", ["a", "ba"], ["ab"]),
        ("*a*", ["a", "bab"], ["b"]),
        ("a*a", ["aa", "aba"], ["a", "ab"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["ac", "acb", "abcx"]),
        ("a*b*b", ["abb", "axbxb"], ["ab", "axb"]),
        ("*ab*ab*", ["abab", "xabxabx"], ["ab", "aab"]),
        ("a?c", ["abc", "a😀c", "a\nc"], ["ac", "abbc"]),
        ("a??d", ["abcd"], ["abd"]),
        ("ab[cC]d", ["abcd", "abCd"], ["abd", "abxd"]),
        ("[a-z]*[0-9]", ["a1", "zz9"], ["A1", "1", "a"]),
        ("[a-cx-z-]", ["b", "y", "-"], ["d", "ab"]),
        ("[-a]", ["-", "a"], ["b"]),
        (r"[\]\\]", ["]", "\\"], ["["]),
        ("[a-cb-d]", ["a", "d"], ["e"]),
        ("[a-zb-d]", ["a", "c", "z"], ["A"]),
        ("[a-cc-e]", ["a", "c", "d", "e"], ["f"]),
        ("[é-ü]?", ["ñ1"], ["n1"]),
        (r"ab\*d", ["ab*d"], ["abxd"]),
        (r"\[a\]\?\\", [r"[a]?\ "[:-1]], ["a"]),
        ("*?b", ["ab", "xxb"], ["b", "ba"]),
        ("?*?", ["ab", "abc"], ["a", ""]),
        ("*[ab]?[ab]*", ["axb", "zaxbz"], ["ab", "xax"]),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern, matching, others):
    matches = glob.compile(pattern)
    assert [text for text in [*matching, *others] if matches(text)] == matching


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a[bc", '"[" is never closed; write "\\[" for a bracket itself'),
        ("[]", 'an empty set matches nothing; write "\\[" for a bracket itself'),
        ("[!a]", 'a set cannot be negated; write "\\!" for the character itself'),
        ("[^a]", 'a set cannot be negated; write "\\^" for the character itself'),
        ("[z-a]", 'the range "z-a" is in reverse'),
        ("a\\", "the pattern ends with a lone backslash; write two for a backslash itself"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(pattern, reason):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - compared whole below
        glob.compile(pattern)
    assert str(caught.value) == reason


@pytest.mark.parametrize("text", ["", "a*b?c", "[x]\\", "😀\n"])
def test_an_escaped_text_matches_itself_only(text):
    matches = glob.compile(glob.escape(text))
    assert (matches(text), matches(text + "x"), matches("x" + text)) == (True, False, False)


@pytest.mark.parametrize(
    "pattern",
    ["*" + "a?" * 2500 + "b*", "a*" * 2500 + "b", "*" + "[a-b]" * 1000 + "c*", "*a" * 2500 + "?b"],
    ids=["wildcards", "pieces", "sets", "both"],
)
def test_a_hostile_pattern_of_5_kb_is_done_with_a_long_text(pattern):
    assert not glob.compile(pattern)("a" * 200_000)
