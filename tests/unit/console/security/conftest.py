"""A door with two accounts, a clock that stands still and chance that is none."""

from types import SimpleNamespace

import pytest
from browsing import ADA, BOB, CHEAP, Browser, drawing, sealed

from segue.console.security import Accounts, Door
from segue.console.security.sessions import Sessions


@pytest.fixture
def time():
    return SimpleNamespace(now=1_800_000_000.0)


@pytest.fixture
def accounts(tmp_path):
    """Ada edits, Bob reads."""
    draw, made = drawing(), Accounts(tmp_path)
    made.put("ada", "editor", sealed(ADA), draw)
    made.put("bob", "reader", sealed(BOB), draw)
    return made


@pytest.fixture
def door(accounts, time):
    """``door()`` asks for an account; ``door(accounts=None)`` lets everybody in."""

    def door(**given):
        draw = drawing()
        plain = {"accounts": accounts, "clock": lambda: time.now, "draw": draw, "cost": CHEAP}
        return Door(**{**plain, "key": b"k" * 32, "sessions": Sessions(draw), **given})

    return door


@pytest.fixture
def visitor(door):
    return Browser(door())


@pytest.fixture
def anybody(door):
    """A browser on this machine, where there are no accounts."""
    return Browser(door(accounts=None))
