"""Charts are good XML that stays in its box, whatever the numbers and names are."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.console.charts import Series, bars, hours, lines, plain, sparkline, table, ticks


HEIGHT = 180
SVG = "{http://www.w3.org/2000/svg}"

names = st.text(max_size=20)
values = st.lists(st.none() | st.floats() | st.integers(-(10**6), 10**9), max_size=30)
series = st.lists(
    st.builds(Series, names, values, st.sampled_from(["1", "good", "bad"])), max_size=3
)
times = st.builds(
    lambda start, step, count: [start + step * index for index in range(count)],
    st.integers(0, 2_000_000_000),
    st.sampled_from([60, 900, 3_600, 86_400, 100_000]),
    st.integers(0, 30),
)

quickly = settings(max_examples=60, deadline=None)


def read(svg):
    return ET.fromstring(str(svg))


def numbers(text):
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


def assert_inside(root, height):
    for mark in root.iter():
        for name in ("x", "x1", "x2"):
            if "%" in mark.get(name, ""):
                assert 0 <= numbers(mark.get(name))[0] <= 100
        for name in ("y", "y1", "y2"):
            assert -1 <= float(mark.get(name, 0)) <= height
        if mark.tag == f"{SVG}rect":
            assert float(mark.get("y")) + float(mark.get("height")) <= height
            share = numbers(mark.get("x"))[0] + numbers(mark.get("width"))[0]
            assert share <= 100.01
    for path in root.iter(f"{SVG}path"):
        drawn = path.get("d").removesuffix("h0.01")
        assert re.fullmatch(r"[MLZ0-9. ]+", drawn)
        points = numbers(drawn)
        assert all(0 <= x <= 1000 for x in points[::2])
        assert all(0 <= y <= height for y in points[1::2])


@pytest.mark.parametrize("draw", [bars, lines])
@quickly
@given(times, series, names)
def test_a_chart_is_whole_and_inside_its_box(draw, times, series, label):
    root = read(draw(times, series, label, height=HEIGHT))
    assert_inside(root, HEIGHT)
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"


@quickly
@given(values, names)
def test_a_sparkline_is_whole_and_inside_its_box(values, label):
    root = read(sparkline(values, label, height=28))
    assert_inside(root, 28)


@quickly
@given(times, series, names)
def test_a_table_has_every_moment_and_every_series(times, series, label):
    text = str(table(times, series, label))
    assert text.count("<tr>") == len(times) + 1
    assert text.count('<th scope="col"') == len(series) + 1
    assert text.count("<td") == len(times) * len(series)


@given(st.floats(1e-8, 1e299))
def test_ticks_are_few_and_reach_the_top(top):
    scale = ticks(top)
    assert scale[0] == 0
    assert 2 <= len(scale) <= 6
    assert scale[-1] >= top * (1 - 1e-9)
    assert scale[-2] < top


@given(times)
def test_the_marks_of_the_time_are_few_and_in_order(times):
    marks = [one.at for one in hours(times)]
    assert len(marks) <= 7
    assert marks == sorted(marks)
    assert all(0 <= at <= 100 for at in marks)


@given(names, names)
def test_names_are_text_and_never_markup(label, name):
    root = read(lines([0, 60], [Series(f"<b>{name}", [1, 2])], f"</title><script>{label}"))
    assert root.find(f".//{SVG}script") is None
    assert "</title><script>" in root[0].text
    assert "<b>" in root[1].text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1200, "1,200"), (0.25, "0.25"), (12345.6, "12,346"), (0.1 + 0.2, "0.3")],
    ids=str,
)
def test_a_number_is_short(value, text):
    assert plain(value) == text


@pytest.mark.parametrize(
    ("step", "count", "labels"),
    [
        (3600, 24, ["00:00", "06:00", "12:00", "18:00"]),
        (86_400, 7, ["1 Jan", "3 Jan", "5 Jan", "7 Jan"]),
        (60, 60, ["00:00", "00:15", "00:30", "00:45"]),
    ],
    ids=["a day", "a week", "an hour"],
)
def test_the_time_is_marked_at_full_hours_or_days(step, count, labels):
    marks = hours([step * index for index in range(count)])
    assert [one.label for one in marks] == labels


@given(st.integers(1, 10**9))
def test_what_is_counted_is_marked_at_whole_numbers(top):
    scale = ticks(top, least=1.0)
    assert all(one == round(one) for one in scale)
    assert scale[-2] < top <= scale[-1]


def test_one_failure_among_thousands_is_seen():
    root = read(bars([0, 60], [Series("sent", [9_000, 1]), Series("failed", [1, 0])], "x"))
    heights = [float(one.get("height")) for one in root.iter(f"{SVG}rect") if one.get("rx")]
    assert min(heights) >= 2


@pytest.mark.parametrize(("values", "said"), [([0, 0], True), ([None], True), ([0, 1], False)])
def test_a_chart_without_anything_says_so(values, said):
    text = str(bars([0, 60], [Series("sent", values)], "x"))
    assert ("Nothing in this time." in text) is said
