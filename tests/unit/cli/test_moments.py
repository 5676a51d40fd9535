"""Times on the command line."""

from datetime import UTC, datetime

import click
import pytest

from segue.cli.moments import MOMENT, Moment, span, written


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00+02:00", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_date_or_time_is_utc_unless_it_says_otherwise(text, moment):
    assert MOMENT.convert(text, None, None) == moment.timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604800), ("1w", 604800)]
)
def test_a_duration_is_so_long_ago(text, seconds):
    assert Moment(lambda: 1e9).convert(text, None, None) == 1e9 - seconds


@pytest.mark.parametrize("text", ["", "yesterday", "2h30m", "2026-13-01", "-1h"])
def test_anything_else_is_refused_with_what_to_write(text):
    with pytest.raises(click.BadParameter, match="write 2h"):
        MOMENT.convert(text, None, None)


def test_a_moment_is_written_as_iso_8601():
    assert written(0.5) == "1970-01-01T00:00:00.500Z"
    assert written(None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0.0123, "12.3 ms"), (3.42, "3.42 s"), (90, "1.5 m"), (7200, "2 h")],
)
def test_a_span_is_a_few_characters(seconds, text):
    assert span(seconds) == text
