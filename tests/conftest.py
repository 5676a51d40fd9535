"""What holds for all tests."""

import os
import signal
from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash", choices=["short", "full"], default="short", help="the crash test")
    parser.addoption("--crash-seed", type=int, help="play that run of the crash test again")


def pytest_configure() -> None:
    """Hear Ctrl-C, and let what the tests start hear it: a shell's background job does not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last, in one process: Playwright leaves an event loop running behind it."""

    def in_browser(item: pytest.Item) -> bool:
        return item.get_closest_marker("browser") is not None

    for item in filter(in_browser, items):
        item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=in_browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that is skipped where everything there is should run."""
    report = yield
    expected = hasattr(report, "wasxfail")
    if report.skipped and not expected and os.environ.get("CI") == "true":
        *_, reason = report.longrepr if isinstance(report.longrepr, tuple) else (report.longrepr,)
        report.outcome, report.longrepr = "failed", f"no test is skipped in CI: {reason}"
    return report
