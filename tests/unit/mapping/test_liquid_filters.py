"""What each filter writes. Dates have a file of their own."""

import math

import pytest

from segue.json import MISSING
from segue.mapping.liquid import compile_liquid
from segue.mapping.liquid.filters import FILTERS
from segue.mapping.liquid.values import number


EVENT = {
    "html": "<b>\"A\" & 'B'</b>",
    "list": [3, None, "x", [1, [2]], True],
    "people": [{"n": "Ada", "age": 36, "a": {"b": 1}}, {"n": "Alan", "age": "41"}, {"n": None}],
    "object": {"b": 1, "a": [], "o": {}, "l": [1, "x\n"]},
    "emoji": "a😀b",
    "half": "\ud83d",
    "spaced": " \u00a0a \n b\ufeff",
    "no": False,
    "big": 10**400,
}

EXAMPLES = {
    "abs": {"-3": "3", "'x'": "0", "'-1.5'": "1.5", "no": "0"},
    "append": {"'a' | append: 1": "a1", "nil | append: list": "3x12true"},
    "at_least": {"3 | at_least: 5": "5", "7 | at_least: '5'": "7"},
    "at_most": {"3 | at_most: 5": "3", "'x' | at_most: 5": "0"},
    "base64_decode": {
        "'YcOp'": "aé",
        "'YcOp='": "aé",
        "'_w'": "\ufffd",
        "'Y c\nOp'": "aé",
        "'Y'": "",
    },
    "base64_encode": {"'aé'": "YcOp", "half": "77+9", "nil": ""},
    "capitalize": {"'title CASE'": "Title case", "''": ""},
    "ceil": {"1.2": "2", "-1.2": "-1", "'Infinity'": "Infinity"},
    "cgi_escape": {'"a b\'(c)*!~é"': "a+b%27%28c%29%2A%21~%C3%A9"},
    "compact": {"list": "3x12true", "list | compact | size": "4", "nil": ""},
    "default": {
        "nil | default: 'd'": "d",
        "'' | default: 'd'": "d",
        "0 | default: 'd'": "0",
        "no | default: 'd'": "d",
        "no | default: 'd', allow_false: true": "false",
        "missing | default: nil": "",
        "object.a | default: 'd'": "d",
    },
    "divided_by": {
        "10 | divided_by: 4": "2.5",
        "10 | divided_by: 4, true": "2",
        "7 | divided_by: 0": "Infinity",
        "-7 | divided_by: 0": "-Infinity",
        "0 | divided_by: 0": "NaN",
        "'x' | divided_by: 2": "0",
    },
    "downcase": {"'ÀB İ ΑΣ'": "àb i̇ ας"},
    "escape": {"html": "&lt;b&gt;&#34;A&#34; &amp; &#39;B&#39;&lt;/b&gt;"},
    "escape_once": {"'1 &lt; 2 & 3'": "1 &lt; 2 &amp; 3"},
    "first": {"'ab'": "a", "list": "3", "5": "", "object": "", "''": ""},
    "floor": {"1.8": "1", "'-1.2'": "-2"},
    "hmac_sha256": {
        "'' | hmac_sha256: 'key'": "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0"
    },
    "inspect": {"list": '[3,null,"x",[1,[2]],true]', "missing": ""},
    "join": {"list": "3  x 1,2 true", "list | join: '-'": "3--x-1,2-true", "5": "5", "nil": ""},
    "json": {
        "object": '{"b":1,"a":[],"o":{},"l":[1,"x\\n"]}',
        "missing": "",
        "nil": "null",
        "'é\"'": '"é\\""',
        "object | json: 2": '{\n  "b": 1,\n  "a": [],\n  "o": {},\n  "l": [\n    1,\n    "x\\n"\n  ]\n}',
        "object.l | json: '--'": '[\n--1,\n--"x\\n"\n]',
        "1 | divided_by: 0 | json": "null",
    },
    "jsonify": {"no": "false"},
    "last": {"'ab'": "b", "list": "true", "5": "", "''": ""},
    "lstrip": {"spaced": "a \n b\ufeff", "'xxyx' | lstrip: 'x'": "yx"},
    "minus": {"1 | minus: 0.9": "0.09999999999999998", "list | minus: 1": "-1"},
    "modulo": {
        "-7 | modulo: 5": "3",
        "7 | modulo: -5": "-3",
        "7 | modulo: 0": "NaN",
        "'Infinity' | modulo: 2": "NaN",
    },
    "normalize_whitespace": {"spaced": " a b "},
    "number_of_words": {
        "spaced": "2",
        "''": "0",
        "'héllo 日本 x' | number_of_words": "3",
        "'héllo 日本 x' | number_of_words: 'cjk'": "4",
        "'héllo 日本 x' | number_of_words: 'auto'": "4",
    },
    "plus": {"'3.0' | plus: 1": "4", "'0x10' | plus: 0": "16", "big | plus: 1": "Infinity"},
    "pop": {"list": "3x12", "'a'": "", "nil": ""},
    "prepend": {"'a' | prepend: 'b'": "ba"},
    "push": {"list | push: 'z' | size": "6", "nil | push: missing | json": "[null]"},
    "raw": {"html": "<b>\"A\" & 'B'</b>"},
    "remove": {"'abcabc' | remove: 'b'": "acac", "'ab' | remove: ''": "ab"},
    "remove_first": {"'abcabc' | remove_first: 'b'": "acabc"},
    "remove_last": {
        "'abcabc' | remove_last: 'bc'": "abca",
        "'a' | remove_last: 'b'": "a",
        "'ab' | remove_last: ''": "ab",
    },
    "replace": {
        "'a.b.c' | replace: '.', '-'": "a-b-c",
        "'a.b' | replace: '.'": "ab",
        "emoji | replace: '', '-'": "a-\ud83d-\ude00-b",
        "'aaa' | replace: 'aa', '$&'": "$&a",
    },
    "replace_first": {"'aa' | replace_first: 'a', 'b'": "ba"},
    "replace_last": {"'aa' | replace_last: 'a', 'b'": "ab"},
    "round": {
        "2.5": "3",
        "-2.5": "-3",
        "1.255 | round: 2": "1.26",
        "9007199254740991": "9007199254740991",
        "1234 | round: -2": "1200",
        "5 | round: -500": "0",
        "1.5 | round: 99999999999": "1.5",
        "'Infinity' | round: 'Infinity'": "Infinity",
    },
    "rstrip": {"spaced": " \u00a0a \n b", "'xyx' | rstrip: 'x'": "xy"},
    "sha256": {"''": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    "shift": {"list": "x12true", "'a'": ""},
    "size": {"'ab'": "2", "emoji": "4", "list": "5", "object": "0", "5": "0", "nil": "0"},
    "slice": {
        "'abc' | slice: 1": "b",
        "'abc' | slice: -2, 9": "bc",
        "'abc' | slice: 9, 9": "",
        "'abc' | slice: 1, -1": "",
        "'abc' | slice: -9, 9": "",
        "'abc' | slice: 1, missing": "b",
        "emoji | slice: 1, 2": "😀",
        "list | slice: 2, 2": "x12",
        "nil | slice: 0": "",
        "12345 | slice: 1, 99999999999999999999999999999": "2345",
    },
    "slugify": {
        "' Héllo, Wörld! ß '": "héllo-wörld-ß",
        "'Héllo ß' | slugify: 'latin'": "hello-ss",
        "'Héllo' | slugify: 'ascii'": "h-llo",
        "'A_b~c d' | slugify: 'pretty'": "a_b~c-d",
        "'A  B!' | slugify: 'raw'": "a-b!",
        "'A  B!' | slugify: 'none'": "a  b!",
        "'A  B!' | slugify: 'default', true": "A-B",
    },
    "split": {
        "'a,b,,' | split: ',' | json": '["a","b"]',
        "emoji | split: '' | size": "4",
        "nil": "",
    },
    "strip": {"spaced": "a \n b", "'xyx' | strip: 'xx'": "y"},
    "strip_html": {
        "html": "\"A\" & 'B'",
        "'a<script>b</script>c<style>d</style>e'": "ace",
        "'a<!-- b\n -->c<br/>d'": "acd",
        "'1 <b\n> <'": "1  <",
        "'<script>a</style>b'": "ab",
    },
    "strip_newlines": {"'a\r\nb\nc\rd'": "abc\rd"},
    "sum": {
        "list": "4",
        "people | sum: 'age'": "77",
        "people | sum: 'a.b'": "1",
        "nil": "0",
        "'5'": "5",
    },
    "times": {"2 | times: 1.5": "3", "big | times: 2": "Infinity", "'x' | times: 2": "0"},
    "to_integer": {"'4.2'": "4.2", "'x'": "NaN", "nil": "0", "missing": "NaN", "no": "0"},
    "truncate": {
        "'abcdef' | truncate: 5": "ab...",
        "'abcdef' | truncate: 2": "...",
        "'abcdef' | truncate: 5, ''": "abcde",
        "emoji | truncate: 3, ''": "a😀",
        "'abc' | truncate": "abc",
        "'abcdef' | truncate: 5, missing": "ab...",
        "12 | truncate: 5 | json": "12",
    },
    "truncatewords": {
        "'a b c' | truncatewords: 2": "a b...",
        "'a b' | truncatewords: 3": "a b",
        "'a b' | truncatewords: 0, '~'": "a~",
        "'  a  b '": " a b ",
    },
    "unshift": {"list | unshift: 'z'": "z3x12true"},
    "upcase": {"'straße'": "STRASSE"},
    "uri_escape": {"'a b/é?[x]&y=%'": "a%20b/%C3%A9?[x]&y=%25"},
    "url_decode": {"'a+b%C3%A9'": "a bé", "'%zz'": MISSING, "'%ff'": MISSING, "half": "\ud83d"},
    "url_encode": {"\"a b/'é'!\"": "a+b%2F'%C3%A9'!", "half": MISSING},
    "where": {
        "people | where: 'age', 36 | json": '[{"n":"Ada","age":36,"a":{"b":1}}]',
        "people | where: 'n' | size": "2",
        "people | where: 'a.b', 1 | size": "1",
        "people | where: 'n', nil | size": "1",
        "people | where: 'a', nil | size": "2",
        "emoji | where: 'x'": "",
        "'text' | where: 'n'": "",
    },
    "xml_escape": {"'<'": "&lt;"},
}

CASES = [
    (expression if "|" in expression else f"{expression} | {name}", text)
    for name, examples in EXAMPLES.items()
    for expression, text in examples.items()
]


@pytest.mark.parametrize(("expression", "text"), CASES, ids=[expression for expression, _ in CASES])
def test_a_filter_writes(expression, text):
    assert compile_liquid(f"{{{{ {expression} }}}}")(EVENT) == text


def test_every_filter_has_an_example():
    assert FILTERS.keys() == EXAMPLES.keys() | {name for name in FILTERS if name.startswith("date")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, 0),
        (True, 1),
        ("", 0),
        (" \ufeff12\n", 12),
        (".5", 0.5),
        ("5.", 5),
        ("-1e3", -1000),
        ("0x1F", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("Infinity", math.inf),
        ([], 0),
        (["7"], 7),
        ([[5]], 5),
        ([[]], 0),
        ([None], 0),
    ],
)
def test_a_value_is_this_number(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "1_000",
        "nan",
        "inf",
        "infinity",
        "0x",
        "0x-1",
        "0b2",
        "1 2",
        "٣",
        [1, 2],
        [True],
        [{}],
        [[], []],
        {},
        MISSING,
    ],
)
def test_a_value_is_no_number(value):
    assert math.isnan(number(value))
