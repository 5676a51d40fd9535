"""What pytest loads at its start where Segue is installed: one option, one fixture, a line at the end.

It stands outside of ``segue`` so that it costs nothing: a package is imported whole with its first
module.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import pytest


RECORDED: Final = "segue_recorded"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that records requests anew."""
    parser.getgroup("segue").addoption(
        "--segue-update",
        action="store_true",
        help="record the requests of actions anew, in the folder snapshots beside their tests",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to record where the recording is to be checked."""
    on_ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    if config.getoption("segue_update") and on_ci:
        raise pytest.UsageError(
            "--segue-update records requests anew, which a CI run (CI is set) is there to check"
        )


@pytest.fixture
def segue_check() -> Callable[..., Any]:
    """``segue_check(file)`` checks a workspace and gives the report, as ``segue.check.workspace``."""
    found: Callable[..., Any] = import_module("segue.check").workspace
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was recorded."""
    reports = terminalreporter.getreports("passed")
    for file in sorted(
        str(value) for one in reports for name, value in one.user_properties if name == RECORDED
    ):
        terminalreporter.write_line(f"segue: recorded {file}; look at it, and commit it")
