"""Dates: how they are read, and how they are written."""

import pytest

from segue.json import MISSING
from segue.mapping.liquid import compile_liquid


AT = "2026-03-04T15:06:07.089Z"


def written(form, value=AT, zone=None):
    filters = "date: form" if zone is None else "date: form, zone"
    event = {"value": value, "form": form, "zone": zone}
    return compile_liquid(f"{{{{ value | {filters} }}}}")(event)


@pytest.mark.parametrize(
    ("conversion", "text"),
    [
        ("%a %A %b %h %B", "Wed Wednesday Mar Mar March"),
        ("%c", "3/4/2026, 3:06:07 PM"),
        ("%C %y %Y", "20 26 2026"),
        ("%d %e %-d %j", "04  4 4 063"),
        ("%H %I %k %l %-H %-l", "15 03 15  3 15 3"),
        ("%M %S %L %N %3N %6N", "06 07 089 089000000 089 089000"),
        ("%m %-m %_m %3m", "03 3  3 003"),
        ("%p %P %^a %#p %^B", "PM pm WED pm MARCH"),
        ("%q %dth", "th 04th"),
        ("%s", "1772636767"),
        ("%u %w %U %W", "3 3 09 09"),
        ("%x %X", "3/4/2026 3:06:07 PM"),
        ("%z %:z %Z", "+0000 +00:00 UTC"),
        ("%n%t%%", "\n\t%"),
        ("%F %T %D %", "%F %T %D %"),
        ("%10Y|%_5d|%010e", "0000002026|    4|0000000004"),
        ("%EY %Od", "2026 04"),
        ("", ""),
    ],
)
def test_a_conversion_writes(conversion, text):
    assert written(conversion) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-03-04", "2026-03-04 00:00:00"),
        ("2026-03", "2026-03-01 00:00:00"),
        ("2026-03-04T05:06", "2026-03-04 05:06:00"),
        ("2026-03-04 05:06:07.123456789", "2026-03-04 05:06:07"),
        ("2026-03-04T05:06:07+02:00", "2026-03-04 03:06:07"),
        ("2026-03-04T05:06:07-0230", "2026-03-04 07:36:07"),
        ("March 4, 2026", "2026-03-04 00:00:00"),
        ("mar 4 2026 5:06 pm", "2026-03-04 17:06:00"),
        ("4 March 2026", "2026-03-04 00:00:00"),
        ("Wed, 04 Mar 2026 05:06:07 GMT", "2026-03-04 05:06:07"),
        ("Wed, 04 Mar 2026 05:06:07 +0100", "2026-03-04 04:06:07"),
        ("3/4/2026 12:00 AM", "2026-03-04 00:00:00"),
        (1772600767, "2026-03-04 05:06:07"),
        ("1772600768", "2026-03-04 05:06:08"),
        (-3.5, "1969-12-31 23:59:56"),
        (0, "1970-01-01 00:00:00"),
        (False, "1970-01-01 00:00:00"),
        (1772600767000, "58141-06-25 13:56:40"),
        (-99999999999, "-1199-02-15 14:13:21"),
        (8.64e12, "275760-09-13 00:00:00"),
    ],
)
def test_a_time_is_read(value, text):
    assert written("%Y-%m-%d %H:%M:%S", value) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "not a date",
        "4.20",
        "2026-02-30",
        "2026-13-01",
        "2026-03-04T25:00",
        "3/4/2026 13:00 PM",
        "Foo 4, 2026",
        "2026-03-04T05:06:07+25:00",
        "\uff19\uff19",
        "1" * 40,
        " " * 200 + "2026-03-04",
        9e12,
        1e308,
    ],
)
def test_what_is_no_time_stays_as_it_is(value):
    plain = compile_liquid("{{ value }}")({"value": value})
    assert written("%Y", value) == plain


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/New_York", "10:06 -0500 America/New_York"),
        ("Asia/Kolkata", "20:36 +0530 Asia/Kolkata"),
        (330, "09:36 -0530 -0530"),
        (-60, "16:06 +0100 +0100"),
        ("", MISSING),
        ("Mars/Olympus", MISSING),
        ("../../etc/passwd", MISSING),
        ("/etc/localtime", MISSING),
        ("America", MISSING),
        ("x" * 5000, MISSING),
        (100_000, MISSING),
        ([1, 2], MISSING),
    ],
)
def test_a_zone_moves_the_clock(zone, text):
    assert written("%H:%M %z %Z", zone=zone) == text


def test_a_zone_has_its_summer():
    assert written("%H:%M", "2026-07-01T12:00:00Z", "Europe/Berlin") == "14:00"
    assert written("%Y %H", 1e11, "Europe/Berlin") == "5138 10"


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2023-01-01", "01 00"),
        ("2024-01-01", "00 01"),
        ("2023-12-31", "53 52"),
        ("2026-03-04", "09 09"),
    ],
)
def test_weeks_begin_on_sunday_or_on_monday(day, week):
    assert written("%U %W", day) == week


@pytest.mark.parametrize(
    ("day", "suffix"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (13, "th"), (22, "nd")],
)
def test_ordinals(day, suffix):
    assert written("%q", f"2026-03-{day:02}") == suffix


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ("date", "Wednesday, March 4, 2026 at 3:06 pm +0000"),
        ("date_to_xmlschema", "2026-03-04T15:06:07+00:00"),
        ("date_to_rfc822", "Wed, 04 Mar 2026 15:06:07 +0000"),
        ("date_to_string", "04 Mar 2026"),
        ("date_to_string: 'ordinal'", "4th Mar 2026"),
        ("date_to_string: 'ordinal', 'US'", "Mar 4th, 2026"),
        ("date_to_long_string", "04 March 2026"),
        ("date_to_long_string: 'ordinal'", "4th March 2026"),
    ],
)
def test_ready_made_forms(filters, text):
    assert compile_liquid(f"{{{{ at | {filters} }}}}")({"at": AT}) == text


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"receivedAt": AT, "timestamp": "2020-01-01"}, "2026"),
        ({"receivedAt": None, "timestamp": "2020-01-01"}, "2020"),
        ({"receivedAt": "now", "timestamp": 5}, MISSING),
        ({}, MISSING),
    ],
)
def test_now_is_when_the_event_was_received(event, text):
    assert compile_liquid("{{ 'now' | date: '%Y' }}")(event) == text
    assert compile_liquid("{{ 'today' | date: '%Y' }}")(event) == text


@pytest.mark.parametrize("form", ["%99999999d", "%9999N", "x" * 1001, "%" + "1" * 900 + "d"])
def test_a_format_that_would_grow_is_missing(form):
    assert written(form) is MISSING
