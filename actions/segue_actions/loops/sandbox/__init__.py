"""A local approximation of the Loops REST API, with pages to look at what it received.

Importing this package costs nothing; the web framework is loaded with the first ``create_app``.
"""

from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from segue_actions.loops.sandbox.app import create_app
    from segue_actions.loops.sandbox.switches import open_app

__all__ = ["DEMO_KEY", "create_app", "open_app"]

DEMO_KEY: Final = "loops_sandbox_key"
"""The API key of a sandbox that was given none. Public on purpose."""

SEGUE_PLUGIN: Final = False  # a server, not a plugin: the loader need not look inside


def __getattr__(name: str) -> object:
    if name == "create_app":
        from segue_actions.loops.sandbox.app import create_app

        return create_app
    if name == "open_app":
        from segue_actions.loops.sandbox.switches import open_app

        return open_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
