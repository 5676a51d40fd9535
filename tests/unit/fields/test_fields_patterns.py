"""Patterns mean what ECMA-262 says, and run in linear time."""

import pytest

from segue.fields.patterns import PatternError, matcher, translate


MEANINGS = [
    (r"^\d+$", ["12"], ["١٢", "12\n", ""]),
    (r"^\w$", ["a", "_"], ["é", "-"]),
    (r"^\s$", [" ", "\u00a0", "\ufeff", "\u2028"], ["\x85", "\x1c"]),
    (r"^\D\W\S$", ["ééé"], ["1éé", "éaé", "éé "]),
    (r"\bfoo\b", ["éfoo!", "foo"], ["xfoo", "foo1"]),
    ("^.$", ["a", "\x85", "😀"], ["\n", "\r", "\u2028", "\u2029"]),
    ("^[^]$", ["\n", "😀"], [""]),
    ("^a[]?$", ["a"], ["a]", "a?"]),
    ("^[a-c]+$", ["abc"], ["-", "d"]),
    ("^[a-]+$", ["a-"], ["b"]),
    (r"^[\w-]+$", ["a-b"], ["a.b"]),
    (r"^[\d\-x]$", ["-", "x", "7"], ["y"]),
    ("^[[a&&b~~c]+$", ["[&~abc"], ["]"]),
    (r"^[\b]$", ["\b"], ["b"]),
    (r"^[^\d]$", ["a", "\u0661"], ["1"]),
    (r"^\u0041\x42\u{43}$", ["ABC"], ["abc"]),
    (r"^\uD83D\uDE00$", ["😀"], ["\ud83d"]),
    (r"^\cA\0\t$", ["\x01\0\t"], ["cA0t"]),
    (r"^\p{Lu}\P{Lu}$", ["Éé"], ["éÉ"]),
    (r"^\.\*\/\-\{\}$", [".*/-{}"], ["x"]),
    ("^(?:ab){2,3}?$", ["abab", "ababab"], ["ab"]),
    ("^(?<year>[0-9]{4})$", ["2024"], ["24"]),
    ("^a{x}]$", ["a{x}]"], ["aaaaa]"]),
    ("^#& ~$", ["#& ~"], ["#&~"]),
    ("b", ["abc"], ["ac"]),
    ("a|^$", ["a", ""], ["b"]),
]


@pytest.mark.parametrize(("pattern", "fit", "miss"), MEANINGS, ids=[case[0] for case in MEANINGS])
def test_a_pattern_means_what_ecma_262_says(pattern, fit, miss):
    match = matcher(pattern)
    assert [text for text in [*fit, *miss] if match(text)] == fit


REFUSED = [
    ("(?=a)", "look-around is not supported at offset 0"),
    ("a(?!b)", "look-around is not supported at offset 1"),
    ("(?<=a)b", "look-around is not supported at offset 0"),
    ("(?<!a)b", "look-around is not supported at offset 0"),
    (r"\B", r'the escape "\B" is not supported at offset 0'),
    (r"(a)\1", "back-references are not supported at offset 3"),
    (r"(?<n>a)\k<n>", "back-references are not supported at offset 7"),
    ("(?i)a", 'the group "(?i" is not supported at offset 0'),
    ("(?P<n>a)", 'the group "(?P" is not supported at offset 0'),
    (r"a\z", r'the escape "\z" is not supported at offset 1'),
    ("*a", 'there is nothing for "*" to repeat at offset 0'),
    ("a**", 'there is nothing for "*" to repeat at offset 2'),
    ("(+)", 'there is nothing for "+" to repeat at offset 1'),
    (r"\b+", 'there is nothing for "+" to repeat at offset 2'),
    ("x[ab", "the character set is not closed at offset 1"),
    (r"[\d-x]", "a range needs a character at both ends at offset 5"),
    (r"[b-a]", "it is malformed, or too large at offset 0"),
    (r"\uD83D", r'"\uD83D" is not a character at offset 0'),
    (r"\u{110000}", r'"\u{110000}" is not a character at offset 0'),
    ("(", "it is malformed, or too large at offset 0"),
    ("a{9999999}", "it is malformed, or too large at offset 0"),
    ("\\", r'the escape "\" is not supported at offset 0'),
]


@pytest.mark.parametrize(("pattern", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_pattern_that_cannot_be_run_is_refused_by_name_and_place(pattern, reason):
    with pytest.raises(PatternError) as caught:
        translate(pattern)
    assert str(caught.value) == reason


def test_no_pattern_searches_for_ever():
    """The classic that takes a backtracking engine longer than the universe is old."""
    assert matcher("^(a+)+$")("a" * 100_000 + "b") is False


def test_a_lone_surrogate_counts_as_the_replacement_character():
    assert [matcher("^\ufffd$")("\ud800"), matcher("^a$")("\ud800")] == [True, False]
