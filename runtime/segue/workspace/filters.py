"""Filters of a connection, as they stand in the file."""

from collections.abc import Sequence

from segue.errors import TriggerError, pointer
from segue.filters import EVERY, Filter, check_field
from segue.trigger import Trigger
from segue.workspace.compiler import Compiler
from segue.workspace.report import Report
from segue.workspace.shape import FilterText


def read_filters(
    where: str, texts: Sequence[FilterText], compiler: Compiler, report: Report
) -> tuple[Filter, ...]:
    """The filters that stand at ``where``; what is wrong with them is reported."""
    return tuple(
        _filter(where + pointer(at), text, compiler, report) for at, text in enumerate(texts)
    )


def _filter(where: str, text: FilterText, compiler: Compiler, report: Report) -> Filter:
    fields = text.get("fields", [])
    for at, path in enumerate(fields):
        problem = check_field(path)
        if problem:
            report.add(f"{where}/fields{pointer(at)}", problem)
    if text["action"] == "drop" and "if" not in text:
        report.note(where, "this drops every event", 'say which: if: type = "page"')
    trigger = _trigger(f"{where}/if", text.get("if"), compiler, report)
    return Filter(text["action"], trigger, tuple(fields), float(text.get("rate", 1.0)))


def _trigger(where: str, text: str | None, compiler: Compiler, report: Report) -> Trigger:
    if text is None:
        return EVERY
    try:
        return compiler.trigger(text).tree
    except TriggerError as error:
        report.misread(where, error)
        return EVERY
