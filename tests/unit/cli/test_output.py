"""What is printed: untrusted text is neither markup nor in control of the terminal."""

import json

import pytest
from rich.table import Table

from segue.cli.output import brief, clean, plain, stdout, verdict
from segue.outcome import Delivered, Discarded, Held, Retry


HOSTILE = "[bold]a[/] [/nope] [link=http://x]\x1b]0;title\x07\x9b2J\r\u202eb:smile:\udcff"


def shown(renderable):
    with stdout.capture() as captured:
        stdout.print(renderable)
    return captured.get()


def controls(text):
    return [char for char in text if not (char.isprintable() or char == "\n")]


@pytest.mark.parametrize("text", [plain(HOSTILE), brief(HOSTILE, 500)], ids=["plain", "brief"])
def test_untrusted_text_is_shown_as_it_is_but_for_controls(text):
    said = shown(text)
    assert "[bold]a[/] [/nope] [link=http://x]" in said
    assert ":smile:" in said
    assert controls(said) == []


def test_a_table_cell_cannot_control_the_terminal():
    table = Table("x", box=None)
    table.add_row("\x1b[2Jcleared?")
    assert "\\u001b[2Jcleared?" in shown(table)


def test_one_value_is_one_line():
    assert plain("a\nb\tc") == "a\\nb c"


def test_cleaned_json_is_the_same_json():
    assert json.loads(clean(json.dumps(HOSTILE, ensure_ascii=False))) == HOSTILE


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Delivered(200), "200"),
        (Delivered(None, "not sent", "NOT_SENT"), "not sent"),
        (Delivered(), "done"),
        (Delivered(409, "an earlier attempt was taken"), "409 an earlier attempt was taken"),
        (Retry("500 [b]oops", "X"), "try again 500 [b]oops"),
        (Discarded("no", "[/]"), "[/] no"),
        (Held("401", "X"), "held 401"),
    ],
    ids=str,
)
def test_an_outcome_is_said_in_a_few_words(outcome, said):
    assert shown(verdict(outcome)) == f"{said}\n"
