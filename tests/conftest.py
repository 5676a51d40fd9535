"""What holds for all tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash", choices=["short", "full"], default="short", help="the crash test")
    parser.addoption("--crash-seed", type=int, help="play that run of the crash test again")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last, in one process: Playwright leaves an event loop running behind it."""

    def in_browser(item: pytest.Item) -> bool:
        return item.get_closest_marker("browser") is not None

    for item in filter(in_browser, items):
        item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=in_browser)
