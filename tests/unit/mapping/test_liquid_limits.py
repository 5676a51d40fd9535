"""Templates and events that try to exhaust the process. Each is answered soon, with little memory."""

import time
import tracemalloc

import pytest

from segue.json import MISSING
from segue.mapping.limits import TEXT
from segue.mapping.liquid import compile_liquid
from segue.mapping.liquid.filters import FILTERS
from segue.mapping.liquid.rendering import WORK


SECONDS = 2.0  # of processor time; what is not bounded takes minutes
BYTES = 64_000_000
LONG = 300_000


def nested(levels, wrap):
    value = None
    for _ in range(levels):
        value = wrap(value)
    return value


EVENT = {
    "text": "x" * LONG,
    "wide": "é" * LONG,
    "emoji": "😀" * (LONG // 2),
    "spaced": " a" * (LONG // 2),
    "blank": " " * LONG + "x",
    "open": "<" * LONG,
    "scripts": "<script" * (LONG // 7),
    "amp": "&" * LONG,
    "hidden": "y" * LONG + "x",
    "alphabet": "".join(map(chr, range(0x10000, 0x10000 + LONG))),
    "same": "a" * LONG,
    "almost": "ab" + "a" * (LONG // 3),
    "quotes": '"' * LONG,
    "encoded": "%41" * (LONG // 3),
    "digits": "1" * LONG,
    "form": "%c" * (LONG // 2),
    "dots": "a." * (LONG // 2),
    "nulls": [None] * 60_000,
    "words": ["ab"] * 60_000,
    "lists": [[]] * 60_000,
    "objects": [{"a": 1}] * 30_000,
    "members": {str(number): number for number in range(30_000)},
    "deep": nested(30_000, lambda inner: [inner]),
    "deeper": nested(30_000, lambda inner: {"a": inner}),
    "whole": 10**4000,
    "double": 1e308,
    "halves": "\ud83d" * 30_000,
}


def fill(part, limit=1000, before="", after=""):
    """A part as often as a template may hold it."""
    return before + part * ((limit - len(before + after)) // len(part)) + after


ATTACKS = {
    "doubling by append": fill("{% assign x = x | append: x %}", before="{% assign x = 'ab' %}"),
    "doubling by capture": fill(
        "{% capture x %}{{ x }}{{ x }}{% endcapture %}", before="{% capture x %}ab{% endcapture %}"
    ),
    "nested captures": "{% capture x %}" * 25 + "{{ text }}" + "{{ x }}{% endcapture %}" * 25,
    "doubling by replace": fill(
        "| replace: '', x", before="{% assign x = text %}{{ 'ab' ", after=" }}"
    ),
    "doubling by json": fill("|json", before="{{ quotes ", after=" }}"),
    "doubling by join": "{{ words | join: text }}",
    "doubling by list": fill(
        "{% assign x = x | split: '' | join: text %}", before="{% assign x = text %}"
    ),
    "split": fill("{{ text | split: '' | size }}"),
    "pieces": fill("{{ spaced | split: ' ' | size }}"),
    "url_encode": fill("{{ wide | url_encode | size }}"),
    "url_decode": fill("{{ encoded | url_decode | size }}"),
    "escape": fill("{{ amp | escape | size }}"),
    "escape_once": fill("{{ amp | escape_once | size }}"),
    "strip_html": fill("{{ open | strip_html | size }}"),
    "strip_html of scripts": fill("{{ scripts | strip_html | size }}"),
    "slugify": fill("{{ wide | slugify | size }}"),
    "strip": fill("{{ blank | strip | size }}"),
    "strip of one of many characters": fill("{{ text | strip: hidden | size }}"),
    "strip of many characters": fill("{{ text | strip: alphabet | size }}"),
    "replace_last": fill("{{ same | replace_last: almost, 'x' | size }}"),
    "replace_first": fill("{{ same | replace_first: almost, 'x' | size }}"),
    "replace": fill("{{ same | replace: almost, 'x' | size }}"),
    "a list where a number is wanted": fill(
        "{{ 'a' | slice: words, lists }}{{ words | to_integer }}"
    ),
    "words": fill("{{ spaced | truncatewords: 99 | size }}"),
    "counted words": fill("{{ spaced | number_of_words }}"),
    "normalize_whitespace": fill("{{ blank | normalize_whitespace | size }}"),
    "hashes": fill("{{ text | sha256 }}"),
    "upcase": fill("{{ wide | upcase | size }}"),
    "output": fill("{{ text }}"),
    "output of nothing": fill("{{ nulls }}"),
    "output of lists": fill("{{ lists }}"),
    "output of a deep list": fill("{{ deep }}"),
    "json of a deep list": "{{ deep | json }}",
    "json of a deep object": "{{ deeper | json: 10 }}",
    "json of many objects": fill("{{ objects | json | size }}"),
    "json of many members": fill("{{ members | json | size }}"),
    "indented json": "{{ words | json: 10 }}",
    "sizes": fill("{{ emoji.size }}"),
    "characters": fill("{{ emoji[9] }}"),
    "comparing": fill("{% if words == words %}{% endif %}"),
    "ordering": fill("{% if words < words %}{% endif %}"),
    "containing": fill("{% if words contains 'z' %}{% endif %}"),
    "containing text": fill("{% if text contains 'xy' %}{% endif %}"),
    "where": fill("{{ objects | where: dots | size }}"),
    "sum": fill("{{ objects | sum: 'a' }}"),
    "range": "{{ (1..999999999999999999999) }}",
    "ranges": fill("{{ (1..200000) | size }}"),
    "a huge slice": "{{ text | slice: 99999999999999999999999, 99999999999999999999999 }}",
    "a huge rounding": "{{ double | round: whole }}",
    "a huge product": fill("| times: whole ", before="{{ whole ", after="}}"),
    "a long number": fill("{{ digits | plus: digits }}"),
    "a long format": "{{ 0 | date: form }}",
    "a wide format": "{{ 0 | date: '%99999999d' }}",
    "many wide formats": fill("%999d", before="{{ 0 | date: '", after="' }}"),
    "a long zone": "{{ 0 | date: '%Y', text }}",
    "a long ending": "{{ text | truncate: 5, text }}",
    "halves of pairs": fill("{{ halves | url_encode }}"),
}


@pytest.mark.parametrize("template", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_answered_soon(template):
    assert answered_soon(compile_liquid(template))


def answered_soon(render):
    began = time.process_time()
    text = render(EVENT)
    return time.process_time() - began < SECONDS and (text is MISSING or len(text) <= TEXT)


@pytest.mark.parametrize("attack", [name for name in ATTACKS if "doubling" in name])
def test_an_attack_takes_little_memory(attack):
    render = compile_liquid(ATTACKS[attack])
    tracemalloc.start()
    try:
        render(EVENT)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_no_filter_takes_long_on_a_large_value(name):
    for key in ("text", "emoji", "spaced", "words", "deep", "members", "whole"):
        assert answered_soon(compile_liquid(f"{{{{ {key} | {name}: 99, text }}}}"))


@pytest.mark.parametrize(
    ("template", "length"),
    [
        ("{{ full }}", TEXT),
        ("{{ full | append: 'y' }}", None),
        ("{{ full }}y", None),
        ("{{ full }}{{ 1 }}", None),
        ("{{ text | append: text | size }}", 6),
        ("{{ text | replace: 'x', 'xyyy' }}", None),
        ("{{ wide | url_encode }}", None),
        ("{{ words }}", 120_000),
        ("{{ (1..49000) }}", 233_894),
        ("{{ (1..51000) }}", None),
    ],
)
def test_up_to_the_limit_text_is_written(template, length):
    text = compile_liquid(template)({**EVENT, "full": "x" * TEXT})
    assert (None if text is MISSING else len(text)) == length


def test_work_is_counted_over_the_whole_template():
    once = "{{ text | downcase | size }}"
    fits = WORK // (2 * LONG)
    assert compile_liquid(once * fits)(EVENT) == f"{LONG}" * fits
    assert compile_liquid(once * (fits + 1))(EVENT) is MISSING
