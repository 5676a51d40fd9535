"""Lists of deliveries: a row each, wherever they are printed."""

import io

import pytest
from rich.console import Console

from segue.cli import output
from segue.cli.output import print_rows
from segue.cli.records import detail_text, summary_table
from segue.store.records import Detail, Summary
from segue.store.values import State


WHY = "credentials are invalid: 401 Invalid API key [red]; put it right\nin the workspace " * 3
ONE = Summary(
    delivery=1042,
    event=1,
    connection="loops",
    mapping="contacts",
    source="website",
    user="usr_4821",
    message_id="segue-9b689ac8-ae8f-4d84-b367-dc333f91eb9f",
    state=State.HELD,
    code="UNAUTHORIZED",
    why=WHY,
    replay=0,
    attempts=3,
    queued_at=0.0,
    ended_at=None,
    due=None,
)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_delivery_is_a_row_however_narrow_the_terminal(width):
    console = Console(file=io.StringIO(), width=width)
    console.print(summary_table([ONE, ONE]))
    assert len(console.file.getvalue().splitlines()) == 3


def test_a_pipe_gets_each_row_whole(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    print_rows(summary_table([ONE]))
    row = capsys.readouterr().out.splitlines()[1]
    assert "loops.contacts" in row
    assert ONE.message_id in row
    assert "401 Invalid API key [red]; put it right\\nin" in row


def test_the_page_of_a_delivery_has_all_of_its_reason():
    detail = Detail(summary=ONE, text=b"{}", revision="", plugin="", attempts=())
    console = output._Console(file=io.StringIO(), width=2000, soft_wrap=True)
    console.print(next(iter(detail_text(detail))))
    assert console.file.getvalue().count("Invalid API key [red]; put it right") == 3
