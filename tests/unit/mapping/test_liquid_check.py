"""Templates that are refused, and what the author is told."""

import pytest

from segue.errors import MappingError
from segue.mapping.liquid import check_liquid, compile_liquid, liquid_paths
from segue.mapping.liquid.filters import DISABLED, FILTERS


REFUSED = {
    "{{ a | upcas }}": 'unknown filter "upcas"; did you mean "upcase"? (line 1, column 8)',
    "{{ a | zzz }}": 'unknown filter "zzz" (line 1, column 8)',
    "{{ a | sort }}": 'the filter "sort" is switched off, as it is in Segment (line 1, column 8)',
    "{{ a | append }}": 'the filter "append" needs 1 argument (line 1, column 8)',
    "{{ a | default: b, allow: true }}": (
        'the filter "default" has no option "allow" (line 1, column 20)'
    ),
    "{{ a | default: }}": "expected a value (line 1, column 16)",
    "{{ a | 'x' }}": "expected a filter, found \"'x'\" (line 1, column 8)",
    "{% for a in b %}{% endfor %}": (
        'the tag "for" is switched off, as it is in Segment (line 1, column 4)'
    ),
    "{% esle %}": 'unknown tag "esle"; did you mean "else"? (line 1, column 4)',
    "{% zzz %}": 'unknown tag "zzz" (line 1, column 4)',
    "{% endif %}": 'the tag "endif" is out of place (line 1, column 4)',
    "{% raw %}x": 'the tag "raw" is not closed; add {% endraw %} (line 1, column 4)',
    "{% if a %}x": 'the tag "if" is not closed; add {% endif %} (line 1, column 4)',
    "{% if a %}x{% else b %}{% endif %}": (
        'expected nothing after else, found "b" (line 1, column 20)'
    ),
    "{% if a %}x{% else %}y{% else %}z{% endif %}": (
        'the tag "else" is out of place (line 1, column 26)'
    ),
    "{% if %}x{% endif %}": "expected a value (line 1, column 4)",
    "{% assign a 1 %}": 'expected "=", found "1" (line 1, column 13)',
    "{% assign = 1 %}": 'expected a name, found "=" (line 1, column 11)',
    "{% capture a b %}{% endcapture %}": 'expected the end, found "b" (line 1, column 14)',
    "{% increment a b %}": 'expected the end, found "b" (line 1, column 16)',
    "{% comment %}x": "comment tag was never closed (line 1, column 4)",
    "a\n\n {{ b c }}": 'expected the end, found "c" (line 3, column 7)',
    "{{ a.'b' }}": "expected a name, found \"'b'\" (line 1, column 6)",
    "{{ a[b }}": 'expected "]" (line 1, column 7)',
    "{{ (1..b }}": 'expected ")" (line 1, column 9)',
    "{{ a.$b }}": 'expected a name, found "$b" (line 1, column 6)',
    "{{ 'a }}": (
        "a text is not closed; it cannot hold the template's own }} or %} (line 1, column 4)"
    ),
    "{{ }}": "expected a value (line 1, column 3)",
    "{% liquid\n echo 1\n !x y\n%}": 'unknown tag "!x" (line 3, column 2)',
    "{{ a": "expected '}}', found end of file (line 1, column 1)",
    "{% %}": "missing tag name or closing delimiter (line 1, column 1)",
    "{{ " + "a[" * 30 + "1" + "]" * 30 + " }}": "brackets are nested too deep (line 1, column 44)",
    "x" * 1001: "a template may have 1,000 characters, this one has 1,001",
    "😀" * 501: "a template may have 1,000 characters, this one has 1,002",
}


@pytest.mark.parametrize(("template", "reason"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_refusal_names_what_is_wrong_and_where(template, reason):
    assert check_liquid(template) == reason


@pytest.mark.parametrize("use", [compile_liquid, liquid_paths])
def test_a_refused_template_can_be_neither_compiled_nor_inspected(use):
    with pytest.raises(MappingError, match='unknown tag "zzz"'):
        use("{% zzz %}")


@pytest.mark.parametrize("name", sorted(DISABLED))
def test_a_disabled_filter_is_refused(name):
    assert f'"{name}" is switched off' in str(check_liquid(f"{{{{ a | {name}: b }}}}"))


@pytest.mark.parametrize("name", ["for", "include", "layout", "render", "tablerow"])
def test_a_disabled_tag_is_refused(name):
    assert f'"{name}" is switched off' in str(check_liquid(f"{{% {name} a %}}"))


def test_no_filter_is_both_offered_and_disabled():
    assert not DISABLED & FILTERS.keys()


@pytest.mark.parametrize(
    "template", ["x" * 1000, "😀" * 500, "{% if a %}" * 40 + "{% endif %}" * 40]
)
def test_a_template_within_the_limits_is_accepted(template):
    assert check_liquid(template) is None
