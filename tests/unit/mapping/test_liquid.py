"""Templates as a whole: what they read, their tags and their expressions."""

import copy

import pytest

from segue.json import MISSING
from segue.mapping.liquid import compile_liquid, liquid_paths


EVENT = {
    "type": "track",
    "event": "Order Completed",
    "n": 3,
    "price": 2.5,
    "no": False,
    "nothing": None,
    "blank": "",
    "items": [{"id": "a", "n": 1}, {"id": "b", "n": None}],
    "mixed": [1, 2.5, None, "x", True, [3, [4]]],
    "properties": {"plan": "pro", "two words": "yes", "7": "seven", "size": "XL", "key": "plan"},
    "emoji": "a😀b",
}


def render(template, event=EVENT):
    return compile_liquid(template)(event)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{{ type }}", "track"),
        ("{{ properties.plan }}", "pro"),
        ("{{ properties['two words'] }}", "yes"),
        ("{{ ['properties'].plan }}", "pro"),
        ("{{ properties[properties.key] }}", "pro"),
        ("{{ properties.7 }}{{ properties[7] }}", "sevenseven"),
        ("{{ items[1].id }}{{ items[-1].id }}{{ items.last.id }}{{ items.first.id }}", "bbba"),
        ("{{ items.size }}{{ items.length }}{{ type.size }}{{ n.size }}", "225"),
        ("{{ properties.size }}{{ items[0].size }}", "XL2"),
        ("{{ emoji.size }}{{ type[1] }}{{ type[9] }}", "4r"),
        ("{{ missing }}{{ missing.more }}{{ nothing }}{{ nothing.more }}{{ n.more }}", ""),
        ("{{ items[9] }}{{ items[nothing] }}{{ items['x'] }}", ""),
        ("{{ type.__class__ }}{{ items.append }}{{ properties.__len__ }}{{ __class__ }}", ""),
        ("{{ n }} {{ price }} {{ no }} {{ 2.0 }} {{ -3 }} {{ true }}", "3 2.5 false 2 -3 true"),
        ("{{ items }}", "[object Object][object Object]"),
        ("{{ mixed }}", "12.5xtrue34"),
        ("{{ (1..4) }}{{ (n..1) }}{{ (n..n) }}", "12343"),
        ("{{ nil }}{{ empty }}{{ blank }}", ""),
        (r"""{{ "a\n\"b\"" }}{{ 'it\'s' }}{{ "\u00e9\101\q" }}""", 'a\n"b"it\'séAq'),
        ("{{ event }}", "Order Completed"),
        ("{{ event.properties.plan }}{{ event.type }}{{ event.size }}", "protrack15"),
        ("{{ event['type'] }}", ""),
    ],
)
def test_a_value_is_written(template, text):
    assert render(template) == text


def test_an_event_with_an_object_named_event_needs_no_alias():
    event = {"event": {"id": 1}, "id": 2}
    assert render("{{ event.id }}{{ event.more }}", event) == "1"
    assert render("{{ event.id }}", {"event": None, "id": 2}) == "2"


@pytest.mark.parametrize("event", [None, 3, "text", [1], [{"type": "x"}], {}])
def test_an_event_that_is_no_object_has_no_members(event):
    assert render("<{{ type }}{{ event.type }}>", event) == "<>"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("nothing", False),
        ("missing", False),
        ("no", False),
        ("n", True),
        ("properties.none == nil", True),
        ("nothing == missing", False),
        ("nothing == null", True),
        ("no == nil", False),
        ("no == false", True),
        ("no == blank", True),
        ("items == empty", False),
        ("'' == empty", True),
        ("' ' == blank", True),
        ("' ' == empty", False),
        ("empty == empty", True),
        ("nil != empty", True),
        ("n == 3.0", True),
        ("n == '3'", False),
        ("n == true", False),
        ("items == items", True),
        ("items[0] == items[0]", True),
        ("items[0] == items[1]", False),
        ("mixed == items", False),
        ("n > 2 and n < 4", True),
        ("'10' > 9", True),
        ("'10' < '9'", True),
        ("n >= nil", False),
        ("nothing >= 0", True),
        ("missing >= 0", False),
        ("'ab' <= 'b'", True),
        ("'😀' < '\uffee'", True),
        ("type contains 'rac'", True),
        ("type contains missing", False),
        ("mixed contains 'x'", True),
        ("mixed contains nil", True),
        ("mixed contains 'y'", False),
        ("n contains 3", False),
        ("true or false and false", True),
        ("false and false or true", False),
        ("not no", True),
        ("not n == 4 and n", True),
        ("not not nothing", False),
        ("price | round | times: 2", True),
        ("missing | default: false", False),
    ],
)
def test_a_condition_holds(condition, holds):
    assert render(f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}") == (
        "yes" if holds else "no"
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% assign x = type | upcase %}{{ x }}{{ type }}", "TRACKtrack"),
        ("{% assign type = 'over' %}{{ type }}", "over"),
        ("{% assign big = n > 2 %}{{ big }}", "true"),
        ("{% capture x %}<{{ type }}>{% endcapture %}{{ x }}{{ x }}", "<track><track>"),
        ("{% capture 'two words' %}y{% endcapture %}{{ ['two words'] }}", "y"),
        ("{% if no %}a{% elsif nothing %}b{% elsif n %}c{% else %}d{% endif %}", "c"),
        ("{% unless no %}a{% else %}b{% endunless %}", "a"),
        ("{% unless n %}a{% elsif no %}b{% else %}c{% endunless %}", "c"),
        ("{% case n %}{% when 1 or 3 %}a{% when 3, 4 %}b{% else %}c{% endcase %}", "ab"),
        ("{% case nothing %} text {% when nil %}a{% endcase %}", "a"),
        ("{% case n %}{% when 9 %}a{% else %}b{% endcase %}", "b"),
        ("{% case n %}{% when 9 %}a{% endcase %}", ""),
        ("{% increment x %}{% increment x %}{% decrement x %}{{ x }}", "0111"),
        ("{% increment n %}{{ n }}{% decrement n %}", "343"),
        ("{% decrement x %}{% decrement x %}", "-1-2"),
        ("{% increment type %}", "0"),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "aba"),
        ("{% cycle n: 'a', 'b' %}{% cycle type: 'a', 'b' %}{% cycle n: 'a', 'b' %}", "aab"),
        ("{% echo type | upcase %}{% echo %}", "TRACK"),
        ("{% comment %}{% for %}{{ bad {% endcomment %}{% # also %}x", "x"),
        ("{% raw %}{{ type }}{% endraw %}", "{{ type }}"),
        ("{% liquid\n assign x = 'a'\n echo x\n if n\n echo 'b'\n endif %}", "ab"),
        ("{% liquid echo 1\r\n \n\n # no\n comment\n echo 2\n endcomment\n%}{% liquid %}x", "1x"),
        ("{% block main %}x{% endblock %}", "x"),
        ("a{% break %}b", "a"),
        ("a{% if n %}b{% continue %}c{% endif %}d", "ab"),
        (" a {{- type -}} b {%- if n -%} c {%- endif -%} ", " atrackbc"),
        ("{{ type | upcase | }}", "TRACK"),
        ("{{ type | upcase: 1, 2 }}", "TRACK"),
    ],
)
def test_a_tag_does_what_it_says(template, text):
    assert render(template) == text


def test_a_rendering_leaves_nothing_behind():
    before = copy.deepcopy(EVENT)
    template = compile_liquid("{% increment n %}{% assign type = 1 %}{% cycle 'a', 'b' %}")
    assert (template(EVENT), template(EVENT), EVENT) == ("3a", "3a", before)


def test_halves_of_a_character_that_meet_are_one_again():
    assert render("{{ emoji | split: '' | join: '' }}") == "a😀b"
    assert render("{{ emoji | slice: 1 }}") == "\ud83d"


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ("{{ a.b }}{{ a.b | append: c }}", ["a.b", "c"]),
        ("{% assign x = a %}{{ x }}{% capture y %}{{ b }}{% endcapture %}{{ y }}", ["a", "b"]),
        (
            "{% if a == b and c.d > 1 %}{{ e }}{% elsif f %}{% else %}{{ g }}{% endif %}",
            [*"ab", "c.d", *"efg"],
        ),
        ("{% case a %}{% when b %}{{ c }}{% else %}{{ d }}{% endcase %}", [*"abcd"]),
        ("{{ items[0].id }}{{ items['x.y']['it\\'s'] }}", ["items.0.id", r"items['x.y']['it\'s']"]),
        ("{{ a[b.c].d }}{{ [e] }}", ["b.c", "a", "e"]),
        ("{{ event.properties.x }}{{ event }}", ["properties.x", "event"]),
        ("{% if a %}{% assign x = 1 %}{{ x }}{% elsif x.y %}{% endif %}{{ x }}", ["a", "x.y", "x"]),
        ("{% liquid assign x = a\n echo x %}{{ x }}{% increment n %}", ["a", "n"]),
        ("{% assign b = 1 %}{{ event.b }}{{ event['c'] }}{{ b }}", ["b", "event.c"]),
        ("{% cycle a: b, c %}{% echo d %}{{ (e..f) }}", [*"abcdef"]),
        ("{% unless a %}{% endunless %}{% raw %}{{ b }}{% endraw %}", ["a"]),
        ("plain {{ 'a' }}{{ 1 }}", []),
    ],
)
def test_the_paths_a_template_reads_are_listed(template, paths):
    assert sorted(liquid_paths(template)) == sorted(paths)


def test_what_cannot_be_rendered_is_missing():
    assert render("{{ '%' | url_decode }}") is MISSING
